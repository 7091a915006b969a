"""XLSX -> sheets, read-only, by openpyxl with defusedxml; what it unpacks to is looked at before it is opened.

openpyxl's read-only mode does not tell merged ranges, so they are taken from the sheet's own XML; without it a
household cell merged over three rows would leave two rows without a household.
"""

import io
import lzma
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast

import openpyxl
from openpyxl.utils import range_boundaries

from rules.intake.layouts import Cell, Sheet
from schemas.text import Text
from tasks.intake.limits import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ELEMENTS,
    MAX_RATIO,
    MAX_ROWS,
    RATIO_FROM,
    UNPACKED_MB,
    Unreadable,
)

_CHUNK = 1024 * 1024
#: left, top, right, bottom; a reference of whole rows or columns would lack some, and _MERGED takes none of those.
Bounds = tuple[int, int, int, int]
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')


def read_workbook(body: bytes) -> tuple[Sheet, ...]:
    """Sheets with their cells as written; raises `Unreadable` for whatever openpyxl cannot read."""
    _guard_archive(body)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that do not concern the cells
            book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
            walk = _Walk()
            sheets = tuple(_sheet(sheet, walk) for sheet in book.worksheets)
    except Unreadable:
        raise
    except Exception as broken:  # a file made by strangers makes openpyxl raise nearly anything
        raise Unreadable(Text("xlsx_broken", {"detail": type(broken).__name__})) from broken
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable(Text("file_empty"))
    return sheets


def _guard_archive(body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            _guard_members(archive, len(body))
    # Members of another's making fail to unpack in many ways: a wrong checksum, a broken stream, an unknown method.
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, RuntimeError, OSError) as broken:
        raise Unreadable(Text("xlsx_broken", {"detail": type(broken).__name__})) from broken


def _guard_members(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable(Text("file_encrypted"))
    # zipfile never unpacks more of a member than its header says, so a header that lies only cuts the member short.
    unpacked = sum(member.file_size for member in members)
    tight = unpacked > RATIO_FROM and unpacked > MAX_RATIO * size
    if tight or unpacked > UNPACKED_MB * 1024 * 1024:
        raise Unreadable(Text("zip_bomb", {"limit": UNPACKED_MB}))
    if sum(_elements(archive, member) for member in members) > MAX_ELEMENTS:
        raise Unreadable(Text("table_too_big", {"rows": MAX_ROWS, "columns": MAX_COLUMNS}))


def _elements(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """How many XML elements begin in a member: what openpyxl makes of each is a hundred times its few bytes."""
    found = 0
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            found += chunk.count(b"<") - chunk.count(b"</")
    return found


@dataclass
class _Walk:
    """Cells walked over so far in the whole workbook: a hundred sheets may each be empty down to the last row."""

    cells: int = 0


def _sheet(sheet: Any, walk: _Walk) -> Sheet:
    # The dimension that a file states may be wrong, and would cut rows off.
    sheet.reset_dimensions()
    rows: dict[int, dict[int, Cell]] = {}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        walk.cells += len(row) + 1
        cells = dict(_cells(row)) if walk.cells <= MAX_CELLS else {MAX_COLUMNS: Cell("")}
        if max(cells, default=0) >= MAX_COLUMNS or len(rows) >= MAX_ROWS:
            raise Unreadable(Text("table_too_big", {"rows": MAX_ROWS, "columns": MAX_COLUMNS}))
        if cells:
            rows[number] = cells
    return Sheet(sheet.title, rows, _merged(sheet))


def _merged(sheet: Any) -> tuple[Bounds, ...]:
    with sheet._get_source() as source:  # the only way to the XML of a read-only sheet
        found = _MERGED.findall(source.read())
    bounds = (cast(Bounds, range_boundaries(ref.decode())) for ref in found)
    return tuple((top, bottom, left - 1, right - 1) for left, top, right, bottom in bounds)


def _cells(row: tuple[Any, ...]) -> Iterator[tuple[int, Cell]]:
    for column, cell in enumerate(row):
        if cell.value is None:
            continue
        found = _cell(cell.value, cell.data_type)
        if found.text.strip():
            yield column, found


def _cell(value: Any, kind: str) -> Cell:
    if kind == "f":
        return Cell(str(getattr(value, "text", None) or value), "formula")
    if kind == "e":
        return Cell(str(value), "error")
    if isinstance(value, datetime):
        return Cell(value.date().isoformat() if value.time() == time(0) else value.isoformat(" "), "date")
    if isinstance(value, (date, time)):
        return Cell(value.isoformat(), "date")
    if isinstance(value, float):
        # Fifteen digits is what Excel shows; the two beyond are noise of binary fractions.
        return Cell(format(value, ".15g"), "number")
    return Cell(str(value), "number" if isinstance(value, int) else "text")
