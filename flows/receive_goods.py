"""到货验收: batch by batch, nothing handed out unchecked (C-07)."""

from datetime import date, datetime
from itertools import count
from typing import Any

from prefect.flow_runs import suspend_flow_run
from prefect.runtime import deployment, flow_run

from flows.forms import InspectionForm
from flows.process import at_present, open_run, process_flow
from schemas.words import Process
from tasks.arrivals import book_arrivals, take_arrivals
from tasks.inspection_list import inspection_seconds, list_words, take_results, waiting_now
from tasks.notices.dispatch import send_notices
from tasks.refused import Refused
from tasks.runs import Run, working
from tasks.typed_arrivals import TypedArrival, store_typed


@process_flow(Process.RECEIVE_GOODS)
def receive_goods(
    plan: str,
    business_date: date | None = None,
    now: datetime | None = None,
    arrived: str = "",
    order: str = "",
    received_by: str = "",
    dry_run: bool = False,
) -> dict[str, Any]:
    """Take in what arrived, and release each batch that was checked."""
    run = open_run(Process.RECEIVE_GOODS, plan, business_date, now, dry_run)
    with working(run) as work:
        if arrived.strip():
            store_typed(work, TypedArrival(arrived, order, received_by, channel="form"))
        arrivals = take_arrivals(work)
        outcome = book_arrivals(work, arrivals)
    send_notices(run)
    if deployment.id is not None and not run.dry_run and waiting_now(run):
        ask(run, now)
    return outcome.summary


def ask(run: Run, now: datetime | None) -> None:
    """Suspend with the form until no batch waits, or nothing more is answered.

    No lease is held while waiting. The run starts again from the top with each answer and takes what Prefect has kept;
    a form that was taken before changes nothing again.
    """
    told = ""
    for attempt in count(1):
        words = "\n\n".join(filter(None, (told, list_words(waiting_now(run)))))
        key = f"inspection-{run.business_date}-{attempt}"
        form = suspend_flow_run(
            wait_for_input=InspectionForm.with_initial_data(description=words),
            timeout=inspection_seconds(run),
            key=key,
        )
        if not form.results.strip():
            return
        told = take(at_present(run, now), form, f"{flow_run.id}:{key}")
        if not told and not waiting_now(run):
            return


def take(run: Run, form: InspectionForm, key: str) -> str:
    """Take the results; what could not be taken, in words."""
    try:
        with working(run) as work:
            take_results(work, form.results, form.inspector, key)
    except Refused as fault:
        return str(fault)
    send_notices(run)
    return ""
