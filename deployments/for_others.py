"""What an officer does for a household from the command line: write down its need, answer a visit, settle a task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from deployments.by_hand import acted, refused, run_at
from schemas.words import Process
from tasks.words import say

CHANNELS = ("visit", "phone")


@dataclass(frozen=True)
class Writer:
    """Who writes it down, who pays, who brings it, and how it was heard."""

    by: str
    payer: str = ""
    carer: str = ""
    channel: str = "visit"


def enter_need(
    plan: str, on: date | None, household: str, goods: Sequence[str], writer: Writer, now: datetime | None
) -> int:
    """Write down what somebody needs who does not write himself (A-09)."""
    if writer.channel not in CHANNELS:
        return refused(say("Channel must be one of {known}.", known=", ".join(CHANNELS)))
    return _entered(plan, on, household, "\n".join(goods), writer, now)


def record_visit(
    plan: str, on: date | None, household: str, needs: Sequence[str] | None, writer: Writer, now: datetime | None
) -> int:
    """Answer the task of asking a silent household (C-09); `needs` None: it was asked and needs nothing."""
    from tasks.visits import NOTHING

    text = NOTHING if needs is None else "\n".join(needs)
    return _entered(plan, on, household, text, writer, now)


def _entered(plan_id: str, on: date | None, household: str, text: str, writer: Writer, now: datetime | None) -> int:
    from tasks.intake.entered import Assisted
    from tasks.visits import enter

    def act() -> Mapping[str, Any]:
        run = run_at(plan_id, Process.COLLECT_NEEDS, on, now)
        given = Assisted(text, writer.by, household, "", writer.payer, writer.carer, writer.channel)
        return enter(run.plan, given, run.now, on)

    return acted(act)


def list_tasks(plan_id: str, officer: str) -> int:
    """Tasks that wait for an answer; whoever reads them is on this machine, which sees every room anyway."""
    from tasks.database import reading
    from tasks.household_tasks import standing, task_id
    from tasks.intake.entered import officer_named
    from tasks.plans import load_plan

    def act() -> list[Mapping[str, Any]]:
        plan = load_plan(plan_id)
        owner = officer_named(plan, officer) if officer else None
        with reading() as session:
            waiting = standing(session, plan.id)
        return [
            {
                "task": task_id(t),
                "household": t.household_id,
                "owner": t.owner,
                "due": t.due_at.astimezone(plan.zone),
                "state": t.state,
                "detail": t.detail,
            }
            for t in waiting
            if owner in (None, t.owner)
        ]

    return acted(act)


def answer_task(plan_id: str, task: str, by: str, answer: str, now: datetime | None) -> int:
    """Record that a task is done, and what came of it."""
    from tasks.database import transaction
    from tasks.household_tasks import answer_by_hand, task_id
    from tasks.intake.entered import officer_named

    def act() -> Mapping[str, Any]:
        run = run_at(plan_id, Process.WATCH_DUTIES, None, now)
        with transaction() as session:
            found = answer_by_hand(session, run.plan, task, officer_named(run.plan, by), answer, run.now)
            return {"task": task_id(found), "state": found.state}

    if not answer.strip():
        return refused(say("Say what came of it: --answer."))
    return acted(act)
