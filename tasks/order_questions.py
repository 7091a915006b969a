"""What suppliers ask back: another price, more than was ordered, a dearer source. Asked, answered once, carried out.

A question is a row with a number that people call it by; it is a duty of whoever may decide, with a reminder at half
time. Until somebody says yes nothing more is bought, and nothing at another price than was approved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.claims import as_names, claimed
from rules.duties import QUESTION
from rules.order_questions import buyer_may, read_answers
from rules.supplier_answers import Judged
from schemas.plan import Officer, Plan
from schemas.tables import Purchase, PurchaseOrder, PurchaseOrderLine, PurchaseQuestion
from schemas.units import yuan
from schemas.words import Stage
from tasks.approval_answer import NotAccepted
from tasks.approval_request import buyers, entitled
from tasks.artifacts import leave, text_artifact
from tasks.database import insert
from tasks.notices.outbox import tell
from tasks.order_books import committed_fen, still_ordered
from tasks.order_placing import Wanted, place
from tasks.own_duties import fulfilled, owe
from tasks.resourcing import PRICE, Follow, approved_price, became, costs_more, expected_again, take_off
from tasks.runs import Outcome, Run, Work, audit, deciding
from tasks.words import reason_text, say

PRICED, MORE, DEARER = "price", "more", "dearer"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question is about. Prices of a pack: as approved or ordered, and as it would be."""

    kind: str
    item_id: str
    supplier_id: str
    packs: int
    before_fen: int
    offered_fen: int
    cause: str = ""


def ask_back(
    session: Session, run: Run, order: PurchaseOrder, number: int, found: Sequence[Judged], follow: Follow
) -> list[int]:
    """Raise what an answer leaves to decide, in place of what the same lines left before. Numbers of the questions."""
    for line in found:
        _replaced(session, order, line.item_id, run.now)
    asked = list(_asked(session, run, order, found, follow))
    return [_ask(session, run, order, number, one) for one in asked]


def _asked(
    session: Session, run: Run, order: PurchaseOrder, found: Sequence[Judged], follow: Follow
) -> Iterator[_Asked]:
    for x in found:
        if x.other_price:
            yield _Asked(PRICED, x.item_id, order.supplier_id, x.confirmed, x.ordered_fen, x.offered_fen)
        if x.more:
            yield _Asked(MORE, x.item_id, order.supplier_id, x.more, x.ordered_fen, x.offered_fen)
    for item_id, (source, packs) in follow.waiting.items():
        before = approved_price(session, run, order.store_id, item_id)
        yield _Asked(DEARER, item_id, source.supplier_id, packs, before, source.pack_price_fen, follow.cause)


def _ask(session: Session, run: Run, order: PurchaseOrder, answer_number: int, asked: _Asked) -> int:
    number = 1 + len(_numbers(session, run))
    until = run.now + timedelta(minutes=run.plan.file.purchase.confirm_minutes.value)
    row = {
        "plan_id": run.plan_id,
        "cycle": run.business_date,
        "number": number,
        "order_id": order.order_id,
        "answer_number": answer_number,
        "item_id": asked.item_id,
        "kind": asked.kind,
        "cause": asked.cause,
        "supplier_id": asked.supplier_id,
        "packs": asked.packs,
        "pack_price_fen": asked.before_fen,
        "offered_fen": asked.offered_fen,
        "asked_at": run.now,
        "answer_by": until,
    }
    insert(session, PurchaseQuestion, [row])
    question = PurchaseQuestion.model_validate(row)
    owe(session, run, QUESTION, subject(number), until)
    to = [o.officer_id for o in may_answer(run.plan, question)]
    tell(session, run, Stage.ORDER_QUESTIONED, subject(number), 1, words_of(run.plan, question), to=to, by=until)
    return number


def _replaced(session: Session, order: PurchaseOrder, item_id: str, at: datetime) -> None:
    """A newer answer to the same line asks anew, or nothing; nobody needs to decide on the former."""
    old = sa.update(PurchaseQuestion).where(
        col(PurchaseQuestion.order_id) == order.order_id,
        col(PurchaseQuestion.item_id) == item_id,
        col(PurchaseQuestion.kind).in_((PRICED, MORE)),
        col(PurchaseQuestion.state) == "waiting",
    )
    session.execute(old.values(state="no", answered_by="replaced", answered_at=at))


def _numbers(session: Session, run: Run) -> list[int]:
    query = sa.select(col(PurchaseQuestion.number)).where(
        col(PurchaseQuestion.plan_id) == run.plan_id, col(PurchaseQuestion.cycle) == run.business_date
    )
    return list(session.execute(query).scalars())


def subject(number: int) -> str:
    """What the duty of deciding is about."""
    return f"question:{number}"


def may_answer(plan: Plan, question: PurchaseQuestion) -> list[Officer]:
    """Who may decide."""
    found = entitled(plan)
    if buyer_may(plan, question.kind, question.pack_price_fen, question.offered_fen):
        found = [*(plan.officers[o] for o in buyers(plan)), *found]
    return list({o.officer_id: o for o in found}.values())


def words_of(plan: Plan, question: PurchaseQuestion) -> dict[str, Any]:
    """The values of its notice; which sentence fits follows from the kind."""
    item, supplier = plan.items[question.item_id].name, plan.stores[question.supplier_id].name
    told = {"number": question.number, "was_fen": question.pack_price_fen, "due": question.answer_by}
    named = {PRICED: "priced_item", MORE: "more_item", DEARER: "dearer_item"}[question.kind]
    return told | {named: item, "by_supplier": supplier, "packs": question.packs, "offered_fen": question.offered_fen}


