"""Documents that officers print, carry and sign: spreadsheets made from database rows and the plan, and nothing else.

One module per kind, each with a `build` that returns a `Made`. A document can therefore be made again at any time, and
the same rows give the same bytes.
"""

from tasks.documents.made import Made

__all__ = ["Made"]
