"""Sharing what there is: needs of a cycle against released stock, orders to stores."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.allocation import Allocated, allocate
from rules.calendar import cycle_of, deliver_on, next_run_date, runs_on
from schemas.tables import Allocation, AllocationSource, Parcel, StoreOrder, StoreOrderLine
from schemas.units import amount_fen
from schemas.words import Stage
from tasks import supply
from tasks.artifacts import allocation_artifact, leave
from tasks.catalog_lists import listed_prices, withdrawn_in
from tasks.database import insert, json_columns, reading
from tasks.documents.orders import store_order
from tasks.documents.store import path_of, save_all
from tasks.notices.outbox import tell
from tasks.runs import Outcome, Run, Work, decide, last_outcome
from tasks.step import step


@dataclass(frozen=True)
class Shared:
    """The answer to a cycle's needs, before it is written."""

    cycle: date
    need_revision: int
    allocated: Allocated
    orders: pl.DataFrame  # store_id, community_id, item_id, qty_base, price_fen


@step("Share the stores' stock among the needs")
def share(work: Work) -> Shared | None:
    """Allocate the latest needs of the cycle; None once its goods are on their way (a correction is then an entry)."""
    run = work.run
    cycle = run.business_date
    with reading() as session:
        if _on_the_way(session, run, cycle):
            return None
        revision, needs = supply.latest_needs(session, run.plan_id, cycle)
        stock = supply.available(
            session, run.plan_id, run.now, deliver_on(run.plan, _allocated_on(run)), but_cycle=cycle
        )
        prices = _prices(session, run, cycle)
        withdrawn = withdrawn_in(session, run.plan, cycle)
    allocated = allocate(needs, stock, run.plan, withdrawn)
    return Shared(cycle, revision, allocated, _orders(allocated.sources, needs, prices))


def _prices(session: Session, run: Run, cycle: date) -> pl.DataFrame:
    """What the list said that residents ordered by; for what stands on none, what the store asks."""
    asked = supply.prices(session, run.plan, run.business_date)
    known = pl.concat([listed_prices(session, run.plan, cycle), asked])
    return known.unique(["store_id", "item_id"], keep="first", maintain_order=True)


def _on_the_way(session: Session, run: Run, cycle: date) -> bool:
    found = sa.select(col(Parcel.household_id)).where(col(Parcel.plan_id) == run.plan_id, col(Parcel.cycle) == cycle)
    return session.execute(found.limit(1)).first() is not None


def _orders(sources: pl.DataFrame, needs: pl.DataFrame, prices: pl.DataFrame) -> pl.DataFrame:
    homes = needs.select("household_id", "community_id").unique()
    per_line = sources.join(homes, on="household_id").group_by("store_id", "community_id", "item_id")
    return (
        per_line.agg(pl.col("qty_base").sum())
        .join(prices, on=["store_id", "item_id"], how="left")
        .sort("store_id", "community_id", "item_id")
    )


@step("Place the orders with the stores")
def place_orders(work: Work, shared: Shared | None) -> Outcome:
    """One transaction: allocation, orders, what they supersede, who is told. Then the documents, from those rows."""
    if shared is None:
        outcome = last_outcome(work.run)
        if outcome is None:
            raise RuntimeError("parcels exist without an allocation")
        return outcome
    result = {
        "cycle": shared.cycle,
        "lines": shared.allocated.lines,
        "sources": shared.allocated.sources,
        "orders": shared.orders,
    }
    outcome = decide(work, result, lambda session, revision: _write(session, work.run, revision, shared))
    _documents(work.run, outcome)
    return outcome


def _write(session: Session, run: Run, revision: int, shared: Shared) -> Mapping[str, Any]:
    key = {"plan_id": run.plan_id, "cycle": shared.cycle, "revision": revision}
    marks = [pl.lit(value).alias(name) for name, value in key.items()]
    lines = shared.allocated.lines
    answered = lines.drop("community_id", "special").with_columns(*marks, need_revision=pl.lit(shared.need_revision))
    insert(session, Allocation, json_columns(answered, "why"))
    insert(session, AllocationSource, shared.allocated.sources.with_columns(*marks))
    before = _supersede(session, run, shared.cycle)
    orders = _amounts(run, shared.orders)
    day = deliver_on(run.plan, _allocated_on(run))
    heads = orders.group_by("store_id").agg(pl.col("amount_fen").sum()).sort("store_id")
    insert(session, StoreOrder, heads.with_columns(*marks, pl.lit(day).alias("deliver_on"), placed_at=pl.lit(run.now)))
    insert(session, StoreOrderLine, orders.drop("amount_fen").with_columns(*marks))
    summary = _summary(shared, orders) | {"cycle": shared.cycle.isoformat(), "deliver_on": day.isoformat()}
    _notices(session, run, revision, shared, orders, summary, before)
    _corrections(session, run, revision, sorted(before - set(summary["stores"])), day)
    return summary


