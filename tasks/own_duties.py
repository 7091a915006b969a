"""Duties that a purchase raises by itself: rows beside those of the plan, watched with them (`rules.duties.OWN`)."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.duties import answered_state
from schemas.tables import DutyRow
from schemas.words import DutyState
from tasks.database import insert
from tasks.runs import Run


def owe(session: Session, run: Run, duty_id: str, subject: str, due_at: datetime) -> None:
    """From the run's moment until `due_at`; one that is owed already keeps its time."""
    row = _key(run.plan_id, duty_id, run.business_date, subject)
    insert(session, DutyRow, [row | {"opens_at": run.now, "due_at": due_at}])


def fulfilled(session: Session, run: Run, duty_id: str, subject: str, at: datetime, words: str) -> None:
    """The first answer counts; nothing happens where nothing is owed."""
    row = session.get(DutyRow, tuple(_key(run.plan_id, duty_id, run.business_date, subject).values()))
    if row is None or row.state not in (DutyState.OPEN, DutyState.MISSED):
        return
    row.state, row.answered_at, row.answer = answered_state(row.state, row.due_at, at, zero=False), at, words
    session.flush()


def unfulfilled(session: Session, run: Run, duty_id: str, subject: str, words: str) -> None:
    """Nobody answered, and what follows of it has happened: nothing more is to be reminded."""
    mine = [getattr(DutyRow, name) == value for name, value in _key(
        run.plan_id, duty_id, run.business_date, subject
    ).items()]  # fmt: skip
    still_open = sa.update(DutyRow).where(*mine, col(DutyRow.state) == DutyState.OPEN)
    session.execute(still_open.values(state=DutyState.MISSED, answer=words))


def _key(plan_id: str, duty_id: str, on: date, subject: str) -> dict[str, Any]:
    return {"plan_id": plan_id, "duty_id": duty_id, "business_date": on, "subject": subject}
