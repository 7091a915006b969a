"""Sheets of needs -> lines. Three layouts, told apart by their header, tried in this order:

- *long*: one row per household and item (户号, 商品, 数量);
- *wide*: one row per household, one column per item of the plan, its unit in the heading or in the cell;
- *orders*: one row per order with all its goods in one cell (商品合计, 接龙内容), as ordering tools put out.

The household is one cell (户号, 地址, 姓名) or several (弄, 楼栋, 单元, 房号), all of which must then be filled:
half an address would be somebody else's. A blank amount is no need, and a row that names a household and nothing
else is set aside. A 0 is nothing wanted, not an error; where the same household had asked for more before,
rules/needs.py asks, since one sheet is often filled up with zeros that nobody meant for what another channel
brought in. 无需求 in a row takes back everything. A remark that seems to ask for something is a line of its own for
somebody to look at, and so is whatever an order says that is cancelled, unpaid or refunded.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from rules.intake.chain import read_chain
from rules.intake.goods_cell import goods_in, without_additions
from rules.intake.headings import goods_heading, is_beside, unit_of
from rules.intake.layouts import GOODS_SHEET, Cell, Row, Sheet
from rules.intake.lines import NOTHING, WITHDRAWN, Reading, Said, SetAside, Vocabulary, numbered
from rules.intake.quantities import fold
from rules.intake.remarks import doubted, remarks
from rules.intake.table import (
    Header,
    amount_in,
    amount_of,
    header_rows,
    named,
    no_value,
    place_of,
    read_rows,
    said_as,
)
from rules.intake.table_household import household_of
from rules.intake.who import glued_address, is_address
from schemas.text import Text

#: Fields of which a header must name one to be one of needs.
_WHO = frozenset({"id", "who", "address", "name", "nick", "room"})
#: What people put into a cell of a table to say: none.
_NONE = frozenset({"无", "-", "—", "--", "/", "×", "x", "不要", "不用", "否", "〇", "零"}) | NOTHING
_EVERYTHING = NOTHING - {"无"}


def read_needs_table(sheets: Sequence[Sheet], words: Vocabulary) -> Reading:
    """Lines of needs of all sheets that hold something."""
    reading = Reading()
    for found in (line for sheet in sheets if sheet.rows for line in _sheet(sheet, words)):
        if isinstance(found, SetAside):
            reading.aside.append(found)
        else:
            reading.said.append(found)
    return numbered(reading)


def _sheet(sheet: Sheet, words: Vocabulary) -> Iterator[Said | SetAside]:
    if sheet.name == GOODS_SHEET:
        yield from (SetAside(place_of(sheet, n, row), said_as(row), "list") for n, row in sorted(sheet.rows.items()))
        return
    zero = _zero_report(sheet)
    if zero is not None:
        yield zero
        return
    header = needs_header(sheet, words)
    for row in read_rows(sheet, "needs", lambda: header):
        if isinstance(row, SetAside):
            yield row
        elif header is None:
            yield Said(0, row.place, row.words, faults=row.faults)
        else:
            yield from _row(row, header, words)


def _zero_report(sheet: Sheet) -> Said | None:
    """A sheet that holds nothing but 无需求, under a title or without one."""
    if len(sheet.rows) > 2 or sum(map(len, sheet.rows.values())) > 2:  # noqa: PLR2004 - a title and the word
        return None
    for number, cells in sheet.rows.items():
        for column, cell in cells.items():
            if fold(cell.text).strip() in _EVERYTHING:
                return Said(0, place_of(sheet, number, {column: cell}), cell.text, "zero")
    return None


def needs_header(sheet: Sheet, words: Vocabulary) -> Header | None:
    """The header of a sheet of needs with its layout; None where no row within reach is one."""
    found = [(number, cells, *named(cells, "needs")) for number, cells in header_rows(sheet)]
    found = [each for each in found if _WHO.intersection(each[2].values())]
    for number, cells, columns, units in found:
        if {"item", "qty"} <= set(columns.values()):
            return Header(columns, units, number, cells)
    for number, cells, columns, units in found:
        if any(goods_heading(cell.text, words)[0] in words.items for c, cell in cells.items() if c not in columns):
            return _wide(sheet, Header(columns, units, number, cells, "wide"), words)
    for number, cells, columns, units in found:
        if {"item", "goods"}.intersection(columns.values()):
            return Header(columns, units, number, cells, "orders")
    return None


def _wide(sheet: Sheet, header: Header, words: Vocabulary) -> Header:
    """The header with a field `@<column>` for every column of goods; their units may stand in a row below."""
    goods = [c for c, cell in header.cells.items() if c not in header.columns and not is_beside(cell.text)]
    columns = header.columns | {c: f"@{c}" for c in goods}
    units = header.units | {f"@{c}": goods_heading(header.cells[c].text, words)[1] for c in goods}
    below = sheet.rows.get(header.last_row + 1, {})
    said = {c: unit_of(cell.text, words) for c, cell in below.items()}
    last_row = header.last_row
    if said and all(said.values()) and set(said) <= set(goods):
        units |= {f"@{c}": unit for c, unit in said.items()}
        last_row += 1
    return replace(header, columns=columns, units=units, last_row=last_row)


def _row(row: Row, header: Header, words: Vocabulary) -> Iterator[Said | SetAside]:
    """The lines of one row, in the way of its layout, and what its remarks ask for."""
    line = _begun(row, header)
    note = row.text("note")
    if {note, *_texts(row)} & _EVERYTHING and not _amounts(row, header, words):
        named_one = line.who not in ("", *NOTHING) or line.name not in ("", *NOTHING)
        yield replace(line, op="withdraw" if named_one else "zero", item="")
        return
    if {note, row.text("item"), row.text("qty")} & WITHDRAWN:
        item = row.text("item")
        yield replace(line, op="withdraw", item="" if item in WITHDRAWN else item)
        return
    readers = {"long": _long, "wide": _wide_row, "orders": _order}
    found = list(readers[header.layout](row, line, header, words))
    yield from doubted(row, found) if found else [SetAside(row.place, row.words, "blank")]
    yield from remarks(row, line, words)


def _texts(row: Row) -> set[str]:
    return {
        row.text(name) for name in row.cells if name[0] == "@" or name in ("id", "who", "name", "item", "qty", "goods")
    }


def _amounts(row: Row, header: Header, words: Vocabulary) -> bool:
    """Whether any cell of the row names an amount, so that 无需求 beside it is not of the whole household."""
    fields = [
        f for f in row.cells if f[0] == "@" or f in ("qty", "goods") or (f == "item" and header.layout == "orders")
    ]
    told = (row.text(name) for name in fields)
    return any(words.amount.search(text) or re.search("[1-9]", text) for text in told)


def _begun(row: Row, header: Header) -> Said:
    """A line of the row with its household and what speaks against the row as a whole."""
    who, faults = household_of(row, header)
    name = row.text("name") or ("" if who else row.text("nick"))
    place = row.place | {"who": " ".join(filter(None, (who, name)))}
    return Said(0, place, row.words, who=who, name=name, faults=(*row.faults, *faults))


def _long(row: Row, line: Said, _header: Header, words: Vocabulary) -> Iterator[Said]:
    """One item, one amount; a row with neither says nothing."""
    item, unit = row.text("item"), row.text("unit") or unit_of(row.text("spec"), words)
    line = replace(line, item=item)
    if line.faults:
        yield line
        return
    if not item and not row.text("qty"):
        return
    if item not in words.items and not unit:
        base, inside = goods_heading(row.cells["item"].text if item else "", words)
        item, unit = (base, inside) if inside else (item, unit)
    told = row.text("qty")
    amount = amount_of(row, "qty", words) if row.text("unit") or not unit else amount_in(told, unit, "", words)
    if not told or amount is None:
        amount = Text("quantity_missing", {"words": row.words[:80]})
    yield _with(replace(line, item=item), amount, told)


def _with(line: Said, amount: tuple[Decimal, str] | Text, told: str) -> Said:
    """The line with its amount, its fault, or the word that nothing is wanted."""
    if told in _NONE or (not isinstance(amount, Text) and amount[0] == 0):
        return replace(line, op="none", number=Decimal(0))
    if isinstance(amount, Text):
        return replace(line, faults=(*line.faults, amount))
    return replace(line, number=amount[0], unit=amount[1])


def _wide_row(row: Row, line: Said, header: Header, words: Vocabulary) -> Iterator[Said]:
    """A line for every cell of goods that is not blank."""
    for column in sorted(c for c, name in header.columns.items() if name == f"@{c}"):
        cell = row.cells.get(f"@{column}")
        if cell is None or not cell.text.strip():
            continue
        yield _wide_cell(row, line, header.cells[column].text, (f"@{column}", cell), words)


def _wide_cell(row: Row, line: Said, heading: str, found: tuple[str, Cell], words: Vocabulary) -> Said:
    name, cell = found
    at, told = row.at[name], row.text(name)
    place = line.place | {"cell": at}
    said = " ".join(filter(None, (line.who or line.name, heading.strip(), cell.text.strip())))
    line = replace(line, place=place, words=said, item=goods_heading(heading, words)[0])
    if told in WITHDRAWN:
        return replace(line, op="withdraw")
    fault = no_value(cell, name, at)
    amount = fault or amount_in(told, "", row.units.get(name, ""), words)
    return _with(line, amount, told)


def _order(row: Row, line: Said, header: Header, words: Vocabulary) -> Iterator[Said]:
    """The goods of one order, all in one cell."""
    name = "goods" if "goods" in header.columns.values() else "item"
    cell = row.cells.get(name)
    if line.faults or cell is None:
        if line.faults:
            yield line
        return
    place = line.place | {"cell": row.at[name]}
    if not line.who and not row.text("name") and _begins_with_address(cell.text):
        yield from (replace(said, place=place) for said in _as_chain(cell.text, words))
        return
    for piece in goods_in(cell.text, words):
        said = replace(line, place=place, words=piece.words, item=piece.item, number=piece.number, unit=piece.unit)
        yield replace(said, variety=piece.variety, op="withdraw" if piece.withdrawn else said.op, faults=piece.faults)


def _begins_with_address(text: str) -> bool:
    first = fold(text).split(maxsplit=1)[0]
    return is_address(first) or glued_address(first) > 0


def _as_chain(text: str, words: Vocabulary) -> list[Said]:
    """What one member of a chain wrote, address and all, read as the chain's own line would be."""
    return without_additions(read_chain(f"1. {'，'.join(text.split(chr(10)))}", words).said)
