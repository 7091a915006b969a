"""What a purchase still wants done when no run of it is at work: the watch carries it on, every ten minutes.

An approval by command or telephone, a worker that died between the answer and the orders, a form that nobody filled in,
an order that its supplier did not take, a confirmation that came: each leaves rows, and what follows of them follows
here, under the purchase's own lease.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from schemas.tables import Purchase, PurchaseOrder
from schemas.words import Process
from tasks.approval_rules import settle_overdue
from tasks.database import reading
from tasks.leases import LeaseHeld
from tasks.order_books import takers
from tasks.purchase_orders import ordered
from tasks.purchase_papers import unwritten
from tasks.runs import Run, Work, working
from tasks.supplier_files import Told, confirmed_in_files, files_there, take_told
from tasks.supplier_http import waits_for_http
from tasks.suspended import end_answered


def carry_on_purchases(run: Run) -> int:
    """Every purchase of the plan that waits for us. How many."""
    told: Mapping[date, Sequence[Told]] = {}
    if files_there(run):
        with working(run) as work:
            told = confirmed_in_files(work)
    cycles = sorted({*_undecided(run), *_to_be_sent(run), *unwritten(run), *told})
    for cycle in cycles:
        mine = _of(run, cycle)
        # Whoever holds the lease is at it: it is his to carry on.
        with suppress(LeaseHeld), working(mine) as work:
            _carry_on(work, told)
    end_answered(run)
    return len(cycles)


def _carry_on(work: Work, told: Mapping[date, Sequence[Told]]) -> None:
    """Decide by the plan's rule where nobody did in time, order what is approved, and hear what suppliers say."""
    settle_overdue(work)
    take_told(work, told.get(work.run.business_date, ()))
    ordered(work)


def _of(run: Run, cycle: date) -> Run:
    return replace(run, process=Process.PURCHASE_SUPPLIES, business_date=cycle)


def _undecided(run: Run) -> list[date]:
    """Cycles of purchases that wait for the plan's rule, or for their orders."""
    unanswered = sa.and_(col(Purchase.state) == "proposed", col(Purchase.answer_by) <= run.now)
    query = sa.select(col(Purchase.cycle)).where(
        col(Purchase.plan_id) == run.plan_id, sa.or_(unanswered, col(Purchase.state) == "approved")
    )
    with reading() as session:
        return list(session.execute(query).scalars())


def _to_be_sent(run: Run) -> list[date]:
    """Cycles with an order over HTTP that its supplier has not taken, or not answered."""
    http = sorted(takers(run.plan))
    query = sa.select(sa.distinct(col(PurchaseOrder.cycle))).where(
        col(PurchaseOrder.plan_id) == run.plan_id,
        col(PurchaseOrder.state) == "placed",
        col(PurchaseOrder.supplier_id).in_(http),
    )
    with reading() as session:
        cycles = list(session.execute(query).scalars()) if http else []
    return [cycle for cycle in cycles if waits_for_http(_of(run, cycle))]