def waiting(session: Session, run: Run) -> dict[int, PurchaseQuestion]:
    """Questions of a purchase that nobody has answered, by number."""
    query = sa.select(PurchaseQuestion).where(
        col(PurchaseQuestion.plan_id) == run.plan_id,
        col(PurchaseQuestion.cycle) == run.business_date,
        col(PurchaseQuestion.state) == "waiting",
    )
    query = query.order_by(col(PurchaseQuestion.number)).execution_options(populate_existing=True)
    return {x.number: x for x in session.execute(query).scalars()}


# --- answered -----------------------------------------------------------------------------------------------------


def answer_questions(work: Work, text: str, by: str) -> list[int]:
    """Take the answers of somebody who may decide, all or none. The numbers that are answered.

    Raises:
        NotAccepted: a line is not understood, he may not decide on one of them, the goods have come, or the budget
            does not reach.
    """
    run = work.run
    with deciding(work) as session:
        there = waiting(session, run)
        told = read_answers(text, there)
        if isinstance(told, tuple):
            words = [reason_text(fault.as_json()) for fault in told]
            raise NotAccepted("\n".join([*words, say("Nothing is answered until every line is right.")]))
        for number, (yes, reason) in told.items():
            _answer(session, run, there[number], yes, reason, by)
        return list(told)


def take_answers(work: Work, text: str, by: str) -> dict[str, Any]:
    """Answers of a run form, for its summary: what was answered, or why it was not, which is left to be read."""
    if not text.strip():
        return {}
    try:
        return {"answered": answer_questions(work, text, by)}
    except NotAccepted as fault:
        outcome = Outcome(work.run, 1, True, {})
        leave(work.run, "answers", text_artifact(work.run, say("Answers not taken"), outcome, str(fault).split("\n")))
        return {"not_answered": str(fault)}


def _answer(session: Session, run: Run, question: PurchaseQuestion, yes: bool, reason: str, by: str) -> None:
    who = claimed(by, may_answer(run.plan, question))
    if who is None:
        names = as_names(may_answer(run.plan, question))
        raise NotAccepted(
            say("Number {number}: {by} may not decide on it. Those who may: {names}", number=question.number, by=by,
                names=names)
        )  # fmt: skip
    if yes:
        _can_still(session, run, question)
    _carry_out(session, run, question, yes)
    question.state, question.answered_by, question.answered_at = ("yes" if yes else "no"), who, run.now
    session.flush()
    fulfilled(session, run, QUESTION, subject(question.number), run.now, f"{question.state}:{who}")
    detail = {"number": question.number, "answer": question.state, "reason": reason, "kind": question.kind}
    detail |= {"item": question.item_id, "packs": question.packs, "offered_fen": question.offered_fen}
    audit(session, run.plan_id, run.now, who, "answered_question", detail)


def _can_still(session: Session, run: Run, question: PurchaseQuestion) -> None:
    purchase = session.get(Purchase, (run.plan_id, run.business_date), populate_existing=True)
    order = session.get(PurchaseOrder, question.order_id, populate_existing=True)
    assert purchase is not None and order is not None  # noqa: S101 - foreign keys
    if purchase.state != "ordered" or (question.kind == PRICED and order.state != "placed"):
        raise NotAccepted(say("Number {number}: the goods have come; it is too late.", number=question.number))
    more = question.packs * question.offered_fen if question.kind == DEARER else costs_more(question)
    if committed_fen(session, run) + more > purchase.budget_fen:
        raise NotAccepted(
            say(
                "Number {number}: with it the purchase costs more than its budget of {budget} yuan.",
                number=question.number,
                budget=yuan(purchase.budget_fen),
            )
        )


def _carry_out(session: Session, run: Run, question: PurchaseQuestion, yes: bool) -> None:
    order = session.get(PurchaseOrder, question.order_id)
    assert order is not None  # noqa: S101 - a foreign key
    if question.kind == PRICED:
        _price(session, run, question, order, yes)
    elif yes:
        wanted = [Wanted(question.item_id, question.packs, question.offered_fen)]
        expected = expected_again(run, order)
        question.new_order_id = place(session, run, question.supplier_id, order.store_id, wanted, expected)
    if question.kind == DEARER:
        rest = (question.order_id, question.item_id, question.answer_number, question.cause)
        became(session, rest, "ordered" if yes else "declined", question.new_order_id)


def _price(session: Session, run: Run, question: PurchaseQuestion, order: PurchaseOrder, yes: bool) -> None:
    """Agreed; or no longer wanted from this supplier, and so brought by the next one."""
    if yes:
        line = sa.update(PurchaseOrderLine).where(
            col(PurchaseOrderLine.order_id) == question.order_id, col(PurchaseOrderLine.item_id) == question.item_id
        )
        session.execute(line.values(agreed_fen=question.offered_fen))
        return
    left = next((x for x in still_ordered(session, order.order_id) if x.item_id == question.item_id), None)
    if order.state != "placed" or left is None or not left.packs:
        return
    gone = Judged(question.item_id, left.packs, 0, 0, left.pack_price_fen, left.pack_price_fen, "")
    follow = take_off(session, run, order, question.answer_number, [gone], PRICE)
    ask_back(session, run, order, question.answer_number, [], follow)
