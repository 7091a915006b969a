"""What the buyer really got, typed once: kept raw as a paper of arrivals, and read by the rules of all such papers.

Quantity, price and dates are said here and nowhere again: the batch carries them to the inspection and the price check.
Who types it does not sign as inspector: the batch waits for one.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.claims import claimed
from rules.intake.typed_arrival import as_paper, read_typed
from schemas.plan import Plan
from schemas.tables import Batch, PurchaseOrder, RejectedLine, Submission
from schemas.text import N_
from tasks.batches import called, goods_words, held_words
from tasks.database import reading
from tasks.documents.labels import reasons_words
from tasks.intake.submissions import Key, store_text, submission_id
from tasks.refused import Refused
from tasks.runs import Run, Work, deciding
from tasks.words import reason_text, say

KIND = "arrivals"
NO_ORDER = N_("There is no purchase order {order}. Open ones: {known}")


@dataclass(frozen=True)
class TypedArrival:
    """What came on an order, one batch a line; `supplier`: where it came from, where that is not the order's."""

    text: str
    order: str
    by: str
    supplier: str = ""
    channel: str = "command"


def store_typed(work: Work, given: TypedArrival) -> str:
    """Keep it raw as a paper of the day; the same words of the same person are kept once. Returns the paper's id.

    Raises:
        Refused: nobody of that name, no such order, nothing typed, or a line that is none (no line is kept then).
    """
    run = work.run
    by = claimed(given.by, run.plan.officers.values())
    if by is None:
        raise Refused(say("{by} is no officer of this plan, or the name of several: give the officer id.", by=given.by))
    rows, faults = read_typed(given.text)
    if faults:
        raise Refused("\n".join(reason_text(fault.as_json()) for fault in faults))
    if not rows:
        raise Refused(say("Say what came: goods,amount,price on a line each."))
    with deciding(work) as session:
        order = _order(session, run, given, partial(_paper, rows, given, by))
        name, paper = _paper(rows, given, by, order)
        at = (run.plan_id, KIND, run.business_date, run.now)
        return store_text(session, *at, paper, order.store_id, given.channel, name).submission_id


def _paper(rows: list[list[str]], given: TypedArrival, by: str, order: PurchaseOrder) -> tuple[str, str]:
    """Its name and its text; both are made of what was typed, by whom and of which order alone."""
    text = as_paper(rows, order.order_id, given.supplier.strip(), by)
    return f"typed_{by}_{order.store_id}.csv", text


def _order(
    session: Session, run: Run, given: TypedArrival, paper: Callable[[PurchaseOrder], tuple[str, str]]
) -> PurchaseOrder:
    """The order that is meant: by its number, or the only open one where nothing is said.

    What was kept before is of the order that it was kept for, though that may be closed by it: a run that starts again
    from the top types the same once more.
    """
    query = sa.select(PurchaseOrder).where(col(PurchaseOrder.plan_id) == run.plan_id)
    orders = list(session.execute(query.order_by(col(PurchaseOrder.order_id))).scalars())
    waiting, told = [o for o in orders if o.state == "placed"], given.order.strip().casefold()
    if told:
        found = [o for o in orders if o.order_id.casefold() == told]
    else:
        found = [o for o in orders if _is_kept(session, run, *paper(o))] or waiting
    if len(found) == 1:
        return found[0]
    known = "、".join(o.order_id for o in waiting) or say("none")
    raise Refused(say(NO_ORDER, order=given.order, known=known))


def _is_kept(session: Session, run: Run, name: str, paper: str) -> bool:
    sha256 = hashlib.sha256(paper.encode()).hexdigest()
    key = Key(run.plan_id, KIND, run.business_date)
    return session.get(Submission, submission_id(key, name, sha256)) is not None


def understood(run: Run, paper: str) -> dict[str, Any]:
    """What became of a typed paper, line by line, in the reader's words: told at once to who typed it."""
    with reading() as session:
        sent = session.get(Submission, paper)
        first = col(Batch.batch_id).contains(f":{paper[:8]}:", autoescape=True)
        batches = sa.select(Batch).where(col(Batch.plan_id) == run.plan_id, first).order_by(col(Batch.number))
        rejected = sa.select(RejectedLine).where(col(RejectedLine.submission_id) == paper)
        return {
            "repeated": sent is not None and sent.state == "duplicate",
            "batches": [_batch(session, run.plan, batch) for batch in session.execute(batches).scalars()],
            "returned": [
                {"words": line.words, "reasons": reasons_words(line.reasons)}
                for line in session.execute(rejected.order_by(col(RejectedLine.line_no))).scalars()
            ],
        }


def _batch(session: Session, plan: Plan, batch: Batch) -> dict[str, Any]:
    told = {"batch": called(batch), "goods": goods_words(plan, batch), "state": batch.state}
    return told | ({"reason": held_words(session, plan, batch)} if batch.state == "held" else {})
