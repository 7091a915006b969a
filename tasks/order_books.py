"""What the books say of a purchase's orders: what is still expected of each, what all of them cost. Reading only."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.supplier_answers import Ordered
from schemas.plan import Plan
from schemas.plan.sources import Source
from schemas.tables import PurchaseOrder, PurchaseOrderLine, PurchaseRest, SupplierAnswer, SupplierAnswerLine
from tasks.runs import Run

HTTP = "supplier_orders"


def takers(plan: Plan) -> dict[str, Source]:
    """Supplier -> the source over which it takes orders."""
    return {str(s.store): s for s in plan.sources.values() if s.kind == HTTP}


def orders_of(session: Session, plan_id: str, cycle: date) -> list[PurchaseOrder]:
    """Orders of a purchase, as they are now."""
    query = sa.select(PurchaseOrder).where(col(PurchaseOrder.plan_id) == plan_id, col(PurchaseOrder.cycle) == cycle)
    query = query.order_by(col(PurchaseOrder.order_id)).execution_options(populate_existing=True)
    return list(session.execute(query).scalars())


def lines_of(session: Session, order_ids: Iterable[str]) -> list[PurchaseOrderLine]:
    """Lines of orders, as they are now."""
    query = sa.select(PurchaseOrderLine).where(col(PurchaseOrderLine.order_id).in_(list(order_ids)))
    query = query.order_by(col(PurchaseOrderLine.order_id), col(PurchaseOrderLine.item_id))
    return list(session.execute(query.execution_options(populate_existing=True)).scalars())


def taken_off(session: Session, order_ids: Iterable[str]) -> dict[tuple[str, str], int]:
    """(order, item) -> packs that are no longer expected."""
    query = sa.select(col(PurchaseRest.order_id), col(PurchaseRest.item_id), sa.func.sum(PurchaseRest.packs)).where(
        col(PurchaseRest.order_id).in_(list(order_ids))
    )
    grouped = query.group_by(col(PurchaseRest.order_id), col(PurchaseRest.item_id))
    return {(order_id, item_id): int(packs) for order_id, item_id, packs in session.execute(grouped)}


def still_ordered(session: Session, order_id: str) -> list[Ordered]:
    """What is still expected of an order, item by item; nothing of an item is told as 0."""
    off = taken_off(session, [order_id])
    return [
        Ordered(x.item_id, x.packs - off.get((order_id, x.item_id), 0), _price(x))
        for x in lines_of(session, [order_id])
    ]


def _price(line: PurchaseOrderLine) -> int:
    return line.pack_price_fen if line.agreed_fen is None else line.agreed_fen


def committed_fen(session: Session, run: Run) -> int:
    """What the orders of the purchase cost as they stand."""
    ids = [order.order_id for order in orders_of(session, run.plan_id, run.business_date)]
    off = taken_off(session, ids)
    return sum((x.packs - off.get((x.order_id, x.item_id), 0)) * _price(x) for x in lines_of(session, ids))


def tried(session: Session, run: Run, store_id: str, item_id: str) -> set[str]:
    """Suppliers that have been asked for an item of this purchase for a store."""
    query = (
        sa.select(sa.distinct(col(PurchaseOrder.supplier_id)))
        .join(PurchaseOrderLine, col(PurchaseOrderLine.order_id) == col(PurchaseOrder.order_id))
        .where(
            col(PurchaseOrder.plan_id) == run.plan_id,
            col(PurchaseOrder.cycle) == run.business_date,
            col(PurchaseOrder.store_id) == store_id,
            col(PurchaseOrderLine.item_id) == item_id,
        )
    )
    return set(session.execute(query).scalars())


def answers_to(session: Session, order_ids: Iterable[str]) -> dict[str, list[SupplierAnswer]]:
    """Order -> its supplier's answers in their order."""
    query = sa.select(SupplierAnswer).where(col(SupplierAnswer.order_id).in_(list(order_ids)))
    found: dict[str, list[SupplierAnswer]] = defaultdict(list)
    for answer in session.execute(query.order_by(col(SupplierAnswer.number))).scalars():
        found[answer.order_id].append(answer)
    return found


def newest_lines(session: Session, order_id: str) -> dict[str, SupplierAnswerLine]:
    """Item -> what the supplier said of it last."""
    query = sa.select(SupplierAnswerLine).where(col(SupplierAnswerLine.order_id) == order_id)
    return {x.item_id: x for x in session.execute(query.order_by(col(SupplierAnswerLine.number))).scalars()}


def unanswered(session: Session, order: PurchaseOrder) -> list[str]:
    """Items of an order of which its supplier has said nothing yet; none where the order is closed."""
    if order.state != "placed":
        return []
    said = newest_lines(session, order.order_id)
    return [line.item_id for line in still_ordered(session, order.order_id) if line.packs and line.item_id not in said]
