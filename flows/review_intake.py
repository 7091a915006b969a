"""需求核对: what is unclear is shown to a person before the cut-off, and read again with the answers (A-03, B-02)."""

from dataclasses import replace
from datetime import date, datetime
from itertools import count
from typing import Any

from prefect.flow_runs import suspend_flow_run
from prefect.runtime import deployment

from flows.forms import ReviewForm
from flows.process import at_present, open_run, process_flow
from schemas.words import Process
from tasks.approval import NotAccepted
from tasks.intake.fetch import fetch
from tasks.intake.take import Pasted
from tasks.needs import collect
from tasks.notices.dispatch import send_notices
from tasks.pasted import mark_pasted
from tasks.review import record_answers
from tasks.review_list import list_words, review_seconds, show_unclear, unclear_now
from tasks.runs import Run, of_cycle, working


@process_flow(Process.REVIEW_INTAKE)
def review_intake(
    plan: str, business_date: date | None = None, now: datetime | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Read what came in so far, show what is unclear, and take a person's answers."""
    opened = open_run(Process.REVIEW_INTAKE, plan, business_date, now, dry_run)
    run = of_cycle(replace(opened, process=Process.COLLECT_NEEDS))
    with working(run) as work:
        fetch(work)
        outcome = collect(work, Pasted())
    waiting = show_unclear(outcome)
    send_notices(run)
    if not waiting:
        return outcome.summary | {"unclear": 0}
    if deployment.id is None or run.dry_run:
        return outcome.summary | {"state": "awaiting_review", "unclear": waiting}
    ask(run, now)
    return outcome.summary | {"unclear": len(unclear_now(run))}


def ask(run: Run, now: datetime | None) -> None:
    """Suspend with the form until nothing waits, or nothing more is answered.

    No lease is held while waiting. The run starts again from the top with each answer and takes what Prefect has kept;
    an answer that was taken before is taken again, which changes nothing.
    """
    mark_pasted()
    told = ""
    for attempt in count(1):
        words = "\n\n".join(filter(None, (told, list_words(run))))
        form = suspend_flow_run(
            wait_for_input=ReviewForm.with_initial_data(description=words),
            timeout=review_seconds(run),
            key=f"answers-{run.business_date}-{attempt}",
        )
        if not form.answers.strip():
            return
        told = take(at_present(run, now), form)
        if not told and not unclear_now(run):
            return


def take(run: Run, form: ReviewForm) -> str:
    """Record the answers and read the needs with them; what could not be taken, in words."""
    try:
        with working(run) as work:
            recorded = record_answers(work, form.answers, form.reviewer, "form")
            collect(work, Pasted())
    except NotAccepted as fault:
        return str(fault)
    return "\n".join(recorded.faults)
