"""任务督办: remind before, escalate after, send what waits to be sent; one flow for all plans (DESIGN 7, 8)."""

from datetime import datetime
from typing import Any

from flows.process import process_flow
from schemas.words import Process
from tasks.plans import plan_ids
from tasks.watch import watch_all


@process_flow(Process.WATCH_DUTIES)
def watch_duties(plans: list[str] | None = None, now: datetime | None = None, dry_run: bool = False) -> dict[str, Any]:
    """Look after every duty, notice and report that is due, and after runs that did not happen."""
    return watch_all(plans or plan_ids(), now, dry_run)
