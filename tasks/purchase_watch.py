"""What a purchase still wants done when no run of it is at work: the watch carries it on, every ten minutes.

An approval by command or telephone, a worker that died between the answer and the orders, a form that nobody filled in:
each leaves rows, and what follows of them follows here, under the purchase's own lease.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from schemas.tables import Purchase
from schemas.words import Process
from tasks.approval_rules import settle_overdue
from tasks.database import reading
from tasks.leases import LeaseHeld
from tasks.purchase_orders import ordered
from tasks.runs import Run, Work, working
from tasks.suspended import end_answered


def carry_on_purchases(run: Run) -> int:
    """Every purchase of the plan that waits for us. How many."""
    cycles = _waiting(run)
    for cycle in cycles:
        mine = replace(run, process=Process.PURCHASE_SUPPLIES, business_date=cycle)
        # Whoever holds the lease is at it: it is his to carry on.
        with suppress(LeaseHeld), working(mine) as work:
            carry_on(work)
    end_answered(run)
    return len(cycles)


def carry_on(work: Work) -> None:
    """Decide by the plan's rule where nobody did in time, and order what is approved."""
    settle_overdue(work)
    ordered(work)


def _waiting(run: Run) -> list[date]:
    unanswered = sa.and_(col(Purchase.state) == "proposed", col(Purchase.answer_by) <= run.now)
    query = sa.select(col(Purchase.cycle)).where(
        col(Purchase.plan_id) == run.plan_id, sa.or_(unanswered, col(Purchase.state) == "approved")
    )
    with reading() as session:
        return list(session.execute(query.order_by(col(Purchase.cycle))).scalars())
