"""Goods past their last day are told to their store once, the day after it; they are never shared out or packed.

What lay there at that day's first moment counts, so that the same is told whenever the watch comes to it.
"""

from dataclasses import replace
from datetime import date, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import expired
from rules.calendar import moment
from schemas.plan import Plan
from schemas.tables import Batch, Notice
from schemas.units import sale_quantity
from schemas.words import Stage
from tasks import supply
from tasks.batches import called
from tasks.documents.labels import with_note
from tasks.notices.outbox import tell
from tasks.runs import Run

#: A machine that was off for a few days tells of them afterwards.
LOOK_BACK_DAYS = 3


def tell_expired(session: Session, run: Run) -> dict[str, int]:
    """Tell each store, and who looks after supply, what of its goods has expired; how many batches that is."""
    since = run.business_date - timedelta(days=LOOK_BACK_DAYS + 1)
    ending = sa.select(sa.distinct(col(Batch.expires_on))).where(
        col(Batch.plan_id) == run.plan_id, col(Batch.expires_on) >= since, col(Batch.expires_on) < run.business_date
    )
    days = [day + timedelta(days=1) for day in sorted(session.execute(ending).scalars())]
    new = [day for day in days if day > run.plan.file.plan.start_date and not _told(session, run, day)]
    return {"expired": sum(_tell_day(session, run, day) for day in new)}


def _told(session: Session, run: Run, on: date) -> bool:
    """All stores of a day are told in one transaction: one notice means that all are there."""
    query = sa.select(sa.literal(1)).where(
        col(Notice.plan_id) == run.plan_id,
        col(Notice.stage) == Stage.GOODS_EXPIRED.value,
        col(Notice.business_date) == on,
    )
    return session.execute(query.limit(1)).first() is not None


def _tell_day(session: Session, run: Run, on: date) -> int:
    plan = run.plan
    left = expired(supply.batches(session, plan.id, moment(plan, on, time())), on)
    roles = plan.file.notices.to.value.get(Stage.GOODS_EXPIRED, [])
    for (store_id,), part in left.group_by(["store_id"], maintain_order=True):
        store = plan.stores.get(str(store_id))
        if store is None:
            continue
        goods = [
            _words(session, plan, batch_id, qty) for batch_id, qty in part.select("batch_id", "qty_base").iter_rows()
        ]
        told = [o for o in (store.contact, *(o.officer_id for o in plan.officers_in(roles))) if o in plan.officers]
        values = {"store": store.name, "goods": goods}
        tell(session, replace(run, business_date=on), Stage.GOODS_EXPIRED, store.store_id, 1, values, to=told)
    return left.height


def _words(session: Session, plan: Plan, batch_id: str, left_base: int) -> str:
    batch = session.get(Batch, batch_id)
    item = plan.items.get(batch.item_id) if batch else None
    if batch is None or item is None:
        return batch_id
    words = f"{item.name} {sale_quantity(left_base, item.unit_base)}{item.unit}"
    return words if batch.number is None else with_note(words, called(batch))
