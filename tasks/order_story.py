"""The story of a purchase's orders: sent how, answered what, taken off, ordered elsewhere, asked back (C-05, B-07)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import Notice, PurchaseOrder, PurchaseQuestion, PurchaseRest, SupplierAnswer, SupplierAnswerLine
from schemas.text import N_
from schemas.units import yuan
from schemas.words import NoticeState, Stage
from tasks.documents.labels import store_label, word
from tasks.documents.register import Register, rows
from tasks.order_books import answers_to, orders_of, takers
from tasks.words import say

ANSWERS: Mapping[str, str] = {
    "confirmed": N_("confirmed"),
    "partial": N_("confirmed in part"),
    "refused": N_("brings nothing"),
}
RESTS: Mapping[str, str] = {
    "waiting": N_("waits for a decision"),
    "ordered": N_("ordered elsewhere"),
    "nobody": N_("nobody else has it"),
    "declined": N_("not bought"),
}
KINDS: Mapping[str, str] = {
    "price": N_("another price"),
    "more": N_("more than was ordered"),
    "dearer": N_("a source beyond what was approved"),
}


def orders_told(session: Session, plan: Plan, cycle: date) -> list[dict[str, Any]]:
    """Every order with what became of it."""
    found = orders_of(session, plan.id, cycle)
    register, answers = Register(session, plan.id), answers_to(session, [x.order_id for x in found])
    return [
        {
            "order": x.order_id,
            "supplier": store_label(plan, x.supplier_id),
            "store": store_label(plan, x.store_id),
            "amount_fen": x.amount_fen,
            "state": x.state,
            "expected_on": x.expected_on,
            "confirm_by": _local(plan, x.confirm_by),
            "by": "http" if x.supplier_id in takers(plan) else "notice",
            "sent_at": _local(plan, _sent(session, plan, x)),
            "answers": [_answer(session, plan, register, a) for a in answers.get(x.order_id, [])],
            "rest": _rests(session, register, x.order_id),
        }
        for x in found
    ]


def _local(plan: Plan, at: datetime | None) -> datetime | None:
    return at and at.astimezone(plan.zone)


def _sent(session: Session, plan: Plan, order: PurchaseOrder) -> datetime | None:
    """When its supplier had it: by his server's answer, or by what the service says that took the notice to him."""
    if order.supplier_id in takers(plan):
        return order.sent_at
    about = f"{plan.id}:{Stage.PURCHASE_ORDERED}:{order.cycle}:{order.supplier_id}:{order.store_id}:{order.round}:"
    query = sa.select(sa.func.min(Notice.sent_at)).where(
        col(Notice.notice_id).startswith(about, autoescape=True),
        col(Notice.state).in_((NoticeState.SENT, NoticeState.MERGED)),
    )
    return session.execute(query).scalar()


def _answer(session: Session, plan: Plan, register: Register, answer: SupplierAnswer) -> dict[str, Any]:
    mine = (col(SupplierAnswerLine.order_id) == answer.order_id, col(SupplierAnswerLine.number) == answer.number)
    lines = [
        {
            "item": register.items[x.item_id].name,
            "ordered": x.ordered_packs,
            "offered": x.offered_packs,
            "confirmed": x.confirmed_packs,
            "pack_price_fen": x.pack_price_fen,
            "reason": x.reason,
        }
        for x in rows(session, SupplierAnswerLine, *mine)
    ]
    head = {"state": answer.state, "via": answer.via, "by": answer.by, "late": answer.late}
    return head | {"at": _local(plan, answer.answered_at), "lines": lines}


def _rests(session: Session, register: Register, order_id: str) -> list[dict[str, Any]]:
    return [
        {
            "item": register.items[x.item_id].name,
            "packs": x.packs,
            "cause": x.cause,
            "state": x.state,
            "new_order": x.new_order_id,
        }
        for x in rows(session, PurchaseRest, col(PurchaseRest.order_id) == order_id)
    ]


def questions_told(session: Session, plan: Plan, cycle: date) -> list[dict[str, Any]]:
    """What suppliers asked back, and what was decided."""
    register = Register(session, plan.id)
    mine = (col(PurchaseQuestion.plan_id) == plan.id, col(PurchaseQuestion.cycle) == cycle)
    return [
        {
            "number": x.number,
            "kind": x.kind,
            "supplier": store_label(plan, x.supplier_id),
            "item": register.items[x.item_id].name,
            "packs": x.packs,
            "approved_fen": x.pack_price_fen,
            "offered_fen": x.offered_fen,
            "answer_by": _local(plan, x.answer_by),
            "state": x.state,
            "answered_by": x.answered_by,
            "answered_at": _local(plan, x.answered_at),
            "new_order": x.new_order_id,
        }
        for x in rows(session, PurchaseQuestion, *mine)
    ]


# --- in words -----------------------------------------------------------------------------------------------------


def order_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """One order in a few lines."""
    sent = say("sent {at}", at=time_words(told["sent_at"])) if told["sent_at"] else say("not sent yet")
    words = {name: told[name] for name in ("order", "supplier", "store")}
    yield say("Order {order}: {supplier} for {store}, {sent}", **words, sent=sent)
    for answer in told["answers"]:
        state = word(ANSWERS, answer["state"]) + (say(", after the hour") if answer["late"] else "")
        yield say("answered {at}: {state} ({lines})", at=time_words(answer["at"]), state=state,
                  lines=_answer_words(answer["lines"]))  # fmt: skip
    for x in told["rest"]:
        yield say("not brought: {item} {packs} packs, {state}", item=x["item"], packs=x["packs"],
                  state=word(RESTS, x["state"]))  # fmt: skip


def _answer_words(lines: Sequence[Mapping[str, Any]]) -> str:
    return say(", ").join(f"{x['item']} {x['confirmed']}/{x['ordered']}" for x in lines)


def question_line(told: Mapping[str, Any]) -> str:
    """One question in a line: what waits, or how it was answered."""
    answers = {"waiting": say("waits for an answer"), "yes": say("yes"), "no": say("no")}
    return say(
        "Number {number}: {kind}, {item} {packs} packs from {supplier}, {offered} not {approved} yuan a pack: {state}",
        number=told["number"],
        kind=word(KINDS, told["kind"]),
        item=told["item"],
        packs=told["packs"],
        supplier=told["supplier"],
        offered=yuan(told["offered_fen"]),
        approved=yuan(told["approved_fen"]),
        state=answers[told["state"]],
    )


def time_words(at: datetime | None) -> str:
    """`04-21 13:50`."""
    return "" if at is None else f"{at:%m-%d %H:%M}"
