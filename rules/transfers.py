"""What goes from one store to another instead of being bought, or because nothing bought comes in time (B-05, B-07).

Who lacks an item takes it from stores that can do without: from what lies above their maximum first (it is offered
down to their target), then from what lies above their own minimum at the lowest level that they expect; below that
minimum nobody gives. What a purchase would bring in time is only moved where that costs less: what the goods cost the
giver, the haul, and `purchase.move_fen` for the trip and the loading, against what the cheapest source asks delivered.
What no purchase brings, or not in time, is moved whatever that costs.

Takers come in this order: what is urgent, then by the day from which it is lacking, then by store; givers: surplus
before spare, then the cheaper, then the one with more to give, then by store. Whole sale steps are moved, rounded down
for the giver's sake. A store never gives and takes the same item.

Known drawbacks: takers are served one after the other, so the sum of all hauls is not the least that there could be;
distance is as the crow flies and each move a trip of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, inf
from typing import Any

import polars as pl

from rules.geography import haversine_m
from schemas.frames.base import checked, frame_of
from schemas.frames.replenishment import Exchanges, Transfers
from schemas.plan import Plan

Row = dict[str, Any]
GRAMS_PER_TONNE = 1_000_000
METRES_PER_KM = 1000


@dataclass
class _Giver:
    """What a store has to give of an item, at what price per sale unit delivered to one taker."""

    row: Row
    delivered_fen: float
    surplus: bool

    @property
    def key(self) -> str:
        return "surplus_base" if self.surplus else "spare_base"


def haul_fen(plan: Plan, item_id: str, from_store: str, to_store: str) -> float:
    """What it costs to bring one sale unit of an item from one store to another."""
    here, there = plan.stores[from_store], plan.stores[to_store]
    km = haversine_m(here.lat, here.lon, there.lat, there.lon) / METRES_PER_KM
    tonnes = plan.items[item_id].weight_g / GRAMS_PER_TONNE
    return km * tonnes * plan.file.purchase.haul_fen_per_tonne_km.value


def transfers(exchanges: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """`Transfers` from `Exchanges`, by item, in the order in which they were decided."""
    rows = checked(Exchanges, exchanges).sort("item_id", "store_id").rows(named=True)
    by_item: dict[str, list[Row]] = {}
    for row in rows:
        by_item.setdefault(row["item_id"], []).append(row)
    found = [move for item_id, lines in by_item.items() for move in _of_item(item_id, lines, plan)]
    return frame_of(Transfers, found)


def _of_item(item_id: str, lines: list[Row], plan: Plan) -> Iterator[Row]:
    takers = [row for row in lines if row["wanted_base"] > 0]
    givers = [row for row in lines if row["wanted_base"] == 0 and row["spare_base"] > 0]
    for urgent in (True, False):
        for taker in sorted(takers, key=lambda row: (_lacking_from(row), row["store_id"])):
            yield from _served(item_id, taker, givers, urgent, plan)


def _lacking_from(row: Row) -> float:
    return inf if row["wanted_day"] is None else float(row["wanted_day"])


def _served(item_id: str, taker: Row, givers: list[Row], urgent: bool, plan: Plan) -> Iterator[Row]:
    """What one taker gets; what is given and taken is written into the rows, so that nobody gives it twice."""
    step, unit = plan.items[item_id].step_base, plan.items[item_id].unit_base
    key, trip = "urgent_base" if urgent else "wanted_base", plan.file.purchase.move_fen.value
    for giver in _in_order(item_id, taker, givers, urgent, plan):
        wanted = -(-taker[key] // step) * step
        qty = min(wanted, giver.row[giver.key] // step * step)
        saved = None if urgent else _saved(taker["buy_fen"], giver.delivered_fen, qty / unit, trip)
        if qty <= 0 or (saved is not None and saved <= 0):
            continue
        _take(taker, giver.row, qty)
        yield {
            "item_id": item_id,
            "from_store": giver.row["store_id"],
            "to_store": taker["store_id"],
            "qty_base": qty,
            "cost_fen": ceil(giver.delivered_fen * qty / unit) + trip,
            "saves_fen": saved,
            "surplus": giver.surplus,
            "urgent": urgent,
        }


def _in_order(item_id: str, taker: Row, givers: list[Row], urgent: bool, plan: Plan) -> list[_Giver]:
    offers = []
    for row in givers:
        delivered = row["cost_fen"] + haul_fen(plan, item_id, row["store_id"], taker["store_id"])
        if urgent or taker["buy_fen"] is None or delivered < taker["buy_fen"]:
            offers += [_Giver(row, delivered, surplus) for surplus in (True, False)]
    return sorted(offers, key=lambda g: (not g.surplus, g.delivered_fen, -g.row["spare_base"], g.row["store_id"]))


def _saved(buy_fen: float | None, delivered_fen: float, units: float, trip_fen: int) -> int | None:
    return None if buy_fen is None else int((buy_fen - delivered_fen) * units) - trip_fen


def _take(taker: Row, giver: Row, qty: int) -> None:
    for row, keys in ((taker, ("wanted_base", "urgent_base")), (giver, ("spare_base", "surplus_base"))):
        for key in keys:
            row[key] = max(0, row[key] - qty)
