"""What market supervision finds of a batch, quality and price, by form, by command or on the arrival's paper (C-07)."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import MORE_THAN_ORDERED
from rules.claims import as_names, claimed
from rules.inspection import inspectors
from schemas.plan import Plan
from schemas.tables import Batch, BatchDecision
from schemas.text import N_, Text
from schemas.words import BatchAct
from tasks.batch_decisions import Decided, decide_on, last_decision
from tasks.batches import called, find_batch
from tasks.database import reading
from tasks.recall import make_lists, tell_lifted, tell_stopped
from tasks.refused import Refused
from tasks.runs import Run, Work, deciding
from tasks.shortfall import tell_held
from tasks.words import reason_text, say

EXPIRED = N_("Batch {batch} expired on {date}: it cannot be released.")


@dataclass(frozen=True)
class Inspection:
    """What an inspector says of a batch. `price`: it is the price that may not stand, not the goods."""

    by: str
    passed: bool
    reason: str = ""
    price: bool = False
    via: str = "command"

    @property
    def act(self) -> BatchAct:
        """The decision that it comes to."""
        if self.passed:
            return BatchAct.PASSED
        return BatchAct.OVERPRICED if self.price else BatchAct.FAILED


def inspect_batch(work: Work, batch: str, said: Inspection) -> bool:
    """Release or hold a batch in a named inspector's word; `batch`: its id or code. Returns whether anything changed.

    Raises:
        Refused: nobody of that name may inspect; no such batch; a batch held without a reason, or past its last day.
    """
    with deciding(work) as session:
        found = find_batch(session, work.run.plan_id, batch)
        changed = take_inspection(session, work.run, found, said)
    make_lists(work.run, found.batch_id)
    return changed


def take_inspection(session: Session, run: Run, batch: Batch, said: Inspection) -> bool:
    """`inspect_batch` inside of a transaction that is open."""
    inspector = inspector_named(run.plan, batch.store_id, said.by)
    if not said.passed and not said.reason.strip():
        raise Refused(say("A batch is held only with a reason."))
    if said.passed and batch.expires_on < run.business_date:
        raise Refused(say(EXPIRED, batch=called(batch), date=batch.expires_on.isoformat()))
    last = last_decision(session, batch.batch_id)
    if last is not None and (last.act == BatchAct.RETURNED or last.reason == MORE_THAN_ORDERED):
        raise Refused(say("Whether batch {batch} is taken at all is for the buyer to say first.", batch=called(batch)))
    if _stands(batch, last, said):
        return False
    stopped = batch.stopped_at is not None
    decide_on(session, run, batch, Decided(said.act, inspector, said.via, said.reason.strip()))
    if batch.stopped_at is not None:
        # Goods of it went out, be it after a check or without: whoever has them must hear.
        tell_stopped(session, run, batch)
    elif stopped:
        tell_lifted(session, run, batch)
    elif not said.passed:
        tell_held(session, run, batch)
    return True


def inspector_named(plan: Plan, store_id: str, who: str) -> str:
    """The id of somebody who may check what arrives at a store, behind a name or id.

    Raises:
        Refused: nobody, or several.
    """
    entitled = inspectors(plan, store_id)
    inspector = claimed(who, entitled)
    if inspector is None:
        raise Refused(reason_text(Text("not_an_inspector", {"who": who, "names": as_names(entitled)}).as_json()))
    return inspector


def _stands(batch: Batch, last: BatchDecision | None, said: Inspection) -> bool:
    """Whether the batch is already what the inspector says, and not only until somebody checks it."""
    if batch.conditional or (last is not None and last.act == BatchAct.HELD):
        return False
    usable = batch.released and batch.stopped_at is None
    return usable if said.passed else batch.state == "held" or batch.stopped_at is not None


def to_be_inspected(session: Session, plan: Plan, until: date) -> list[Batch]:
    """Batches that came by a day and wait for an inspector: unchecked, released without a check, or held by a rule."""
    last = sa.select(sa.func.max(BatchDecision.number)).where(col(BatchDecision.batch_id) == col(Batch.batch_id))
    by_rule = sa.exists().where(
        col(BatchDecision.batch_id) == col(Batch.batch_id),
        col(BatchDecision.number) == last.correlate(Batch).scalar_subquery(),
        col(BatchDecision.act) == BatchAct.HELD.value,
        col(BatchDecision.reason) != MORE_THAN_ORDERED,
    )
    held = sa.and_(col(Batch.state) == "held", col(Batch.expires_on) >= until, by_rule)
    owed = sa.and_(col(Batch.conditional), col(Batch.stopped_at).is_(None))
    query = sa.select(Batch).where(
        col(Batch.plan_id) == plan.id,
        col(Batch.arrived_on) <= until,
        sa.or_(col(Batch.state) == "arrived", owed, held),
    )
    return list(
        session.execute(query.order_by(col(Batch.arrived_on), col(Batch.number), col(Batch.batch_id))).scalars()
    )


def waiting_batches(plan: Plan, until: date) -> list[str]:
    """Ids of batches that nobody has checked yet."""
    with reading() as session:
        return [b.batch_id for b in to_be_inspected(session, plan, until) if b.state == "arrived"]
