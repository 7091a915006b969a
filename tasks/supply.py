"""What was where at a moment: frames of stock, needs and prices that several processes start from. Reading only.

Every figure is as of the run's moment: a run repeated next week for the same date and moment sees the same.
"""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import usable
from schemas.plan import Plan
from schemas.tables import (
    Batch,
    HouseholdRow,
    Need,
    PurchaseOrder,
    PurchaseOrderLine,
    Revision,
    StockMove,
    StockReportLine,
    StoreOrder,
    StoreOrderLine,
)
from schemas.words import Process
from tasks.database import frame

STOCK = {"store_id": pl.String, "item_id": pl.String, "qty_base": pl.Int64}


def store_place(store_id: str) -> str:
    """The ledger's name of a store."""
    return f"store:{store_id}"


def _by(column: Any, at: datetime) -> sa.ColumnElement[bool]:
    """It had happened by a moment; a null happened before anybody kept time."""
    return sa.or_(col(column).is_(None), col(column) <= at)


def _not_by(column: Any, at: datetime) -> sa.ColumnElement[bool]:
    """It had not happened by a moment; a null has not happened yet."""
    return sa.or_(col(column).is_(None), col(column) > at)


def batches(session: Session, plan_id: str, at: datetime) -> pl.DataFrame:
    """Every batch that had come by a moment, with what was left of it at its store: the ledger's ins less its outs."""
    place = "store:" + col(Batch.store_id)
    inward = sa.case((col(StockMove.to_place) == place, col(StockMove.qty_base)), else_=0)
    outward = sa.case((col(StockMove.from_place) == place, col(StockMove.qty_base)), else_=0)
    query = (
        sa.select(
            col(Batch.batch_id),
            col(Batch.store_id),
            col(Batch.item_id),
            sa.and_(col(Batch.released), _by(Batch.checked_at, at)).label("released"),
            col(Batch.state),
            col(Batch.cost_fen),
            col(Batch.arrived_on),
            col(Batch.expires_on),
            sa.func.coalesce(sa.func.sum(inward - outward), 0).label("qty_base"),
        )
        .join(StockMove, col(StockMove.batch_id) == col(Batch.batch_id))
        .where(col(Batch.plan_id) == plan_id, col(StockMove.moved_at) <= at)
        .group_by(col(Batch.batch_id))
        .order_by(col(Batch.batch_id))
    )
    schema = {
        "batch_id": pl.String,
        "store_id": pl.String,
        "item_id": pl.String,
        "released": pl.Boolean,
        "state": pl.String,
        "cost_fen": pl.Int64,
        "arrived_on": pl.Date,
        "expires_on": pl.Date,
        "qty_base": pl.Int64,
    }
    return frame(session, query, schema)


def on_hand(session: Session, plan_id: str, at: datetime, on: date) -> pl.DataFrame:
    """store_id, item_id, qty_base as of a moment of what may be handed out on a day: released and not expired."""
    held = usable(batches(session, plan_id, at), on)
    return held.group_by("store_id", "item_id").agg(pl.col("qty_base").sum()).sort("store_id", "item_id")


def reserved(session: Session, plan_id: str, at: datetime, but_cycle: date | None = None) -> pl.DataFrame:
    """Ordered by a moment and not packed by then, per store and item; without the orders of `but_cycle`."""
    query = (
        sa.select(
            col(StoreOrderLine.store_id), col(StoreOrderLine.item_id), sa.func.sum(StoreOrderLine.qty_base).label("qty")
        )
        .join(
            StoreOrder,
            sa.and_(
                col(StoreOrder.plan_id) == col(StoreOrderLine.plan_id),
                col(StoreOrder.cycle) == col(StoreOrderLine.cycle),
                col(StoreOrder.revision) == col(StoreOrderLine.revision),
                col(StoreOrder.store_id) == col(StoreOrderLine.store_id),
            ),
        )
        .where(col(StoreOrder.plan_id) == plan_id, col(StoreOrder.placed_at) <= at, _not_by(StoreOrder.closed_at, at))
        .group_by(col(StoreOrderLine.store_id), col(StoreOrderLine.item_id))
        .order_by(col(StoreOrderLine.store_id), col(StoreOrderLine.item_id))
    )
    if but_cycle is not None:
        query = query.where(col(StoreOrder.cycle) != but_cycle)
    return frame(session, query, STOCK)


def available(session: Session, plan_id: str, at: datetime, on: date, but_cycle: date | None = None) -> pl.DataFrame:
    """store_id, item_id, available_base as of a moment for a day: on hand less other cycles' orders, never below 0."""
    taken = reserved(session, plan_id, at, but_cycle).rename({"qty_base": "taken"})
    joined = on_hand(session, plan_id, at, on).join(taken, on=["store_id", "item_id"], how="left")
    left = (pl.col("qty_base") - pl.col("taken").fill_null(0)).clip(lower_bound=0)
    return joined.select("store_id", "item_id", left.alias("available_base"))


