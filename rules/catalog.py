"""What goes on the lists of goods on sale (A-02, A-03, C-04): prices asked back, changes, and what residents read.

Policy. A price is compared with the one that was published last for that store and item (before any list: with what
the books say). One that is `catalog.question_times` times the old one or more, or as small a part of it or less, is
more often a slip of the decimal point than a price; so is one whose unit is another than last time, unless it comes to
the very same money. Such a price is asked back and the old one stands, until an officer has confirmed that price. A
rise above the plan's limits is published and told (`rules/prices.py`): it is dear, not unclear.

Changes are told against the list of the last day before that had one: `new`, `gone`, `dearer`, `cheaper` per store and
item. Residents do not choose the store, so they read every item once, with its number and its price; where the stores
ask different prices, the lowest and the highest.

Drawback: two slips in a row inside the limit (×2 and ×2) pass; the price watch tells them.
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from rules.intake.identify import units_of
from schemas.plan import Plan

KEYS = ["store_id", "item_id"]
#: store_id, item_id, price_fen, unit (the store's word; empty: from the books), available
OFFERED = {**dict.fromkeys(KEYS, pl.String), "price_fen": pl.Int64, "unit": pl.String, "available": pl.Boolean}
STANDING = {**dict.fromkeys(KEYS, pl.String), "price_fen": pl.Int64, "unit": pl.String}
QUESTIONS = {**STANDING, "before_fen": pl.Int64, "before_unit": pl.String, "reason": pl.String}
CHANGES = {**dict.fromkeys(KEYS, pl.String), "kind": pl.String, "price_fen": pl.Int64, "before_fen": pl.Int64}

#: (store, item, price in fen, unit) that an officer has confirmed.
Confirmed = Collection[tuple[str, str, int, str]]


@dataclass(frozen=True)
class Priced:
    """`offered`: OFFERED with the prices that may be published; `questions`: QUESTIONS, what is asked back."""

    offered: pl.DataFrame
    questions: pl.DataFrame


@dataclass(frozen=True)
class Offer:
    """One item as residents read it. Prices in fen per sale unit; `new`: not on the list before."""

    number: int
    item_id: str
    low_fen: int
    high_fen: int
    new: bool = False


def price(sent: pl.DataFrame, standing: pl.DataFrame, confirmed: Confirmed, plan: Plan) -> Priced:
    """Prices that stores told (OFFERED) against those that stand (STANDING)."""
    before = standing.select(*KEYS, before_fen="price_fen", before_unit="unit")
    joined = sent.select(list(OFFERED)).join(before, on=KEYS, how="left", maintain_order="left")
    rows, asked = [], []
    for row in joined.iter_rows(named=True):
        told = (row["store_id"], row["item_id"], row["price_fen"], row["unit"])
        reason = "" if told in confirmed else _question(row, plan)
        if reason:
            asked.append({**row, "reason": reason})
        old = {"price_fen": row["before_fen"], "unit": row["before_unit"]} if reason else {}
        rows.append({**row, **old})
    return Priced(_frame(rows, OFFERED), _frame(asked, QUESTIONS))


def _frame(rows: list[dict[str, object]], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema, orient="row")


def _question(row: dict[str, object], plan: Plan) -> str:
    now, before = row["price_fen"], row["before_fen"]
    if not isinstance(now, int) or not isinstance(before, int) or now == before:
        return ""
    times = plan.file.catalog.question_times.value
    if now >= times * before or now * times <= before:
        return "price_absurd"
    sizes = units_of(plan.items[str(row["item_id"])])
    size, size_before = sizes.get(str(row["unit"])), sizes.get(str(row["before_unit"]))
    return "price_unit_changed" if size and size_before and size != size_before else ""


def changes(lines: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """CHANGES of a list against the one before (OFFERED); nothing where there was none before."""
    if before.is_empty():
        return pl.DataFrame(schema=CHANGES)
    now = lines.filter("available").select(*KEYS, "price_fen")
    then = before.filter("available").select(*KEYS, before_fen="price_fen")
    both = now.join(then, on=KEYS, how="full", coalesce=True)
    kind = (
        pl.when(pl.col("before_fen").is_null())
        .then(pl.lit("new"))
        .when(pl.col("price_fen").is_null())
        .then(pl.lit("gone"))
        .when(pl.col("price_fen") > pl.col("before_fen"))
        .then(pl.lit("dearer"))
        .when(pl.col("price_fen") < pl.col("before_fen"))
        .then(pl.lit("cheaper"))
    )
    return both.with_columns(kind=kind).filter(pl.col("kind").is_not_null()).select(list(CHANGES)).sort(KEYS)


def offers(lines: pl.DataFrame, before: pl.DataFrame, plan: Plan) -> list[Offer]:
    """What residents read, in the order of the plan's categories and then of the numbers.

    Args:
        lines: OFFERED and `number`.
        before: the list before, OFFERED; empty where there was none, and then nothing is new.
    """
    known = set(before.filter("available")["item_id"])
    on_sale = lines.filter(pl.col("available") & pl.col("item_id").is_in(list(plan.items)))
    spans = on_sale.group_by("item_id").agg(
        pl.col("number").first(), low=pl.col("price_fen").min(), high=pl.col("price_fen").max()
    )
    found = [
        Offer(
            row["number"],
            row["item_id"],
            row["low"],
            row["high"],
            not before.is_empty() and row["item_id"] not in known,
        )
        for row in spans.iter_rows(named=True)
    ]
    places = {category: place for place, category in enumerate(plan.categories)}
    return sorted(found, key=lambda offer: (places.get(plan.items[offer.item_id].category, len(places)), offer.number))


def withdrawn(revisions: pl.DataFrame) -> pl.DataFrame:
    """store_id, item_id of what was on sale on a list of a cycle and has been taken off by its store since.

    Only a store that sends a list of its own takes anything off: where a list is made from the books, goods that have
    run out may come in again, and the books say so themselves.

    Args:
        revisions: OFFERED, business_date and revision of every list that was out for the cycle.
    """
    if revisions.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(KEYS, pl.String))
    last = pl.col("business_date") == revisions["business_date"].max()
    newest = revisions.filter(last).filter(pl.col("revision") == pl.col("revision").max())
    own = newest.filter(pl.col("unit") != "")["store_id"].unique().to_list()
    offered = revisions.filter(pl.col("available") & pl.col("store_id").is_in(own)).select(KEYS).unique()
    return offered.join(newest.filter("available").select(KEYS), on=KEYS, how="anti").sort(KEYS)
