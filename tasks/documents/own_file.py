"""A sender's own table with the cells marked that he has to correct: an XLSX file, whatever the format it came in.

An XLSX file stays the workbook that it was; of other formats, and of workbooks too large to be held whole, the cells
are written into a new one, each where it stood. Nothing in it runs: formulas are turned into the text that they are
written as, links, macros, pictures and whatever refers to another file are left out, and text that looks like a formula
stays text (cells.py).
"""

import io
import warnings
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from rules.intake.layouts import Cell, Sheet
from tasks.documents.cells import put_text, width_of
from tasks.documents.workbook import sheet_name

#: Sheet as its file names it -> cell -> why it must be corrected.
Marks = Mapping[str, Mapping[str, str]]
#: Beyond this many cells a workbook is not held whole in memory; its header and the rows at fault are returned alone.
LARGE = 100_000
_BAD = PatternFill("solid", fgColor="FFC7CE")
_LINE = 17
_HEADER_ROWS = 10
_NARROW, _WIDE = 8, 40


def marked(body: bytes, ending: str, sheets: Sequence[Sheet], marks: Marks) -> openpyxl.Workbook:
    """The sender's file as a workbook, its bad cells coloured and commented. `sheets`: what was read of it."""
    large = sum(len(row) for sheet in sheets for row in sheet.rows.values()) > LARGE
    book = _cleaned(body) if ending == ".xlsx" and not large else _rebuilt(sheets, marks if large else None)
    pages = {sheet.name: page for sheet, page in zip(sheets, book.worksheets, strict=True)}
    for name, cells in marks.items():
        for at, why in cells.items():
            _mark(pages[name], at, why)
    return book


def _mark(page: Worksheet, at: str, why: str) -> None:
    cell = page[at]
    if isinstance(cell, MergedCell):
        inside = next(r for r in page.merged_cells.ranges if at in r)
        cell = page.cell(inside.min_row, inside.min_col)
    cell.fill = _BAD
    before = f"\n\n{cell.comment.text}" if cell.comment and why not in cell.comment.text else ""
    note = Comment(f"{why}{before}", "baogong")
    note.width, note.height = 320, _LINE * (2 + sum(1 + width_of(line) // 44 for line in note.text.split("\n")))
    cell.comment = note


def _cleaned(body: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that are left out
        book = openpyxl.load_workbook(io.BytesIO(body), keep_vba=False, keep_links=False)
    for chart in list(book.chartsheets):
        book.remove(cast(Any, chart))
    for name in [n for n, defined in book.defined_names.items() if _leads_away(defined.attr_text) or defined.function]:
        del book.defined_names[name]
    for page in book.worksheets:
        _clean(page)
    return book


def _leads_away(formula: object) -> bool:
    """Whether a formula refers to another file, or to something that is gone."""
    return isinstance(formula, str) and ("[" in formula or "#REF!" in formula or "|" in formula)


def _clean(page: Any) -> None:
    page._images, page._charts, page._pivots = [], [], []  # they may link to other files; openpyxl has no other door
    rules = page.data_validations.dataValidation
    page.data_validations.dataValidation = [
        r for r in rules if not (_leads_away(r.formula1) or _leads_away(r.formula2))
    ]
    kept = page.conditional_formatting._cf_rules
    for area in [a for a, rules in kept.items() if any(_leads_away(f) for rule in rules for f in rule.formula)]:
        del kept[area]
    for row in page.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            cell.hyperlink = None
            if cell.data_type == "f":
                put_text(cell, str(getattr(cell.value, "text", None) or cell.value))


def _rebuilt(sheets: Sequence[Sheet], marks: Marks | None) -> openpyxl.Workbook:
    """A new workbook of the same cells; with `marks` only of the rows that they lie in, and of the header."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    used: set[str] = set()
    for number, sheet in enumerate(sheets, start=1):
        page = book.create_sheet(sheet_name(sheet.name or f"表{number}", used))
        wanted = {coordinate_to_tuple(at)[0] for at in marks.get(sheet.name, ())} if marks is not None else None
        rows = {n: row for n, row in sheet.rows.items() if wanted is None or n <= _HEADER_ROWS or n in wanted}
        for at, row in rows.items():
            for column, cell in row.items():
                _put(page.cell(at, column + 1), cell)
        _widths(page, rows)
        _merge(page, sheet, rows)
    return book


def _put(cell: Any, said: Cell) -> None:
    if said.kind == "number":
        try:
            cell.value = Decimal(said.text)
        except InvalidOperation:
            put_text(cell, said.text)
    else:
        put_text(cell, said.text)
        cell.number_format = "@"


def _widths(page: Worksheet, rows: Mapping[int, Mapping[int, Cell]]) -> None:
    widest: dict[int, int] = {}
    for row in rows.values():
        for column, cell in row.items():
            widest[column] = max(widest.get(column, _NARROW), width_of(cell.text.split("\n", 1)[0]) + 2)
    for column, width in widest.items():
        page.column_dimensions[get_column_letter(column + 1)].width = min(width, _WIDE)


def _merge(page: Worksheet, sheet: Sheet, rows: Mapping[int, object]) -> None:
    """Merged ranges as they were; of ranges that overlap, as no honest sheet has them, the first."""
    taken: set[tuple[int, int]] = set()
    for top, bottom, left, right in sheet.merged:
        cells = {(r, c) for r in range(top, min(bottom, max(rows, default=0)) + 1) for c in range(left, right + 1)}
        if len(cells) > 1 and len(taken) + len(cells) <= LARGE and not cells & taken and top in rows:
            taken |= cells
            # Not merge_cells: it would empty what lies below the first cell, where a hostile file may have put words.
            page.merged_cells.add(f"{get_column_letter(left + 1)}{top}:{get_column_letter(right + 1)}{bottom}")
