"""A supplier's answer on record, and what follows of it at once: less expected, ordered elsewhere, asked back.

The row of the answer, the packs that are taken off the order, the order to the next source and the questions to the
buyer are written together or not at all. The same answer again changes nothing; one that comes after the goods, or is
older than what the supplier has said since, is not taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.duties import CONFIRMATION
from rules.supplier_answers import Judged, Ordered, Said, judged
from schemas.tables import PurchaseOrder, SupplierAnswer, SupplierAnswerLine
from schemas.words import Stage
from tasks.approval_request import buyers
from tasks.database import insert
from tasks.notices.outbox import tell
from tasks.order_books import newest_lines, still_ordered, unanswered
from tasks.order_placing import subject
from tasks.order_questions import ask_back
from tasks.own_duties import fulfilled
from tasks.resourcing import Follow, take_off
from tasks.runs import Run, audit
from tasks.words import say


@dataclass(frozen=True)
class How:
    """By which way an answer came: `by` an officer's id or the supplier's store_id, `said_at` by his own clock."""

    via: str
    by: str
    submission_id: str
    said_at: datetime


def record_answer(session: Session, run: Run, order_id: str, said: Sequence[Said], how: How) -> bool:
    """Take an answer to an order of the run's purchase. Whether anything changed."""
    order = session.get(PurchaseOrder, order_id, populate_existing=True)
    if order is None or order.state != "placed" or _older(session, order_id, how):
        return False
    ordered = still_ordered(session, order_id)
    found = judged(said, ordered)
    if not found or _said_before(session, order_id, found):
        return False
    number = 1 + len(_numbers(session, order_id))
    late = order.confirm_by is not None and min(run.now, how.said_at) > order.confirm_by
    _write(session, run, order_id, number, ordered, found, how, late)
    follow = take_off(session, run, order, number, found)
    asked = ask_back(session, run, order, number, found, follow)
    if not unanswered(session, order):
        fulfilled(session, run, CONFIRMATION, subject(order_id), run.now, f"{how.via}:{how.by}")
    _tell(session, run, order, number, found, follow, late)
    detail = {"order": order_id, "number": number, "late": late, "questions": asked, "via": how.via}
    detail |= {"lines": {x.item_id: [x.ordered, x.offered, x.offered_fen] for x in found}, "instead": follow.orders}
    audit(session, run.plan_id, run.now, how.by, "supplier_answered", detail)
    return True


def _older(session: Session, order_id: str, how: How) -> bool:
    """Whether it came by this way before, or was said before what the supplier has said since."""
    query = sa.select(SupplierAnswer).where(col(SupplierAnswer.order_id) == order_id)
    there = list(session.execute(query).scalars())
    if any(x.submission_id == how.submission_id for x in there if x.via != "http"):
        return True
    return how.via == "http" and any(x.said_at >= how.said_at for x in there if x.via == "http")


def _numbers(session: Session, order_id: str) -> list[int]:
    query = sa.select(col(SupplierAnswer.number)).where(col(SupplierAnswer.order_id) == order_id)
    return list(session.execute(query).scalars())


def _said_before(session: Session, order_id: str, found: Sequence[Judged]) -> bool:
    newest = newest_lines(session, order_id)
    told = {i: (x.offered_packs, x.pack_price_fen, x.reason) for i, x in newest.items()}
    return all(told.get(x.item_id) == (x.offered, x.offered_fen, x.reason) for x in found)


def _write(
    session: Session,
    run: Run,
    order_id: str,
    number: int,
    ordered: Sequence[Ordered],
    found: Sequence[Judged],
    how: How,
    late: bool,
) -> None:
    named = {x.item_id for x in found}
    whole = all(x.item_id in named or not x.packs for x in ordered) and not any(x.short for x in found)
    state = "confirmed" if whole else "refused" if not any(x.confirmed for x in found) else "partial"
    head = {"order_id": order_id, "number": number, "state": state, "via": how.via, "by": how.by, "late": late}
    head |= {"submission_id": how.submission_id, "said_at": how.said_at, "answered_at": run.now}
    insert(session, SupplierAnswer, [head])
    rows = [
        {
            "order_id": order_id,
            "number": number,
            "item_id": x.item_id,
            "ordered_packs": x.ordered,
            "offered_packs": x.offered,
            "confirmed_packs": x.confirmed,
            "pack_price_fen": x.offered_fen,
            "reason": x.reason,
        }
        for x in found
    ]
    insert(session, SupplierAnswerLine, rows)


def _tell(
    session: Session, run: Run, order: PurchaseOrder, number: int, found: Sequence[Judged], follow: Follow, late: bool
) -> None:
    """The buyer hears of what is not as ordered; an answer that is needs no notice."""
    short = [x for x in found if x.short]
    if not short and not late:
        return
    plan = run.plan
    values: dict[str, Any] = {
        "supplier": plan.stores[order.supplier_id].name,
        "missing": [_packs(run, x) for x in short],
        "instead": [plan.stores[s].name for s in follow.suppliers],
        "nobody": [plan.items[i].name for i in follow.nobody],
        "asked": [plan.items[i].name for i in follow.waiting],
        "late_since": order.confirm_by if late else None,
    }
    tell(session, run, Stage.SUPPLIER_ANSWERED, order.order_id, number, values, to=buyers(plan))


def _packs(run: Run, line: Judged) -> str:
    return say("{item} {packs} packs", item=run.plan.items[line.item_id].name, packs=line.short)
