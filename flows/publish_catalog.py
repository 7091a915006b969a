"""可售清单发布: the stores' lists, dated, and one message for each community's group (A-02, A-03, C-04)."""

from datetime import date, datetime
from typing import Any

from flows.process import open_run, process_flow
from schemas.words import Process
from tasks.catalog import published
from tasks.intake.fetch import fetch
from tasks.notices.dispatch import send_notices
from tasks.runs import working


@process_flow(Process.PUBLISH_CATALOG)
def publish_catalog(
    plan: str, business_date: date | None = None, now: datetime | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Publish every store's list of goods and the message for each community's group."""
    run = open_run(Process.PUBLISH_CATALOG, plan, business_date, now, dry_run)
    with working(run) as work:
        fetch(work)
        outcome = published(work)
    send_notices(run)
    return outcome.summary
