"""Sheets of any format -> rows by field.

The header is the first row within ten that names every field the kind of sheet must have (headings.py); it may
stand on two rows where cells are merged, and a unit may stand in it: 数量(斤), 单价(元/斤). Rows above it are
titles; a row that begins with 合计, 总计, 小计 is a total, one that begins with 填表人 and the like a footer, one
that repeats the header a header; all are set aside. A household cell merged downwards holds for all its rows; no
other cell is filled in. A sheet without a header is one refused line that says which columns are wanted.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from rules.intake.chain.reading import whole_amount
from rules.intake.headings import ATTACHED_MARK, COLUMN, DATED, HOUSEHOLD, MUST, TEMPLATE_MARK, field_of
from rules.intake.layouts import Cell, Row, Sheet
from rules.intake.lines import SetAside, Vocabulary
from rules.intake.quantities import fold, parse_number
from schemas.text import Text

HEADER_ROWS = 10
_TOTAL = re.compile(r"[0-9]{0,5}(?:合计|总计|小计|共计|汇总|本页小计|总数)")
_FOOTER = re.compile(r"\s*(?:填表人|制表人|填报人|审核人|审核|复核|负责人|填报单位|填表日期|制表日期|经办人)\s*[:：]")
#: Days since day zero of dates between 1954 and 2064: five digits that a date column holds where it was not formatted.
_SERIAL = re.compile(r"[2-5][0-9]{4}")


@dataclass(frozen=True, slots=True)
class Header:
    """Which column holds which field, the units that it says by field, its last row, and its cells."""

    columns: dict[int, str]
    units: dict[str, str]
    last_row: int
    cells: Mapping[int, Cell] = field(default_factory=dict)
    layout: str = "long"


def header_rows(sheet: Sheet) -> Iterator[tuple[int, Mapping[int, Cell]]]:
    """(row number, cells) that may be the header: each of the first rows, alone and with the one above it."""
    above: Mapping[int, Cell] = {}
    for number in sorted(n for n in sheet.rows if n <= HEADER_ROWS):
        here = sheet.rows[number]
        yield number, here
        yield number, {**above, **here}
        above = here


def named(cells: Mapping[int, Cell], kind: str) -> tuple[dict[int, str], dict[str, str]]:
    """Column -> field, and field -> what its heading has in brackets."""
    columns: dict[int, str] = {}
    units: dict[str, str] = {}
    for column, cell in sorted(cells.items()):
        found = field_of(cell.text, kind)
        if found and found[0] not in columns.values():
            columns[column] = found[0]
            units[found[0]] = found[1]
    return columns, units


def find_header(sheet: Sheet, kind: str) -> Header | None:
    """The header of a kind of sheet that has one row per item."""
    for number, cells in header_rows(sheet):
        columns, units = named(cells, kind)
        if all(set(columns.values()).intersection(group) for group in MUST[kind]):
            return Header(columns, units, number, cells)
    return None


def filled(sheet: Sheet, header: Header) -> dict[int, dict[int, Cell]]:
    """Row -> column -> household cells that are merged downwards over it."""
    found: dict[int, dict[int, Cell]] = {}
    # Ranges of an honest sheet do not overlap, so they cover no more cells than this.
    left_over = len(sheet.rows) * len(HOUSEHOLD) + max(sheet.rows)
    for first, last, left, right in sheet.merged:
        cell = sheet.rows.get(first, {}).get(left)
        if left != right or cell is None or header.columns.get(left) not in HOUSEHOLD:
            continue
        covered = range(max(first, header.last_row) + 1, min(last, max(sheet.rows)) + 1)
        left_over -= len(covered)
        if left_over < 0:
            break
        for row in covered:
            found.setdefault(row, {})[left] = cell
    return found


def letter(column: int) -> str:
    """The name of a column counted from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def place_of(sheet: Sheet, number: int, columns: Mapping[int, Cell]) -> dict[str, object]:
    """Where a row stands: its sheet, its first cell, its number."""
    return {"sheet": sheet.name, "cell": f"{letter(min(columns, default=0))}{number}", "row": number}


def said_as(cells: Mapping[int, Cell]) -> str:
    """The words of a row, as they stand side by side."""
    return " ".join(cells[c].text.strip() for c in sorted(cells) if cells[c].text.strip())


def no_value(cell: Cell | None, name: str, at: str) -> Text | None:
    """Why a cell is no value that somebody wrote; None where it is one, or empty."""
    if cell is None:
        return None
    if cell.kind == "formula":
        return Text("formula_not_value", {"cell": at})
    if cell.kind == "error":
        return Text("cell_error", {"cell": at, "value": cell.text})
    if cell.kind == "date" and name not in DATED:
        return Text("cell_is_date", {"cell": at, "value": cell.text})
    return None


