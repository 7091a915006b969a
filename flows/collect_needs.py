"""需求统计汇总: what residents ask for, read, judged, reconciled and consolidated (A-04, B-02, B-03, C-04)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flows.process import open_run, process_flow
from schemas.text import N_
from schemas.words import Process
from tasks.intake.fetch import fetch
from tasks.intake.needs import take_needs
from tasks.intake.take import Pasted
from tasks.needs import record_needs
from tasks.notices.dispatch import send_notices
from tasks.pasted import mark_pasted
from tasks.runs import of_cycle, working
from tasks.words import say


class Channel(StrEnum):
    """How a pasted text came to the one who pastes it. The UI shows values, so these are the reader's words."""

    WECHAT = say(N_("WeChat group"))
    PHONE = say(N_("Telephone"))
    SMS = say(N_("Text message"))
    VISIT = say(N_("On a visit"))


@process_flow(Process.COLLECT_NEEDS)
def collect_needs(  # noqa: PLR0913 - the fields of the form in the UI
    plan: str,
    business_date: date | None = None,
    now: datetime | None = None,
    pasted: str = "",
    sender: str = "",
    channel: Channel = Channel.WECHAT,
    entered_by: str = "",
    household: str = "",
    payer: str = "",
    carer: str = "",
    dry_run: bool = False,
) -> dict[str, Any]:
    """Read what the communities sent in, return what is unclear, and consolidate what is asked for."""
    if pasted:
        mark_pasted()
    run = of_cycle(open_run(Process.COLLECT_NEEDS, plan, business_date, now, dry_run))
    with working(run) as work:
        fetch(work)
        pasted_by = Pasted(pasted, sender, channel.name.lower(), entered_by, household, payer, carer)
        understood = take_needs(work, pasted_by)
        outcome = record_needs(work, understood)
    send_notices(run)
    return outcome.summary
