"""Who gets what from which store when there is not enough of everything (B-02, B-03, C-02, C-06, A-01).

Policy, in this order:

1. Tiers are strict, in the order of the plan; zones named in one tier are alike (C-02). A zone in no tier comes last.
   Inside a tier special groups come first where the plan says so (C-09). A (tier, special) pair is a *class*.
2. Classes are served one after the other. An item that one class could not get in full is closed for those after it.
3. Inside a class every household gets the same proportion of what it needs of an item, in whole steps
   (`item.step_base`), the rest by largest remainder (ties: `rules/sharing.py`). A need that is not a whole number of
   steps gets its odd part only after the whole steps of its class are served.
4. From the nearest store that has it and can still pack. One household at one store is one parcel, however many goods
   are in it; a household that already has a parcel at a store takes no further capacity there. When the nearest is
   out, the next.
5. What a store has taken off its list is not there, whatever the books say; where no other store has it, that is the
   reason of the line (`withdrawn_by_store`).
6. When capacity runs out, whoever comes first inside a class is packed first: more persons, then the lower household
   id. What they leave is shared again among those who can still reach a store, until nothing moves.

Known drawbacks: stores are chosen greedily, so walks are 3 to 25 % longer than the best (a min-cost flow would find
it), and a household may take its second store's last parcel where another would have taken its first. Goods below one
step that a store has left stay there. Substitutes are not offered: rice does not answer a need for noodles.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import groupby

import polars as pl

from rules.geography import nearest_first, serving_stores, sold_by
from rules.sharing import Claim, share
from schemas.frames.base import checked, frame_of
from schemas.frames.supply import AllocationLines, AllocationSources, Needs, Supply
from schemas.plan import Plan
from schemas.text import Text


@dataclass(frozen=True)
class Allocated:
    """`lines`: `AllocationLines`, one per need, sorted by household and item; `sources`: `AllocationSources`."""

    lines: pl.DataFrame
    sources: pl.DataFrame


@dataclass
class _Line:
    """One need while it is being served; quantities in base units."""

    household_id: str
    community_id: str
    item_id: str
    needed: int
    persons: int
    special: bool
    first: bool
    tier: int
    step: int
    allocated: int = 0
    class_demand: int = 0
    class_supply: int = 0
    reason: Text | None = None

    @property
    def open(self) -> int:
        return self.needed - self.allocated


@dataclass
class _Market:
    """What stores still have and can still pack."""

    plan: Plan
    stock: dict[tuple[str, str], int]
    capacity: dict[str, int]
    withdrawn: frozenset[tuple[str, str]] = frozenset()
    sources: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    parcels: set[tuple[str, str]] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    sellers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    order: dict[str, list[str]] = field(default_factory=dict)

    def stores(self, line: _Line) -> Iterator[str]:
        """Stores with the item that can still pack for the household, nearest first."""
        if line.community_id not in self.order:
            self.order[line.community_id] = nearest_first(self.plan, line.community_id, self.capacity)
        for store_id in self.order[line.community_id]:
            if self.stock.get((store_id, line.item_id), 0) > 0 and self.packs(store_id, line):
                yield store_id

    def packs(self, store_id: str, line: _Line) -> bool:
        return self.capacity[store_id] > 0 or (line.household_id, store_id) in self.parcels

    def steps_left(self, item_id: str, step: int) -> int:
        return sum(self.stock[store_id, item_id] // step for store_id in self.sellers[item_id])

    def take(self, line: _Line, wanted: int, step: int) -> int:
        """Up to `wanted` base units for a line in multiples of `step`; how much it was."""
        taken = 0
        for store_id in self.stores(line):
            part = min(wanted - taken, self.stock[store_id, line.item_id] // step * step)
            if part > 0:
                self._move(line, store_id, part)
                taken += part
            if taken == wanted:
                break
        return taken

    def _move(self, line: _Line, store_id: str, qty: int) -> None:
        if (line.household_id, store_id) not in self.parcels:
            self.parcels.add((line.household_id, store_id))
            self.capacity[store_id] -= 1
        self.stock[store_id, line.item_id] -= qty
        self.sources[line.household_id, line.item_id, store_id] += qty
        line.allocated += qty


def allocate(
    needs: pl.DataFrame, supply: pl.DataFrame, plan: Plan, withdrawn: Collection[tuple[str, str]] = ()
) -> Allocated:
    """Share `supply` (`Supply`) among `needs` (`Needs`) as the module says; stores' capacity comes from the plan.

    Args:
        withdrawn: (store, item) that the store has taken off its list: nothing of it is promised, whatever the books
            say that it holds.

    Holds: needed = allocated + short per line; sources of a line add up to what it was allocated; sources of a store
    and item never exceed what was available; every short line has a reason in `rules/reasons.py` and its args in `why`.
    """
    market = _market(checked(Supply, supply), plan, frozenset(withdrawn))
    lines = _lines(checked(Needs, needs), plan)
    before = {item_id: market.steps_left(item_id, plan.items[item_id].step_base) for item_id in plan.items}
    sellers = sold_by(plan)
    for _, group in groupby(lines, key=_rank):
        _serve_class(list(group), market, before, sellers)
    rows = sorted(lines, key=lambda line: (line.household_id, line.item_id))
    answered = frame_of(AllocationLines, (_row(line, plan) for line in rows))
    return Allocated(answered, frame_of(AllocationSources, _source_rows(market)))


def _market(supply: pl.DataFrame, plan: Plan, withdrawn: frozenset[tuple[str, str]]) -> _Market:
    capacity = {store.store_id: store.capacity_parcels for store in serving_stores(plan)}
    rows = supply.filter(pl.col("store_id").is_in(list(capacity))).sort("store_id", "item_id").iter_rows()
    stock = {(store_id, item_id): qty for store_id, item_id, qty in rows if (store_id, item_id) not in withdrawn}
    market = _Market(plan, stock, capacity, withdrawn)
    for store_id, item_id in market.stock:
        market.sellers[item_id].append(store_id)
    return market


def tier_of(plan: Plan, community_id: str) -> int:
    """Which tier a community is in, from 1; one past the last where the plan names its zone in none."""
    zone, tiers = plan.communities[community_id].zone, plan.file.allocation.tiers.value
    return next((number for number, zones in enumerate(tiers, 1) if zone in zones), len(tiers) + 1)


def _lines(needs: pl.DataFrame, plan: Plan) -> list[_Line]:
    special_first = plan.file.allocation.special_groups_first.value
    tiers = {community_id: tier_of(plan, community_id) for community_id in needs["community_id"].unique()}
    lines = [
        _Line(
            row["household_id"],
            row["community_id"],
            row["item_id"],
            row["needed_base"],
            row["persons"],
            row["special"],
            row["special"] and special_first,
            tiers[row["community_id"]],
            plan.items[row["item_id"]].step_base,
        )
        for row in needs.iter_rows(named=True)
    ]
    return sorted(lines, key=lambda line: (*_rank(line), -line.persons, line.household_id, line.item_id))


def _rank(line: _Line) -> tuple[int, bool]:
    return (line.tier, not line.first)


def _serve_class(lines: list[_Line], market: _Market, before: dict[str, int], sellers: dict[str, list[str]]) -> None:
    """Serve one class completely, say why for each line, and close the items that it could not get in full."""
    _note_inputs(lines, market)
    wanting = [line for line in lines if line.item_id not in market.closed]
    while _serve_round([line for line in wanting if line.open >= line.step], market):
        pass  # each round hands out at least one step of a finite stock, so this ends
    for line in wanting:
        if 0 < line.open < line.step:
            market.take(line, line.open, 1)
    for line in lines:
        if line.open:
            line.reason = _reason(line, market, before, sellers)
    market.closed |= {line.item_id for line in lines if line.open}


def _serve_round(lines: list[_Line], market: _Market) -> bool:
    """Share what is left of each item once among those who can reach it; whether anything moved."""
    claims: dict[str, list[tuple[_Line, Claim]]] = defaultdict(list)
    reached: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        stores = [s for s in market.stores(line) if market.stock[s, line.item_id] >= line.step]
        if stores:
            reached[line.item_id].update(stores)
            claims[line.item_id].append((line, Claim(line.household_id, line.open // line.step, line.persons)))
    quotas: dict[tuple[str, str], int] = {}
    for item_id, pairs in claims.items():
        step = pairs[0][0].step
        supply = sum(market.stock[store_id, item_id] // step for store_id in reached[item_id])
        for (line, _), steps in zip(pairs, share([claim for _, claim in pairs], supply), strict=True):
            quotas[line.household_id, item_id] = steps * step
    # Household by household, so that one parcel takes all of its goods before the next household takes capacity.
    moved = 0
    for line in lines:
        moved += market.take(line, quotas.get((line.household_id, line.item_id), 0), line.step)
    return moved > 0


def _note_inputs(lines: list[_Line], market: _Market) -> None:
    """What the quota of each line is computed from: what its class needs, and what is there for it in whole steps."""
    demand: dict[str, int] = defaultdict(int)
    for line in lines:
        demand[line.item_id] += line.needed
    supply = {
        line.item_id: 0 if line.item_id in market.closed else market.steps_left(line.item_id, line.step) * line.step
        for line in lines
    }
    for line in lines:
        line.class_demand, line.class_supply = demand[line.item_id], supply[line.item_id]


def _reason(line: _Line, market: _Market, before: dict[str, int], sellers: dict[str, list[str]]) -> Text:
    plan = market.plan
    names = {"item": plan.items[line.item_id].name, "community": plan.communities[line.community_id].name}
    if not sellers.get(line.item_id) and not market.sellers[line.item_id]:
        return Text("not_sold", {"item": names["item"]})
    if before[line.item_id] == 0:
        gone = [plan.stores[s].name for s, item_id in sorted(market.withdrawn) if item_id == line.item_id]
        if gone:
            return Text("withdrawn_by_store", {"item": names["item"], "stores": "、".join(gone)})
        return Text("no_stock", names)
    if line.class_supply == 0:
        return Text("tier_before", {"item": names["item"], "clause": plan.file.allocation.tiers.clause})
    if market.steps_left(line.item_id, min(line.step, line.open)) > 0:
        return Text("no_capacity", {"item": names["item"]})
    return Text("stock_shared", {"item": names["item"], "percent": line.class_supply * 100 // line.class_demand})


def _why(line: _Line, plan: Plan) -> dict[str, object]:
    """The inputs of a line's quota and the clauses that it follows, for the household that asks."""
    rule = plan.file.allocation
    clauses = [rule.tiers.clause, *([rule.special_groups_first.clause] if line.first else []), rule.source.clause]
    why: dict[str, object] = {
        "tier": line.tier,
        "zones": [str(zone) for zones in rule.tiers.value[line.tier - 1 : line.tier] for zone in zones],
        "special_first": line.first,
        "class_demand_base": line.class_demand,
        "class_supply_base": line.class_supply,
        "ratio": round(min(1.0, line.class_supply / line.class_demand), 4),
        "step_base": line.step,
        "clauses": list(dict.fromkeys(clauses)),
    }
    return why if line.reason is None else {**why, "reason": line.reason.as_json()}


def _row(line: _Line, plan: Plan) -> dict[str, object]:
    return {
        "household_id": line.household_id,
        "community_id": line.community_id,
        "item_id": line.item_id,
        "tier": line.tier,
        "special": line.special,
        "needed_base": line.needed,
        "allocated_base": line.allocated,
        "short_base": line.open,
        "reason": line.reason.code if line.reason else "",
        "why": json.dumps(_why(line, plan), ensure_ascii=False),
    }


def _source_rows(market: _Market) -> Iterator[dict[str, object]]:
    for (household_id, item_id, store_id), qty in sorted(market.sources.items()):
        yield {"household_id": household_id, "item_id": item_id, "store_id": store_id, "qty_base": qty}
