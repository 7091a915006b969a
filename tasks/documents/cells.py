"""Text on its way into a spreadsheet cell: never a formula, never an invisible character, never too long.

What a resident wrote is shown as it was written. A spreadsheet program must not run it: a cell that begins with `=`,
`+`, `-`, `@`, a tab or a carriage return is stored as a string with the quote mark set, so that it stays text even when
somebody edits it.
"""

import re
import unicodedata
from collections.abc import Sequence

from openpyxl.cell.cell import Cell

#: Excel's own limit.
CELL_CHARACTERS = 32_767
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Below the space stand the control characters, each with its picture in a block of its own: U+0007 is shown as ␇.
_SPACE, _PICTURES = 0x20, 0x2400
_DELETE, _PICTURE_OF_DELETE = "\x7f", "\u2421"
_NO_PICTURE = "\ufffd"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def _visible(match: re.Match[str]) -> str:
    character = match.group()
    if ord(character) < _SPACE:
        return chr(_PICTURES + ord(character))
    return _PICTURE_OF_DELETE if character == _DELETE else _NO_PICTURE


def shown(text: str) -> str:
    """`text` with every control character replaced by something that can be seen; line breaks and tabs stay."""
    clean = _CONTROL.sub(_visible, text.replace("\r\n", "\n"))
    return clean if len(clean) <= CELL_CHARACTERS else f"{clean[: CELL_CHARACTERS - 1]}…"


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet program could take the text for a formula when it is typed in again."""
    return text.startswith(_STARTS_FORMULA) or text.lstrip().startswith(_STARTS_FORMULA[:4])


def put_text(cell: Cell, text: str) -> None:
    """Write `text` as a plain string, whatever it looks like (also `#N/A`, which openpyxl would take for an error)."""
    cell.value = shown(text)
    cell.data_type = "s"
    if looks_like_formula(text):
        cell.quotePrefix = True


def width_of(text: str) -> int:
    """Columns that the text takes on screen: Chinese and other wide characters count two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def lines_in(text: str, width: float) -> int:
    """Lines that the text takes in a cell `width` columns wide."""
    return sum(max(1, -(-width_of(line) // max(1, int(width)))) for line in text.split("\n"))


def widest(texts: Sequence[str]) -> int:
    """The widest line of all texts, in columns."""
    return max((width_of(line) for text in texts for line in text.split("\n")), default=0)
