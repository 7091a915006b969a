"""Who was silent in a collection is asked, and what came of it (A-09, C-09): on record with the collection itself."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import moment
from rules.household_tasks import Raised, last_collections, next_officer, silent_households
from rules.intake.identify import Directory, Household, directory_of
from rules.intake.medicine_lines import may_be_medicine, medicine_words
from schemas.plan import Plan
from schemas.tables import HouseholdTask, NeedLine, RejectedLine, Revision, Submission
from schemas.words import Process, Stage, TaskKind, TaskState
from tasks.database import transaction
from tasks.household_tasks import SILENT, Answered, batch_of, close, raise_tasks, replaced, standing
from tasks.intake.entered import KIND, Assisted, officer_named, store_entry, understood
from tasks.notices.task_notices import ask_back, overseers, want_visits
from tasks.runs import Run, audit

#: What a visit that found no need is written down as, for the collection to read.
NOTHING = "无需求"


def heard_of(session: Session, plan: Plan, cycles: Sequence[date]) -> dict[date, set[str]]:
    """Households heard of per collection: by a line of their own, be it returned, or by a visit that was answered."""
    found: dict[date, set[str]] = defaultdict(set)
    lines = sa.select(col(NeedLine.cycle), col(NeedLine.household_id)).where(
        col(NeedLine.plan_id) == plan.id, col(NeedLine.cycle).in_(cycles)
    )
    for cycle, household_id in session.execute(lines.distinct()):
        found[cycle].add(household_id)
    for cycle, household_id in [*_returned(session, plan, cycles), *_visited(session, plan, cycles)]:
        found[cycle].add(household_id)
    return found


def _visited(session: Session, plan: Plan, cycles: Sequence[date]) -> list[tuple[date, str]]:
    """(cycle, household) of tasks that were answered: for the silent collection, and those since up to the answer."""
    query = sa.select(HouseholdTask).where(
        col(HouseholdTask.plan_id) == plan.id,
        col(HouseholdTask.kind).in_(sorted(SILENT)),
        col(HouseholdTask.state) == TaskState.DONE,
        col(HouseholdTask.answered_at) >= moment(plan, min(cycles), time(0)),
    )
    return [
        (cycle, str(task.household_id))
        for task in session.execute(query).scalars()
        for cycle in cycles
        if task.answered_at and task.on_date <= cycle <= task.answered_at.astimezone(plan.zone).date()
    ]


def _returned(session: Session, plan: Plan, cycles: Sequence[date]) -> list[tuple[date, str]]:
    """(cycle, household) of lines that could not be used: who wrote something unclear was not silent."""
    directory = directory_of(plan)
    query = (
        sa.select(col(RejectedLine.cycle), col(RejectedLine.place), col(Submission.sender))
        .join(Submission, col(Submission.submission_id) == col(RejectedLine.submission_id))
        .where(
            col(RejectedLine.plan_id) == plan.id,
            col(RejectedLine.cycle).in_(cycles),
            col(Submission.kind) == KIND,
        )
    )
    rows = [(cycle, _household(directory, sender, place)) for cycle, place, sender in session.execute(query)]
    return [(cycle, household_id) for cycle, household_id in rows if household_id is not None]


def _household(directory: Directory, sender: str, place: Mapping[str, Any]) -> str | None:
    community_id, who = directory.community(sender), str(place.get("who") or "")
    if community_id is None or not who:
        return None
    found = directory.household(community_id, who, "")
    return found.household_id if isinstance(found, Household) else None


def collected(session: Session, plan: Plan, cycle: date) -> dict[date, set[str]]:
    """Collections that ran, newest first, back to the first that did not: cycle -> communities that said 无需求."""
    wanted = last_collections(plan, cycle, plan.file.visits.silent_cycles.value)
    query = sa.select(col(Revision.business_date), col(Revision.summary)).where(
        col(Revision.plan_id) == plan.id,
        col(Revision.process) == Process.COLLECT_NEEDS,
        col(Revision.business_date).in_(wanted),
    )
    ran = {row[0]: row[1] for row in session.execute(query.order_by(col(Revision.revision)))}
    found: dict[date, set[str]] = {cycle: set()}
    for day in wanted[1:]:
        if day not in ran:
            break
        found[day] = set(ran[day].get("zero", ()))
    return found


def see_to_silence(session: Session, run: Run, none_said: AbstractSet[str], closed: bool) -> dict[str, int]:
    """Answer tasks of households that were heard of after all; once the cut-off is past, raise those of the silent.

    Part of the collection's deciding transaction, after its lines are written.
    """
    plan, cycle = run.plan, run.business_date
    heard = heard_of(session, plan, last_collections(plan, cycle, plan.file.visits.silent_cycles.value))
    told = _told(session, run)
    waiting = standing(session, plan.id, SILENT)
    answered = close(session, waiting, lambda t: told.get(str(t.household_id)) if t.on_date <= cycle else None)
    if not closed:
        return {"tasks_answered": answered, "visits": 0}
    none = collected(session, plan, cycle) | {cycle: set(none_said)}
    raised = silent_households(plan, list(none), heard, none)
    # Somebody is on his way to an ordinary household already; a special one is asked anew each time.
    busy = {t.subject for t in standing(session, plan.id, frozenset({TaskKind.HOUSEHOLD_SILENT}))}
    raised = [t for t in raised if t.kind is TaskKind.SPECIAL_SILENT or t.subject not in busy]
    new = raise_tasks(session, run, raised, _due(run))
    replaced(session, standing(session, plan.id, SILENT), new)
    if new:
        want_visits(session, run, new, batch_of(session, run, SILENT))
    return {"tasks_answered": answered, "visits": len(new)}


def _due(run: Run) -> datetime:
    return run.now + timedelta(minutes=run.plan.file.visits.answer_minutes.value)


def _told(session: Session, run: Run) -> dict[str, Answered]:
    """household -> its latest word in the run's cycle."""
    query = (
        sa.select(
            col(NeedLine.household_id),
            col(NeedLine.submission_id),
            col(NeedLine.entered_by),
            col(Submission.sender),
            col(Submission.received_at),
        )
        .join(Submission, col(Submission.submission_id) == col(NeedLine.submission_id))
        .where(col(NeedLine.plan_id) == run.plan_id, col(NeedLine.cycle) == run.business_date)
        .order_by(col(Submission.received_at), col(Submission.sequence), col(NeedLine.line_no))
    )
    return {
        home: Answered(f"needs:{submission_id}", by or sender, at)
        for home, submission_id, by, sender, at in session.execute(query)
    }


