"""What every process flow shares: its face in the UI, its run's key, and a word to the coordinator when it fails."""

import inspect
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from prefect import Flow, flow
from prefect.runtime import flow_run

from schemas.text import N_
from schemas.words import Process
from tasks.database import undone
from tasks.failures import tell_failure
from tasks.notices.wording import PROCESSES
from tasks.plans import load_plan
from tasks.runs import Run
from tasks.words import say

P = ParamSpec("P")
R = TypeVar("R")


#: What the run form says beside each parameter; every flow takes its own from here.
PARAMETERS = {
    "plan": N_("The plan's id"),
    "business_date": N_("Business date; empty: the day of the scheduled start"),
    "now": N_("The moment that counts as now; empty: the scheduled start"),
    "dry_run": N_("Dry run: nothing is sent or kept; documents and notices are left as files to look at"),
    "pasted": N_(
        "Text of a chain pasted from the group; it is stored, and this run is deleted from Prefect after 24 hours"
    ),
    "sender": N_("Who the pasted text comes from: the name of the community or village"),
    "channel": N_("How the pasted text came in"),
    "entered_by": N_("Who writes it down for somebody without a smartphone: name or officer id"),
    "household": N_("The household it is for; the text is then its goods alone, one line each"),
    "payer": N_("Who pays for it: name or officer id, or words"),
    "carer": N_("Who brings it: name or officer id; empty: the household's carer"),
    "plans": N_("Plans to look after; empty: all"),
}


def process_flow(process: Process) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """A Prefect flow named after its process, described in the reader's language in the UI."""

    def decorate(function: Callable[P, R]) -> Flow[P, R]:
        function = _dry_where_asked(function)
        summary = say((inspect.getdoc(function) or "").split("\n", 1)[0])
        function.__doc__ = _face(summary, inspect.signature(function).parameters)
        return flow(
            name=process.value,
            description=summary,
            flow_run_name=partial(_run_name, process),
            persist_result=False,
            validate_parameters=True,
            on_failure=[_failed],
            on_crashed=[_failed],
        )(function)

    return decorate


def _dry_where_asked(function: Callable[P, R]) -> Callable[P, R]:
    """With `dry_run` the flow runs on the real books, and whatever it wrote there is undone at its end."""

    signature = inspect.signature(function)

    @wraps(function)
    def begun(*args: P.args, **kwargs: P.kwargs) -> R:
        # Prefect hands parameters over by their places, a person by their names.
        dry_run = signature.bind(*args, **kwargs).arguments.get("dry_run")
        with undone() if dry_run else nullcontext():
            return function(*args, **kwargs)

    return begun


def _face(summary: str, parameters: Iterable[str]) -> str:
    """The summary and the parameters' descriptions, in the form that Prefect reads."""
    arguments = [f"    {name}: {say(PARAMETERS[name])}" for name in parameters]
    return "\n".join([summary, "", "Args:", *arguments])


def _run_name(process: Process) -> str:
    """`统一采购 shengtang 2022-04-25`: what a run is called in the UI; of the plan and the date what was given."""
    given = flow_run.parameters
    parts = [say(PROCESSES[process]), given.get("plan"), given.get("business_date")]
    return " ".join(str(part) for part in parts if part)


def _failed(flow: Flow[Any, Any], flow_run: Any, state: Any) -> None:
    tell_failure(flow_run.parameters, flow.name, state.message or state.name)


def open_run(
    process: Process, plan: str, business_date: date | None, now: datetime | None, dry_run: bool = False
) -> Run:
    """The run's key. `now` defaults to the scheduled start, the date to its day, both in the plan's zone."""
    zone = load_plan(plan).zone
    started = _aware(flow_run.scheduled_start_time or datetime.now(zone), zone)
    at = _aware(now, zone) if now else _hour_of(process, plan, business_date, started)
    return Run(plan, process, business_date or at.date(), at, dry_run)


def at_present(run: Run, now: datetime | None) -> Run:
    """The run as of this moment, for what a person does later than the scheduled start: it counts from when it is done.

    A `now` that was given stands, and so does the hour of a day that is past.
    """
    if now is not None or run.now != flow_run.scheduled_start_time:
        return run
    return replace(run, now=datetime.now(run.now.tzinfo))


def _hour_of(process: Process, plan: str, business_date: date | None, started: datetime) -> datetime:
    """For a day that is past, the hour at which the plan has the step run: what it knew then is what counts."""
    if business_date is None or business_date >= started.date():
        return started
    step = load_plan(plan).steps.get(process)
    return datetime.combine(business_date, (step and step.at) or time.max, started.tzinfo)


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment in the plan's zone; a time without a zone, as somebody types it into the form, is local time."""
    local = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
    # Prefect hands over a class of its own, which loses its zone when a timedelta is taken from it.
    return datetime.combine(local.date(), local.time(), zone)
