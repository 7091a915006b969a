"""One look for every spreadsheet: title, subtitle, tables with a header, totals and notes, ready to print on A4.

`workbook(sheets, day)` gives bytes. They depend on nothing but its arguments: creation time is the business date, and
the entries of the zip carry one fixed time, so that the same rows always have the same SHA-256.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import cast

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.styles import NamedStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from tasks.documents.cells import lines_in, put_text, shown, widest
from tasks.documents.looks import (
    CAPTION_STYLE,
    HEAD_STYLE,
    IN_FEN,
    NOTE_STYLE,
    SUB_STYLE,
    TITLE_STYLE,
    Kind,
    body_style,
    dress,
)
from tasks.words import say

Value = str | int | float | Decimal | date | None

_LINE_POINTS = 16.5
#: Columns that fit across an upright A4 page at this size of letters.
_UPRIGHT_COLUMNS = 92
_WIDEST = 46
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Column:
    """A column: its header, what it holds (money in fen), and a width in columns where the content does not decide.

    `span`: how many columns of the sheet it takes, where another table of the sheet has narrower ones.
    """

    title: str
    kind: Kind = "text"
    width: float | None = None
    span: int = 1


@dataclass(frozen=True)
class Table:
    """Rows under one header; `total` is a row of the same length, `marks` maps row numbers from 0 to a key of MARKS."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    caption: str = ""
    total: Sequence[Value] | None = None
    marks: Mapping[int, str] = field(default_factory=dict)
    tall: float | None = None

    @property
    def starts(self) -> list[int]:
        """The sheet's column, from 0, at which each column begins, and the one behind the last."""
        return list(accumulate((column.span for column in self.columns), initial=0))


@dataclass(frozen=True)
class Sheet:
    """One sheet: what stands above its tables, the tables, those that are signed by hand, and what stands below.

    Every printed page begins with the header of the table, where there is one to read; else with the title.
    """

    name: str
    title: str
    subtitle: Sequence[str]
    tables: Sequence[Table]
    notes: Sequence[str] = ()
    signed: Sequence[Table] = ()


def workbook(sheets: Sequence[Sheet], day: date) -> bytes:
    """The bytes of a workbook with these sheets, dated `day`."""
    return saved(laid_out(sheets, day))


def laid_out(sheets: Sequence[Sheet], day: date) -> openpyxl.Workbook:
    """The workbook itself, for a builder that adds to it (drop-down lists) before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    used: set[str] = set()
    for sheet in sheets:
        write_sheet(book.create_sheet(sheet_name(sheet.name, used)), sheet)
    moment = datetime.combine(day, time())
    book.properties.creator = "baogong"
    book.properties.title = shown(sheets[0].title)
    book.properties.created = book.properties.modified = moment
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook as it stands: the same book gives the same bytes at any time."""
    raw = io.BytesIO()
    # ExcelWriter rather than book.save(), which would stamp the time of writing into the properties.
    with zipfile.ZipFile(raw, "w") as archive:
        ExcelWriter(book, archive).write_data()
    still = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(still, "w") as target:
        for entry in source.infolist():
            info = zipfile.ZipInfo(entry.filename, _EPOCH)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(info, source.read(entry))
    return still.getvalue()


def sheet_name(name: str, used: set[str]) -> str:
    """A name that a sheet can have, unlike those in `used`, to which it is added."""
    clean = "".join("_" if c in "[]:*?/\\'" else c for c in shown(name))[:28] or "_"
    numbered = next(n for n in (clean, *(f"{clean}-{i}" for i in range(2, 99))) if n.casefold() not in used)
    used.add(numbered.casefold())
    return numbered


def write_sheet(page: Worksheet, sheet: Sheet) -> None:
    """Write a sheet into an empty page of a book."""
    tables = [*sheet.tables, *sheet.signed]
    across = max(t.starts[-1] for t in tables)
    widths = _widths(tables, across)
    row = _write_head(page, sheet, across)
    header = row + bool(tables[0].caption) if len(sheet.tables) == 1 else None
    for table in tables:
        row = _write_table(page, table, row, widths) + 1
    for note in sheet.notes:
        _span(page, row, across, note, NOTE_STYLE)
        page.row_dimensions[row].height = _LINE_POINTS * lines_in(note, sum(widths)) + 2
        row += 1
    for number, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.freeze_panes = f"A{(header or len(sheet.subtitle) + 1) + 1}"
    _set_up_print(page, landscape=sum(widths) > _UPRIGHT_COLUMNS, repeat=header or 1)


