"""库存监测: stores' reports, days of cover, alerts before a shelf is empty (B-05, B-06)."""

from datetime import date, datetime
from typing import Any

from flows.process import open_run, process_flow
from schemas.words import Process
from tasks.declarations import take_declarations
from tasks.intake.fetch import fetch
from tasks.notices.dispatch import send_notices
from tasks.runs import working
from tasks.stock import assess_stock, take_reports


@process_flow(Process.CHECK_STOCK)
def check_stock(
    plan: str, business_date: date | None = None, now: datetime | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Check what the stores report, and tell how many days it will last."""
    run = open_run(Process.CHECK_STOCK, plan, business_date, now, dry_run)
    with working(run) as work:
        fetch(work)
        take_declarations(work)
        reports = take_reports(work)
        outcome = assess_stock(work, reports)
    send_notices(run)
    return outcome.summary
