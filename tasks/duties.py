"""Duties in the database: opened, answered, watched. Done again at the same moment, all of it changes nothing."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.digests import next_slot
from rules.duties import EXPECTED, ROWS, answered_state, duties, expected, next_moment, review, to_be_fetched
from schemas.plan import Plan
from schemas.plan.document import Duty
from schemas.tables import DutyRow, Notice
from schemas.text import N_
from schemas.words import DutyState, NoticeState, Process
from tasks.database import frame, insert, reading, table_of
from tasks.household_tasks import next_task_moment
from tasks.intake.handed_in import handed_in
from tasks.medicines import next_opening
from tasks.notices.duty_notices import escalate, remind
from tasks.notices.outbox import timetable
from tasks.plans import load_plan
from tasks.runs import Run, audit
from tasks.words import say

NOT_BY_HAND = N_("The duty {duty} is not confirmed by hand; it is fulfilled by what comes in")
NOT_OWED = N_("The duty {duty} is not owed by {subject} on {date}")
NOT_AN_OFFICER = N_("{name} is not an officer of this plan")


class NotConfirmed(ValueError):
    """A confirmation that cannot be taken; its text is for the one who gave it."""


@dataclass(frozen=True)
class WatchSummary:
    """Duties opened, reminded, escalated and missed, and notices queued for it."""

    opened: int = 0
    reminded: int = 0
    escalated: int = 0
    missed: int = 0
    notices: int = 0


def open_duties(session: Session, plan: Plan, on: date) -> int:
    """Put the duties of a business date on record. Returns how many are new."""
    return insert(session, DutyRow, expected(plan, on).with_columns(plan_id=pl.lit(plan.id)))


def answer(
    session: Session,
    plan_id: str,
    fulfilled_by: str,
    subjects: Mapping[str, datetime],
    business_date: date,
    answer: str,
    zero: AbstractSet[str] = frozenset(),
) -> int:
    """Take what came in as the answer to every duty that it fulfils.

    Args:
        subjects: who answered (`community:<id>`, …) and when.
        answer: what fulfilled it, for the record: a submission, a report, an order.
        zero: subjects that reported none.

    Returns:
        How many duties changed their state.
    """
    plan = load_plan(plan_id)
    ids = [d.id for d in plan.file.duty if d.fulfilled_by == fulfilled_by]
    return _answer(session, plan, ids, subjects, business_date, answer, zero)


def confirm(
    session: Session, plan_id: str, duty_id: str, subject: str, business_date: date, by: str, at: datetime
) -> bool:
    """Somebody says that a duty without any paper has been done. Returns whether that changed anything.

    Args:
        by: the officer who says so, by id: a claimed name, checked against the plan's officers.

    Raises:
        NotConfirmed: not a duty that is confirmed by hand, not owed that day, or nobody of that name.
    """
    plan = load_plan(plan_id)
    duty = duties(plan).get(duty_id)
    if duty is None or duty.fulfilled_by != "hand":
        raise NotConfirmed(say(NOT_BY_HAND, duty=duty.title if duty else duty_id))
    if by not in plan.officers:
        raise NotConfirmed(say(NOT_AN_OFFICER, name=by))
    owed = expected(plan, business_date).filter(duty_id=duty_id, subject=subject)
    if owed.is_empty():
        raise NotConfirmed(say(NOT_OWED, duty=duty.title, subject=subject, date=business_date.isoformat()))
    changed = _answer(session, plan, [duty_id], {subject: at}, business_date, f"hand:{by}", frozenset())
    if changed:
        detail = {"duty": duty_id, "subject": subject, "date": business_date}
        audit(session, plan_id, at, f"officer:{by}", "duty_confirmed", detail)
    return changed > 0


def _answer(
    session: Session,
    plan: Plan,
    duty_ids: Sequence[str],
    subjects: Mapping[str, datetime],
    on: date,
    words: str,
    zero: AbstractSet[str],
) -> int:
    if not duty_ids or not subjects:
        return 0
    open_duties(session, plan, on)
    changes = []
    for row in _rows(session, plan.id, col(DutyRow.business_date) == on, col(DutyRow.duty_id).in_(duty_ids)):
        answered_at = subjects.get(row.subject)
        if answered_at is None:
            continue
        state = answered_state(row.state, row.due_at, answered_at, row.subject in zero)
        if state != row.state:
            # A zero report that a real one follows was answered when it was reported, not when it was corrected.
            when = answered_at if row.answered_at is None else row.answered_at
            said = f"zero:{words}" if row.subject in zero else words
            changes.append({**_key(row), "state": state, "answered_at": when, "answer": said})
    _update(session, changes, "state", "answered_at", "answer")
    return len(changes)


def _rows(session: Session, plan_id: str, *where: sa.ColumnElement[bool]) -> list[DutyRow]:
    query = sa.select(DutyRow).where(col(DutyRow.plan_id) == plan_id, *where).execution_options(populate_existing=True)
    order = query.order_by(col(DutyRow.business_date), col(DutyRow.duty_id), col(DutyRow.subject))
    return list(session.execute(order).scalars())


def _key(row: DutyRow) -> dict[str, Any]:
    return {"p": row.plan_id, "d": row.duty_id, "b": row.business_date, "s": row.subject}


def _update(session: Session, changes: Sequence[Mapping[str, Any]], *columns: str) -> None:
    if not changes:
        return
    t = table_of(DutyRow)
    mine = sa.and_(
        t.c.plan_id == sa.bindparam("p"),
        t.c.duty_id == sa.bindparam("d"),
        t.c.business_date == sa.bindparam("b"),
        t.c.subject == sa.bindparam("s"),
    )
    values = {name: sa.bindparam(f"v_{name}", type_=t.c[name].type) for name in columns}
    renamed = [{(k if len(k) == 1 else f"v_{k}"): v for k, v in change.items()} for change in changes]
    session.execute(sa.update(t).where(mine).values(**values), renamed)


def watch(session: Session, run_or_plan: Run | Plan, now: datetime) -> WatchSummary:
    """Open today's duties, remind, escalate, and close what the day's end has left unanswered.

    One notice per officer and duty, whatever the number of those who owe it.
    """
    plan = run_or_plan if isinstance(run_or_plan, Plan) else run_or_plan.plan
    today = now.astimezone(plan.zone).date()
    run = Run(plan.id, Process.WATCH_DUTIES, today, now)
    run = run if isinstance(run_or_plan, Plan) else replace(run_or_plan, now=now)
    opened = open_duties(session, plan, today)
    actions = _without_handed_in(plan, review(_open_rows(session, plan.id), now, plan), now)
    queued = 0
    for (duty_id, on, act), chosen in actions.group_by(["duty_id", "business_date", "act"], maintain_order=True):
        late = chosen["subject"].to_list()
        queued += _carry_out(session, replace(run, business_date=on), duties(plan).get(duty_id), duty_id, act, late)
    counts = {act: actions.filter(act=act).height for act in ("remind", "escalate", "miss")}
    return WatchSummary(opened, counts["remind"], counts["escalate"], counts["miss"], queued)


def _without_handed_in(plan: Plan, actions: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Nobody is reminded of what he has handed in, or of what we fetch, before the run that reads it."""
    told = duties(plan)

    def lies_there(row: Mapping[str, Any]) -> bool:
        duty = told.get(row["duty_id"])
        if row["act"] == "miss" or duty is None:
            return False
        kind, on = duty.fulfilled_by, row["business_date"]
        return row["subject"] in handed_in(plan, kind, on) or row["subject"] in to_be_fetched(plan, kind, on, now)

    return actions.filter(pl.Series([not lies_there(row) for row in actions.iter_rows(named=True)], dtype=pl.Boolean))


