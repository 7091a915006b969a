"""Batches: which goes out first, and which may go out at all (C-07).

First expired, first out: earliest `expires_on`, then earliest `arrived_on`, then `batch_id`. `expires_on` is the last
day on which goods may be handed out. Only released batches are picked.

An arrival is released unless it is expired, said to be made after it came, dearer than the last price by more than
`receiving.max_price_rise_pct`, or more than was ordered; then it is held until somebody named decides. Quality is for
the inspector's eyes: this rule only says what the papers say. Known drawback: a slow rise that stays below the limit
every time is not noticed here.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from schemas.frames.base import checked
from schemas.frames.supply import Batches, CountGaps, Picks, Quantities
from schemas.plan import Item, Plan
from schemas.text import Text
from schemas.units import sale_quantity

KEYS = ["store_id", "item_id"]


@dataclass(frozen=True)
class Arrival:
    """Goods at the door. `cost_fen` per sale unit; `ordered_base`: what is still open of the order, if there is one."""

    item_id: str
    qty_base: int
    cost_fen: int
    arrived_on: date
    expires_on: date
    ordered_base: int | None = None
    produced_on: date | None = None


@dataclass(frozen=True)
class Judgement:
    """Released, or held for the reasons given; `clause` is what asked for the check."""

    released: bool
    reasons: tuple[Text, ...]
    clause: str


def usable(batches: pl.DataFrame, on: date) -> pl.DataFrame:
    """`Batches` that may be handed out on a date: released, not past their last day, with something left."""
    return checked(Batches, batches).filter(
        pl.col("released") & (pl.col("expires_on") >= on) & (pl.col("qty_base") > 0)
    )


def pick(batches: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """`Picks`: what is wanted (`Quantities`) off each store's shelf of an item (`Batches`), first expired first.

    Fewer where the shelf holds less; never from a batch that is not released. Which day goods are for is the caller's
    to say: `usable` leaves out what expires before it.
    """
    shelf = checked(Batches, batches).filter(pl.col("released")).sort(*KEYS, "expires_on", "arrived_on", "batch_id")
    asked = checked(Quantities, wanted).rename({"qty_base": "wanted_base"})
    ahead = pl.col("qty_base").cum_sum().over(KEYS) - pl.col("qty_base")
    both = shelf.with_columns(ahead_base=ahead).join(asked, on=KEYS, maintain_order="left")
    left = pl.min_horizontal("qty_base", pl.col("wanted_base") - pl.col("ahead_base"))
    return checked(Picks, both.select(*KEYS, "batch_id", qty_base=left).filter(pl.col("qty_base") > 0))


def count_gaps(held: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """`CountGaps`: where a store's count differs from the books; both are `Quantities`.

    Only what was counted is compared: an item that a report leaves out is unknown, not gone.
    """
    books = checked(Quantities, held).rename({"qty_base": "held_base"})
    both = checked(Quantities, counted).rename({"qty_base": "counted_base"}).join(books, on=KEYS, how="left")
    gaps = both.with_columns(pl.col("held_base").fill_null(0))
    gaps = gaps.with_columns(gap_base=pl.col("counted_base") - pl.col("held_base")).filter(pl.col("gap_base") != 0)
    return checked(CountGaps, gaps).sort(KEYS)


def last_day(item: Item, arrived_on: date, produced_on: date | None, expires_on: date | None) -> date:
    """The last day on which goods may be handed out: what the paper says, else what the item keeps from its making.

    A making after the arrival is a slip of the pen, and lengthens nothing.
    """
    return expires_on or min(produced_on or arrived_on, arrived_on) + timedelta(days=item.keeps_days)


def judge_batch(arrival: Arrival, last_price_fen: int | None, plan: Plan) -> Judgement:
    """Release or hold an arrival. `last_price_fen`: cost per sale unit the last time; none: the first of its kind."""
    name, limit = plan.items[arrival.item_id].name, plan.file.receiving.max_price_rise_pct
    reasons = []
    if arrival.expires_on < arrival.arrived_on:
        reasons.append(Text("batch_expired", {"item": name, "date": arrival.expires_on.isoformat()}))
    if arrival.produced_on is not None and arrival.produced_on > arrival.arrived_on:
        reasons.append(Text("batch_made_later", {"item": name, "date": arrival.produced_on.isoformat()}))
    # Integers, so that a rise of exactly the limit is never held for a rounding error.
    if last_price_fen and arrival.cost_fen * 100 > last_price_fen * (100 + limit.value):
        percent = round((arrival.cost_fen / last_price_fen - 1) * 100, 1)
        reasons.append(Text("batch_price_rise", {"item": name, "percent": percent, "limit": limit.value}))
    if arrival.ordered_base is not None and arrival.qty_base > arrival.ordered_base:
        item = plan.items[arrival.item_id]
        surplus = sale_quantity(arrival.qty_base - arrival.ordered_base, item.unit_base) + item.unit
        reasons.append(Text("batch_more_than_ordered", {"item": name, "surplus": surplus}))
    return Judgement(not reasons, tuple(reasons), limit.clause)
