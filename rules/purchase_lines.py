"""What is known and expected of each receiving store and item when a purchase is reckoned (C-04, C-05, B-07).

Policy, tie-breaks and drawbacks stand in `rules/purchase.py`; this is its arithmetic: levels, dated demand, and what
the replenishment rule says of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Any

import polars as pl

from rules.calendar import next_run_date
from rules.cover import ROUNDING, item_min_days
from rules.demand import KEYS
from rules.geography import serving_stores
from rules.outlook import collections_ahead, dated
from rules.replenishment import replenish
from rules.sourcing import Offer, Offers
from schemas.frames.base import checked, frame_of
from schemas.frames.replenishment import DatedQuantities, ReplenishLines
from schemas.frames.supply import ConfirmedNeeds, Demand, ExpectedGoods, Quantities
from schemas.plan import Plan
from schemas.words import Process

Key = tuple[str, str]
Row = dict[str, Any]


@dataclass(frozen=True)
class Situation:
    """What a proposal starts from; `known`: the latest collection whose needs are among `needs`, or went out.

    `needs`: `ConfirmedNeeds`; `on_hand`: `Quantities`; `coming`: `ExpectedGoods`; `demand`: `Demand`.
    """

    needs: pl.DataFrame
    on_hand: pl.DataFrame
    coming: pl.DataFrame
    demand: pl.DataFrame
    known: date


@dataclass
class Line:
    """One store and item, in base units; days are counted from today."""

    store_id: str
    item_id: str
    per_day: float
    on_hand: int
    lead: int
    review: int
    pack: int
    min_level: int
    target: int
    most: int
    target_days: float
    needs: list[tuple[int, int, int]] = field(default_factory=list)  # day, tier, quantity
    ahead: list[tuple[int, int]] = field(default_factory=list)
    coming: list[tuple[int, int]] = field(default_factory=list)
    found: Row = field(default_factory=dict)
    moved: int = 0

    @property
    def last(self) -> int:
        """The last day of the window."""
        return self.lead + self.review - 1

    def upto(self, rows: Iterable[tuple[int, ...]]) -> int:
        """What of dated rows counts up to the day of the lowest level."""
        return sum(row[-1] for row in rows if row[0] <= self.found["lowest_day"])

    @property
    def wanted(self) -> int:
        """Up to the target, where the level falls below the minimum in the window."""
        lowest = self.found["lowest_in_window"] + self.moved
        return self.target - lowest if lowest < self.min_level else 0

    @property
    def unmet(self) -> int:
        """What was asked for and is lacking before anything bought can be there."""
        before = self.found["lowest_before"]
        return max(0, -before) if before is not None else 0


def _each(now: Situation, offers: Offers, plan: Plan, on: date) -> Iterator[Line]:
    """A line for every receiving store and item that is held, wanted or on its way, by store and item."""
    demand = {(s, i): d for s, i, d in checked(Demand, now.demand).select(*KEYS, "demand_base_per_day").iter_rows()}
    held: dict[Key, int] = {(s, i): q for s, i, q in checked(Quantities, now.on_hand).iter_rows()}
    needs = _grouped(checked(ConfirmedNeeds, now.needs).select(*KEYS, "day", "tier", "qty_base"))
    coming = _grouped(checked(ExpectedGoods, now.coming).select(*KEYS, "day", "qty_base"))
    review = (next_run_date(plan, Process.PURCHASE_SUPPLIES, on) - on).days
    stores = {store.store_id for store in serving_stores(plan)}
    outlook: dict[int, list[tuple[int, int]]] = {}
    for key in sorted(demand.keys() | held.keys() | needs.keys() | coming.keys()):
        if key[0] not in stores:
            continue
        line = _line(key, demand.get(key, 0.0), held.get(key, 0), offers.get(key), review, plan)
        if line.last not in outlook:
            outlook[line.last] = collections_ahead(plan, now.known, on, line.last)
        # A confirmed need is bought by the purchase that takes it, even where it is delivered later.
        line.needs = [(min(day, line.last), tier, qty) for day, tier, qty in needs.get(key, [])]
        line.coming = coming.get(key, [])
        line.ahead = list(dated(line.per_day, outlook[line.last]))
        yield line


def _grouped(rows: pl.DataFrame) -> dict[Key, list[Any]]:
    found: dict[Key, list[Any]] = {}
    for store_id, item_id, *rest in rows.iter_rows():
        found.setdefault((store_id, item_id), []).append(tuple(rest))
    return found


def _line(key: Key, per_day: float, held: int, offers: list[Offer] | None, review: int, plan: Plan) -> Line:
    item, rule = plan.items[key[1]], plan.file.purchase
    keeps = float(item.keeps_days)
    in_cycle = rule.trigger.value == "cycle"
    target_days = min(float(rule.target_cover_days.value), keeps)
    least_days = target_days if in_cycle else item_min_days(plan, item.item_id)
    target_days = max(target_days, least_days)
    most_days = max(target_days, min(float(rule.max_cover_days.value), keeps))
    least, target, most = (ceil(days * per_day - ROUNDING) for days in (least_days, target_days, most_days))
    lead = offers[0].lead_days if offers else rule.lead_days.value
    pack = item.pack_units * item.unit_base
    return Line(key[0], key[1], per_day, held, lead, review, pack, least, target, most, target_days)


def judged_lines(now: Situation, offers: Offers, plan: Plan, on: date) -> list[Line]:
    """The lines of a day, by store and item, each with what the replenishment rule says of it."""
    lines = list(_each(now, offers, plan, on))
    asked = [
        {
            "line": n,
            "on_hand": x.on_hand,
            "min_level": x.min_level,
            "target_level": x.target,
            "max_level": x.most,
            "lead_days": x.lead,
            "review_days": x.review,
            "pack": x.pack,
        }
        for n, x in enumerate(lines)
    ]
    demand = [
        {"line": n, "day": day, "qty": qty}
        for n, x in enumerate(lines)
        for day, qty in [*((d, q) for d, _, q in x.needs), *x.ahead]
    ]
    coming = [{"line": n, "day": day, "qty": qty} for n, x in enumerate(lines) for day, qty in x.coming]
    moves = (frame_of(DatedQuantities, rows) for rows in (demand, coming))
    for line, found in zip(lines, replenish(frame_of(ReplenishLines, asked), *moves).rows(named=True), strict=True):
        line.found = found
    return lines
