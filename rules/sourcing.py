"""From whom to buy what (B-07, B-08): price, distance, lead time, and how much of what was ordered has come so far.

A source is compared by what a sale unit costs at the receiving store: its price and the haul from there, divided by its
reliability, the part of what was ordered that came (an order that came after its day counts `LATE` times); whoever
brings half has to be asked twice. A source without a past is taken to be reliable, and a first mishap does not end
that: `FAITH` orders that never were count as fulfilled. Ties: the shorter lead, the nearer, the id.

A source's price is its own: what it has declared and what still holds, else its sheet. Where no source of a store
states a price, what the store's own sheet says the item costs is asked of its nearest source.

Known drawbacks: a source is thought to have everything it lists (more than it declares is told, not cut); no discounts
for quantity; a haul is a trip of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from rules.geography import serving_stores, sources_for
from rules.transfers import haul_fen
from schemas.frames.base import checked, frame_of
from schemas.frames.supply import SupplierPrices
from schemas.plan import Plan

FAITH, LATE, LEAST = 2, 0.9, 0.5


@dataclass(frozen=True)
class PastOrder:
    """An order that is closed: how much of it came, on which day it was to come and did."""

    supplier_id: str
    came: float
    expected_on: date
    arrived_on: date


@dataclass(frozen=True)
class Offer:
    """What one source asks of one store for an item; fen per sale unit."""

    supplier_id: str
    cost_fen: int
    haul_fen: float
    reliability: float
    lead_days: int

    @property
    def delivered_fen(self) -> float:
        """What a sale unit costs at the store's door."""
        return self.cost_fen + self.haul_fen

    @property
    def weighed_fen(self) -> float:
        """What it costs by the unit that comes, of all that are ordered."""
        return self.delivered_fen / self.reliability


#: (store, item) -> offers, the best first.
Offers = Mapping[tuple[str, str], list[Offer]]


def reliability(past: Iterable[PastOrder]) -> dict[str, float]:
    """Supplier -> which part of an order comes, from `LEAST` to 1."""
    found: dict[str, list[float]] = {}
    for order in past:
        late = LATE if order.arrived_on > order.expected_on else 1.0
        found.setdefault(order.supplier_id, []).append(min(1.0, order.came) * late)
    return {s: max(LEAST, (sum(parts) + FAITH) / (len(parts) + FAITH)) for s, parts in sorted(found.items())}


def lead_days(plan: Plan, supplier_id: str) -> int:
    """Days until an order is there: the plan's, or the source's own where that is longer."""
    return max(plan.file.purchase.lead_days.value, plan.stores[supplier_id].lead_days)


def opening_prices(plan: Plan) -> pl.DataFrame:
    """`SupplierPrices` from the sheets: what each source asks for an item on the plan's first day."""
    serving = {store.store_id for store in serving_stores(plan)}
    rows = (
        {"supplier_id": row.store_id, "item_id": row.item_id, "cost_fen": row.price_fen}
        for row in plan.stock
        if row.store_id not in serving
    )
    return frame_of(SupplierPrices, rows)


def asked_prices(plan: Plan, declared: pl.DataFrame) -> pl.DataFrame:
    """`SupplierPrices`: what is declared (store_id, item_id, price_fen, null: no price told), else the sheets."""
    told = declared.filter(pl.col("price_fen") > 0).select(
        supplier_id="store_id", item_id="item_id", cost_fen="price_fen"
    )
    both = pl.concat([told, opening_prices(plan)])
    return checked(SupplierPrices, both.unique(["supplier_id", "item_id"], keep="first", maintain_order=True))


def offers(plan: Plan, prices: pl.DataFrame, reliable: Mapping[str, float]) -> Offers:
    """Of every serving store and item that it can buy, all offers from `SupplierPrices`, the best first."""
    asked = {(s, i): fen for s, i, fen in checked(SupplierPrices, prices).iter_rows()}
    own = {(row.store_id, row.item_id): row.cost_fen for row in plan.stock}
    found: dict[tuple[str, str], list[Offer]] = {}
    for store in serving_stores(plan):
        near = sources_for(plan, store.store_id)
        for item_id in plan.items:
            told = list(_of_item(store.store_id, item_id, near, asked, own))
            if told:
                ranked = [_offer(plan, store.store_id, item_id, s, fen, reliable) for s, fen in told]
                place = {s: n for n, s in enumerate(near)}
                ranked.sort(key=lambda o: (o.weighed_fen, o.lead_days, place[o.supplier_id]))
                found[store.store_id, item_id] = ranked
    return found


def _of_item(
    store_id: str,
    item_id: str,
    near: list[str],
    asked: Mapping[tuple[str, str], int],
    own: Mapping[tuple[str, str], int],
) -> Iterator[tuple[str, int]]:
    """Sources of an item with their price."""
    stated = [(s, asked[s, item_id]) for s in near if (s, item_id) in asked]
    yield from stated
    if not stated and near and own.get((store_id, item_id)):
        yield near[0], own[store_id, item_id]


def _offer(
    plan: Plan, store_id: str, item_id: str, supplier_id: str, cost_fen: int, reliable: Mapping[str, float]
) -> Offer:
    haul = haul_fen(plan, item_id, supplier_id, store_id)
    return Offer(supplier_id, cost_fen, haul, reliable.get(supplier_id, 1.0), lead_days(plan, supplier_id))
