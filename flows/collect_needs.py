"""需求统计汇总: what residents ask for, read, judged, reconciled and consolidated (A-04, B-02, B-03, C-04)."""

from datetime import date, datetime
from enum import Enum
from typing import Any

from flows.process import open_run, process_flow
from schemas.words import Process
from tasks.intake.take import Pasted
from tasks.needs import judge_lines, record_needs, take_needs
from tasks.notices.dispatch import send_notices
from tasks.runs import of_cycle, working
from tasks.words import say

#: How a pasted text came to the one who pastes it; the dropdown shows the words.
Channel = Enum("Channel", {c: say(f"channel.{c}") for c in ("wechat", "phone", "sms", "visit")}, type=str)


@process_flow(Process.COLLECT_NEEDS)
def collect_needs(
    plan: str,
    business_date: date | None = None,
    now: datetime | None = None,
    pasted: str = "",
    sender: str = "",
    channel: Channel = Channel["wechat"],
    dry_run: bool = False,
) -> dict[str, Any]:
    """Read what the communities sent in, return what is unclear, and consolidate what is asked for."""
    run = of_cycle(open_run(Process.COLLECT_NEEDS, plan, business_date, now, dry_run))
    with working(run) as work:
        taken = take_needs(work, Pasted(pasted, sender, channel.name))
        understood = judge_lines(work, taken)
        outcome = record_needs(work, understood)
    send_notices(run)
    return outcome.summary
