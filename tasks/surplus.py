"""What came beyond the order: the buyer takes it, and it is checked like any other batch, or it goes back."""

from typing import Any

from sqlalchemy.orm import Session

from rules.batches import MORE_THAN_ORDERED
from rules.claims import as_names, claimed
from schemas.tables import Batch, PurchaseOrder
from schemas.text import N_
from schemas.words import BatchAct
from tasks.batch_decisions import Decided, decide_on, last_decision
from tasks.batches import called, find_batch
from tasks.inspectors import watch_inspections
from tasks.ledger import RETURN, book, move
from tasks.order_arrivals import count_arrived
from tasks.refused import Refused
from tasks.runs import Run, Work, deciding
from tasks.supply import store_place
from tasks.words import say

NOT_A_BUYER = N_("{by} is no buyer under the plan. Those who may answer: {names}")
NO_QUESTION = N_("Batch {batch} is no surplus that waits for the buyer's word.")
ANSWERED = {
    BatchAct.ACCEPTED: N_("Batch {batch} was taken already, by {by}."),
    BatchAct.RETURNED: N_("Batch {batch} was sent back already, by {by}."),
}


def answer_surplus(work: Work, batch: str, by: str, take: bool, reason: str = "") -> dict[str, Any]:
    """Take a surplus or send it back; `batch`: its id or code. The same answer again changes nothing.

    Raises:
        Refused: nobody of that name may answer; nothing to answer; answered the other way already.
    """
    run = work.run
    entitled = run.plan.officers_in(run.plan.file.receiving.buyer_roles.value)
    buyer = claimed(by, entitled)
    if buyer is None:
        raise Refused(say(NOT_A_BUYER, by=by, names=as_names(entitled)))
    act = BatchAct.ACCEPTED if take else BatchAct.RETURNED
    with deciding(work) as session:
        found = find_batch(session, run.plan_id, batch)
        if not _is_open(session, found, act):
            return {"batch": called(found), "changed": False}
        why = reason.strip() or say("more than was ordered")
        decide_on(session, run, found, Decided(act, buyer, "command", "" if take else why))
        if take:
            watch_inspections(session, run)
        else:
            _send_back(session, run, found, buyer, why)
        return {"batch": called(found), "changed": True}


def _is_open(session: Session, batch: Batch, act: BatchAct) -> bool:
    last = last_decision(session, batch.batch_id)
    if last is not None and last.act == act:
        return False
    if last is not None and last.act in ANSWERED:
        raise Refused(say(ANSWERED[BatchAct(last.act)], batch=called(batch), by=last.decided_by))
    if last is None or last.reason != MORE_THAN_ORDERED:
        raise Refused(say(NO_QUESTION, batch=called(batch)))
    return True


def _send_back(session: Session, run: Run, batch: Batch, buyer: str, why: str) -> None:
    order = session.get(PurchaseOrder, batch.origin)
    supplier = f"supplier:{order.supplier_id}" if order else f"supplier:{batch.supplier}"
    goods = {"batch_id": batch.batch_id, "plan_id": batch.plan_id}
    going = move(goods, store_place(batch.store_id), supplier, batch.qty_base, RETURN, run.now)
    book(session, [going | {"entered_by": buyer, "reason": why}])
    count_arrived(session, [batch.origin])
