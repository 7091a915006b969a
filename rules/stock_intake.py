"""Stores' lists -> accepted and rejected: stock reports (B-06), goods on sale (A-02, C-04), arrivals (C-07).

Policy. A row counts when item, amount and price are plain; prices are turned into fen per sale unit, and one that is
no whole number of fen is refused rather than rounded. A store that names an item twice in one list has every such row
refused: nobody can tell a second batch from a correction. Of several lists of one store the latest (by sequence)
holds for the items that it names; an item that it leaves out keeps the earlier line. Arrivals add up: several rows of
one order and item are several batches. Drawback: a stock row without a unit is refused even where the item has one
unit only.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from rules.intake.checking import build, failing_codes
from rules.intake.identify import Directory
from rules.intake.layouts import Row, Sheet
from rules.intake.lines import SetAside, Vocabulary
from rules.intake.stores import availability, conclusion, day, price_fen, price_unit
from rules.intake.table import amount_of, from_template, read_sheet
from rules.needs import as_json
from schemas.frames.intake import STORE_AMOUNTS, ArrivalLine, CatalogEntry, Rejected, StockLine
from schemas.plan import Item
from schemas.text import Text


@dataclass(frozen=True, slots=True)
class StoreList:
    """One submission of a store. `store_id` None: nobody by the sender's words; `sheets` None: plain text."""

    submission_id: str
    sequence: int
    store_id: str | None
    sheets: Sequence[Sheet] | None


@dataclass(frozen=True)
class StoreJudged:
    """Accepted rows of the kind's model with their `state`, rejected rows, and what was set aside."""

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    aside: list[tuple[str, SetAside]]


Reader = Callable[[Row, Item], dict[str, Any]]


@dataclass
class _Desk:
    """Where rows of one kind are judged; `read` turns a row into the values of its model, or faults among them."""

    kind: str
    directory: Directory
    read: Reader
    good: list[dict[str, Any]] = field(default_factory=list)
    bad: list[dict[str, Any]] = field(default_factory=list)
    aside: list[tuple[str, SetAside]] = field(default_factory=list)

    def take(self, source: StoreList) -> None:
        """All rows of one list, numbered from 1 in its order."""
        rows: list[Row] = []
        for found in (f for sheet in source.sheets or () if sheet.rows for f in self._rows(sheet)):
            if isinstance(found, SetAside):
                self.aside.append((source.submission_id, found))
            else:
                rows.append(found)
        if not rows:
            code = "table_wanted" if source.sheets is None else "no_lines"
            rows = [Row({}, "", {}, {}, (Text(code),))]
        for number, row in enumerate(rows, start=1):
            self._row(source, number, row)

    def _rows(self, sheet: Sheet) -> Iterator[Row | SetAside]:
        """The rows of a sheet; in one that we gave out, goods with nothing written beside them say nothing."""
        given_out = from_template(sheet)
        for row in read_sheet(sheet, self.kind):
            begun = isinstance(row, Row) and given_out and not any(map(row.text, set(row.cells) - {"item", "unit"}))
            yield SetAside(row.place, row.words, "blank") if begun else row

    def _row(self, source: StoreList, number: int, row: Row) -> None:
        line = {
            "submission_id": source.submission_id,
            "sequence": source.sequence,
            "line_no": number,
            "store_id": source.store_id,
            "words": row.words,
            "place": as_json(row.place),
        }
        item = None if row.faults else self.directory.item(row.text("item"))
        values = self.read(row, item) | {"item_id": item.item_id} if isinstance(item, Item) else {}
        faults = [*row.faults, *([item] if isinstance(item, Text) else [])]
        faults += [value for value in values.values() if isinstance(value, Text)]
        if source.store_id is None:
            faults.append(Text("sender_unknown"))
        if faults:
            self.reject(line, faults)
        else:
            self.good.append(line | values)

    def reject(self, line: Mapping[str, Any], faults: Iterable[Text]) -> None:
        """The row goes back with all of its reasons."""
        reasons = as_json([fault.as_json() for fault in faults])
        self.bad.append({**line, "community_id": None, "op": "need", "reasons": reasons})

    def refuse(self, faults: Mapping[int, Sequence[Text]]) -> None:
        """Rows of `good`, by their position, that go back after all."""
        for index, found in faults.items():
            self.reject(self.good[index], found)
        self.good = [row for index, row in enumerate(self.good) if index not in faults]