def see_to_medicine(session: Session, run: Run, rejected: Sequence[Mapping[str, Any]]) -> int:
    """A line that may be medicine is asked back the same evening (B-04): a task for each, told at once."""
    plan = run.plan
    words = medicine_words(plan)
    lines = [row for row in rejected if may_be_medicine(row, words)]
    settle_medicine(session, run)
    if not lines:
        return 0
    directory = directory_of(plan)
    raised = [_asked_back(plan, directory, row) for row in lines]
    due = moment(plan, run.business_date, plan.file.medicines.unclear_by.value)
    new = raise_tasks(session, run, raised, due)
    if new:
        ask_back(session, run, new, batch_of(session, run, frozenset({TaskKind.MEDICINE_LINE})))
    return len(new)


def _asked_back(plan: Plan, directory: Directory, row: Mapping[str, Any]) -> Raised:
    community_id = row["community_id"]
    place = json.loads(row["place"])
    home_id = _household(directory, community_id, place) if community_id else None
    home = plan.households.get(home_id or "")
    others = overseers(plan, Stage.MEDICINE_UNCLEAR) or overseers(plan, Stage.RUN_FAILED) or list(plan.officers)[:1]
    contact = plan.communities[community_id].contact if community_id else others[0]
    owner = home.carer if home is not None and home.carer else contact
    backup = next((o for o in others if o != owner), None)
    backup = backup or (next_officer(plan, home, owner) if home else plan.officers[owner].escalates_to) or owner
    subject = f"line:{row['submission_id']}:{row['line_no']}"
    return Raised(TaskKind.MEDICINE_LINE, subject, community_id, home.household_id if home else None, owner, backup)


def settle_medicine(session: Session, run: Run) -> int:
    """Lines that are understood by now, or whose household has named a medicine of the list since, wait no more."""
    waiting = standing(session, run.plan_id, frozenset({TaskKind.MEDICINE_LINE}))
    if not waiting:
        return 0
    settled = {
        f"line:{submission_id}:{line_no}"
        for submission_id, line_no in session.execute(
            sa.select(col(RejectedLine.submission_id), col(RejectedLine.line_no)).where(
                col(RejectedLine.plan_id) == run.plan_id, col(RejectedLine.state) != "waiting"
            )
        )
    }
    named = _named_since(session, run)

    def how(task: HouseholdTask) -> Answered | None:
        if task.subject in settled:
            return Answered("understood", "", run.now)
        later = named.get(str(task.household_id))
        return later if later is not None and later.at > task.opens_at else None

    return close(session, waiting, how)


def _named_since(session: Session, run: Run) -> dict[str, Answered]:
    """household -> its latest accepted line of a medicine."""
    medicines = [i.item_id for i in run.plan.items.values() if i.medicine]
    query = (
        sa.select(col(NeedLine.household_id), col(NeedLine.submission_id), col(Submission.received_at))
        .join(Submission, col(Submission.submission_id) == col(NeedLine.submission_id))
        .where(
            col(NeedLine.plan_id) == run.plan_id,
            col(NeedLine.item_id).in_(medicines),
            col(NeedLine.state) == "accepted",
        )
        .order_by(col(Submission.received_at))
    )
    return {home: Answered(f"needs:{submission}", "", at) for home, submission, at in session.execute(query)}


def enter(plan: Plan, given: Assisted, now: datetime, on: date | None = None) -> dict[str, Any]:
    """Write down what an officer heard on a visit or a call: stored raw, read back to him, and tasks answered by it.

    Raises:
        NotEntered: see `tasks.intake.entered.checked_entry`.
    """
    with transaction() as session:
        waiting = [t for t in standing(session, plan.id, SILENT) if t.household_id == given.household.strip()]
        if given.text.strip() == NOTHING and waiting and on is None:
            # Nothing is needed of that collection; the next one is asked about again.
            on = max(task.on_date for task in waiting)
        row, entry = store_entry(session, plan, given, now, on)
        lines = understood(plan, row)
        taken = any(line["taken"] for line in lines)
        by = officer_named(plan, given.by)
        answer = Answered(f"{given.channel}:{row.submission_id}", by, now)
        answered = close(session, waiting, lambda _: answer) if taken else 0
        detail = {"submission": row.submission_id, "household": entry.household, "answered": answered}
        audit(session, plan.id, now, f"officer:{by}", "need_entered", detail)
        return {"filed_for": row.business_date, "lines": lines, "tasks_answered": answered}
