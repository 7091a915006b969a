"""The story of a purchase: proposed, answered by whom, when and how, what was changed to what, ordered (C-05, B-10)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import Approval, Audit, Purchase, PurchaseLine
from schemas.text import N_
from schemas.units import yuan
from tasks.approval_answer import PHONE, POLICY
from tasks.database import reading
from tasks.documents.labels import store_label, word
from tasks.documents.purchase import DECISIONS, proposal_lines
from tasks.documents.register import Register
from tasks.order_story import order_lines, orders_told, question_line, questions_told, time_words
from tasks.plans import load_plan
from tasks.words import say

STATES: Mapping[str, str] = {
    "proposed": N_("waits for an answer"),
    "approved": N_("approved"),
    "rejected": N_("rejected"),
    "ordered": N_("ordered"),
    "arrived": N_("arrived"),
    "nothing_to_buy": N_("nothing to buy"),
    "no_money": N_("no money"),
}


def purchase_story(plan_id: str, cycle: date) -> dict[str, Any] | None:
    """Everything that is on record of a cycle's purchase; None where there is none."""
    plan = load_plan(plan_id)
    with reading() as session:
        purchase = session.get(Purchase, (plan.id, cycle))
        if purchase is None:
            return None
        lines = proposal_lines(session, plan, cycle, purchase.revision)
        return {
            "plan": plan.id,
            "cycle": cycle,
            "state": purchase.state,
            "revision": purchase.revision,
            "proposed_fen": sum(x.proposed_packs * x.pack_price_fen for x in lines),
            "amount_fen": purchase.amount_fen,
            "budget_fen": purchase.budget_fen,
            "answer_by": _local(plan, purchase.answer_by),
            "answer": _answer(session, plan, purchase, lines),
            "too_late": _too_late(session, plan, cycle),
            "orders": orders_told(session, plan, cycle),
            "questions": questions_told(session, plan, cycle),
        }


def _local(plan: Plan, at: datetime | None) -> datetime | None:
    return at and at.astimezone(plan.zone)


def _answer(session: Session, plan: Plan, purchase: Purchase, lines: Sequence[PurchaseLine]) -> dict[str, Any] | None:
    given = session.get(Approval, (plan.id, purchase.cycle, purchase.revision))
    if given is None:
        return None
    register = Register(session, plan.id)
    changed = [
        {
            "store": store_label(plan, x.store_id),
            "item": register.items[x.item_id].name,
            "from": x.proposed_packs,
            "to": x.approved_packs,
        }
        for x in lines
        if f"{x.store_id}/{x.item_id}" in given.changes
    ]
    return {
        "decision": given.decision,
        "approver": given.approver,
        "via": given.via,
        "recorder": given.recorder or None,
        "said_at": _local(plan, given.said_at),
        "decided_at": _local(plan, given.decided_at),
        "reason": given.reason,
        "changes": changed,
    }


def _too_late(session: Session, plan: Plan, cycle: date) -> list[dict[str, Any]]:
    """Answers that came when the purchase was decided; the audit log is the only place where they stand."""
    query = sa.select(Audit).where(col(Audit.plan_id) == plan.id, col(Audit.act) == "answered_too_late")
    found = session.execute(query.order_by(col(Audit.audit_id))).scalars()
    mine = (x for x in found if x.detail.get("cycle") == cycle.isoformat())
    return [{"by": x.actor, "at": _local(plan, x.at), **x.detail} for x in mine]


# --- in words -----------------------------------------------------------------------------------------------------


def story_lines(plan_id: str, told: Mapping[str, Any], names: bool = False) -> Iterator[str]:
    """The story in a few lines; with `names` an officer is named, else told by role and id (for an artifact)."""
    plan = load_plan(plan_id)
    yield say(
        "Purchase of {cycle}: {state}, proposed {proposed} yuan, now {amount} yuan, budget {budget} yuan",
        cycle=told["cycle"],
        state=say(STATES[told["state"]]),
        proposed=yuan(told["proposed_fen"]),
        amount=yuan(told["amount_fen"]),
        budget=yuan(told["budget_fen"]),
    )
    if told["answer"] is None and told["answer_by"] is not None:
        yield say("No answer yet; it may be given until {until}", until=time_words(told["answer_by"]))
    if told["answer"] is not None:
        yield from _answer_lines(plan, told["answer"], names)
    for late in told["too_late"]:
        yield say(
            "Came too late, and of no effect: {decision} by {who} at {at}",
            decision=word(DECISIONS, late["decision"]),
            who=_who(plan, late["by"], names),
            at=time_words(late["at"]),
        )
    for order in told["orders"]:
        yield from order_lines(order)
    yield from map(question_line, told["questions"])


def _answer_lines(plan: Plan, given: Mapping[str, Any], names: bool) -> Iterator[str]:
    who = say("the plan's rule") if given["via"] == POLICY else _who(plan, given["approver"], names)
    words = {"decision": word(DECISIONS, given["decision"]), "who": who, "at": time_words(given["decided_at"])}
    if given["via"] == PHONE:
        heard = {"said": time_words(given["said_at"]), "recorder": _who(plan, given["recorder"], names)}
        yield say(
            "{decision} by {who} on the telephone at {said}; written down by {recorder} at {at}", **words, **heard
        )
    else:
        yield say("{decision} by {who} at {at}", **words)
    if given["reason"]:
        yield say("Reason: {reason}", reason=given["reason"])
    for x in given["changes"]:
        yield say("Changed: {store}, {item}: {before} packs proposed, {after} approved", before=x["from"],
                  after=x["to"], store=x["store"], item=x["item"])  # fmt: skip


def _who(plan: Plan, officer_id: str, names: bool) -> str:
    officer = plan.officers.get(officer_id)
    if officer is None:
        return officer_id
    return f"{officer.name if names else plan.file.roles[officer.role]} ({officer_id})"