def on_order(session: Session, plan_id: str, at: datetime) -> pl.DataFrame:
    """Bought by a moment and not arrived by then, per receiving store and item."""
    query = (
        sa.select(
            col(PurchaseOrder.store_id),
            col(PurchaseOrderLine.item_id),
            sa.func.sum(PurchaseOrderLine.qty_base).label("qty_base"),
        )
        .join(PurchaseOrder, col(PurchaseOrder.order_id) == col(PurchaseOrderLine.order_id))
        .where(
            col(PurchaseOrder.plan_id) == plan_id,
            col(PurchaseOrder.placed_at) <= at,
            _not_by(PurchaseOrder.arrived_at, at),
        )
        .group_by(col(PurchaseOrder.store_id), col(PurchaseOrderLine.item_id))
        .order_by(col(PurchaseOrder.store_id), col(PurchaseOrderLine.item_id))
    )
    return frame(session, query, STOCK)


def _collections(plan_id: str) -> sa.Select[Any]:
    """Cycle and revision of each newest collection: by its decision, since one that everybody withdrew has no needs."""
    return (
        sa.select(col(Revision.business_date).label("cycle"), sa.func.max(Revision.revision).label("revision"))
        .where(col(Revision.plan_id) == plan_id, col(Revision.process) == Process.COLLECT_NEEDS)
        .group_by(col(Revision.business_date))
    )


def latest_needs(session: Session, plan_id: str, cycle: date) -> tuple[int, pl.DataFrame]:
    """(revision, household_id, community_id, item_id, needed_base, special, persons) as last collected."""
    newest = _collections(plan_id).where(col(Revision.business_date) == cycle).subquery()
    revision = session.execute(sa.select(newest.c.revision)).scalar() or 0
    query: sa.Select[Any] = (
        sa.select(
            col(Need.household_id),
            col(HouseholdRow.community_id),
            col(Need.item_id),
            col(Need.qty_base).label("needed_base"),
            (col(HouseholdRow.special_group) != "").label("special"),
            col(HouseholdRow.persons),
        )
        .join(
            HouseholdRow,
            sa.and_(
                col(HouseholdRow.plan_id) == col(Need.plan_id),
                col(HouseholdRow.household_id) == col(Need.household_id),
            ),
        )
        .where(col(Need.plan_id) == plan_id, col(Need.cycle) == cycle, col(Need.revision) == revision)
        .order_by(col(Need.household_id), col(Need.item_id))
    )
    schema = {
        "household_id": pl.String,
        "community_id": pl.String,
        "item_id": pl.String,
        "needed_base": pl.Int64,
        "special": pl.Boolean,
        "persons": pl.Int64,
    }
    return revision, frame(session, query, schema)


def needs_history(session: Session, plan: Plan, until: date) -> pl.DataFrame:
    """business_date, community_id, item_id, qty_base: what was asked for in each cycle of the forecast's window."""
    since = until - timedelta(days=plan.file.reserve.forecast_days.value)
    newest = (
        _collections(plan.id)
        .where(col(Revision.business_date) >= since, col(Revision.business_date) <= until)
        .subquery()
    )
    query: sa.Select[Any] = (
        sa.select(
            col(Need.cycle).label("business_date"),
            col(HouseholdRow.community_id),
            col(Need.item_id),
            sa.func.sum(Need.qty_base).label("qty_base"),
        )
        .join(newest, sa.and_(newest.c.cycle == col(Need.cycle), newest.c.revision == col(Need.revision)))
        .join(
            HouseholdRow,
            sa.and_(
                col(HouseholdRow.plan_id) == col(Need.plan_id),
                col(HouseholdRow.household_id) == col(Need.household_id),
            ),
        )
        .where(col(Need.plan_id) == plan.id)
        .group_by(col(Need.cycle), col(HouseholdRow.community_id), col(Need.item_id))
        .order_by(col(Need.cycle), col(HouseholdRow.community_id), col(Need.item_id))
    )
    schema = {"business_date": pl.Date, "community_id": pl.String, "item_id": pl.String, "qty_base": pl.Int64}
    return frame(session, query, schema)


def prices(session: Session, plan: Plan, on: date) -> pl.DataFrame:
    """store_id, item_id, price_fen: each store's newest reported price up to a day, else the plan's opening price."""
    ranked = sa.func.row_number().over(
        partition_by=(col(StockReportLine.store_id), col(StockReportLine.item_id)),
        order_by=col(StockReportLine.business_date).desc(),
    )
    rows = (
        sa.select(
            col(StockReportLine.store_id),
            col(StockReportLine.item_id),
            col(StockReportLine.price_fen),
            ranked.label("age"),
        )
        .where(col(StockReportLine.plan_id) == plan.id, col(StockReportLine.business_date) <= on)
        .subquery()
    )
    query = sa.select(rows.c.store_id, rows.c.item_id, rows.c.price_fen).where(rows.c.age == 1)
    schema = {"store_id": pl.String, "item_id": pl.String, "price_fen": pl.Int64}
    reported = frame(session, query, schema)
    opening = pl.DataFrame([(r.store_id, r.item_id, r.price_fen) for r in plan.stock], schema=schema, orient="row")
    both = pl.concat([reported, opening]).unique(["store_id", "item_id"], keep="first", maintain_order=True)
    return both.sort("store_id", "item_id")


def allocated_by(session: Session, plan_id: str, cycle: date, at: datetime) -> bool:
    """Whether a cycle had been allocated by a moment."""
    query = sa.select(col(Revision.revision)).where(
        col(Revision.plan_id) == plan_id,
        col(Revision.process) == Process.ALLOCATE_ORDERS.value,
        col(Revision.business_date) == cycle,
        col(Revision.decided_at) <= at,
    )
    return session.execute(query.limit(1)).first() is not None
