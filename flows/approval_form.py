"""Asking for the approval in the UI: a suspended run, its form, and an answer that comes when nobody waits for it.

The lease is not held while waiting; the run starts again from the top when somebody answers, finds its proposal made,
and takes the answer that Prefect kept. An answer is kept under the revision that it was given to: where the proposal
has changed meanwhile, nobody has seen the new one, and it is asked for again.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count

from prefect.flow_runs import suspend_flow_run
from prefect.input import keyset_from_base_key, read_flow_run_input

from flows.forms import ApprovalForm, decision_of, proposal_words
from flows.process import at_present
from tasks.approval import Answer, NotAccepted, TooLate, record_approval
from tasks.approval_answer import by_telephone
from tasks.approval_request import seconds_left
from tasks.approval_rules import settle_overdue
from tasks.runs import Outcome, Run, working

#: The form outlives the deadline by so much, so that the watch ends it with the plan's answer instead of a failed run,
#: and somebody who is late is told so.
AFTERWARDS = timedelta(hours=2)


def ask(proposal: Outcome, now: datetime | None) -> None:
    """Suspend with the form until an answer is accepted, or comes too late and the plan has decided."""
    words = proposal_words(proposal)
    for attempt in count(1):
        run = at_present(proposal.run, now)
        form = suspend_flow_run(
            wait_for_input=ApprovalForm.with_initial_data(description=words),
            timeout=seconds_left(run, AFTERWARDS),
            key=_key(proposal, attempt),
        )
        try:
            _take(run, form)
            return
        except NotAccepted as fault:
            words = f"{fault}\n\n{proposal_words(proposal)}"


def _take(run: Run, form: ApprovalForm) -> None:
    """The form's answer on record; where it comes too late, the plan's."""
    with working(run) as work:
        given = Answer(decision_of(form.decision), form.approver, "form", form.changes, form.reason)
        try:
            record_approval(work, by_telephone(run, given, form.recorder, form.said_at))
        except TooLate:
            settle_overdue(work)


def heed_late_form(proposal: Outcome, now: datetime | None) -> None:
    """Whoever filled in the form after the purchase was answered in another way is told that it came too late."""
    form = _last_kept(proposal)
    if form is not None:
        with suppress(NotAccepted):
            _take(at_present(proposal.run, now), form)


def _last_kept(proposal: Outcome) -> ApprovalForm | None:
    """The form that was submitted last for this revision; those before it were looked at and sent back."""
    found = None
    for attempt in count(1):
        kept = read_flow_run_input(keyset_from_base_key(f"suspended-{_key(proposal, attempt)}")["response"])
        if kept is None:
            return found
        found = ApprovalForm.model_validate(kept)
    return found


def _key(proposal: Outcome, attempt: int) -> str:
    return f"revision-{proposal.revision}-attempt-{attempt}"
