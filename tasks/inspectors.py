"""Inspectors are asked one after the other, each with a time limit, then the leaders; done again it changes nothing.

A row of `inspection_request` is who was asked when and until when. Which batches wait is read from the batches
themselves, so that an answer needs no mark here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.inspection import Asked, all_tried, inspectors, next_to_ask
from schemas.plan import Officer
from schemas.tables import Batch, InspectionRequest
from schemas.text import N_
from schemas.words import Asking, Stage
from tasks.batches import goods_words
from tasks.database import insert, reading
from tasks.notices.outbox import tell
from tasks.runs import Run
from tasks.words import say

CHECK_AFTERWARDS = N_("check of goods released without one")
Key = tuple[str, str]


def watch_inspections(session: Session, run: Run) -> dict[str, int]:
    """Ask whoever is next about each batch that waits for its check, before it goes out or afterwards."""
    waiting = sa.and_(col(Batch.state) == "arrived", col(Batch.expires_on) >= run.business_date)
    owed = sa.and_(col(Batch.conditional), col(Batch.stopped_at).is_(None))
    batches = _batches(session, run.plan_id, sa.or_(waiting, owed))
    asked = _asked(session, run.plan_id)
    new: dict[tuple[Asking, str], list[tuple[Batch, int]]] = defaultdict(list)
    for batch in batches:
        for purpose, officer, rung in _acts(run, batch, asked):
            new[purpose, officer].append((batch, rung))
    for (purpose, officer), mine in new.items():
        _ask(session, run, purpose, officer, mine)
    return {"inspections_asked": sum(map(len, new.values()))}


def _batches(session: Session, plan_id: str, *where: sa.ColumnElement[bool]) -> list[Batch]:
    query = sa.select(Batch).where(col(Batch.plan_id) == plan_id, *where).order_by(col(Batch.batch_id))
    return list(session.execute(query.execution_options(populate_existing=True)).scalars())


def _asked(session: Session, plan_id: str) -> dict[Key, list[Asked]]:
    query = sa.select(InspectionRequest).where(col(InspectionRequest.plan_id) == plan_id)
    found: dict[Key, list[Asked]] = defaultdict(list)
    for row in session.execute(query.order_by(col(InspectionRequest.rung))).scalars():
        found[row.batch_id, row.purpose].append(Asked(row.officer_id, row.until_at))
    return found


def _acts(run: Run, batch: Batch, asked: dict[Key, list[Asked]]) -> Iterable[tuple[Asking, str, int]]:
    """(why, whom, the how-manieth) of everybody who is asked about a batch now."""
    purpose = Asking.AFTERWARDS if batch.conditional else Asking.RELEASE
    order, before = inspectors(run.plan, batch.store_id), asked.get((batch.batch_id, purpose), [])
    officer = next_to_ask(order, before, run.now)
    if officer is not None:
        yield purpose, officer.officer_id, len(before) + 1
    late = batch.conditional and bool(before) and before[0].until <= run.now
    if late and (batch.batch_id, Asking.OVERDUE) not in asked:
        yield Asking.OVERDUE, str(batch.checked_by), 1
    tried = not batch.conditional and all_tried(order, before, run.now)
    if tried and (batch.batch_id, Asking.PERMIT) not in asked:
        yield Asking.PERMIT, leaders(run)[0].officer_id, 1


def leaders(run: Run) -> list[Officer]:
    """Who may release a batch without a check."""
    return run.plan.officers_in(run.plan.file.receiving.permit_roles.value)


def ask_afterwards(session: Session, run: Run, batch: Batch) -> datetime:
    """The check that is owed once a batch was released without one: its duty, and until when it is to be done."""
    until = run.now + timedelta(hours=run.plan.file.receiving.check_after_hours.value)
    first = inspectors(run.plan, batch.store_id)[0].officer_id
    _ask(session, run, Asking.AFTERWARDS, first, [(batch, 1)], until)
    return until


def _ask(
    session: Session,
    run: Run,
    purpose: Asking,
    officer: str,
    mine: Sequence[tuple[Batch, int]],
    until: datetime | None = None,
) -> None:
    until = until or run.now + timedelta(minutes=run.plan.file.receiving.inspect_minutes.value)
    key = {"plan_id": run.plan_id, "purpose": purpose.value, "officer_id": officer}
    when = {"asked_at": run.now, "until_at": until}
    insert(session, InspectionRequest, [key | when | {"batch_id": b.batch_id, "rung": rung} for b, rung in mine])
    _tell(session, run, purpose, officer, [batch for batch, _ in mine], until)


def _tell(session: Session, run: Run, purpose: Asking, officer: str, batches: Sequence[Batch], until: datetime) -> None:
    """One notice per officer and moment; a later one must not hide behind the first of the day."""
    goods = [goods_words(run.plan, batch) for batch in batches]
    times = _times(session, run, purpose, officer)
    values: dict[str, Any] = {"count": len(goods), "goods": goods}
    if purpose is Asking.OVERDUE:
        roles = run.plan.file.notices.to.value.get(Stage.DUTY_ESCALATED, [])
        told = [o for o in (officer, *(o.officer_id for o in run.plan.officers_in(roles))) if o in run.plan.officers]
        due = _due(session, batches)
        overdue = {"duty": say(CHECK_AFTERWARDS), "due": due, "names": goods, "count": len(goods)}
        tell(session, run, Stage.DUTY_ESCALATED, f"{purpose}:{officer}", times, overdue, to=told)
    elif purpose is Asking.PERMIT:
        told = [o.officer_id for o in leaders(run)]
        tell(session, run, Stage.RELEASE_WANTED, purpose.value, times, values, to=told, by=until)
    else:
        values |= {"until": until} if purpose is Asking.RELEASE else {"afterwards": _day_and_hour(run, until)}
        tell(session, run, Stage.INSPECTION_WANTED, purpose.value, times, values, to=[officer], by=until)


def _due(session: Session, batches: Sequence[Batch]) -> datetime:
    """When the first of these should have been checked afterwards."""
    query = sa.select(sa.func.min(InspectionRequest.until_at)).where(
        col(InspectionRequest.batch_id).in_([b.batch_id for b in batches]),
        col(InspectionRequest.purpose) == Asking.AFTERWARDS.value,
    )
    return session.execute(query).scalar_one()


def _day_and_hour(run: Run, at: datetime) -> str:
    return f"{at.astimezone(run.plan.zone):%m-%d %H:%M}"


def _times(session: Session, run: Run, purpose: Asking, officer: str) -> int:
    query = sa.select(sa.func.count(sa.distinct(col(InspectionRequest.asked_at)))).where(
        col(InspectionRequest.plan_id) == run.plan_id,
        col(InspectionRequest.purpose) == purpose.value,
        col(InspectionRequest.officer_id) == officer,
    )
    return int(session.execute(query).scalar_one())


def asked_about(session: Session, batch: Batch) -> list[Asked]:
    """Who was asked to check a batch before it goes out, in order."""
    return _asked(session, batch.plan_id).get((batch.batch_id, Asking.RELEASE), [])


def next_inspection_moment(plan_id: str, after: datetime) -> datetime | None:
    """The next moment at which somebody's time to check a batch is over."""
    query = (
        sa.select(sa.func.min(InspectionRequest.until_at))
        .join(Batch, col(Batch.batch_id) == col(InspectionRequest.batch_id))
        .where(
            col(InspectionRequest.plan_id) == plan_id,
            col(InspectionRequest.until_at) > after,
            sa.or_(col(Batch.state) == "arrived", col(Batch.conditional)),
        )
    )
    with reading() as session:
        return session.execute(query).scalar_one()
