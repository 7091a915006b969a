"""Sheets (CSV or XLSX) -> rows by field, and rows of the long layout of needs -> lines.

The header is the first row within ten that names every field the kind of sheet must have (`LAYOUTS`); it may stand on
two rows where cells are merged, and a unit may stand in it: 数量(斤), 单价(元/斤). Blank rows above it are titles; a
row that begins with 合计, 总计, 小计 is a total; both are set aside. A household cell merged downwards holds for all
its rows; no other cell is filled in. A sheet without a header is one refused line that says which columns are wanted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rules.intake.goods import classify
from rules.intake.layouts import COLUMN, DATED, HEADER_ROWS, LAYOUTS, MUST, Cell, Row, Sheet
from rules.intake.lines import NOTHING, WITHDRAWN, Reading, Said, SetAside, Vocabulary, numbered
from rules.intake.quantities import fold, parse_number
from schemas.text import Text

_TOTAL = re.compile(r"(?:合计|总计|小计|共计)")
_BRACKET = re.compile(r"[(\[](?P<inside>[^)\]]*)[)\]]")


@dataclass(frozen=True, slots=True)
class _Header:
    columns: dict[int, str]
    units: dict[str, str]
    last_row: int


def _heading(cell: Cell, kind: str) -> tuple[str, str] | None:
    """(field, unit in brackets) that a header cell names."""
    told = re.sub(r"\s+", "", fold(cell.text))
    inside = _BRACKET.search(told)
    base = _BRACKET.sub("", told)
    for name, synonyms in LAYOUTS[kind].items():
        if base in synonyms or told in synonyms:
            return name, inside["inside"] if inside else ""
    return None


def _header_at(cells: Mapping[int, Cell], kind: str) -> tuple[dict[int, str], dict[str, str]]:
    columns: dict[int, str] = {}
    units: dict[str, str] = {}
    for column, cell in sorted(cells.items()):
        found = _heading(cell, kind)
        if found and found[0] not in columns.values():
            columns[column] = found[0]
            units[found[0]] = found[1]
    return columns, units


def _complete(columns: Mapping[int, str], kind: str) -> bool:
    named = set(columns.values())
    return all(named.intersection(group) for group in MUST[kind])


def _header(sheet: Sheet, kind: str) -> _Header | None:
    """The header on one row, or on two that name different columns (cells merged across or down)."""
    above: dict[int, Cell] = {}
    for number in sorted(n for n in sheet.rows if n <= HEADER_ROWS):
        here = sheet.rows[number]
        for cells in (here, {**above, **here}):
            columns, units = _header_at(cells, kind)
            if _complete(columns, kind):
                return _Header(columns, units, number)
        above = dict(here)
    return None


def _filled(sheet: Sheet, header: _Header) -> dict[tuple[int, int], Cell]:
    """Household cells merged downwards, for each row that they cover."""
    filled: dict[tuple[int, int], Cell] = {}
    for first, last, left, right in sheet.merged:
        cell = sheet.rows.get(first, {}).get(left)
        if left != right or cell is None or header.columns.get(left) not in ("who", "name"):
            continue
        filled |= {(row, left): cell for row in range(first + 1, last + 1) if row in sheet.rows}
    return filled


def _letter(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _place(sheet: Sheet, number: int, columns: Mapping[int, Cell]) -> dict[str, object]:
    first = min(columns, default=0)
    return {"sheet": sheet.name, "cell": f"{_letter(first)}{number}", "row": number}


def _said_as(cells: Mapping[int, Cell]) -> str:
    return " ".join(cells[c].text.strip() for c in sorted(cells) if cells[c].text.strip())


def _not_values(cells: Mapping[int, Cell], header: _Header, number: int, dated: Sequence[str]) -> Iterator[Text]:
    for column, name in header.columns.items():
        cell = cells.get(column)
        if cell is None:
            continue
        at = {"cell": f"{_letter(column)}{number}"}
        if cell.kind == "formula":
            yield Text("formula_not_value", at)
        elif cell.kind == "error":
            yield Text("cell_error", at | {"value": cell.text})
        elif cell.kind == "date" and name not in dated:
            yield Text("cell_is_date", at | {"value": cell.text})


def read_sheet(sheet: Sheet, kind: str) -> Iterator[Row | SetAside]:
    """Every row that holds something: by field, or set aside as title, header or total."""
    header = _header(sheet, kind)
    if header is None:
        wanted = "、".join("/".join(COLUMN[n] for n in group) for group in MUST[kind])
        first = min(sheet.rows, default=1)
        place = _place(sheet, first, sheet.rows.get(first, {}))
        fault = Text("header_missing", {"sheet": sheet.name, "rows": HEADER_ROWS, "columns": wanted})
        yield Row(place, _said_as(sheet.rows.get(first, {}))[:80], {}, {}, (fault,))
        return
    filled = _filled(sheet, header)
    for number, cells in sorted(sheet.rows.items()):
        place, words = _place(sheet, number, cells), _said_as(cells)
        if number <= header.last_row:
            yield SetAside(place, words, "header" if number == header.last_row else "title")
        elif _TOTAL.match(re.sub(r"\s+", "", words)):
            yield SetAside(place, words, "total")
        else:
            own = {**cells, **{c: cell for (row, c), cell in filled.items() if row == number}}
            faults = tuple(_not_values(own, header, number, DATED))
            by_field = {name: own[column] for column, name in header.columns.items() if column in own}
            yield Row(place, words, by_field, header.units, faults)


def amount_of(row: Row, name: str, words: Vocabulary) -> tuple[Decimal, str] | Text | None:
    """Number and unit of a field: `5斤`, or 5 with the unit of its column or header; None where it is empty."""
    told = row.text(name)
    if not told:
        return None
    at = {"cell": told}
    token = classify(told, words)
    column = row.text("unit")
    if token.kind == "amount" and token.number is not None:
        same = not column or column == token.unit
        return (token.number, token.unit) if same else Text("unit_twice", at | {"unit": column})
    number = parse_number(told.replace(",", "") if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", told) else told)
    return (number, column or row.units.get(name, "")) if number is not None else Text("quantity_unclear", at)


def _need(row: Row, words: Vocabulary) -> Said:
    """The line of one row; what it asks for, or what speaks against it."""
    who, name, item, qty = (row.text(n) for n in ("who", "name", "item", "qty"))
    place = row.place | {"who": " ".join(filter(None, (who, name)))}
    line = Said(0, place, row.words, who=who, name=name, item=item, faults=row.faults)
    if row.faults:
        return line
    if {item, qty, row.text("note")} & WITHDRAWN or (qty in NOTHING and (who or name)):
        return replace(line, op="withdraw", item="" if item in WITHDRAWN else item)
    if not qty and {who, name, item} & (NOTHING - {"无"}):
        named = any(word and word not in NOTHING for word in (who, name))
        return replace(line, op="withdraw" if named else "zero", item="")
    amount = amount_of(row, "qty", words)
    if amount is None:
        amount = Text("quantity_missing", {"words": row.words[:80]})
    if isinstance(amount, Text):
        return replace(line, faults=(amount,))
    return replace(line, number=amount[0], unit=amount[1])


def read_needs_table(sheets: Sequence[Sheet], words: Vocabulary) -> Reading:
    """Lines of needs in the long layout: one row per household and item."""
    reading = Reading()
    for found in (f for sheet in sheets if sheet.rows for f in read_sheet(sheet, "needs")):
        if isinstance(found, SetAside):
            reading.aside.append(found)
        else:
            reading.said.append(_need(found, words))
    return numbered(reading)
