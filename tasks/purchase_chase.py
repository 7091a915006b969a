"""Duties that a purchase raises by itself, reminded and escalated: who is told of which, in what words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from rules.duties import APPROVAL, CONFIRMATION
from schemas.tables import PurchaseOrder, PurchaseQuestion
from schemas.words import Stage
from tasks.approval_request import ask_again, buyers
from tasks.notices.outbox import tell
from tasks.notices.templates import CONFIRM_ORDER, DECIDE_QUESTION
from tasks.order_questions import may_answer
from tasks.runs import Run
from tasks.words import say


def chase(session: Session, run: Run, duty_id: str, act: str, subjects: Sequence[str]) -> int:
    """Remind or escalate; `run` is keyed by the purchase's cycle. How many notices are new."""
    if duty_id == APPROVAL:
        # Once the time is over the plan decides, and that is told with the decision.
        return ask_again(session, run) if act == "remind" else 0
    told = _order if duty_id == CONFIRMATION else _question
    return sum(told(session, run, act, subject.split(":", 1)[1]) for subject in subjects)


def _order(session: Session, run: Run, act: str, order_id: str) -> int:
    """The supplier's person; then his liaison, the buyer and whoever hears of what is overdue."""
    order = session.get(PurchaseOrder, order_id)
    if order is None or order.state != "placed":
        return 0
    supplier = run.plan.stores[order.supplier_id]
    values = {"duty": say(CONFIRM_ORDER, order=order_id), "due": order.confirm_by}
    values |= {"clause": run.plan.file.purchase.confirm_minutes.clause}
    above = [supplier.liaison, *buyers(run.plan)]
    return _tell(session, run, act, f"order:{order_id}", (values, supplier.name), ([supplier.contact], above))


def _question(session: Session, run: Run, act: str, number: str) -> int:
    """Those who may decide; then whoever hears of what is overdue as well."""
    question = session.get(PurchaseQuestion, (run.plan_id, run.business_date, int(number)))
    if question is None or question.state != "waiting":
        return 0
    may = [o.officer_id for o in may_answer(run.plan, question)]
    values = {"duty": say(DECIDE_QUESTION, number=number), "due": question.answer_by}
    values |= {"clause": run.plan.file.purchase.buyer_roles.clause}
    item = run.plan.items[question.item_id].name
    return _tell(session, run, act, f"question:{number}", (values, item), (may, may))


def _tell(
    session: Session,
    run: Run,
    act: str,
    about: str,
    told: tuple[dict[str, Any], str],
    to: tuple[Sequence[str], Sequence[str]],
) -> int:
    """`to`: who is reminded, and who hears of it when the time is over."""
    values, name = told
    if act == "remind":
        reminded = values | {"names": name}
        return tell(session, run, Stage.DUTY_REMINDED, about, 1, reminded, to=to[0], by=values["due"])
    overseers = run.plan.officers_in(run.plan.file.notices.to.value.get(Stage.DUTY_ESCALATED, []))
    heard = list(dict.fromkeys([*to[1], *(o.officer_id for o in overseers)]))
    escalated = values | {"names": name, "count": 1}
    return tell(session, run, Stage.DUTY_ESCALATED, about, 1, escalated, to=heard)
