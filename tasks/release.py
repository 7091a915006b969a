"""应急放行: a named leader releases a batch that no inspector could check, with a reason; its check is owed (C-07)."""

from typing import Any

from sqlalchemy.orm import Session

from rules.claims import as_names, claimed
from rules.inspection import all_tried, inspectors, next_to_ask
from schemas.tables import Batch
from schemas.text import N_
from schemas.words import BatchAct, Stage
from tasks.batch_decisions import Decided, decide_on
from tasks.batches import called, find_batch, goods_words
from tasks.inspection import EXPIRED
from tasks.inspectors import ask_afterwards, asked_about, leaders
from tasks.notices.outbox import tell
from tasks.refused import Refused
from tasks.runs import Run, Work, deciding
from tasks.words import say

NOT_A_LEADER = N_("{by} may not release a batch without a check. Those who may: {names}")
NOT_WAITING = N_(
    "Batch {batch} does not wait for a check; what was refused is released only by a check that it passes."
)
NOT_TRIED = N_("Batch {batch}: first every inspector is asked. {names} has time until {until}.")
NOT_ASKED = N_("Batch {batch}: first every inspector is asked. The watch will ask {names} next.")


def permit_batch(work: Work, batch: str, by: str, reason: str) -> dict[str, Any]:
    """Release a batch without a check; `batch`: its id or code. Said again, it changes nothing.

    Raises:
        Refused: nobody of that name may; no reason; it does not wait for a check; an inspector still has time.
    """
    run = work.run
    entitled = leaders(run)
    leader = claimed(by, entitled)
    if leader is None:
        raise Refused(say(NOT_A_LEADER, by=by, names=as_names(entitled)))
    if not reason.strip():
        raise Refused(say("A release without a check needs a reason."))
    with deciding(work) as session:
        found = find_batch(session, run.plan_id, batch)
        if found.conditional:
            return {"batch": called(found), "changed": False}
        _may_be_permitted(session, run, found)
        decide_on(session, run, found, Decided(BatchAct.PERMITTED, leader, "command", reason.strip()))
        until = ask_afterwards(session, run, found)
        values = {"goods": [goods_words(run.plan, found)], "approver": leader, "reason": reason.strip()}
        tell(session, run, Stage.BATCH_PERMITTED, found.batch_id, 1, values)
        return {"batch": called(found), "changed": True, "check_by": until.astimezone(run.plan.zone)}


def _may_be_permitted(session: Session, run: Run, batch: Batch) -> None:
    if batch.state != "arrived":
        raise Refused(say(NOT_WAITING, batch=called(batch)))
    if batch.expires_on < run.business_date:
        raise Refused(say(EXPIRED, batch=called(batch), date=batch.expires_on.isoformat()))
    order, asked = inspectors(run.plan, batch.store_id), asked_about(session, batch)
    if all_tried(order, asked, run.now):
        return
    waiting = next((one for one in asked if one.until > run.now), None)
    if waiting is not None:
        until = f"{waiting.until.astimezone(run.plan.zone):%m-%d %H:%M}"
        name = run.plan.officers[waiting.officer_id].name
        raise Refused(say(NOT_TRIED, batch=called(batch), names=name, until=until))
    coming = next_to_ask(order, asked, run.now)
    raise Refused(say(NOT_ASKED, batch=called(batch), names=coming.name if coming else as_names(order)))
