"""Looking after all plans: duties, notices that wait, reports without receipt, steps that did not run, pasted texts."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from rules.calendar import moment, runs_on
from schemas.plan.document import Step
from schemas.words import BUILT, Process, Stage
from tasks.catalog import list_waits, published
from tasks.duties import watch
from tasks.household_tasks import watch_tasks
from tasks.leases import LeaseHeld
from tasks.medicines import keep_order_sheets, tell_undecided, watch_medicines
from tasks.notices.dispatch import send_notices
from tasks.notices.outbox import tell
from tasks.pasted import forget_pasted
from tasks.plans import load_plan
from tasks.report import submit, unsubmitted
from tasks.review import remind_of_review
from tasks.runs import Run, deciding, last_outcome, of_cycle, working

#: A step that has left nothing so long after its hour did not run, or died.
GRACE = timedelta(minutes=30)


def watch_all(plans: Sequence[str], now: datetime | None, dry_run: bool) -> dict[str, Any]:
    """Each plan by itself: what fails in one does not keep the others waiting."""
    told: dict[str, Any] = {}
    for plan_id in plans:
        plan = load_plan(plan_id)
        at = _moment(now, plan.zone)
        run = Run(plan_id, Process.WATCH_DUTIES, at.astimezone(plan.zone).date(), at, dry_run)
        try:
            told[plan_id] = watch_one(run)
        except LeaseHeld:
            told[plan_id] = {"held": True}
    forget_pasted(_moment(now, UTC))
    return told


def _moment(now: datetime | None, zone: tzinfo) -> datetime:
    """What counts as now; a time that was typed without a zone is in this one."""
    if now is None:
        return datetime.now(zone)
    return now if now.tzinfo else now.replace(tzinfo=zone)


def watch_one(run: Run) -> dict[str, Any]:
    """One plan at one moment."""
    with working(run) as work:
        with deciding(work) as session:
            duties = watch(session, run, run.now)
            remind_of_review(session, of_cycle(replace(run, process=Process.COLLECT_NEEDS)))
            owed = watch_medicines(session, run) | watch_tasks(session, run)
            owed["medicine_undecided"] = tell_undecided(session, run)
            missed = [s.flow for s in run.plan.file.step if _did_not_run(run, s)]
            for process in missed:
                tell(session, run, Stage.RUN_FAILED, f"{process}:missed", 1, {"process": process})
        keep_order_sheets(run)
    if not run.dry_run and list_waits(run):
        _publish_again(run)
    for day in [] if run.dry_run else unsubmitted(run.plan_id, run.business_date):
        _submit_again(replace(run, business_date=day))
    return {**asdict(duties), **owed, **asdict(send_notices(run)), "not_run": missed}


def _did_not_run(run: Run, planned: Step) -> bool:
    plan = run.plan
    if planned.at is None or planned.flow not in BUILT or not runs_on(plan, planned.flow, run.business_date):
        return False
    if run.now < moment(plan, run.business_date, planned.at) + GRACE or run.business_date < plan.file.plan.start_date:
        return False
    return last_outcome(_keyed(run, planned.flow)) is None


def _keyed(run: Run, process: Process) -> Run:
    # The review leaves its mark where it reads: on the collection of the cycle.
    other = replace(run, process=Process.COLLECT_NEEDS if process is Process.REVIEW_INTAKE else process)
    return of_cycle(other) if process in (Process.ALLOCATE_ORDERS, Process.REVIEW_INTAKE) else other


def _publish_again(run: Run) -> None:
    """A store has sent another list after the day's were published: goods taken off must not be ordered any longer."""
    with suppress(LeaseHeld), working(replace(run, process=Process.PUBLISH_CATALOG)) as work:
        published(work)


def _submit_again(run: Run) -> None:
    """A report that was not taken is handed in again, with the key of its revision."""
    again = replace(run, process=Process.SUBMIT_REPORT)
    outcome = last_outcome(again)
    if outcome is not None:
        # A report that is being made at this moment hands itself in; the notices that wait go out all the same.
        with suppress(LeaseHeld), working(again) as work:
            submit(work, outcome)
