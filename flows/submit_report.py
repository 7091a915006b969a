"""日报报送: the daily report of the market, on the desk by its hour (B-12)."""

from datetime import date, datetime
from typing import Any

from flows.process import open_run, process_flow
from schemas.words import Process
from tasks.notices.dispatch import send_notices
from tasks.report import compile_report, submit
from tasks.runs import working


@process_flow(Process.SUBMIT_REPORT)
def submit_report(
    plan: str, business_date: date | None = None, now: datetime | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Compile the daily report of the market and submit it; the receipt is kept."""
    run = open_run(Process.SUBMIT_REPORT, plan, business_date, now, dry_run)
    with working(run) as work:
        outcome = compile_report(work)
        submit(work, outcome)
    send_notices(run)
    return outcome.summary