def _text(column: Column, value: Value) -> str:
    if value is None:
        return ""
    if column.kind in IN_FEN and isinstance(value, int):
        return f"{value / 100:,.2f}"
    return f"{value:,}" if isinstance(value, int) else f"{value:.1f}%" if column.kind == "percent" else str(value)


def _widths(tables: Sequence[Table], across: int) -> list[float]:
    widths = [6.0] * across
    for table in tables:
        rows = table.rows if table.total is None else [*table.rows, table.total]
        for number, (at, column) in enumerate(zip(table.starts, table.columns, strict=False)):
            if column.span > 1:  # takes what the others leave it
                continue
            found = widest([column.title, *(_text(column, r[number]) for r in rows)])
            wanted = min(float(found), _WIDEST) + 2.5 if column.width is None else column.width
            widths[at] = max(widths[at], wanted)
    return widths


def _across(table: Table, widths: Sequence[float]) -> list[float]:
    """How wide each column of the table is on its sheet."""
    return [sum(widths[start:end]) for start, end in pairwise(table.starts)]


def _cell(page: Worksheet, row: int, column: int) -> Cell:
    """Never a MergedCell: a range is merged only once its one cell is written."""
    return cast(Cell, page.cell(row, column))


def _span(page: Worksheet, row: int, across: int, text: str, style: NamedStyle) -> None:
    cell = _cell(page, row, 1)
    dress(cell, style)
    put_text(cell, text)
    if across > 1:
        # Not merge_cells(), which dresses every cell of the range: these have no lines to draw.
        page.merged_cells.add(f"A{row}:{get_column_letter(across)}{row}")


def _join(page: Worksheet, cell: Cell, span: int) -> None:
    if span > 1:
        end = cell.column + span - 1
        page.merge_cells(start_row=cell.row, start_column=cell.column, end_row=cell.row, end_column=end)


def _write_head(page: Worksheet, sheet: Sheet, across: int) -> int:
    _span(page, 1, across, sheet.title, TITLE_STYLE)
    page.row_dimensions[1].height = 30
    for number, line in enumerate(sheet.subtitle, start=2):
        _span(page, number, across, line, SUB_STYLE)
        page.row_dimensions[number].height = _LINE_POINTS
    return len(sheet.subtitle) + 2


def _write_table(page: Worksheet, table: Table, row: int, widths: Sequence[float]) -> int:
    if table.caption:
        _span(page, row, table.starts[-1], table.caption, CAPTION_STYLE)
        page.row_dimensions[row].height = _LINE_POINTS + 6
        row += 1
    for at, column in zip(table.starts, table.columns, strict=False):
        cell = _cell(page, row, at + 1)
        dress(cell, HEAD_STYLE)
        put_text(cell, column.title)
        _join(page, cell, column.span)
    widths = _across(table, widths)
    titles = [lines_in(c.title, widths[i] - 1) for i, c in enumerate(table.columns)]
    page.row_dimensions[row].height = _LINE_POINTS * max(titles) + 5
    for number, values in enumerate(table.rows):
        row += 1
        _write_row(page, row, table, values, widths, table.marks.get(number, ""))
    if not table.rows:
        row += 1
        _span(page, row, table.starts[-1], say("none"), SUB_STYLE)
    elif table.total is not None:
        row += 1
        _write_row(page, row, table, table.total, widths, "total")
    return row + 1


def _write_row(
    page: Worksheet, row: int, table: Table, values: Sequence[Value], widths: Sequence[float], mark: str
) -> None:
    lines = 1
    for at, (column, value) in enumerate(zip(table.columns, values, strict=True)):
        cell = _cell(page, row, table.starts[at] + 1)
        _put(cell, column, value, mark)
        _join(page, cell, column.span)
        if isinstance(value, str):
            lines = max(lines, lines_in(value, widths[at] - 1.5))
    page.row_dimensions[row].height = max(_LINE_POINTS * lines + 3, table.tall or 0)


def _put(cell: Cell, column: Column, value: Value, mark: str) -> None:
    dress(cell, body_style(column.kind, isinstance(value, str), mark))
    if isinstance(value, str):
        put_text(cell, value)
    elif value is not None:
        cell.value = Decimal(value) / 100 if isinstance(value, int) and column.kind in IN_FEN else value


def _set_up_print(page: Worksheet, landscape: bool, repeat: int) -> None:
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = "landscape" if landscape else "portrait"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_options.horizontalCentered = True
    page.page_margins.left = page.page_margins.right = 0.5
    page.page_margins.top, page.page_margins.bottom = 0.6, 0.7
    page.print_title_rows = f"1:{repeat}"
    footer = HeaderFooterItem()
    footer.center.text = say("Page &P of &N")
    footer.right.text = shown(page.title).replace("&", "&&")
    page.oddFooter = footer
