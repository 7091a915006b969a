"""What to buy (C-04, C-05, B-07, B-10).

Per receiving store and item: needs since the last purchase + reserve that must be left once they are served - on hand
- on order, never below nothing, rounded up to whole packs. The reserve is `purchase.target_cover_days` of expected
demand, but no more days than the item keeps: of what spoils, buy more often, not more (B-07).

When the plan buys on low cover (B-07) only what is asked for and not there, or below its minimum, is bought, and then
up to the target; when it buys in a cycle (C-05) every item is topped up every time.

Money (B-10): life-line categories first. Inside that what was asked for comes before reserve. Packs are given one by
one: for what was asked, to the line of which the smallest part is bought; for reserve, to the lowest cover in days;
ties by store and item. A line that is too dear for what is left does not stop a cheaper one. What is left out is told
as `cut_packs`.

Source: the cheapest that delivers to the store, then the nearest. Its price is its own; where none of them states one,
what the store's own sheet says the item costs.

Known drawbacks: a source is thought to have everything it lists; no quantity discounts; demand during the lead time is
not added to the target (set the target higher where goods come late).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import ceil, inf

import polars as pl

from rules.cover import ROUNDING, item_min_days
from rules.demand import KEYS
from rules.geography import serving_stores, sources_for
from schemas.frames.base import checked, frame_of
from schemas.frames.supply import Demand, PurchaseLines, Quantities, SupplierPrices, Unsourced
from schemas.plan import Plan


@dataclass(frozen=True)
class Proposal:
    """`lines`: `PurchaseLines` with something to buy or cut; `unsourced`: `Unsourced`, wanted and sold by no source."""

    lines: pl.DataFrame
    unsourced: pl.DataFrame
    amount_fen: int
    budget_fen: int
    cut_fen: int


@dataclass
class _Want:
    """What one store wants of one item; quantities in base units."""

    store_id: str
    item_id: str
    needs: int
    on_hand: int
    on_order: int
    demand: float
    reserve: int
    reserve_days: float
    pack_base: int
    supplier_id: str = ""
    cost_fen: int = 0
    pack_price_fen: int = 0
    packs: int = 0

    @property
    def wanted_base(self) -> int:
        return max(0, self.needs + self.reserve - self.on_hand - self.on_order)

    @property
    def wanted_packs(self) -> int:
        return -(-self.wanted_base // self.pack_base)

    @property
    def asked_packs(self) -> int:
        """Packs for what was asked for; the rest of `wanted_packs` is reserve."""
        return -(-max(0, self.needs - self.on_hand - self.on_order) // self.pack_base)

    def served(self) -> float:
        """Which part of what was asked for is bought so far."""
        return self.packs / self.asked_packs if self.asked_packs else 1.0

    def cover_days(self) -> float:
        """Days left once needs are served and what is bought so far has come; without demand endless: bought last."""
        left = self.on_hand + self.on_order + self.packs * self.pack_base - self.needs
        return left / self.demand if self.demand > ROUNDING else inf


def propose(
    needs: pl.DataFrame,
    on_hand: pl.DataFrame,
    on_order: pl.DataFrame,
    demand: pl.DataFrame,
    prices: pl.DataFrame,
    plan: Plan,
    budget_fen: int,
) -> Proposal:
    """A proposal from `Quantities` x 3, `Demand`, `SupplierPrices` and the money that is there.

    `needs`: asked for and still inside `on_hand` or yet to be bought, per receiving store. A person is asked to approve
    the proposal: `approved_packs` starts as `proposed_packs`.
    """
    wants = [w for w in _wants(needs, on_hand, on_order, demand, plan) if w.wanted_base > 0 and _due(w, plan)]
    costs = {(s, i): fen for s, i, fen in checked(SupplierPrices, prices).iter_rows()}
    sourced = [want for want in wants if _choose_source(want, costs, plan)]
    spent = _spend(sourced, plan, budget_fen)
    missing = [
        {"store_id": w.store_id, "item_id": w.item_id, "wanted_base": w.wanted_base} for w in wants if not w.supplier_id
    ]
    return Proposal(
        lines=frame_of(PurchaseLines, (_row(want, plan) for want in sourced)).sort(KEYS),
        unsourced=frame_of(Unsourced, missing).sort(KEYS),
        amount_fen=spent,
        budget_fen=budget_fen,
        cut_fen=sum((w.wanted_packs - w.packs) * w.pack_price_fen for w in sourced),
    )


def opening_prices(plan: Plan) -> pl.DataFrame:
    """`SupplierPrices` from the sheets: what each source asks for an item on the plan's first day."""
    serving = {store.store_id for store in serving_stores(plan)}
    rows = (
        {"supplier_id": row.store_id, "item_id": row.item_id, "cost_fen": row.price_fen}
        for row in plan.stock
        if row.store_id not in serving
    )
    return frame_of(SupplierPrices, rows)


def total_fen(lines: pl.DataFrame) -> int:
    """What the approved packs of `PurchaseLines` cost."""
    return int((lines["approved_packs"] * lines["pack_price_fen"]).sum())


