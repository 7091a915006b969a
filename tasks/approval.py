"""A person's answer to a purchase proposal: a row of ours, whether a form, a command or a stated policy wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.changes import ChangeFault, apply_changes
from rules.claims import as_names, claimed
from rules.purchase import total_fen
from schemas.frames.base import frame_of
from schemas.frames.supply import PurchaseLines
from schemas.plan import Plan
from schemas.tables import Approval, Purchase, PurchaseLine
from schemas.text import N_
from schemas.words import Decision, Stage
from tasks.database import insert, reading
from tasks.notices.outbox import tell
from tasks.runs import Run, Work, audit, deciding
from tasks.words import reason_text, say

#: States of a purchase that needs no answer any more, in words.
ANSWERED: Mapping[str, str] = {
    "approved": N_("approved"),
    "rejected": N_("rejected"),
    "ordered": N_("ordered"),
    "arrived": N_("arrived"),
    "nothing_to_buy": N_("nothing to buy"),
}


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
        NotAccepted: nobody of that name may approve; nothing to approve; a change has a fault; a rejection has no
            reason.
    """
    run = work.run
    approver = _approver(run.plan, answer)
    if answer.decision is Decision.REJECT and not answer.reason.strip():
        raise NotAccepted(say("A rejection needs a reason."))
    with deciding(work) as session:
        purchase = _open_purchase(session, run)
        lines = _lines(session, run, purchase.revision)
        approved, changed = _changed(run.plan, lines, answer)
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
        amount = _apply(session, run, purchase, approved, answer.decision)
        values = {
            "decision": answer.decision.value,
            "approver": approver,
            "amount_fen": amount,
            "reason": answer.reason,
        }
        tell(session, run, Stage.PURCHASE_DECIDED, "all", purchase.revision, values)
        audit(session, run.plan_id, run.now, approver, "answered_purchase", {**values, "changes": changed})
    return Approval.model_validate(row)


def _approver(plan: Plan, answer: Answer) -> str:
    """The officer's id; a claimed name is checked against those who may approve."""
    if answer.via == "policy":
        return f"policy:{answer.by}"
    entitled = plan.officers_in(plan.file.purchase.approver_roles.value)
    approver = claimed(answer.by, entitled)
    if approver is None:
        raise NotAccepted(say("{by} may not approve. Those who may: {names}", by=answer.by, names=as_names(entitled)))
    return approver


def _open_purchase(session: Session, run: Run) -> Purchase:
    query = sa.select(Purchase).where(col(Purchase.plan_id) == run.plan_id, col(Purchase.cycle) == run.business_date)
    purchase = session.execute(query).scalar_one_or_none()
    if purchase is None:
        raise NotAccepted(
            say("There is no purchase proposal for {date}; run purchase_supplies first.", date=run.business_date)
        )
    if purchase.state != "proposed":
        raise NotAccepted(
            say(
                N_("The purchase of {date} was answered already ({state})."),
                date=run.business_date,
                state=say(ANSWERED[purchase.state]),
            )
        )
    return purchase


def _lines(session: Session, run: Run, revision: int) -> pl.DataFrame:
    mine = (
        col(PurchaseLine.plan_id) == run.plan_id,
        col(PurchaseLine.cycle) == run.business_date,
        col(PurchaseLine.revision) == revision,
    )
    rows = session.execute(sa.select(PurchaseLine).where(*mine)).scalars()
    return frame_of(PurchaseLines, (row.model_dump() | {"why": ""} for row in rows))


def _changed(plan: Plan, lines: pl.DataFrame, answer: Answer) -> tuple[pl.DataFrame, dict[str, int]]:
    """Lines as approved; a fault in any of the changes refuses all of them."""
    if answer.decision is Decision.REJECT:
        return lines.with_columns(approved_packs=pl.lit(0, pl.Int64)), {}
    if answer.decision is Decision.APPROVE:
        if answer.changes.strip():  # taken as it stands, it would buy what somebody wanted changed
            raise NotAccepted(
                say("Changes are written but the decision is to approve as proposed: choose one of the two.")
            )
        return lines, {}
    try:
        changed = apply_changes(lines, answer.changes, plan)
    except ChangeFault as fault:
        raise NotAccepted("\n".join(reason_text(reason.as_json()) for reason in fault.faults)) from fault
    if not changed.changes:
        raise NotAccepted(say("Nothing is changed: write one change a line, goods=packs, or approve as proposed."))
    return changed.lines, changed.changes


def _apply(session: Session, run: Run, purchase: Purchase, lines: pl.DataFrame, decision: Decision) -> int:
    """Set the approved packs and the purchase's state; the amount as approved, in fen."""
    amount = total_fen(lines)
    for row in lines.iter_rows(named=True):
        change = sa.update(PurchaseLine).where(
            col(PurchaseLine.plan_id) == run.plan_id,
            col(PurchaseLine.cycle) == run.business_date,
            col(PurchaseLine.revision) == purchase.revision,
            col(PurchaseLine.store_id) == row["store_id"],
            col(PurchaseLine.item_id) == row["item_id"],
        )
        session.execute(change.values(approved_packs=row["approved_packs"]))
    state = "rejected" if decision is Decision.REJECT else "approved"
    mine = sa.update(Purchase).where(col(Purchase.plan_id) == run.plan_id, col(Purchase.cycle) == run.business_date)
    session.execute(mine.values(state=state, amount_fen=amount))
    return amount


def rule_answer(run: Run) -> Answer | None:
    """The plan's own answer below its limit; None where a person decides."""
    limit = run.plan.file.purchase.approve_below_fen
    query = sa.select(col(Purchase.amount_fen)).where(
        col(Purchase.plan_id) == run.plan_id, col(Purchase.cycle) == run.business_date
    )
    with reading() as session:
        amount = session.execute(query).scalar()
    if amount is None or amount >= limit.value:
        return None
    return Answer(Decision.APPROVE, "approve_below_fen", "policy", reason=limit.clause)
