"""XLSX -> sheets, read-only, by openpyxl with defusedxml; what it unpacks to is looked at before (archive.py).

openpyxl's read-only mode does not tell merged ranges, so they are taken from the sheet's own XML; without it a
household cell merged over three rows would leave two rows without a household.
"""

import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast

import openpyxl
from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import WINDOWS_EPOCH

from rules.intake.layouts import EPOCH, EPOCH_1904, Cell, Sheet
from schemas.text import Text
from tasks.intake.archive import guard_archive
from tasks.intake.limits import MAX_CELLS, Unreadable, broken_workbook, keep_row, too_big

_CHUNK = 1024 * 1024
#: left, top, right, bottom; a reference of whole rows or columns would lack some, and _MERGED takes none of those.
Bounds = tuple[int, int, int, int]
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')


def read_workbook(body: bytes) -> tuple[Sheet, ...]:
    """Sheets with their cells as written; raises `Unreadable` for whatever openpyxl cannot read."""
    guard_archive(body, ".xlsx", "[Content_Types].xml")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that do not concern the cells
            book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
            walk = _Walk()
            day_zero = EPOCH if book.epoch.date() == WINDOWS_EPOCH.date() else EPOCH_1904
            sheets = tuple(_sheet(sheet, walk, day_zero) for sheet in book.worksheets)
    except Unreadable:
        raise
    except Exception as broken:  # a file made by strangers makes openpyxl raise nearly anything
        raise broken_workbook(broken) from broken
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable(Text("file_empty"))
    return sheets


@dataclass
class _Walk:
    """Cells walked over so far in the whole workbook: a hundred sheets may each be empty down to the last row."""

    cells: int = 0


def _sheet(sheet: Any, walk: _Walk, day_zero: date) -> Sheet:
    # The dimension that a file states may be wrong, and would cut rows off.
    sheet.reset_dimensions()
    rows: dict[int, dict[int, Cell]] = {}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        walk.cells += len(row) + 1
        if walk.cells > MAX_CELLS:
            raise too_big()
        keep_row(rows, number, dict(_cells(row)))
    return Sheet(sheet.title, rows, _merged(sheet), day_zero)


def _merged(sheet: Any) -> tuple[Bounds, ...]:
    with sheet._get_source() as source:  # the only way to the XML of a read-only sheet
        found = _MERGED.findall(source.read())
    bounds = (cast(Bounds, range_boundaries(ref.decode())) for ref in found)
    return tuple((top, bottom, left - 1, right - 1) for left, top, right, bottom in bounds)


def _cells(row: tuple[Any, ...]) -> Iterator[tuple[int, Cell]]:
    for column, cell in enumerate(row):
        if cell.value is None:
            continue
        yield column, _cell(cell.value, cell.data_type)


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
