"""XLS (Excel 97 to 2003) -> sheets, by xlrd, with what xlrd does not tell: which cells are formulas, and merged ranges.

A formula's cell looks to xlrd like its last result. A result that a file claims is not a value that somebody wrote, so
the records of the workbook stream are walked once more for formulas (0006) and merged ranges (00E5). The format knows
no compression: nothing unpacks, and the limit on the file's size holds.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import xlrd

from rules.intake.layouts import EPOCH, EPOCH_1904, Cell, Sheet
from schemas.text import Text
from tasks.intake.limits import MAX_COLUMNS, Unreadable, broken_workbook, keep_row, too_big

_FORMULA, _MERGED, _BEGIN, _END = 0x0006, 0x00E5, (0x0009, 0x0209, 0x0409, 0x0809), 0x000A
_ENCRYPTED = ("encrypted", "password")


@dataclass
class _Seen:
    """What the records of one sheet say beside its values."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def read_xls(body: bytes) -> tuple[Sheet, ...]:
    """Sheets with their cells as written; raises `Unreadable` for whatever xlrd cannot read."""
    try:
        # Ragged: a single cell at the far end would otherwise fill a whole sheet with empty ones.
        book = xlrd.open_workbook(file_contents=body, logfile=io.StringIO(), ragged_rows=True, on_demand=True)
        sheets = tuple(_sheet(book, index) for index in range(book.nsheets))
    except Unreadable:
        raise
    except Exception as broken:  # a file made by strangers makes xlrd raise nearly anything
        if any(word in str(broken).lower() for word in _ENCRYPTED):
            raise Unreadable(Text("file_encrypted")) from broken
        raise broken_workbook(broken) from broken
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable(Text("file_empty"))
    return sheets


def _sheet(book: Any, index: int) -> Sheet:
    seen = _walk(bytes(book.mem), book._sh_abs_posn[index])  # the only way to a sheet's records; xlrd is pinned
    page = book.sheet_by_index(index)
    rows: dict[int, dict[int, Cell]] = {}
    for row in range(page.nrows):
        if page.row_len(row) > MAX_COLUMNS and any(c.value != "" for c in page.row(row)[MAX_COLUMNS:]):
            raise too_big()
        cells = enumerate(page.row(row)[:MAX_COLUMNS])
        keep_row(rows, row + 1, {c: _cell(cell, book.datemode, (row, c) in seen.formulas) for c, cell in cells})
    book.unload_sheet(index)
    return Sheet(page.name, rows, tuple(seen.merged), EPOCH_1904 if book.datemode else EPOCH)


def _records(mem: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(opcode, data) of a substream from its BOF to its EOF; charts inside it are passed over."""
    depth = 0
    while at + 4 <= len(mem):
        code, size = struct.unpack_from("<HH", mem, at)
        depth += (code in _BEGIN) - (code == _END)
        if depth <= 0:
            return
        if depth == 1:
            yield code, mem[at + 4 : at + 4 + size]
        at += 4 + size


def _walk(mem: bytes, start: int) -> _Seen:
    seen = _Seen()
    for code, data in _records(mem, start):
        if code & 0xFF == _FORMULA and code in (0x0006, 0x0206, 0x0406) and len(data) >= 4:  # noqa: PLR2004
            row, column = struct.unpack_from("<HH", data)
            seen.formulas.add((row, column))
        elif code == _MERGED:
            ranges = struct.iter_unpack("<HHHH", data[2 : 2 + (len(data) - 2) // 8 * 8])
            seen.merged += [(top + 1, bottom + 1, left, right) for top, bottom, left, right in ranges]
    return seen


def _cell(cell: Any, datemode: int, formula: bool) -> Cell:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return Cell(xlrd.error_text_from_code.get(cell.value, "#?"), "formula" if formula else "error")
    text, kind = _value(cell, datemode)
    return Cell(text or "=", "formula") if formula else Cell(text, kind)


def _value(cell: Any, datemode: int) -> tuple[str, str]:
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _moment(cell.value, datemode), "date"
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        # Fifteen digits is what Excel shows; the two beyond are noise of binary fractions.
        return format(cell.value, ".15g"), "number"
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return str(bool(cell.value)), "text"
    return str(cell.value), "text"


def _moment(serial: float, datemode: int) -> str:
    try:
        year, month, day, hour, minute, second = xlrd.xldate_as_tuple(serial, datemode)
    except xlrd.xldate.XLDateError:
        return format(serial, ".15g")
    if not year:
        return time(hour, minute, second).isoformat()
    if not (hour or minute or second):
        return date(year, month, day).isoformat()
    return datetime(year, month, day, hour, minute, second).isoformat(" ")  # noqa: DTZ001 - Excel's dates have no zone
