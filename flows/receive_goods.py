"""到货验收: batch by batch, nothing handed out unchecked (C-07)."""

from datetime import date, datetime
from typing import Any

from flows.process import open_run, process_flow
from schemas.words import Process
from tasks.arrivals import book_arrivals, take_arrivals
from tasks.notices.dispatch import send_notices
from tasks.runs import working


@process_flow(Process.RECEIVE_GOODS)
def receive_goods(
    plan: str, business_date: date | None = None, now: datetime | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Take in what arrived, and release each batch that was checked."""
    run = open_run(Process.RECEIVE_GOODS, plan, business_date, now, dry_run)
    with working(run) as work:
        arrivals = take_arrivals(work)
        outcome = book_arrivals(work, arrivals)
    send_notices(run)
    return outcome.summary
