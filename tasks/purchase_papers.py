"""Which sheets of a purchase were not made, or say less than is on record: a kill between commit and documents."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.tables import Approval, Document, PurchaseOrder
from schemas.words import Process
from tasks.database import reading
from tasks.documents.store import path_of
from tasks.runs import Run

#: Days for which sheets of purchases are looked after.
RECENT = timedelta(days=2)


def unwritten(run: Run) -> list[date]:
    """Cycles whose answer or orders stand on no sheet yet."""
    since = run.business_date - RECENT
    with reading() as session:
        made = _made(session, run, since)
        wanted = [*_proposals(session, run, since), *_orders(session, run, since)]
    return sorted({cycle for cycle, path, at in wanted if path not in made or (at is not None and made[path] < at)})


Wanted = tuple[date, str, datetime | None]


def _proposals(session: Session, run: Run, since: date) -> Iterator[Wanted]:
    """The proposal's sheet is made again once somebody has answered."""
    query = sa.select(Approval).where(col(Approval.plan_id) == run.plan_id, col(Approval.cycle) >= since)
    for x in session.execute(query).scalars():
        yield x.cycle, path_of("proposal", run.plan, x.cycle, x.revision), x.decided_at


def _orders(session: Session, run: Run, since: date) -> Iterator[Wanted]:
    query = sa.select(PurchaseOrder).where(col(PurchaseOrder.plan_id) == run.plan_id, col(PurchaseOrder.cycle) >= since)
    for x in session.execute(query).scalars():
        yield x.cycle, path_of("purchase_order", run.plan, x.cycle, x.supplier_id, x.store_id, x.round), None


def _made(session: Session, run: Run, since: date) -> dict[str, datetime]:
    """Path -> when a document of a purchase was made."""
    query = sa.select(col(Document.path), col(Document.made_at)).where(
        col(Document.plan_id) == run.plan_id,
        col(Document.process) == Process.PURCHASE_SUPPLIES.value,
        col(Document.business_date) >= since,
    )
    return dict(session.execute(query).tuples().all())