def attached(sheet: Sheet) -> bool:
    """Whether a sheet is one that we put beside: instructions, lists to choose from, what to correct."""
    return ATTACHED_MARK in said_as(sheet.rows.get(min(sheet.rows, default=0), {}))


def from_template(sheet: Sheet) -> bool:
    """Whether a sheet was given out by us, its rows begun."""
    return TEMPLATE_MARK in said_as(sheet.rows.get(min(sheet.rows, default=0), {}))


def read_sheet(sheet: Sheet, kind: str) -> Iterator[Row | SetAside]:
    """Every row that holds something: by field, or set aside as title, header, total or footer."""
    yield from read_rows(sheet, kind, lambda: find_header(sheet, kind))


def read_rows(sheet: Sheet, kind: str, find: Callable[[], Header | None]) -> Iterator[Row | SetAside]:
    """The same with a header that is looked for in another way."""
    if attached(sheet):
        first = min(sheet.rows)
        yield SetAside(place_of(sheet, first, sheet.rows[first]), said_as(sheet.rows[first]), "attached")
        return
    header = find()
    if header is None:
        yield _headless(sheet, kind)
        return
    yield from rows_under(sheet, header)


def _headless(sheet: Sheet, kind: str) -> Row:
    wanted = "、".join("/".join(COLUMN[n] for n in group) for group in MUST[kind])
    first = min(sheet.rows, default=1)
    place = place_of(sheet, first, sheet.rows.get(first, {}))
    fault = Text("header_missing", {"sheet": sheet.name, "rows": HEADER_ROWS, "columns": wanted})
    return Row(place, said_as(sheet.rows.get(first, {}))[:80], {}, {}, (fault,))


def rows_under(sheet: Sheet, header: Header) -> Iterator[Row | SetAside]:
    """The rows of a sheet whose header is known."""
    over = filled(sheet, header)
    for number, cells in sorted(sheet.rows.items()):
        place, words = place_of(sheet, number, cells), said_as(cells)
        if (code := _aside(number, cells, words, header)) is not None:
            yield SetAside(place, words, code)
            continue
        own = {**cells, **over.get(number, {})}
        by_field = {name: _dated(own[c], name, sheet) for c, name in header.columns.items() if c in own}
        at = {name: f"{letter(c)}{number}" for c, name in header.columns.items()}
        faults = [no_value(by_field.get(name), name, at[name]) for name in by_field if not name.startswith("@")]
        yield Row(place, words, by_field, header.units, tuple(f for f in faults if f is not None), at)


def _aside(number: int, cells: Mapping[int, Cell], words: str, header: Header) -> str | None:
    """Why a row carries nothing: its code, or None where it may carry something."""
    if number <= header.last_row:
        return "header" if number == header.last_row else "title"
    if _TOTAL.match(re.sub(r"\s+", "", words[:80])):
        return "total"
    if _FOOTER.match(words):
        return "footer"
    heads = {c: header.cells[c].text for c in header.columns if c in header.cells}
    return "header" if heads and all(c in cells and cells[c].text == text for c, text in heads.items()) else None


def _dated(cell: Cell, name: str, sheet: Sheet) -> Cell:
    """A serial number in a date's column as the date that it stands for."""
    if name in DATED and cell.kind in ("number", "text") and _SERIAL.fullmatch(cell.text.strip()):
        return Cell((sheet.day_zero + timedelta(days=int(cell.text))).isoformat(), "date")
    return cell


def amount_of(row: Row, name: str, words: Vocabulary) -> tuple[Decimal, str] | Text | None:
    """Number and unit of a field: `5斤`, or 5 with the unit of its column or header; None where it is empty."""
    told = row.text(name)
    return amount_in(told, row.text("unit"), row.units.get(name, ""), words) if told else None


def amount_in(told: str, column: str, heading: str, words: Vocabulary) -> tuple[Decimal, str] | Text:
    """Number and unit of the words of a cell; its unit may stand in a column of its own or in the heading."""
    at = {"cell": told}
    amount = whole_amount(told, words)
    if amount is not None:
        same = not column or column == amount[1]
        return amount if same else Text("unit_twice", at | {"unit": column})
    plain = told.replace(",", "") if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", told) else told
    number = parse_number(plain)
    return (number, column or fold(heading)) if number is not None else Text("quantity_unclear", at)
