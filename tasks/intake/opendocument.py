"""ODS (LibreOffice, WPS) -> sheets: the values that content.xml states, read as a stream by defusedxml.

Of the libraries at hand none tells formulas and merged cells apart from values, and the part of the format that holds
them is small: `table:table` > `table:table-row` > `table:table-cell`, each of which may stand for many. What lies in
other places (annotations, tracked changes, tables inside cells) is no cell of the sheet and is passed over.
"""

import io
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from rules.intake.layouts import Cell, Sheet
from schemas.text import Text
from tasks.intake.archive import guard_archive
from tasks.intake.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Unreadable, broken_workbook, keep_row, too_big

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_SKIPPED = (f"{_OFFICE}annotation", f"{_TABLE}table", f"{_TABLE}detective")
_MANIFEST = "META-INF/manifest.xml"


@dataclass
class _Page:
    """One sheet being read."""

    name: str
    row: int = 0
    walked: int = 0
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def read_ods(body: bytes) -> tuple[Sheet, ...]:
    """Sheets with their cells as written; raises `Unreadable` for whatever is no sound spreadsheet."""
    guard_archive(body, ".ods", "content.xml")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if _MANIFEST in archive.namelist() and b"encryption-data" in archive.read(_MANIFEST):
                raise Unreadable(Text("file_encrypted"))
            with archive.open("content.xml") as content:
                sheets = tuple(_sheets(content))
    except Unreadable:
        raise
    except Exception as broken:  # a file made by strangers: XML cut short, entities, archives that lie
        raise broken_workbook(broken) from broken
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable(Text("file_empty"))
    return sheets


def _sheets(content: Any) -> list[Sheet]:
    """Every table right in the document; its rows are let go of once they are read."""
    done: list[Sheet] = []
    path: list[str] = []
    page: _Page | None = None
    for event, element in iterparse(content, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            if element.tag == f"{_TABLE}table" and path and path[-1] == f"{_OFFICE}spreadsheet":
                page = _Page(element.get(f"{_TABLE}name", ""))
            path.append(element.tag)
            continue
        path.pop()
        if page is None:
            continue
        if element.tag == f"{_TABLE}table-row" and f"{_TABLE}table-cell" not in path:
            _row(page, element)
            element.clear()
        elif element.tag == f"{_TABLE}table" and path[-1] == f"{_OFFICE}spreadsheet":
            done.append(Sheet(page.name, page.rows, tuple(page.merged)))
            page = None
            element.clear()
    return done


def _count(element: Element, name: str) -> int:
    return max(1, int(element.get(f"{_TABLE}{name}", "1")))


def _row(page: _Page, row: Element) -> None:
    """One row, as often as it says that it stands for."""
    cells: dict[int, Cell] = {}
    at = 0
    for element in row:
        if element.tag not in _CELLS:
            continue
        times, cell = _count(element, "number-columns-repeated"), _cell(element)
        if cell.text.strip() and element.tag == _CELLS[0]:
            if at + times > MAX_COLUMNS:
                raise too_big()
            cells |= dict.fromkeys(range(at, at + times), cell)
            _merge(page, element, at)
        at += times
    times = _count(row, "number-rows-repeated")
    # Behind the last row a sheet states a million empty ones in a single element.
    if cells:
        page.walked += times * len(cells)
        if len(page.rows) + times > MAX_ROWS or page.walked > MAX_CELLS:
            raise too_big()
        for number in range(page.row + 1, page.row + times + 1):
            keep_row(page.rows, number, cells)
    page.row += times


def _merge(page: _Page, element: Element, at: int) -> None:
    down, across = _count(element, "number-rows-spanned"), _count(element, "number-columns-spanned")
    if down > 1 or across > 1:
        page.merged.append((page.row + 1, page.row + down, at, at + across - 1))


def _cell(element: Element) -> Cell:
    kind, shown = element.get(f"{_OFFICE}value-type", ""), _shown(element)
    if element.get(f"{_TABLE}formula") is not None:
        return Cell(shown or "=", "formula")
    if kind in ("float", "currency", "percentage"):
        return Cell(format(float(element.get(f"{_OFFICE}value", "nan")), ".15g"), "number")
    if kind == "date":
        return Cell(element.get(f"{_OFFICE}date-value", "").replace("T00:00:00", "").replace("T", " "), "date")
    if kind == "time":
        return Cell(shown or element.get(f"{_OFFICE}time-value", ""), "date")
    return Cell(element.get(f"{_OFFICE}string-value") or shown)


def _shown(element: Element) -> str:
    """The paragraphs of a cell, one a line."""
    return "\n".join(_plain(child) for child in element if child.tag == f"{_TEXT}p")


def _plain(element: Element) -> str:
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            parts.append(" " * min(int(child.get(f"{_TEXT}c", "1")), MAX_COLUMNS))
        elif child.tag == f"{_TEXT}tab":
            parts.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag not in _SKIPPED:
            parts.append(_plain(child))
        parts.append(child.tail or "")
    return "".join(parts)
