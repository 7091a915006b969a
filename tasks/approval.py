"""A person's answer to a purchase proposal: a row of ours, whether a form, a command or a stated policy wrote it."""

from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Officer, Plan
from schemas.tables import Approval, Purchase, PurchaseLine
from schemas.words import Decision, Stage
from tasks.database import frame, insert, reading
from tasks.notices.outbox import tell
from tasks.runs import Run, Work, audit, deciding
from tasks.words import say


class NotAccepted(ValueError):
    """The answer cannot be taken as it stands; the words say why and what to do, in the reader's language."""


@dataclass(frozen=True)
class Answer:
    """What was answered, by whom and by which way."""

    decision: Decision
    by: str
    via: str
    changes: str = ""
    reason: str = ""


def given_approval(run: Run) -> Approval | None:
    """The answer to the cycle's purchase, if there is one."""
    query = sa.select(Approval).where(col(Approval.plan_id) == run.plan_id, col(Approval.cycle) == run.business_date)
    with reading() as session:
        return session.execute(query.order_by(col(Approval.revision).desc())).scalars().first()


def record_approval(work: Work, answer: Answer) -> Approval:
    """Write the answer, once. A second answer to the same purchase is refused: what was decided stays decided.

    Raises:
        NotAccepted: nobody of that name may approve; nothing to approve; a change has a fault; a rejection has no reason.
    """
    run = work.run
    approver = _approver(run.plan, answer)
    if answer.decision is Decision.REJECT and not answer.reason.strip():
        raise NotAccepted(say("A rejection needs a reason."))
    with deciding(work) as session:
        purchase = _open_purchase(session, run)
        lines = _lines(session, run, purchase.revision)
        changed = _changed(run.plan, lines, answer)
        row = {
            "plan_id": run.plan_id,
            "cycle": run.business_date,
            "revision": purchase.revision,
            "decision": answer.decision.value,
            "approver": approver,
            "via": answer.via,
            "changes": changed,
            "reason": answer.reason,
            "decided_at": run.now,
        }
        insert(session, Approval, [row])
        _apply(session, run, purchase, lines, changed, answer.decision)
        values = {"decision": answer.decision.value, "approver": approver, "date": run.business_date}
        tell(session, run, Stage.PURCHASE_DECIDED, "all", purchase.revision, values | {"changes": len(changed)})
        audit(session, run.plan_id, run.now, approver, "answered_purchase", {**values, "changes": changed})
    return Approval.model_validate(row)


def _approver(plan: Plan, answer: Answer) -> str:
    """The officer's id; a claimed name is checked against those who may approve."""
    if answer.via == "policy":
        return f"policy:{answer.by}"
    entitled = plan.officers_in(plan.file.purchase.approver_roles.value)
    found = [o for o in entitled if answer.by.strip() in (o.officer_id, o.name)]
    if len(found) != 1:
        raise NotAccepted(say("{by} may not approve. Those who may: {names}", by=answer.by, names=_names(entitled)))
    return found[0].officer_id


def _names(officers: list[Officer]) -> str:
    return "、".join(f"{o.name}({o.officer_id})" for o in officers)


def _open_purchase(session: Session, run: Run) -> Purchase:
    query = sa.select(Purchase).where(col(Purchase.plan_id) == run.plan_id, col(Purchase.cycle) == run.business_date)
    purchase = session.execute(query).scalar_one_or_none()
    if purchase is None:
        raise NotAccepted(
            say("There is no purchase proposal for {date}; run purchase_supplies first.", date=run.business_date)
        )
    if purchase.state != "proposed":
        raise NotAccepted(
            say("The purchase of {date} was answered already ({state}).", date=run.business_date, state=purchase.state)
        )
    return purchase


def _lines(session: Session, run: Run, revision: int) -> pl.DataFrame:
    query = sa.select(
        col(PurchaseLine.store_id),
        col(PurchaseLine.item_id),
        col(PurchaseLine.proposed_packs),
        col(PurchaseLine.approved_packs),
        col(PurchaseLine.pack_price_fen),
    ).where(
        col(PurchaseLine.plan_id) == run.plan_id,
        col(PurchaseLine.cycle) == run.business_date,
        col(PurchaseLine.revision) == revision,
    )
    schema = {"store_id": pl.String, "item_id": pl.String}
    numbers = dict.fromkeys(("proposed_packs", "approved_packs", "pack_price_fen"), pl.Int64)
    return frame(session, query, schema | numbers)
