"""What a supplier or a store knows of its own day: the orders that it is to bring, and what went over its counter."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import moment
from schemas.plan import Plan
from schemas.tables import Batch, PurchaseOrder, PurchaseOrderLine, StockMove
from tasks.database import frame
from tasks.ledger import DELIVERY
from tasks.order_books import taken_off
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
    lines = [ExpectedLine(*row) for row in session.execute(query)]
    off = taken_off(session, {line.order_id for line in lines})
    found = (_without(line, off.get((line.order_id, line.item_id), 0)) for line in lines)
    return [line for line in found if line.packs]


def _without(line: ExpectedLine, packs: int) -> ExpectedLine:
    """The line less packs that its supplier will not bring."""
    left = line.packs - packs
    return replace(line, packs=left, qty_base=line.qty_base // line.packs * left)


def handed_out(session: Session, plan: Plan, first: date, last: date) -> pl.DataFrame:
    """store_id, item_id, qty_base of what left each store for households from a date to another, both included."""
    begin, end = moment(plan, first, time()), moment(plan, last + timedelta(days=1), time())
    query = (
        sa.select(col(Batch.store_id), col(Batch.item_id), sa.func.sum(StockMove.qty_base).label("qty_base"))
        .join(StockMove, col(StockMove.batch_id) == col(Batch.batch_id))
        .where(
            col(StockMove.plan_id) == plan.id,
            col(StockMove.cause) == DELIVERY,
            col(StockMove.moved_at) >= begin,
            col(StockMove.moved_at) < end,
        )
        .group_by(col(Batch.store_id), col(Batch.item_id))
        .order_by(col(Batch.store_id), col(Batch.item_id))
    )
    return frame(session, query, STOCK)
