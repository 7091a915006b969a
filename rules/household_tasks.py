"""Tasks for households: who was silent and who must ask, and what is done about a task that nobody answers.

Policy (A-09, C-09). Silence is never "no need". A household of a special group that is not heard of in a collection is
asked by its carer the same day; a community's 无需求 does not speak for it. Any other household is visited by its
responsible officer once nobody has heard of it in `visits.silent_cycles` collections in a row; a community's 无需求
speaks for those. A household is heard of by any line of its own, be it returned, withdrawn or none (无需求), and by a
visit. A collection that did not run proves nobody silent.

A task is reminded once, `remind_minutes` before it is due, and handed to the next officer once, `escalate_minutes`
after. It then stays with him until somebody answers; a newer one for the same household takes its place.

Known drawbacks: who orders every third day is visited where `silent_cycles` is two; a household that moved away is
visited until it leaves the sheet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from rules.calendar import last_run_date
from schemas.plan import Household, Plan
from schemas.words import Process, TaskKind, TaskState

Act = Literal["remind", "escalate"]


@dataclass(frozen=True, slots=True)
class Raised:
    """A task to be put on record. `owner` and `backup` are officers' ids."""

    kind: TaskKind
    subject: str
    community_id: str | None
    household_id: str | None
    owner: str
    backup: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a task is reminded, due and handed on."""

    remind_at: datetime
    due_at: datetime
    escalate_at: datetime


def hours(plan: Plan, now: datetime, due_at: datetime) -> Hours:
    """Moments of a task that is raised at `now`; nobody is given less than half of `visits.answer_minutes`."""
    rule = plan.file.visits
    least = now + timedelta(minutes=rule.answer_minutes.value / 2)
    due = max(due_at, least)
    remind = max(now, due - timedelta(minutes=rule.remind_minutes.value))
    return Hours(remind, due, due + timedelta(minutes=rule.escalate_minutes.value))


def last_collections(plan: Plan, cycle: date, count: int) -> list[date]:
    """The cycle and those before it, newest first, `count` in all, none before the plan's first day."""
    found = [cycle]
    while len(found) < count:
        before = last_run_date(plan, Process.COLLECT_NEEDS, found[-1] - timedelta(days=1))
        if before < plan.file.plan.start_date:
            break
        found.append(before)
    return found


def silent_households(
    plan: Plan,
    collected: Sequence[date],
    heard: Mapping[date, AbstractSet[str]],
    none_said: Mapping[date, AbstractSet[str]],
) -> list[Raised]:
    """Who was silent in a collection, and who must ask, in the order of the households' sheet.

    Args:
        collected: the collections that ran, newest first; the newest is the one that has just closed.
        heard: households heard of, per collection.
        none_said: communities that said 无需求, per collection.
    """
    if not collected:
        return []
    needed = plan.file.visits.silent_cycles.value
    window = collected[:needed] if len(collected) >= needed else []
    return [
        task
        for home in plan.households.values()
        for task in _silent(plan, home, collected[0], window, heard, none_said)
    ]


def _silent(
    plan: Plan,
    home: Household,
    cycle: date,
    window: Sequence[date],
    heard: Mapping[date, AbstractSet[str]],
    none_said: Mapping[date, AbstractSet[str]],
) -> Iterator[Raised]:
    subject = f"household:{home.household_id}"
    if home.special_group and home.carer is not None:
        if home.household_id not in heard.get(cycle, ()):
            owner, backup = home.carer, next_officer(plan, home, home.carer)
            yield Raised(TaskKind.SPECIAL_SILENT, subject, home.community_id, home.household_id, owner, backup)
        return
    spoken = (home.household_id in heard.get(day, ()) or home.community_id in none_said.get(day, ()) for day in window)
    if window and not any(spoken):
        owner, backup = home.responsible, next_officer(plan, home, home.responsible)
        detail = {"cycles": len(window)}
        yield Raised(TaskKind.HOUSEHOLD_SILENT, subject, home.community_id, home.household_id, owner, backup, detail)


def next_officer(plan: Plan, home: Household, owner: str) -> str:
    """Who takes over from an officer: the household's responsible one, its community's person, else his superior."""
    own = plan.officers.get(owner)
    wanted = [
        home.responsible,
        plan.communities[home.community_id].contact,
        own.escalates_to if own else None,
        own.deputy if own else None,
    ]
    return next((o for o in wanted if o is not None and o != owner and o in plan.officers), owner)


def due_acts(task: Any, now: datetime) -> Iterator[Act]:
    """What is to be done about one task at `now`; done once, the same `now` asks for nothing more.

    `task` has `state`, `reminded_at`, `remind_at`, `escalate_at` of a row.
    """
    if task.state != TaskState.OPEN:
        return
    if now >= task.escalate_at:
        yield "escalate"
    elif task.reminded_at is None and now >= task.remind_at:
        yield "remind"


def coming(task: Any) -> Iterable[datetime]:
    """Moments at which `due_acts` will have something to do for a task that stays unanswered."""
    if task.state != TaskState.OPEN:
        return ()
    return (task.escalate_at,) if task.reminded_at is not None else (task.remind_at, task.escalate_at)
