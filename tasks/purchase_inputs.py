"""What a purchase is reckoned from as of its moment: needs with day and tier, stock, orders, demand (C-04, C-05)."""

from datetime import date

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.allocation import tier_of
from rules.calendar import cycle_of
from rules.demand import of_stores
from rules.outlook import delivered_on
from rules.purchase_lines import Situation
from schemas.plan import Plan
from schemas.tables import StoreOrder, StoreOrderLine
from schemas.words import Process, StoreKind
from tasks import supply
from tasks.database import frame
from tasks.declared import ready_vehicles
from tasks.demand import demand_of
from tasks.runs import Run

ORDERED = {
    "store_id": pl.String,
    "item_id": pl.String,
    "community_id": pl.String,
    "qty_base": pl.Int64,
    "deliver_on": pl.Date,
    "cycle": pl.Date,
}
GRAMS_PER_KG = 1000


def situation(session: Session, run: Run, cycles: list[date]) -> Situation:
    """Everything about goods; `cycles`: collections that are to be bought for."""
    plan, on = run.plan, run.business_date
    ordered = _ordered(session, run)
    known = max([cycle_of(plan, Process.PURCHASE_SUPPLIES, on), *cycles, *ordered["cycle"].unique()])
    parts = [ordered.drop("cycle"), *(_asked(session, run, cycle) for cycle in cycles)]
    coming = supply.on_order(session, plan.id, run.now)
    return Situation(
        needs=_dated(pl.concat(parts), plan, on),
        on_hand=supply.on_hand(session, plan.id, run.now, on),
        coming=coming.with_columns(day=(pl.col("expected_on") - on).dt.total_days()),
        demand=of_stores(demand_of(session, plan, on)),
        known=known,
    )


def _ordered(session: Session, run: Run) -> pl.DataFrame:
    """ORDERED: placed with the stores by the run's moment and not packed by then."""
    key = ("plan_id", "cycle", "revision", "store_id")
    version = [getattr(StoreOrder, name) == getattr(StoreOrderLine, name) for name in key]
    open_then = sa.or_(col(StoreOrder.closed_at).is_(None), col(StoreOrder.closed_at) > run.now)
    query = (
        sa.select(
            col(StoreOrderLine.store_id),
            col(StoreOrderLine.item_id),
            col(StoreOrderLine.community_id),
            col(StoreOrderLine.qty_base),
            col(StoreOrder.deliver_on),
            col(StoreOrder.cycle),
        )
        .join(StoreOrder, sa.and_(*version))
        .where(col(StoreOrder.plan_id) == run.plan_id, col(StoreOrder.placed_at) <= run.now, open_then)
    )
    order = (StoreOrderLine.store_id, StoreOrderLine.item_id, StoreOrderLine.community_id, StoreOrderLine.cycle)
    return frame(session, query.order_by(*map(col, order)), ORDERED)


def _asked(session: Session, run: Run, cycle: date) -> pl.DataFrame:
    """ORDERED without its cycle: what a collection asked of the station, while it is not shared out."""
    plan = run.plan
    if supply.allocated_by(session, plan.id, cycle, run.now):
        return pl.DataFrame(schema={k: v for k, v in ORDERED.items() if k != "cycle"})
    station = next((s.store_id for s in plan.stores.values() if s.kind is StoreKind.STATION), "")
    needs = supply.latest_needs(session, plan.id, cycle)[1].group_by("item_id", "community_id", maintain_order=True)
    return needs.agg(qty_base=pl.col("needed_base").sum()).select(
        pl.lit(station).alias("store_id"),
        "item_id",
        "community_id",
        "qty_base",
        pl.lit(delivered_on(plan, cycle)).alias("deliver_on"),
    )


def _dated(needs: pl.DataFrame, plan: Plan, on: date) -> pl.DataFrame:
    """`ConfirmedNeeds`, counted from a day; what is late is due today."""
    tiers = {community_id: tier_of(plan, community_id) for community_id in plan.communities}
    return (
        needs.with_columns(
            day=(pl.col("deliver_on") - on).dt.total_days().clip(lower_bound=0),
            tier=pl.col("community_id").replace_strict(tiers, default=len(plan.file.allocation.tiers.value) + 1),
        )
        .group_by("store_id", "item_id", "day", "tier")
        .agg(pl.col("qty_base").sum())
        .sort("store_id", "item_id", "day", "tier")
    )


def capacity_g(session: Session, run: Run) -> int | None:
    """What the vehicles that are ready carry on all their trips; None where none is declared, and nobody knows."""
    ready = ready_vehicles(session, run)
    trips = run.plan.file.purchase.vehicle_trips.value
    return int(ready["capacity_kg"].sum()) * trips * GRAMS_PER_KG if ready.height else None