def _open_rows(session: Session, plan_id: str) -> pl.DataFrame:
    query = sa.select(*[col(getattr(DutyRow, name)) for name in ROWS])
    return frame(session, query.where(col(DutyRow.plan_id) == plan_id, col(DutyRow.state) == DutyState.OPEN), ROWS)


def _carry_out(session: Session, run: Run, duty: Duty | None, duty_id: str, act: str, late: list[str]) -> int:
    keys = [{"p": run.plan_id, "d": duty_id, "b": run.business_date, "s": subject} for subject in late]
    if act == "miss":
        _update(session, [{**k, "state": DutyState.MISSED} for k in keys], "state")
        return 0
    if duty is None:
        return 0
    column = "reminded_at" if act == "remind" else "escalated_at"
    # A batch later than the first (a community added meanwhile) must not hide behind the first one's notices.
    batch = 1 + _batches(session, run, duty_id, column)
    _update(session, [{**k, column: run.now} for k in keys], column)
    return (remind if act == "remind" else escalate)(session, run, duty, late, batch)


def _batches(session: Session, run: Run, duty_id: str, column: str) -> int:
    query = sa.select(sa.func.count(sa.distinct(getattr(DutyRow, column)))).where(
        col(DutyRow.plan_id) == run.plan_id,
        col(DutyRow.duty_id) == duty_id,
        col(DutyRow.business_date) == run.business_date,
    )
    return int(session.execute(query).scalar_one())


def next_change(plan_id: str, after: datetime) -> datetime | None:
    """The next moment at which `watch` or `dispatch` has something to do; None where the plan has no duties at all.

    A reminder, an escalation, a day's end, a task for a household, a digest's hour, or a notice that is due.
    """
    plan = load_plan(plan_id)
    today = after.astimezone(plan.zone).date()
    with reading() as session:
        rows = _open_rows(session, plan_id)
        known = frame(
            session, _known(plan_id, today), {name: EXPECTED[name] for name in ("duty_id", "business_date", "subject")}
        )
        due = sa.select(sa.func.min(Notice.due_at)).where(
            col(Notice.plan_id) == plan_id, col(Notice.state) == NoticeState.QUEUED, col(Notice.due_at) > after
        )
        notice_at = session.execute(due).scalar_one()
    coming = [_owed(plan, today + timedelta(days=ahead)) for ahead in (0, 1)]
    unopened = pl.concat(coming).join(known, on=["duty_id", "business_date", "subject"], how="anti")
    moments = [next_moment(plan, pl.concat([rows, unopened]), after), next_slot(after, timetable(plan)), notice_at]
    moments += [next_task_moment(plan_id, after), next_opening(plan, after)]
    return min((m for m in moments if m is not None), default=None)


def _known(plan_id: str, today: date) -> sa.Select[Any]:
    columns = (col(DutyRow.duty_id), col(DutyRow.business_date), col(DutyRow.subject))
    return sa.select(*columns).where(col(DutyRow.plan_id) == plan_id, col(DutyRow.business_date) >= today)


def _owed(plan: Plan, on: date) -> pl.DataFrame:
    none = pl.lit(None, dtype=ROWS["reminded_at"])
    marks = {"state": pl.lit(DutyState.OPEN.value), "reminded_at": none, "escalated_at": none}
    return expected(plan, on).with_columns(**marks)
