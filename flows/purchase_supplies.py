"""统一采购: proposal, a person's answer, orders to the suppliers; one purchase per cycle (C-04, C-05, B-07, B-10)."""

from datetime import date, datetime
from typing import Any

from prefect.runtime import deployment

from flows.approval_form import ask, heed_late_form
from flows.process import at_present, open_run, process_flow
from schemas.words import Process
from tasks.approval import given_approval, record_approval
from tasks.approval_rules import rule_answer, settle_overdue
from tasks.declarations import take_declarations
from tasks.notices.dispatch import send_notices
from tasks.order_questions import take_answers
from tasks.purchase import make_proposal, of_purchase_day
from tasks.purchase_orders import order_supplies
from tasks.runs import Outcome, working


@process_flow(Process.PURCHASE_SUPPLIES)
def purchase_supplies(
    plan: str,
    business_date: date | None = None,
    now: datetime | None = None,
    answers: str = "",
    answered_by: str = "",
    dry_run: bool = False,
) -> dict[str, Any]:
    """Propose what to buy, wait for an answer, and order it."""
    run = of_purchase_day(open_run(Process.PURCHASE_SUPPLIES, plan, business_date, now, dry_run))
    with working(run) as work:
        settle_overdue(work)
        told = take_answers(work, answers, answered_by)
        take_declarations(work)
        proposal = make_proposal(work)
    send_notices(run)
    if proposal.summary["state"] != "proposed":
        return proposal.summary | told
    if not answered(proposal, now):
        return proposal.summary | {"state": "awaiting_approval"} | told
    with working(at_present(run, now)) as work:
        orders = order_supplies(work)
    send_notices(run)
    return orders | told


def answered(proposal: Outcome, now: datetime | None) -> bool:
    """Whether there is an answer; a deployed run waits for one in the UI, any other leaves it to command or policy."""
    run, waits = proposal.run, deployment.id is not None and not proposal.run.dry_run
    if given_approval(run) is not None:
        if waits:
            heed_late_form(proposal, now)
        return True
    by_rule = rule_answer(run)
    if by_rule is not None:
        with working(run) as work:
            record_approval(work, by_rule)
        return True
    if waits:
        ask(proposal, now)
    return waits
