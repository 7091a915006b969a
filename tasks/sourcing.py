"""What each source asks of each store today, and how reliable it has been, from the books (B-07, B-08)."""

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.sourcing import Offers, PastOrder, asked_prices, offers, reliability
from schemas.tables import PurchaseOrder, PurchaseOrderLine
from tasks.declared import declared_supply
from tasks.runs import Run


def offers_of(session: Session, run: Run) -> Offers:
    """Offers as of the run: declared prices that hold, else those of the sheets."""
    plan = run.plan
    return offers(plan, asked_prices(plan, declared_supply(session, run)), reliability(_past_orders(session, run)))


def _past_orders(session: Session, run: Run) -> list[PastOrder]:
    """Orders that were closed by the run's moment, and which part of each had come."""
    came = sa.func.sum(PurchaseOrderLine.arrived_base) * 1.0 / sa.func.sum(PurchaseOrderLine.qty_base)
    order = (col(PurchaseOrder.order_id), col(PurchaseOrder.supplier_id))
    days = (col(PurchaseOrder.expected_on), col(PurchaseOrder.arrived_at))
    query = (
        sa.select(*order, *days, came.label("came"))
        .join(PurchaseOrderLine, col(PurchaseOrderLine.order_id) == col(PurchaseOrder.order_id))
        .where(col(PurchaseOrder.plan_id) == run.plan_id, col(PurchaseOrder.arrived_at) <= run.now)
        .group_by(*order, *days)
        .order_by(col(PurchaseOrder.order_id))
    )
    zone = run.plan.zone
    return [
        PastOrder(supplier_id, float(part), expected_on, arrived_at.astimezone(zone).date())
        for _, supplier_id, expected_on, arrived_at, part in session.execute(query)
    ]
