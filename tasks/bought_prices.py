"""What was paid for goods the last time: what the price of an arrival is held against."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import Batch, PurchaseOrder


def last_prices(session: Session, plan: Plan, before: date) -> dict[str, int]:
    """Fen per sale unit that was paid the last time before a day, per item; where nothing was bought yet, what the
    sheet says.

    The source's own price there, else what the opening stock cost: without either, any price would pass the first time.
    """
    outside = {r.item_id: r.price_fen for r in plan.stock if plan.stores[r.store_id].capacity_parcels == 0}
    prices = {r.item_id: r.cost_fen for r in plan.stock if r.cost_fen} | outside
    query = (
        sa.select(col(Batch.item_id), col(Batch.cost_fen))
        .join(PurchaseOrder, col(PurchaseOrder.order_id) == col(Batch.origin))
        .where(col(Batch.plan_id) == plan.id, col(Batch.released), col(Batch.arrived_on) < before)
        .order_by(col(Batch.arrived_on), col(Batch.batch_id))
    )
    return prices | {row[0]: row[1] for row in session.execute(query)}