def _wants(
    needs: pl.DataFrame, on_hand: pl.DataFrame, on_order: pl.DataFrame, demand: pl.DataFrame, plan: Plan
) -> Iterator[_Want]:
    joined = checked(Demand, demand)
    for name, frame in (("needs", needs), ("on_hand", on_hand), ("on_order", on_order)):
        amounts = checked(Quantities, frame).rename({"qty_base": name})
        joined = joined.join(amounts, on=KEYS, how="full", coalesce=True)
    receivers = {store.store_id for store in serving_stores(plan)}
    for row in joined.fill_null(0).sort(KEYS).iter_rows(named=True):
        if row["store_id"] in receivers:
            yield _want(row, plan)


def _want(row: dict[str, object], plan: Plan) -> _Want:
    item = plan.items[str(row["item_id"])]
    days = min(float(plan.file.purchase.target_cover_days.value), float(item.keeps_days))
    demand = float(str(row["demand_base_per_day"]))
    return _Want(
        store_id=str(row["store_id"]),
        item_id=item.item_id,
        needs=int(str(row["needs"])),
        on_hand=int(str(row["on_hand"])),
        on_order=int(str(row["on_order"])),
        demand=demand,
        reserve=ceil(days * demand - ROUNDING),
        reserve_days=days,
        pack_base=item.pack_units * item.unit_base,
    )


def _due(want: _Want, plan: Plan) -> bool:
    """In a cycle everything is bought; on low cover what is asked for and not there, or below its minimum."""
    if plan.file.purchase.trigger.value == "cycle":
        return True
    return want.asked_packs > 0 or want.cover_days() < item_min_days(plan, want.item_id)


def _choose_source(want: _Want, costs: dict[tuple[str, str], int], plan: Plan) -> bool:
    """Set source and price on the want; whether there is any."""
    sources = sources_for(plan, want.store_id)
    priced = [(costs[s, want.item_id], rank, s) for rank, s in enumerate(sources) if (s, want.item_id) in costs]
    if not priced:
        own = (r.cost_fen for r in plan.stock if (r.store_id, r.item_id) == (want.store_id, want.item_id))
        priced = [(cost, rank, s) for cost in own for rank, s in enumerate(sources)]
    if not priced:
        return False
    want.cost_fen, _, want.supplier_id = min(priced)
    want.pack_price_fen = want.cost_fen * plan.items[want.item_id].pack_units
    return True


def _spend(wants: list[_Want], plan: Plan, budget_fen: int) -> int:
    """Give packs to the wants while the money lasts, in the order that the module states; fen spent."""
    left = budget_fen
    for lifeline in (True, False):
        group = [w for w in wants if plan.categories[plan.items[w.item_id].category].lifeline is lifeline]
        left = _give(group, [w.asked_packs for w in group], left, _Want.served)
        left = _give(group, [w.wanted_packs for w in group], left, _Want.cover_days)
    return budget_fen - left


def _give(wants: list[_Want], goals: list[int], left: int, need: Callable[[_Want], float]) -> int:
    """Pack by pack to whoever has the lowest `need` by then, up to each one's goal; fen left."""
    if sum(max(0, goal - w.packs) * w.pack_price_fen for w, goal in zip(wants, goals, strict=True)) <= left:
        for want, goal in zip(wants, goals, strict=True):
            left -= max(0, goal - want.packs) * want.pack_price_fen
            want.packs = max(goal, want.packs)
        return left
    # Wants stand in the order of store and item, so their number breaks ties.
    queue = [(need(want), number) for number, want in enumerate(wants) if want.packs < goals[number]]
    heapify(queue)
    while queue:
        _, number = heappop(queue)
        want = wants[number]
        if want.pack_price_fen > left:
            continue  # money only shrinks: this one is done
        want.packs += 1
        left -= want.pack_price_fen
        if want.packs < goals[number]:
            heappush(queue, (need(want), number))
    return left


def _row(want: _Want, plan: Plan) -> dict[str, object]:
    return {
        "store_id": want.store_id,
        "item_id": want.item_id,
        "supplier_id": want.supplier_id,
        "needs_base": want.needs,
        "reserve_gap_base": want.reserve,
        "on_hand_base": want.on_hand,
        "on_order_base": want.on_order,
        "pack_base": want.pack_base,
        "proposed_packs": want.packs,
        "approved_packs": want.packs,
        "cut_packs": want.wanted_packs - want.packs,
        "pack_price_fen": want.pack_price_fen,
        "why": json.dumps(_why(want, plan), ensure_ascii=False),
    }


def _why(want: _Want, plan: Plan) -> dict[str, object]:
    """The numbers of the formula and the clauses that each of them follows."""
    rule, category = plan.file.purchase, plan.categories[plan.items[want.item_id].category]
    return {
        "needs_base": want.needs,
        "demand_base_per_day": round(want.demand, 3),
        "reserve_days": want.reserve_days,
        "reserve_base": want.reserve,
        "on_hand_base": want.on_hand,
        "on_order_base": want.on_order,
        "wanted_base": want.wanted_base,
        "pack_base": want.pack_base,
        "wanted_packs": want.wanted_packs,
        "for_needs_packs": want.asked_packs,
        "cost_fen": want.cost_fen,
        "lifeline": category.lifeline,
        "clauses": {
            "cycle": rule.trigger.clause,
            "reserve": rule.target_cover_days.clause,
            "minimum": plan.file.reserve.min_cover_days.clause,
            "budget": rule.budget_fen.clause,
            "category": category.clause,
        },
    }
