"""What a supplier or a store knows of its own day: the orders that it is to bring, and what went over its counter."""

from dataclasses import dataclass
from datetime import date, time, timedelta

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import moment
from schemas.plan import Plan
from schemas.tables import Batch, PurchaseOrder, PurchaseOrderLine, StockMove
from tasks.database import frame
from tasks.handover import DELIVERY
from tasks.supply import STOCK


@dataclass(frozen=True)
class ExpectedLine:
    """Goods on an order that is placed and not closed; `pack_price_fen` per pack of `packs`."""

    order_id: str
    supplier_id: str
    store_id: str
    item_id: str
    packs: int
    qty_base: int
    pack_price_fen: int


def expected_lines(session: Session, plan_id: str, until: date) -> list[ExpectedLine]:
    """Lines of every order that is due by a date and has not come, by order and item."""
    query = (
        sa.select(
            col(PurchaseOrder.order_id),
            col(PurchaseOrder.supplier_id),
            col(PurchaseOrder.store_id),
            col(PurchaseOrderLine.item_id),
            col(PurchaseOrderLine.packs),
            col(PurchaseOrderLine.qty_base),
            col(PurchaseOrderLine.pack_price_fen),
        )
        .join(PurchaseOrderLine, col(PurchaseOrderLine.order_id) == col(PurchaseOrder.order_id))
        .where(
            col(PurchaseOrder.plan_id) == plan_id,
            col(PurchaseOrder.state) == "placed",
            col(PurchaseOrder.expected_on) <= until,
        )
        .order_by(col(PurchaseOrder.order_id), col(PurchaseOrderLine.item_id))
    )
    return [ExpectedLine(*row) for row in session.execute(query)]


def handed_out(session: Session, plan: Plan, on: date) -> pl.DataFrame:
    """store_id, item_id, qty_base of what left each store for households on a date."""
    first, end = (moment(plan, on + timedelta(days=n), time()) for n in (0, 1))
    query = (
        sa.select(col(Batch.store_id), col(Batch.item_id), sa.func.sum(StockMove.qty_base).label("qty_base"))
        .join(StockMove, col(StockMove.batch_id) == col(Batch.batch_id))
        .where(
            col(StockMove.plan_id) == plan.id,
            col(StockMove.cause) == DELIVERY,
            col(StockMove.moved_at) >= first,
            col(StockMove.moved_at) < end,
        )
        .group_by(col(Batch.store_id), col(Batch.item_id))
        .order_by(col(Batch.store_id), col(Batch.item_id))
    )
    return frame(session, query, STOCK)
