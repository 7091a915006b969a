"""Reminders and escalations: one notice per officer and duty, whatever the number of those who owe it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.plan.document import Duty
from schemas.words import Stage
from tasks.notices.outbox import tell
from tasks.notices.wording import name_list
from tasks.runs import Run


def remind(session: Session, run: Run, duty: Duty, late: list[str], batch: int) -> int:
    """Tell those who owe it, in time to still do it. Returns how many notices are new."""
    due_at = datetime.combine(run.business_date, duty.due, tzinfo=run.plan.zone)
    by_officer = _by_officer(run.plan, late, lambda subject: owners(run.plan, subject))
    return _tell_each(session, run, Stage.DUTY_REMINDED, duty, by_officer, batch, by=due_at)


def escalate(session: Session, run: Run, duty: Duty, late: list[str], batch: int) -> int:
    """Tell the coordinators of all who are late, and each superior of those who answer to him."""
    plan = run.plan
    overseers = [o.officer_id for o in plan.officers_in(plan.file.notices.to.value.get(Stage.DUTY_ESCALATED, []))]

    def told(subject: str) -> list[str]:
        above = [plan.officers[o].escalates_to for o in owners(plan, subject)]
        return [*overseers, *(o for o in above if o is not None and o in plan.officers)]

    return _tell_each(session, run, Stage.DUTY_ESCALATED, duty, _by_officer(plan, late, told), batch)


def _by_officer(plan: Plan, late: list[str], told: Callable[[str], list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for subject in late:
        for officer_id in dict.fromkeys(told(subject)):
            found[officer_id].append(subject_name(plan, subject))
    return found


def _tell_each(
    session: Session,
    run: Run,
    stage: Stage,
    duty: Duty,
    by_officer: Mapping[str, list[str]],
    batch: int,
    by: datetime | None = None,
) -> int:
    """One notice per officer; those with the same list are told together."""
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for officer_id, names in by_officer.items():
        together[tuple(names)].append(officer_id)
    return sum(
        tell(session, run, stage, duty.id, batch, _values(duty, names), to=officers, by=by)
        for names, officers in together.items()
    )


def _values(duty: Duty, names: Sequence[str]) -> dict[str, Any]:
    return {
        "duty": duty.title,
        "due": duty.due,
        "names": name_list(names),
        "count": len(names),
        "clause": duty.clause,
    }


def owners(plan: Plan, subject: str) -> list[str]:
    """Officers who owe what the subject owes: its contact (a store's liaison failing that), or those of the role."""
    kind, _, key = subject.partition(":")
    if kind == "role":
        return [o.officer_id for o in plan.officers_in([key])]
    if kind == "community":
        wanted = [plan.communities[key].contact] if key in plan.communities else []
    elif kind == "carrier":
        wanted = [plan.carriers[key].contact] if key in plan.carriers else []
    else:
        wanted = [plan.stores[key].contact, plan.stores[key].liaison] if key in plan.stores else []
    return [o for o in wanted if o in plan.officers][:1]


def subject_name(plan: Plan, subject: str) -> str:
    """A community's, store's or carrier's name, a role's Chinese name."""
    kind, _, key = subject.partition(":")
    if kind == "role":
        return plan.file.roles.get(key, key)
    known: Mapping[str, Mapping[str, Any]] = {"community": plan.communities, "carrier": plan.carriers}
    places = known.get(kind, plan.stores)
    return str(places[key].name) if key in places else key
