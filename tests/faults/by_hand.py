"""What people do between the flows, as acts that may be killed like a flow."""

from datetime import date, datetime
from typing import Any

from schemas.words import Decision, Process
from tasks.approval import Answer, record_approval
from tasks.purchase import of_purchase_day
from tasks.runs import Run, working


def approve(plan: str, business_date: date, now: datetime, **said: str) -> dict[str, Any]:
    """Answer the day's proposal, as `baogong approve` does."""
    run = of_purchase_day(Run(plan, Process.PURCHASE_SUPPLIES, business_date, now))
    with working(run) as work:
        given = record_approval(work, Answer(Decision.CHANGE, "supply_1", "command", said["changes"]))
    return {"decision": given.decision, "changes": given.changes}
