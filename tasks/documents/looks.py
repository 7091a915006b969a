"""How the cells of every spreadsheet look: letters, lines, gentle fills, and the form of numbers."""

from collections.abc import Mapping
from copy import copy
from functools import lru_cache
from typing import Literal

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

Kind = Literal["text", "centre", "count", "quantity", "tenths", "money", "price", "percent", "date"]

FORMATS: Mapping[str, str] = {
    "count": "#,##0",
    "quantity": "General",
    "tenths": "#,##0.0",
    "money": "#,##0.00",
    "price": "#,##0.00",
    "percent": '+0.0"%";-0.0"%";0.0"%"',
    "date": "yyyy-mm-dd",
}
#: Kinds that are given in fen and shown in yuan.
IN_FEN = ("money", "price")
#: Gentle fills for rows that want attention.
MARKS: Mapping[str, str] = {"care": "FFF7E0", "alarm": "FCE8E6", "quiet": "F4F5F7"}
_LINE = Side(style="thin", color="BFC7D1")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="E3EBF3")
_TOTAL = PatternFill("solid", fgColor="F1F4F8")
_TITLE_FONT = Font(name="宋体", size=16, bold=True, color="1F3247")
_SUB_FONT = Font(name="等线", size=10, color="5B6B7B")
_HEAD_FONT = Font(name="等线", size=11, bold=True, color="1F3247")
_BODY_FONT = Font(name="等线", size=11)
_BOLD_FONT = Font(name="等线", size=11, bold=True)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_RIGHT = Alignment(horizontal="right", vertical="center")


TITLE_STYLE = NamedStyle(name="title", font=_TITLE_FONT, alignment=_CENTRE)
SUB_STYLE = NamedStyle(name="subtitle", font=_SUB_FONT, alignment=_CENTRE)
NOTE_STYLE = NamedStyle(name="note", font=_SUB_FONT, alignment=_LEFT)
CAPTION_STYLE = NamedStyle(name="caption", font=_BOLD_FONT, alignment=_LEFT)
HEAD_STYLE = NamedStyle(name="head", font=_HEAD_FONT, fill=_HEAD, border=_BOX, alignment=_CENTRE)


def dress(cell: Cell, style: NamedStyle) -> None:
    """Give a cell one of the book's styles by its name: setting each part on each cell takes ten times as long."""
    book = cell.parent.parent
    assert book is not None  # noqa: S101 - a cell that is written to lies in a sheet of a workbook
    if style.name not in book.named_styles:
        book.add_named_style(_own(style))
    cell.style = style.name


def _own(style: NamedStyle) -> NamedStyle:
    """A book's own copy: a style is bound to the book that it is added to."""
    own = copy(style)
    # openpyxl's copy of a style loses the form of its numbers.
    own.number_format = style.number_format
    return own


@lru_cache(maxsize=64)
def body_style(kind: Kind, is_text: bool, mark: str) -> NamedStyle:
    """A cell of a table's body; `mark` is a key of MARKS, `total`, or empty."""
    fill = _TOTAL if mark == "total" else PatternFill("solid", fgColor=MARKS[mark]) if mark else PatternFill()
    beside = _LEFT if kind == "text" else _CENTRE if is_text or kind in ("centre", "date") else _RIGHT
    return NamedStyle(
        name=" ".join(part for part in (kind, "words" if is_text else "", mark) if part),
        font=_BOLD_FONT if mark == "total" else _BODY_FONT,
        fill=fill,
        border=_BOX,
        alignment=beside,
        number_format="General" if is_text else FORMATS.get(kind, "General"),
    )