def _amounts(desk: _Desk) -> dict[int, list[Text]]:
    """Position -> reasons of rows whose numbers cannot be."""
    columns = {name: [row.get(name) for row in desk.good] for name in STORE_AMOUNTS.columns}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Int64))
    return {
        index: [Text(code, {"words": desk.good[index]["words"][:80]}) for code in codes]
        for index, codes in failing_codes(STORE_AMOUNTS, frame).items()
    }


def _twice(desk: _Desk) -> dict[int, list[Text]]:
    """Position -> reason of rows whose item stands more than once in one list."""
    seen = Counter((row["submission_id"], row["item_id"]) for row in desk.good)
    names = desk.directory.plan.items
    return {
        index: [Text("said_twice", {"item": names[row["item_id"]].name})]
        for index, row in enumerate(desk.good)
        if seen[row["submission_id"], row["item_id"]] > 1
    }


def _with_state(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The latest list of a store holds for the items that it names."""
    ordered = sorted(rows, key=lambda row: (row["sequence"], row["submission_id"], row["line_no"]))
    latest = {(row["store_id"], row["item_id"]): index for index, row in enumerate(ordered)}
    holds = set(latest.values())
    return [row | {"state": "accepted" if n in holds else "superseded"} for n, row in enumerate(ordered)]


def _judged(desk: _Desk, model: Any, rows: Sequence[dict[str, Any]]) -> StoreJudged:
    order = sorted(desk.bad, key=lambda row: (row["sequence"], row["submission_id"], row["line_no"]))
    return StoreJudged(build(model, rows), build(Rejected, order), desk.aside)


def _measured(directory: Directory, row: Row, name: str, item: Item, words: Vocabulary) -> int | Text | None:
    amount = amount_of(row, name, words)
    if amount is None or isinstance(amount, Text):
        return amount
    return directory.base_units(item, *amount)


def _must(value: int | Text | None, row: Row) -> int | Text:
    return Text("quantity_missing", {"words": row.words[:80]}) if value is None else value


def judge_stock(lists: Iterable[StoreList], directory: Directory, words: Vocabulary) -> StoreJudged:
    """Stock reports -> `StockLine`: amounts in base units, `sold_base` null where the report does not say."""

    def read(row: Row, item: Item) -> dict[str, Any]:
        return {
            "qty_base": _must(_measured(directory, row, "qty", item, words), row),
            "price_fen": price_fen(row, item),
            "sold_base": _measured(directory, row, "sold", item, words),
        }

    desk = _Desk("stock", directory, read)
    for source in lists:
        desk.take(source)
    desk.refuse(_amounts(desk))
    desk.refuse(_twice(desk))
    return _judged(desk, StockLine, _with_state(desk.good))


def judge_catalog(lists: Iterable[StoreList], directory: Directory) -> StoreJudged:
    """Lists of goods on sale -> `CatalogEntry`."""

    def read(row: Row, item: Item) -> dict[str, Any]:
        return {"price_fen": price_fen(row, item), "unit": price_unit(row), "available": availability(row)}

    desk = _Desk("catalog", directory, read)
    for source in lists:
        desk.take(source)
    desk.refuse(_amounts(desk))
    desk.refuse(_twice(desk))
    return _judged(desk, CatalogEntry, _with_state(desk.good))


def judge_arrivals(
    lists: Iterable[StoreList], directory: Directory, words: Vocabulary, order_ids: Collection[str]
) -> StoreJudged:
    """Arrivals -> `ArrivalLine`; `order_ids`: the purchase orders that goods are expected on."""
    known = {order.casefold(): order for order in order_ids}

    def read(row: Row, item: Item) -> dict[str, Any]:
        order = known.get(row.text("order").casefold(), Text("order_unknown", {"order": row.text("order")}))
        qty = _must(_measured(directory, row, "qty", item, words), row)
        made, expires = day(row, "produced"), day(row, "expires")
        life = (expires - made).days if isinstance(made, date) and isinstance(expires, date) else None
        dates = {"produced_on": made, "expires_on": expires, "life_days": life, "supplier": row.text("supplier")}
        dates |= {"inspector": row.text("inspector"), "conclusion": conclusion(row)}
        return {"order_id": order, "qty_base": qty, "arrived_base": qty, "price_fen": price_fen(row, item)} | dates

    desk = _Desk("arrivals", directory, read)
    for source in lists:
        desk.take(source)
    desk.refuse(_amounts(desk))
    rows = sorted(desk.good, key=lambda row: (row["sequence"], row["submission_id"], row["line_no"]))
    return _judged(desk, ArrivalLine, [row | {"state": "accepted"} for row in rows])
