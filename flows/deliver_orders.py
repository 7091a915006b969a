"""配送分发: yesterday's orders to the door, the village or the station (B-02, B-03, A-05, C-06)."""

from datetime import date, datetime
from typing import Any

from flows.process import open_run, process_flow
from schemas.words import Process
from tasks.delivery import make_parcels, send_out
from tasks.intake.fetch import fetch
from tasks.notices.dispatch import send_notices
from tasks.runs import working


@process_flow(Process.DELIVER_ORDERS)
def deliver_orders(
    plan: str, business_date: date | None = None, now: datetime | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Pack what is due, send it out, and leave the hand-over to be confirmed by somebody named."""
    run = open_run(Process.DELIVER_ORDERS, plan, business_date, now, dry_run)
    with working(run) as work:
        fetch(work)
        load = make_parcels(work)
        outcome = send_out(work, load)
    send_notices(run)
    return outcome.summary
