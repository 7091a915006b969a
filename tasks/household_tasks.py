"""Tasks for households on record: raised, answered, reminded, handed on. Done again at one moment nothing changes."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.household_tasks import Raised, coming, due_acts, hours
from schemas.plan import Plan
from schemas.tables import HouseholdTask
from schemas.text import N_
from schemas.words import TaskKind, TaskState
from tasks.database import insert, reading
from tasks.notices.task_notices import hand_on, remind
from tasks.runs import Run, audit
from tasks.words import say

STANDING = (TaskState.OPEN, TaskState.ESCALATED)
SILENT = frozenset({TaskKind.SPECIAL_SILENT, TaskKind.HOUSEHOLD_SILENT})
NO_TASK = N_("There is no open task {task}; `baogong tasks` lists them.")


class NoTask(ValueError):
    """An answer to a task that is not there or was answered before; its text is for the one who gave it."""


@dataclass(frozen=True)
class Answered:
    """How a task was answered: `words` for the record, `by` an officer's id or a sender's words."""

    words: str
    by: str
    at: datetime


def task_id(task: HouseholdTask) -> str:
    """What an officer types to answer a task: `special_silent/2022-04-21/household:h2`."""
    return f"{task.kind}/{task.on_date}/{task.subject}"


def standing(session: Session, plan_id: str, kinds: AbstractSet[TaskKind] = frozenset(TaskKind)) -> list[HouseholdTask]:
    """Tasks that wait for an answer, in the order of their keys."""
    query = sa.select(HouseholdTask).where(
        col(HouseholdTask.plan_id) == plan_id,
        col(HouseholdTask.state).in_(STANDING),
        col(HouseholdTask.kind).in_(sorted(kinds)),
    )
    key = (col(HouseholdTask.on_date), col(HouseholdTask.kind), col(HouseholdTask.subject))
    return list(session.execute(query.order_by(*key).execution_options(populate_existing=True)).scalars())


def raise_tasks(session: Session, run: Run, raised: Sequence[Raised], due_at: datetime) -> list[HouseholdTask]:
    """Put tasks on record under the run's date; one that is there stays as it is. Returns those that are new."""
    there = set(_subjects(session, run, {task.kind for task in raised}))
    new = [task for task in raised if (task.kind, task.subject) not in there]
    when = hours(run.plan, run.now, due_at)
    rows = [
        {
            "plan_id": run.plan_id,
            "kind": task.kind.value,
            "on_date": run.business_date,
            "subject": task.subject,
            "community_id": task.community_id,
            "household_id": task.household_id,
            "owner": task.owner,
            "backup": task.backup,
            "opens_at": run.now,
            "remind_at": when.remind_at,
            "due_at": when.due_at,
            "escalate_at": when.escalate_at,
            "detail": dict(task.detail),
        }
        for task in new
    ]
    insert(session, HouseholdTask, rows)
    keys = {(task.kind.value, task.subject) for task in new}
    found = standing(session, run.plan_id, {task.kind for task in new}) if new else []
    return [task for task in found if task.on_date == run.business_date and (task.kind, task.subject) in keys]


def _subjects(session: Session, run: Run, kinds: AbstractSet[TaskKind]) -> Iterable[tuple[str, str]]:
    query = sa.select(col(HouseholdTask.kind), col(HouseholdTask.subject)).where(
        col(HouseholdTask.plan_id) == run.plan_id,
        col(HouseholdTask.on_date) == run.business_date,
        col(HouseholdTask.kind).in_(sorted(kinds)),
    )
    return [(kind, subject) for kind, subject in session.execute(query)]


def batch_of(session: Session, run: Run, kinds: AbstractSet[TaskKind]) -> int:
    """Which telling of the date this is: tasks raised later must not hide behind the notice of the first."""
    query = sa.select(sa.func.count(sa.distinct(col(HouseholdTask.opens_at)))).where(
        col(HouseholdTask.plan_id) == run.plan_id,
        col(HouseholdTask.on_date) == run.business_date,
        col(HouseholdTask.kind).in_(sorted(kinds)),
    )
    return int(session.execute(query).scalar_one())


def close(session: Session, tasks: Iterable[HouseholdTask], how: Callable[[HouseholdTask], Answered | None]) -> int:
    """Answer those tasks for which `how` has an answer; how many. The first answer counts."""
    closed = 0
    for task in tasks:
        answer = how(task)
        if answer is None or task.state not in STANDING:
            continue
        task.state, task.answer = TaskState.DONE, answer.words
        task.answered_by, task.answered_at = answer.by, answer.at
        closed += 1
    session.flush()
    return closed


def replaced(session: Session, tasks: Iterable[HouseholdTask], new: Sequence[HouseholdTask]) -> int:
    """Older tasks of the same kind for the same household give way to new ones: they were never answered."""
    subjects = {(task.kind, task.subject): task.on_date for task in new}
    gone = [t for t in tasks if subjects.get((t.kind, t.subject), t.on_date) > t.on_date]
    for task in gone:
        task.state = TaskState.MISSED
    session.flush()
    return len(gone)


def answer_by_hand(session: Session, plan: Plan, task_key: str, by: str, words: str, at: datetime) -> HouseholdTask:
    """An officer says that a task is done, and what came of it.

    Raises:
        NoTask: no such task is open.
    """
    found = [task for task in standing(session, plan.id) if task_id(task) == task_key.strip()]
    if not found:
        raise NoTask(say(NO_TASK, task=task_key))
    close(session, found, lambda _: Answered(f"hand:{words}", by, at))
    audit(session, plan.id, at, f"officer:{by}", "task_answered", {"task": task_key, "answer": words})
    return found[0]


def watch_tasks(session: Session, run: Run) -> dict[str, int]:
    """Remind of tasks that are nearly due, and hand on those that nobody answered: one notice per officer and kind."""
    due: dict[str, list[HouseholdTask]] = {"remind": [], "escalate": []}
    for task in standing(session, run.plan_id):
        for act in due_acts(task, run.now):
            due[act].append(task)
    for task in due["remind"]:
        task.reminded_at = run.now
    for task in due["escalate"]:
        task.state, task.escalated_at = TaskState.ESCALATED, run.now
    notices = _tell(session, run, due["remind"], "reminded_at", remind)
    notices += _tell(session, run, due["escalate"], "escalated_at", hand_on)
    for task in due["escalate"]:
        task.owner = task.backup
    session.flush()
    told = {"reminded": len(due["remind"]), "escalated": len(due["escalate"]), "notices": notices}
    return {f"tasks_{name}": count for name, count in told.items()}


def _tell(session: Session, run: Run, tasks: list[HouseholdTask], column: str, say_it: Any) -> int:
    session.flush()
    told = 0
    for (kind, on_date), group in groupby(tasks, key=lambda t: (t.kind, t.on_date)):
        batch = _times(session, run, kind, on_date, column)
        told += say_it(session, run, kind, on_date, list(group), batch)
    return told


def _times(session: Session, run: Run, kind: str, on_date: date, column: str) -> int:
    query = sa.select(sa.func.count(sa.distinct(getattr(HouseholdTask, column)))).where(
        col(HouseholdTask.plan_id) == run.plan_id,
        col(HouseholdTask.kind) == kind,
        col(HouseholdTask.on_date) == on_date,
    )
    return int(session.execute(query).scalar_one())


def next_task_moment(plan_id: str, after: datetime) -> datetime | None:
    """The next moment at which `watch_tasks` has something to do."""
    with reading() as session:
        moments = [at for task in standing(session, plan_id) for at in coming(task)]
    return min((at for at in moments if at > after), default=None)
