"""物资分配派单: share what the stores have, and order it from them (A-01, B-02, B-03, C-02)."""

from datetime import date, datetime
from typing import Any

from flows.process import open_run, process_flow
from schemas.words import Process
from tasks.allocation import place_orders, share
from tasks.intake.hand_orders import hand_orders
from tasks.notices.dispatch import send_notices
from tasks.runs import of_cycle, working


@process_flow(Process.ALLOCATE_ORDERS)
def allocate_orders(
    plan: str, business_date: date | None = None, now: datetime | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Share the stock among the needs of the cycle by tier, and place the orders with the stores."""
    run = of_cycle(open_run(Process.ALLOCATE_ORDERS, plan, business_date, now, dry_run))
    with working(run) as work:
        shared = share(work)
        outcome = place_orders(work, shared)
        hand_orders(work)
    send_notices(run)
    return outcome.summary
