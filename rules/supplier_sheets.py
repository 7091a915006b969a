"""Suppliers' confirmations as a file (inbox kind `confirmations`) -> what each says of which order (C-05, B-07).

Policy. A row names an order of the sender's, one of its goods, and how many packs: bare or in 件, or in any unit of the
goods that makes whole packs. A price is that of a pack where no unit or 件 is told, else of the unit; none is that of
the order. A row that is not plain goes back; the others count, and what is not named stays open.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from rules.changes import MOST_PACKS
from rules.declarations import Declaration
from rules.intake.checking import build
from rules.intake.desk import Desk
from rules.intake.identify import Directory
from rules.intake.layouts import Row
from rules.intake.lines import Vocabulary
from rules.intake.stores import price_fen, price_yuan, unit_beside
from rules.intake.table import amount_of
from rules.supplier_answers import Said
from schemas.frames.people import Returned
from schemas.plan import Item
from schemas.text import Text

PACK = "件"
KIND = "confirmations"


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that may be confirmed: whose it is, and its goods."""

    order_id: str
    supplier_id: str
    items: frozenset[str]


@dataclass(frozen=True)
class Confirmed:
    """(submission, order) -> what is said of it, and rows that go back."""

    said: dict[tuple[str, str], list[Said]]
    returned: pl.DataFrame


def judge_confirmations(
    files: Iterable[Declaration], orders: Sequence[OpenOrder], directory: Directory, words: Vocabulary
) -> Confirmed:
    """Every row of every file: taken, or back to its sender with its reasons."""
    known = {one.order_id.casefold(): one for one in orders}

    def read(source: Declaration, row: Row) -> dict[str, Any]:
        order, item = known.get(row.text("order").casefold()), directory.item(row.text("item"))
        values: dict[str, Any] = {"order_id": _order(order, directory.store(source.sender), row), "item_id": item}
        if not isinstance(item, Item):
            return values
        values["item_id"] = item.item_id
        if order is not None and item.item_id not in order.items:
            values["item_id"] = Text("confirmation_not_ordered", {"item": item.name})
        price = _price(row, item) if row.text("price") else None
        return values | {"packs": _packs(row, item, directory, words), "price": price, "reason": row.text("note")}

    desk: Desk[Declaration] = Desk(
        KIND, read, lambda source: {"sender": directory.store(source.sender) or Text("sender_unknown")}
    )
    desk.take(files)
    desk.refuse(_twice(desk, directory))
    said: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for row in desk.good:
        one = Said(row["item_id"], row["packs"], row["price"], row["reason"][:200])
        said[row["submission_id"], row["order_id"]].append(one)
    return Confirmed(dict(said), build(Returned, desk.returned()))


def _order(order: OpenOrder | None, sender: str | None, row: Row) -> str | Text:
    if order is None or (sender is not None and order.supplier_id != sender):
        return Text("order_unknown", {"order": row.text("order")})
    return order.order_id


def _packs(row: Row, item: Item, directory: Directory, words: Vocabulary) -> int | Text:
    told = row.text("qty")
    bare = told.removesuffix(PACK)
    if bare.isdecimal() and bare.isascii() and _unit(row) in ("", PACK):
        return int(bare) if int(bare) <= MOST_PACKS else Text("quantity_unclear", {"cell": told})
    amount = amount_of(row, "qty", words)
    if amount is None or isinstance(amount, Text):
        return amount or Text("quantity_missing", {"words": row.words[:80]})
    base = directory.base_units(item, *amount)
    if isinstance(base, Text):
        return base
    packs, over = divmod(base, item.pack_units * item.unit_base)
    if over or packs < 0:
        return Text("confirmation_no_packs", {"item": item.name, "words": told})
    return packs


def _unit(row: Row) -> str:
    return row.text("unit") or row.units.get("qty", "")


def _price(row: Row, item: Item) -> int | Text:
    """Fen of a pack."""
    if unit_beside(row) not in ("", PACK):
        fen = price_fen(row, item)
        return fen * item.pack_units if isinstance(fen, int) else fen
    told, yuan = row.text("price"), price_yuan(row)
    if yuan is None or yuan <= 0 or yuan * 100 != int(yuan * 100):
        return Text("price_unclear", {"words": told})
    return int(yuan * 100)


def _twice(desk: Desk[Declaration], directory: Directory) -> Mapping[int, list[Text]]:
    """Rows that name the same line of an order as another one: nobody can tell a second batch from a correction."""
    seen = Counter((row["submission_id"], row["order_id"], row["item_id"]) for row in desk.good)
    names = directory.plan.items
    return {
        index: [Text("said_twice", {"item": names[row["item_id"]].name})]
        for index, row in enumerate(desk.good)
        if seen[row["submission_id"], row["order_id"], row["item_id"]] > 1
    }
