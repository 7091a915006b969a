"""The plan's own answers: below its limit at once, and for those who have not answered when the buyer leaves (C-05).

Nobody can answer for a run that is suspended, and none of its time is ours: whoever runs next, the watch every ten
minutes or the purchase itself, finds the hour past and the purchase unanswered, and writes what the plan says.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import Purchase, PurchaseLine
from schemas.words import Decision
from tasks.approval import record_approval
from tasks.approval_answer import POLICY, UNANSWERED, Answer
from tasks.database import reading
from tasks.runs import Run, Work
from tasks.words import say


def rule_answer(run: Run) -> Answer | None:
    """The plan's own answer below its limit; None where a person decides."""
    limit = run.plan.file.purchase.approve_below_fen
    with reading() as session:
        purchase = session.get(Purchase, (run.plan_id, run.business_date))
    if purchase is None or purchase.state != "proposed" or purchase.amount_fen >= limit.value:
        return None
    return Answer(Decision.APPROVE, "approve_below_fen", POLICY, reason=limit.clause)


def settle_overdue(work: Work) -> bool:
    """Let the plan decide where the buyer has left and nobody has answered. Whether it had to."""
    run = work.run
    with reading() as session:
        purchase = session.get(Purchase, (run.plan_id, run.business_date))
        if purchase is None or purchase.state != "proposed" or purchase.answer_by is None:
            return False
        if run.now < purchase.answer_by:
            return False
        answer = _unanswered(session, run.plan, purchase)
    record_approval(work, answer)
    return True


def _unanswered(session: Session, plan: Plan, purchase: Purchase) -> Answer:
    rule = plan.file.purchase.unanswered
    why = say("nobody answered in time")
    if rule.value == "approve":
        return Answer(Decision.APPROVE, UNANSWERED, POLICY, reason=why)
    left_out = _but_lifelines(session, plan, purchase) if rule.value == "lifeline" else None
    if left_out is None:
        return Answer(Decision.REJECT, UNANSWERED, POLICY, reason=why)
    if not left_out:
        return Answer(Decision.APPROVE, UNANSWERED, POLICY, reason=why)
    return Answer(Decision.CHANGE, UNANSWERED, POLICY, "\n".join(f"{line}=0" for line in left_out), why)


def _but_lifelines(session: Session, plan: Plan, purchase: Purchase) -> list[str] | None:
    """`store/item` of every line that is no life-line; None where none is one."""
    query = sa.select(col(PurchaseLine.store_id), col(PurchaseLine.item_id)).where(
        col(PurchaseLine.plan_id) == plan.id,
        col(PurchaseLine.cycle) == purchase.cycle,
        col(PurchaseLine.revision) == purchase.revision,
        col(PurchaseLine.proposed_packs) > 0,
    )
    vital: dict[str, bool] = {}
    for store_id, item_id in session.execute(query.order_by(col(PurchaseLine.store_id), col(PurchaseLine.item_id))):
        item = plan.items.get(item_id)
        vital[f"{store_id}/{item_id}"] = item is not None and plan.categories[item.category].lifeline
    return [line for line, lifeline in vital.items() if not lifeline] if any(vital.values()) else None
