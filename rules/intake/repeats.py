"""Unclear lines that a group's posts repeat: the same question, asked once however often the chain is posted again.

Policy. The words of a line and of its household are the same as in an earlier text: then it is the same question, and
whatever was answered to the first holds for it. Of two such lines in one text the second is a question of its own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

#: A submission and a line of it.
At = tuple[str, int]


def repeated(lines: Iterable[Mapping[str, Any]]) -> dict[At, At]:
    """Line -> the first line that asked the same. `lines`: unclear ones in the order in which they were said."""
    first: dict[tuple[Any, ...], At] = {}
    found: dict[At, At] = {}
    for submission_id, text in groupby(lines, key=lambda row: row["submission_id"]):
        seen: Counter[tuple[Any, ...]] = Counter()
        for row in text:
            words = (row["community_id"], row["who"], row["name"], row["words"])
            seen[words] += 1
            at = (submission_id, row["line_no"])
            known = first.setdefault((*words, seen[words]), at)
            if known != at:
                found[at] = known
    return found
