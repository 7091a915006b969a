"""A person's answer to a purchase proposal: a row of ours, whether form, command, telephone or plan gave it."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.changes import ChangeFault, apply_changes
from rules.duties import APPROVAL
from rules.purchase import total_fen
from schemas.frames.base import frame_of
from schemas.frames.supply import PurchaseLines
from schemas.plan import Plan
from schemas.tables import Approval, Purchase, PurchaseLine
from schemas.units import yuan
from schemas.words import Decision, Stage
from tasks.approval_answer import (
    ANSWERED,
    PHONE,
    POLICY,
    UNANSWERED,
    Answer,
    NotAccepted,
    TooLate,
    possible_call,
    who_answers,
    who_recorded,
)
from tasks.approval_request import SUBJECT, entitled
from tasks.database import insert, reading
from tasks.late_answers import Late, tell_late
from tasks.notices.outbox import tell
from tasks.own_duties import fulfilled, unfulfilled
from tasks.runs import Run, Work, audit, deciding
from tasks.words import reason_text, say

__all__ = ["Answer", "NotAccepted", "TooLate", "given_approval", "record_approval"]


def given_approval(run: Run) -> Approval | None:
    """The answer to the cycle's purchase, if there is one."""
    query = sa.select(Approval).where(col(Approval.plan_id) == run.plan_id, col(Approval.cycle) == run.business_date)
    with reading() as session:
        return session.execute(query.order_by(col(Approval.revision).desc())).scalars().first()


def record_approval(work: Work, answer: Answer) -> Approval:
    """Write the answer, once. The same answer again is the one that is there; another one comes too late.

    Raises:
        TooLate: decided before, or after the buyer's departure; the answer is on record and changes nothing.
        NotAccepted: nobody of that name may approve; nothing to approve; a change has a fault; a rejection has no
            reason; a telephone call without its recorder, or at a time that cannot be.
    """
    run = work.run
    approver, recorder = who_answers(run.plan, answer), who_recorded(run.plan, answer)
    if answer.decision is Decision.REJECT and not answer.reason.strip():
        raise NotAccepted(say("A rejection needs a reason."))
    found = _standing(run, approver, answer)
    if isinstance(found, Late):
        tell_late(work, approver, answer, found)
        raise TooLate(found.words)
    if isinstance(found, Approval):
        return found
    with deciding(work) as session:
        purchase = _open_purchase(session, run)
        possible_call(session, run, purchase, answer)
        return _record(session, run, purchase, approver, recorder, answer)


def _record(session: Session, run: Run, purchase: Purchase, approver: str, recorder: str, answer: Answer) -> Approval:
    lines = _lines(session, run, purchase.revision)
    approved, changed = _changed(run.plan, lines, answer)
    if total_fen(approved) > purchase.budget_fen:
        raise NotAccepted(
            say(
                "The changes come to {amount} yuan, the budget is {budget} yuan: buy less, or raise the plan's budget.",
                amount=yuan(total_fen(approved)),
                budget=yuan(purchase.budget_fen),
            )
        )
    row = {
        "plan_id": run.plan_id,
        "cycle": run.business_date,
        "revision": purchase.revision,
        "decision": answer.decision.value,
        "approver": approver,
        "via": answer.via,
        "recorder": recorder,
        "said_at": answer.said_at,
        "changes": changed,
        "reason": answer.reason,
        "decided_at": run.now,
    }
    insert(session, Approval, [row])
    amount = _apply(session, run, purchase, approved, answer.decision)
    _tell(session, run, purchase, row | {"amount_fen": amount}, _from_to(lines, changed))
    return Approval.model_validate(row)


