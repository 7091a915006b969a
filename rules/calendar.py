"""Which date belongs to which: cycles, purchase days, moments. Everything follows the days of the plan's own steps.

A cycle is named by the business date of the collection that closes it. A process that runs before the collection on
the same day cannot know that day's needs: it works on the cycle before (both times must be given for that to be known).
"""

from datetime import date, datetime, time, timedelta

from schemas.plan import Plan
from schemas.plan.document import Step
from schemas.plan.values import EVERY_DAY
from schemas.words import Process

WEEK = 7


class NotInPlan(ValueError):
    """The plan's process graph has no such step, or no day on which it runs."""


def _step(plan: Plan, process: Process) -> Step:
    step = plan.steps.get(process)
    if step is None or not step.days:
        raise NotInPlan(f"plan {plan.id} never runs {process}")
    return step


def runs_on(plan: Plan, process: Process, business_date: date) -> bool:
    """Whether a process has its day on a date."""
    return EVERY_DAY[business_date.weekday()] in _step(plan, process).days


def last_run_date(plan: Plan, process: Process, until: date) -> date:
    """The latest date, `until` included, on which a process runs."""
    _step(plan, process)
    return next(day for ago in range(WEEK) if runs_on(plan, process, day := until - timedelta(days=ago)))


def next_run_date(plan: Plan, process: Process, after: date) -> date:
    """The first date later than `after` on which a process runs."""
    _step(plan, process)
    return next(day for ahead in range(1, WEEK + 1) if runs_on(plan, process, day := after + timedelta(days=ahead)))


def cycle_of(plan: Plan, process: Process, business_date: date) -> date:
    """The cycle that a run of `process` on a date works on: the latest collection closed by then."""
    collect, step = _step(plan, Process.COLLECT_NEEDS), plan.steps.get(process)
    before_it = step is not None and step.at is not None and collect.at is not None and step.at < collect.at
    return last_run_date(plan, Process.COLLECT_NEEDS, business_date - timedelta(days=1 if before_it else 0))


def filed_on(plan: Plan, at: datetime) -> date:
    """The day under which a word of a moment is filed: once the day's collection has run, the next day."""
    collect, local = _step(plan, Process.COLLECT_NEEDS), at.astimezone(plan.zone)
    closed = collect.at is not None and local.time() > collect.at and runs_on(plan, Process.COLLECT_NEEDS, local.date())
    return local.date() + timedelta(days=1 if closed else 0)


def cycle_end(plan: Plan, cycle: date) -> date:
    """The last day that the needs of a cycle are for: the day before the next collection."""
    return next_run_date(plan, Process.COLLECT_NEEDS, cycle) - timedelta(days=1)


def last_cycles(
    plan: Plan, since: date | None, until: date, process: Process = Process.PURCHASE_SUPPLIES
) -> list[date]:
    """Cycles that a run on `until` takes and the run on `since` had not; no earlier run: from the plan's first day.

    A cycle is taken by exactly one of any series of runs.
    """
    latest = cycle_of(plan, process, until)
    taken = plan.file.plan.start_date - timedelta(days=1) if since is None else cycle_of(plan, process, since)
    cycles = []
    while latest > taken:
        cycles.append(latest)
        latest = last_run_date(plan, Process.COLLECT_NEEDS, latest - timedelta(days=1))
    return cycles[::-1]


def deliver_on(plan: Plan, allocated_on: date) -> date:
    """When goods allocated on a date reach the door (B-02: the next day)."""
    return allocated_on + timedelta(days=plan.file.delivery.lag_days.value)


def moment(plan: Plan, on: date, at: time) -> datetime:
    """A wall-clock time of the plan as an aware moment."""
    return datetime.combine(on, at, tzinfo=plan.zone)
