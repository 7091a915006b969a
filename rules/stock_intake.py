"""Stores' lists -> accepted and rejected: stock reports (B-06), goods on sale (A-02, C-04), arrivals (C-07).

Policy. A row counts when item, amount and price are plain; prices are turned into fen per sale unit, and one that is
no whole number of fen is refused rather than rounded. A store that names an item twice in one list has every such row
refused: nobody can tell a second batch from a correction. Of several lists of one store the latest (by sequence)
holds for the items that it names; an item that it leaves out keeps the earlier line. Arrivals add up: several rows of
one order and item are several batches. Drawback: a stock row without a unit is refused even where the item has one
unit only.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from rules.intake.checking import build
from rules.intake.desk import Desk, in_order
from rules.intake.identify import Directory
from rules.intake.layouts import Row, Sheet
from rules.intake.lines import SetAside, Vocabulary
from rules.intake.stores import availability, conclusion, day, price_fen, price_unit
from rules.intake.table import amount_of
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


def _desk(kind: str, directory: Directory, read: Callable[[Row, Item], dict[str, Any]]) -> Desk[StoreList]:
    """A desk for rows that each name an item; `read` turns a row of a known item into the values of its model."""

    def of_item(_source: StoreList, row: Row) -> dict[str, Any]:
        item = directory.item(row.text("item"))
        return read(row, item) | {"item_id": item.item_id} if isinstance(item, Item) else {"item_id": item}

    return Desk(kind, of_item, lambda source: {"store_id": source.store_id or Text("sender_unknown")})


def _twice(desk: Desk[StoreList], directory: Directory) -> dict[int, list[Text]]:
    """Position -> reason of rows whose item stands more than once in one list."""
    seen = Counter((row["submission_id"], row["item_id"]) for row in desk.good)
    names = directory.plan.items
    return {
        index: [Text("said_twice", {"item": names[row["item_id"]].name})]
        for index, row in enumerate(desk.good)
        if seen[row["submission_id"], row["item_id"]] > 1
    }


def _with_state(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The latest list of a store holds for the items that it names."""
    ordered = in_order(rows)
    latest = {(row["store_id"], row["item_id"]): index for index, row in enumerate(ordered)}
    holds = set(latest.values())
    return [row | {"state": "accepted" if n in holds else "superseded"} for n, row in enumerate(ordered)]


def _judged(desk: Desk[StoreList], model: Any, rows: Sequence[dict[str, Any]]) -> StoreJudged:
    rejected = [row | {"community_id": None, "op": "need"} for row in desk.returned()]
    return StoreJudged(build(model, rows), build(Rejected, rejected), desk.aside)


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

    desk = _desk("stock", directory, read)
    desk.take(lists)
    desk.hold_numbers(STORE_AMOUNTS)
    desk.refuse(_twice(desk, directory))
    return _judged(desk, StockLine, _with_state(desk.good))


def judge_catalog(lists: Iterable[StoreList], directory: Directory) -> StoreJudged:
    """Lists of goods on sale -> `CatalogEntry`."""

    def read(row: Row, item: Item) -> dict[str, Any]:
        return {"price_fen": price_fen(row, item), "unit": price_unit(row), "available": availability(row)}

    desk = _desk("catalog", directory, read)
    desk.take(lists)
    desk.hold_numbers(STORE_AMOUNTS)
    desk.refuse(_twice(desk, directory))
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

    desk = _desk("arrivals", directory, read)
    desk.take(lists)
    desk.hold_numbers(STORE_AMOUNTS)
    return _judged(desk, ArrivalLine, [row | {"state": "accepted"} for row in in_order(desk.good)])
