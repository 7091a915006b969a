"""What came of an order, what is missing of it, and whether that is still waited for; the buyer is told what differs.

What really came is booked, and counted from the ledger: arrivals less what went back to the supplier.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import waits_until
from rules.calendar import moment
from schemas.plan import Plan
from schemas.tables import Batch, Purchase, PurchaseOrder, PurchaseOrderLine
from schemas.units import sale_quantity
from schemas.words import Stage
from tasks.batches import goods_words
from tasks.database import reading
from tasks.moments import came_of_line, refused_of_line
from tasks.notices.outbox import tell
from tasks.runs import Run


@dataclass(frozen=True)
class Missing:
    """A line of an order of which not all came."""

    item_id: str
    missing_base: int


def count_arrived(session: Session, orders: Iterable[str]) -> None:
    """Bring the lines of these orders up to what the ledger says came of them."""
    mine = sa.update(PurchaseOrderLine).where(col(PurchaseOrderLine.order_id).in_(list(orders)))
    session.execute(mine.values(arrived_base=came_of_line()).execution_options(synchronize_session=False))


def settle_orders(session: Session, run: Run, orders: Iterable[str]) -> list[str]:
    """Close those of the orders that came whole, or whose rest is no longer waited for. Returns the closed ones."""
    ids = sorted(orders)
    count_arrived(session, ids)
    closed = [o for o in ids if not _missing(session, o) or _waits_until(session, run.plan, o) is None]
    _close(session, run, closed)
    return closed


def _close(session: Session, run: Run, closed: list[str]) -> None:
    change = sa.update(PurchaseOrder).where(
        col(PurchaseOrder.order_id).in_(closed), col(PurchaseOrder.state) == "placed"
    )
    session.execute(change.values(state="arrived", arrived_at=run.now).execution_options(synchronize_session=False))
    waiting = sa.select(col(PurchaseOrder.cycle)).where(
        col(PurchaseOrder.plan_id) == run.plan_id, col(PurchaseOrder.state) == "placed"
    )
    whole = sa.update(Purchase).where(
        col(Purchase.plan_id) == run.plan_id, col(Purchase.state) == "ordered", col(Purchase.cycle).not_in(waiting)
    )
    session.execute(whole.values(state="arrived").execution_options(synchronize_session=False))


def _missing(session: Session, order_id: str) -> list[Missing]:
    """Of what the supplier did not refuse beforehand: that was ordered elsewhere."""
    left = col(PurchaseOrderLine.qty_base) - refused_of_line() - col(PurchaseOrderLine.arrived_base)
    query = sa.select(col(PurchaseOrderLine.item_id), left).where(col(PurchaseOrderLine.order_id) == order_id)
    found = session.execute(query.order_by(col(PurchaseOrderLine.item_id)))
    return [Missing(item_id, missing) for item_id, missing in found if missing > 0]


def _waits_until(session: Session, plan: Plan, order_id: str) -> date | None:
    """The last day on which the rest is waited for; None where it is not."""
    first = session.execute(sa.select(sa.func.min(Batch.arrived_on)).where(col(Batch.origin) == order_id)).scalar()
    return waits_until(first, plan) if first is not None else None


def tell_differences(session: Session, run: Run, revision: int, orders: Iterable[str], surplus: list[Batch]) -> None:
    """The buyer hears, order by order, what is missing, what becomes of that, and what came beyond the order."""
    for order_id in sorted(orders):
        missing = _missing(session, order_id)
        more = [batch for batch in surplus if batch.origin == order_id]
        if missing or more:
            _tell(session, run, revision, order_id, missing, more)


def _tell(
    session: Session, run: Run, revision: int, order_id: str, missing: list[Missing], surplus: list[Batch]
) -> None:
    plan, order = run.plan, session.get(PurchaseOrder, order_id, populate_existing=True)
    assert order is not None  # noqa: S101 - a foreign key of what came
    waited = _waits_until(session, plan, order_id) if order.state == "placed" else None
    values: dict[str, Any] = {
        "supplier": plan.stores[order.supplier_id].name if order.supplier_id in plan.stores else order.supplier_id,
        "missing": [_words(plan, one) for one in missing],
        "closed": len(missing) if missing and waited is None else None,
        "wait_until": waited if missing else None,
        "surplus": [goods_words(plan, batch) for batch in surplus],
        "questions": len(surplus) or None,
    }
    buyers = [o.officer_id for o in plan.officers_in(plan.file.receiving.buyer_roles.value)]
    tell(session, run, Stage.ARRIVAL_DIFFERS, order_id, revision, values, to=buyers)


def _words(plan: Plan, one: Missing) -> str:
    item = plan.items.get(one.item_id)
    if item is None:
        return one.item_id
    return f"{item.name} {sale_quantity(one.missing_base, item.unit_base)}{item.unit}"


def _part_come(session: Session, plan_id: str) -> list[str]:
    """Open orders of which something came."""
    query = (
        sa.select(col(PurchaseOrder.order_id))
        .where(col(PurchaseOrder.plan_id) == plan_id, col(PurchaseOrder.state) == "placed")
        .where(sa.exists().where(col(Batch.origin) == col(PurchaseOrder.order_id)))
    )
    return list(session.execute(query.order_by(col(PurchaseOrder.order_id))).scalars())


def watch_orders(session: Session, run: Run) -> dict[str, int]:
    """Close orders whose rest was waited for in vain, and tell the buyer that it is to be bought again."""
    over = []
    for order_id in _part_come(session, run.plan_id):
        last = _waits_until(session, run.plan, order_id)
        if last is None or last < run.business_date:
            over.append(order_id)
    _close(session, run, over)
    # Of the day it is closed on and not of its arrival: another notice than the one that said it is waited for.
    tell_differences(session, run, 1, over, [])
    return {"orders_closed": len(over)}


def next_closing_moment(plan: Plan, after: datetime) -> datetime | None:
    """The next midnight at which the rest of an order is no longer waited for."""
    with reading() as session:
        last = [_waits_until(session, plan, order_id) for order_id in _part_come(session, plan.id)]
    ends = [moment(plan, day + timedelta(days=1), time()) for day in last if day is not None]
    return min((at for at in ends if at > after), default=None)
