"""统一采购: proposal, a person's answer, orders to the suppliers; one purchase per cycle (C-04, C-05, B-07, B-10)."""

from datetime import date, datetime
from itertools import count
from typing import Any

from prefect.flow_runs import suspend_flow_run
from prefect.runtime import deployment

from flows.forms import ApprovalForm, decision_of, proposal_words
from flows.process import at_present, open_run, process_flow
from schemas.words import Process
from tasks.approval import Answer, NotAccepted, given_approval, record_approval, rule_answer
from tasks.declarations import take_declarations
from tasks.notices.dispatch import send_notices
from tasks.purchase import approval_seconds, make_proposal, of_purchase_day
from tasks.purchase_orders import order_supplies
from tasks.runs import Outcome, working


@process_flow(Process.PURCHASE_SUPPLIES)
def purchase_supplies(
    plan: str, business_date: date | None = None, now: datetime | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Propose what to buy, wait for an answer, and order it."""
    run = of_purchase_day(open_run(Process.PURCHASE_SUPPLIES, plan, business_date, now, dry_run))
    with working(run) as work:
        take_declarations(work)
        proposal = make_proposal(work)
    send_notices(run)
    if proposal.summary["state"] == "nothing_to_buy":
        return proposal.summary
    if not answered(proposal, now):
        return proposal.summary | {"state": "awaiting_approval"}
    with working(at_present(run, now)) as work:
        orders = order_supplies(work)
    send_notices(run)
    return orders


def answered(proposal: Outcome, now: datetime | None) -> bool:
    """Whether there is an answer; a deployed run waits for one in the UI, any other leaves it to command or policy."""
    run = proposal.run
    if given_approval(run) is not None:
        return True
    by_rule = rule_answer(run)
    if by_rule is not None:
        with working(run) as work:
            record_approval(work, by_rule)
        return True
    if deployment.id is None or run.dry_run:
        return False
    ask(proposal, now)
    return True


def ask(proposal: Outcome, now: datetime | None) -> None:
    """Suspend with the form until an answer is accepted.

    The lease is not held while waiting; the run starts again from the top when somebody answers, finds its proposal
    made, and takes the answer that Prefect kept. An answer is kept under the revision that it was given to: where the
    proposal has changed meanwhile, nobody has seen the new one, and it is asked for again.
    """
    run, words = proposal.run, proposal_words(proposal)
    for attempt in count(1):
        form = suspend_flow_run(
            wait_for_input=ApprovalForm.with_initial_data(description=words),
            timeout=approval_seconds(run),
            key=f"revision-{proposal.revision}-attempt-{attempt}",
        )
        try:
            with working(at_present(run, now)) as work:
                answer = Answer(decision_of(form.decision), form.approver, "form", form.changes, form.reason)
                record_approval(work, answer)
            return
        except NotAccepted as fault:
            words = f"{fault}\n\n{proposal_words(proposal)}"