def _allocated_on(run: Run) -> date:
    """The cycle's allocation day, or today where it comes late: goods are never promised for a day that is past."""
    day = run.business_date
    while cycle_of(run.plan, run.process, day) != run.business_date or not runs_on(run.plan, run.process, day):
        day = next_run_date(run.plan, run.process, day)
    return max(day, run.now.date())


def _corrections(session: Session, run: Run, revision: int, stores: Sequence[str], day: date) -> None:
    """A store whose order is no more packs nothing: it must hear so, since no new order tells it."""
    for store_id in stores:
        store = run.plan.stores[store_id]
        values = {"store": store.name, "withdrawn_for": day}
        tell(session, run, Stage.ORDERS_ALLOCATED, store_id, revision, values, to=[store.contact, store.liaison])


def _supersede(session: Session, run: Run, cycle: date) -> set[str]:
    """Close the orders that stood before; the stores that had one."""
    older = (col(StoreOrder.plan_id) == run.plan_id, col(StoreOrder.cycle) == cycle, col(StoreOrder.state) == "placed")
    stores = set(session.execute(sa.select(col(StoreOrder.store_id)).where(*older)).scalars())
    session.execute(sa.update(StoreOrder).where(*older).values(state="superseded", closed_at=run.now))
    return stores


def _amounts(run: Run, orders: pl.DataFrame) -> pl.DataFrame:
    bases = {item.item_id: item.unit_base for item in run.plan.items.values()}
    amounts = [amount_fen(r["qty_base"], r["price_fen"], bases[r["item_id"]]) for r in orders.iter_rows(named=True)]
    return orders.with_columns(pl.Series("amount_fen", amounts, dtype=pl.Int64))


def _summary(shared: Shared, orders: pl.DataFrame) -> dict[str, Any]:
    lines = shared.allocated.lines
    full, none = pl.col("short_base") == 0, pl.col("allocated_base") == 0
    return {
        "lines": lines.height,
        "allocated_full": lines.filter(full).height,
        "allocated_part": lines.filter(~full & ~none).height,
        "short": lines.filter(~full & none).height,
        "stores": sorted(orders["store_id"].unique().to_list()),
        "amount_fen": int(orders["amount_fen"].sum()) if orders.height else 0,
    }


def _notices(
    session: Session,
    run: Run,
    revision: int,
    shared: Shared,
    orders: pl.DataFrame,
    summary: Mapping[str, Any],
    before: AbstractSet[str],
) -> None:
    plan, cycle, day = run.plan, shared.cycle, date.fromisoformat(summary["deliver_on"])
    tell(session, run, Stage.ORDERS_ALLOCATED, "all", revision, {**summary, "deliver_on": day})
    for store_id in summary["stores"]:
        store, mine = plan.stores[store_id], shared.allocated.sources.filter(pl.col("store_id") == store_id)
        path = path_of("orders", plan, cycle, revision, store_id)
        own = orders.filter(pl.col("store_id") == store_id)["amount_fen"].sum()
        parcels = mine["household_id"].n_unique()
        values = {"store": store.name, "parcels": parcels, "amount_fen": own, "deliver_on": day}
        values |= {"replaces": revision} if store_id in before else {}
        tell(
            session, run, Stage.ORDERS_ALLOCATED, store_id, revision, values, [path], to=[store.contact, store.liaison]
        )
    lifelines = {i for i, item in plan.items.items() if plan.categories[item.category].lifeline}
    unserved = shared.allocated.lines.filter(
        (pl.col("allocated_base") == 0) & pl.col("item_id").is_in(sorted(lifelines))
    )
    if unserved.height:
        names = [plan.items[i].name for i in unserved["item_id"].unique().sort().to_list()]
        values = {"cycle": cycle, "households": unserved["household_id"].n_unique(), "items": "、".join(names)}
        # Known by what it says: sharing again after a late list tells nobody the same words a second time.
        about = f"{values['households']}:{':'.join(unserved['item_id'].unique().sort())}"
        tell(session, run, Stage.LIFELINE_SHORT, about, 1, values)


def _documents(run: Run, outcome: Outcome) -> None:
    cycle = date.fromisoformat(outcome.summary["cycle"])
    with reading() as session:
        made = [store_order(session, run.plan, cycle, outcome.revision, s) for s in outcome.summary["stores"]]
    paths = save_all(run, outcome.revision, made)
    leave(run, "allocation", allocation_artifact(run, outcome, paths))
