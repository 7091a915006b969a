"""The one place where a batch changes its state: a decision on record, and the batch's row brought up to it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.tables import Batch, BatchDecision
from schemas.text import N_
from schemas.words import BatchAct
from tasks.batches import called, went_out
from tasks.database import insert
from tasks.refused import Refused
from tasks.runs import Run, audit
from tasks.words import say

USABLE = frozenset({BatchAct.PASSED, BatchAct.PERMITTED})
RULE = "rule:"
DATED_BEFORE = N_("Batch {batch} was decided on at {at} already; what is said of it now cannot be dated before that.")


@dataclass(frozen=True)
class Decided:
    """What was decided, by whom (an officer's id, or `rule:<name>`), by which way, and why."""

    act: BatchAct
    by: str
    via: str
    reason: str = ""


def decide_on(session: Session, run: Run, batch: Batch, said: Decided) -> None:
    """Record the decision and bring the batch up to it.

    Raises:
        Refused: it is dated before the last one, which would change what was true in between.
    """
    before = last_decision(session, batch.batch_id)
    if before is not None and run.now < before.decided_at:
        at = f"{before.decided_at.astimezone(run.plan.zone):%Y-%m-%d %H:%M}"
        raise Refused(say(DATED_BEFORE, batch=called(batch), at=at))
    row = {
        "batch_id": batch.batch_id,
        "number": 1 + (before.number if before else 0),
        "plan_id": batch.plan_id,
        "act": said.act.value,
        "decided_by": said.by,
        "decided_at": run.now,
        "via": said.via,
        "reason": said.reason,
        "usable": said.act in USABLE,
        "was_usable": batch.released and batch.stopped_at is None,
    }
    # The decision first: a trigger lets a batch be released without a check only where its leader's word stands.
    insert(session, BatchDecision, [row])
    for name, value in _values(session, run, batch, said).items():
        setattr(batch, name, value)
    session.flush()
    detail = {"batch": batch.batch_id, "state": batch.state, "act": said.act.value, "reason": said.reason}
    audit(session, run.plan_id, run.now, said.by, "inspected", detail)


def last_decision(session: Session, batch_id: str) -> BatchDecision | None:
    """The newest decision about a batch."""
    query = sa.select(BatchDecision).where(col(BatchDecision.batch_id) == batch_id)
    return session.execute(query.order_by(col(BatchDecision.number).desc()).limit(1)).scalar_one_or_none()


def _values(session: Session, run: Run, batch: Batch, said: Decided) -> dict[str, Any]:
    """The batch's columns after a decision."""
    if said.act in USABLE:
        released = {"state": "released", "released": True, "checked_by": said.by, "checked_at": run.now}
        conditional = said.act is BatchAct.PERMITTED
        return released | {"stopped_at": None, "conditional": conditional, "reason": said.reason if conditional else ""}
    if said.act is BatchAct.ACCEPTED:
        return {"state": "arrived", "reason": ""}
    if went_out(session, batch.batch_id):
        # What went out was released when it did, and stays so on record: nothing more of it goes out.
        return {"stopped_at": batch.stopped_at or run.now, "conditional": False, "reason": said.reason}
    checked = {} if said.by.startswith(RULE) else {"checked_by": said.by, "checked_at": run.now}
    return {"state": "held", "released": False, "conditional": False, "reason": said.reason, **checked}