def _tell(session: Session, run: Run, purchase: Purchase, row: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
    """The notice, the duty that is thereby answered or not, and the audit log: who, when, what was changed to what."""
    by_rule = row["via"] == POLICY and str(row["approver"]).endswith(UNANSWERED)
    values = {name: row[name] for name in ("decision", "approver", "amount_fen", "reason")}
    told = values | {"changes": len(changed) or None, "recorder": row["recorder"]}
    if by_rule:
        unfulfilled(session, run, APPROVAL, SUBJECT, str(row["approver"]))
        told |= {"until": purchase.answer_by}
    else:
        fulfilled(session, run, APPROVAL, SUBJECT, row["said_at"] or run.now, f"{row['decision']}:{row['approver']}")
    to = _told_of_a_lapse(run.plan) if by_rule else None
    tell(session, run, Stage.PURCHASE_DECIDED, "all", purchase.revision, told, to=to)
    detail = values | {"changes": changed, "revision": purchase.revision, "via": row["via"]}
    if row["via"] == PHONE:
        detail |= {"recorder": row["recorder"], "said_at": row["said_at"]}
    audit(session, run.plan_id, run.now, str(row["approver"]), "answered_purchase", detail)


def _told_of_a_lapse(plan: Plan) -> list[str]:
    """Where the plan had to decide, whoever hears of what is overdue hears of it, too."""
    to = plan.file.notices.to.value
    roles = [*to.get(Stage.PURCHASE_DECIDED, []), *to.get(Stage.DUTY_ESCALATED, [])]
    return list(dict.fromkeys(o.officer_id for o in [*plan.officers_in(roles), *entitled(plan)]))


def _from_to(lines: pl.DataFrame, changed: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """`store/item` -> packs as proposed and as approved."""
    proposed = {f"{s}/{i}": p for s, i, p in lines.select("store_id", "item_id", "proposed_packs").iter_rows()}
    return {key: {"from": proposed[key], "to": packs} for key, packs in changed.items()}


def _standing(run: Run, approver: str, answer: Answer) -> Approval | Late | None:
    """The very same answer that is there already, or why another one comes too late; None where one is waited for."""
    with reading() as session:
        purchase = session.get(Purchase, (run.plan_id, run.business_date))
        there = session.get(Approval, (run.plan_id, run.business_date, purchase.revision)) if purchase else None
        if purchase is None or purchase.state in ("nothing_to_buy", "no_money"):
            return None
        if there is not None:
            return there if _same(session, run, there, approver, answer) else _decided(run.plan, purchase, there)
    if answer.via == POLICY or purchase.answer_by is None or (answer.said_at or run.now) < purchase.answer_by:
        return None
    left = purchase.answer_by.astimezone(run.plan.zone)
    words = say(
        "The buyer left at {time}: this answer comes too late and changes nothing; the plan's rule decides.",
        time=f"{left:%m-%d %H:%M}",
    )
    return Late(words, purchase.revision, None)


def _same(session: Session, run: Run, there: Approval, approver: str, answer: Answer) -> bool:
    if (there.approver, there.decision) != (approver, answer.decision.value):
        return False
    try:
        return _changed(run.plan, _lines(session, run, there.revision), answer)[1] == there.changes
    except NotAccepted:
        return False


def _decided(plan: Plan, purchase: Purchase, there: Approval) -> Late:
    words = say(
        "The purchase of {date} was answered already ({state}), at {time}; nothing is changed by another answer.",
        date=purchase.cycle,
        state=say(ANSWERED.get(purchase.state, ANSWERED["approved"])),
        time=f"{there.decided_at.astimezone(plan.zone):%m-%d %H:%M}",
    )
    return Late(words, purchase.revision, there.decided_at)


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
                "The purchase of {date} has nothing to approve ({state}).",
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
        return lines.with_columns(approved_packs=pl.col("proposed_packs")), {}
    try:
        changed = apply_changes(lines.with_columns(approved_packs=pl.col("proposed_packs")), answer.changes, plan)
    except ChangeFault as fault:
        told = [reason_text(reason.as_json()) for reason in fault.faults]
        raise NotAccepted("\n".join([*told, say("Nothing is changed until every line is right.")])) from fault
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
