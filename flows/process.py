"""What every process flow shares: its Chinese face in the UI, its run's key, and a word to the coordinator when it fails."""

import inspect
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from prefect import Flow, flow
from prefect.runtime import flow_run

from schemas.words import Process
from tasks.failures import tell_failure
from tasks.plans import load_plan
from tasks.runs import Run
from tasks.settings import settings
from tasks.words import say

P = ParamSpec("P")
R = TypeVar("R")


def process_flow(process: Process) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """A Prefect flow named after its process; its docstring is shown in the reader's language."""

    def decorate(function: Callable[P, R]) -> Flow[P, R]:
        function.__doc__ = _translated(inspect.getdoc(function) or "")
        return flow(
            function,
            name=process.value,
            flow_run_name=process.value + " {plan} {business_date}",
            persist_result=False,
            validate_parameters=True,
            on_failure=[_failed],
            on_crashed=[_failed],
        )

    return decorate


def _translated(doc: str) -> str:
    """Translate a docstring line by line: the summary and each argument are messages of the catalogue."""
    lines = []
    for line in doc.splitlines():
        indent, text = line[: len(line) - len(line.lstrip())], line.strip()
        name, colon, rest = text.partition(": ")
        is_argument = bool(indent) and bool(colon) and name.isidentifier()
        lines.append(f"{indent}{name}: {say(rest)}" if is_argument else indent + (say(text) if text else ""))
    return "\n".join(lines)


def _failed(_flow: Flow[Any, Any], run: Any, state: Any) -> None:
    tell_failure(str(run.parameters.get("plan", "")), _flow.name, state.message or state.name)


def open_run(
    process: Process, plan: str, business_date: date | None, now: datetime | None, dry_run: bool = False
) -> Run:
    """The run's key. `now` defaults to the scheduled start, the date to its day, both in the plan's zone."""
    zone = load_plan(plan).zone
    moment = _aware(now or flow_run.scheduled_start_time or datetime.now(zone), zone)
    return Run(plan, process, business_date or moment.date(), moment, dry_run or settings().dry_run)


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    """A time without a zone, as somebody types it into the form, is the plan's local time."""
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
