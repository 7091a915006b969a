"""Confirmations that suppliers send as files, and those that somebody writes down: raw first, then read (C-05)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.claims import as_names, claimed
from rules.declarations import Declaration
from rules.intake.identify import directory_of
from rules.intake.lines import vocabulary
from rules.supplier_answers import Ordered, Said, said_in_words
from rules.supplier_sheets import KIND, OpenOrder, judge_confirmations
from schemas.plan import Officer, Plan
from schemas.tables import PurchaseOrder, SupplierAnswer
from schemas.words import Stage
from tasks.approval_answer import NotAccepted
from tasks.approval_request import buyers
from tasks.database import reading
from tasks.intake.give_back import give_back
from tasks.intake.inbox import names_waiting
from tasks.intake.submissions import store_text
from tasks.intake.take import Opened, mark_unreadable, opened, take_in
from tasks.notices.outbox import tell
from tasks.order_books import lines_of, orders_of, still_ordered
from tasks.runs import Run, Work, audit, deciding
from tasks.settings import settings
from tasks.supplier_answers import How, record_answer
from tasks.words import reason_text, say

#: A file is looked for under today and yesterday: who answers in the evening may be read after midnight.
DAYS = 2


@dataclass(frozen=True)
class Told:
    """What a file says of one order."""

    order_id: str
    said: Sequence[Said]
    how: How


def files_there(run: Run) -> bool:
    """Whether any such file lies in the inbox, by its name alone: nothing is read for nothing."""
    place = settings().inbox / run.plan_id
    return any(names_waiting(place, KIND, on) for on in _days(run))


def _days(run: Run) -> list[date]:
    return [run.business_date - timedelta(days=ago) for ago in reversed(range(DAYS))]


def confirmed_in_files(work: Work) -> dict[date, list[Told]]:
    """Cycle -> what files say of its orders. Taken in under the watch's own lease; what cannot be used goes back."""
    run = work.run
    sent = [one for one in opened(work, take_in(work, KIND, _days(run))) if one.submission.channel == "inbox"]
    if not sent:
        return {}
    with reading() as session:
        orders = _orders(session, run)
    usable = [_declaration(one) for one in sent if one.held.reason is None]
    known = [one for one, _ in orders.values()]
    found = judge_confirmations(usable, known, directory_of(run.plan), vocabulary(run.plan))
    submissions = {one.submission.submission_id: one.submission for one in sent}
    with deciding(work) as session:
        unreadable = [one for one in sent if one.held.reason is not None]
        mark_unreadable(session, unreadable)
        clause = run.plan.file.purchase.confirm_minutes.clause
        give_back(session, run, (KIND, clause), found.returned, unreadable, submissions)
    told: dict[date, list[Told]] = defaultdict(list)
    for (submission_id, order_id), said in found.said.items():
        order, cycle = orders[order_id]
        how = How("inbox", order.supplier_id, submission_id, submissions[submission_id].received_at)
        told[cycle].append(Told(order_id, said, how))
    return dict(told)


def _declaration(one: Opened) -> Declaration:
    row = one.submission
    return Declaration(row.submission_id, row.sequence, row.received_at, row.business_date, row.sender, one.held.sheets)


def _orders(session: Session, run: Run) -> dict[str, tuple[OpenOrder, date]]:
    """Every order that was ever placed: a file that is read again means the same as it did."""
    query = sa.select(PurchaseOrder).where(col(PurchaseOrder.plan_id) == run.plan_id)
    found = list(session.execute(query).scalars())
    items: dict[str, set[str]] = defaultdict(set)
    for line in lines_of(session, [x.order_id for x in found]):
        items[line.order_id].add(line.item_id)
    return {x.order_id: (OpenOrder(x.order_id, x.supplier_id, frozenset(items[x.order_id])), x.cycle) for x in found}


def take_told(work: Work, told: Sequence[Told]) -> int:
    """Record what files say of orders of the run's purchase. How many answers are new."""
    changed = 0
    for one in told:
        with deciding(work) as session:
            changed += record_answer(session, work.run, one.order_id, one.said, one.how)
            _after_the_goods(session, work.run, one)
    return changed


def _after_the_goods(session: Session, run: Run, told: Told) -> None:
    """An answer to an order that is closed changes nothing, and the buyer hears of it once."""
    order = session.get(PurchaseOrder, told.order_id)
    query = sa.select(col(SupplierAnswer.number)).where(col(SupplierAnswer.submission_id) == told.how.submission_id)
    if order is None or order.state == "placed" or session.execute(query.limit(1)).first() is not None:
        return
    values = {"supplier": run.plan.stores[order.supplier_id].name, "closed": order.order_id}
    about = f"{told.order_id}:{told.how.submission_id[:12]}"
    if tell(session, run, Stage.SUPPLIER_ANSWERED, about, 1, values, to=buyers(run.plan)):
        audit(session, run.plan_id, run.now, told.how.by, "supplier_answered_too_late", {"order": told.order_id})


# --- written down -------------------------------------------------------------------------------------------------


def write_down(work: Work, order_id: str, text: str, by: str) -> bool:
    """What a supplier said on the telephone, as an officer writes it down; an empty text: all of it as ordered.

    Raises:
        NotAccepted: no such open order of the purchase, nobody who may say so, or a line that is not understood.
    """
    order, ordered = _open(work.run, order_id)
    said = said_in_words(text, order.store_id, ordered, work.run.plan)
    if isinstance(said, tuple):
        words = [reason_text(fault.as_json()) for fault in said]
        raise NotAccepted("\n".join([*words, say("Nothing is changed until every line is right.")]))
    return _written(work, order, said if text.strip() else [Said(x.item_id, x.packs) for x in ordered], text, by)


def refuse_all(work: Work, order_id: str, by: str) -> bool:
    """The supplier brings nothing of an order.

    Raises:
        NotAccepted: no such open order of the purchase, or nobody who may say so.
    """
    order, ordered = _open(work.run, order_id)
    return _written(work, order, [Said(x.item_id, 0) for x in ordered], "0", by)


def _open(run: Run, order_id: str) -> tuple[PurchaseOrder, list[Ordered]]:
    with reading() as session:
        order = next((x for x in orders_of(session, run.plan_id, run.business_date) if x.order_id == order_id), None)
        if order is None or order.state != "placed":
            raise NotAccepted(say("There is no open purchase order {order}.", order=order_id))
        return order, still_ordered(session, order_id)


def _written(work: Work, order: PurchaseOrder, said: Sequence[Said], text: str, by: str) -> bool:
    run = work.run
    who = _writer(run.plan, order, by)
    today = run.now.astimezone(run.plan.zone).date()
    raw = f"{order.order_id}\n{text}\n{who} {run.now.isoformat()}"
    with deciding(work) as session:
        sent = store_text(session, run.plan_id, KIND, today, run.now, raw, order.supplier_id, "command")
        return record_answer(session, run, order.order_id, said, How("command", who, sent.submission_id, run.now))


def _writer(plan: Plan, order: PurchaseOrder, by: str) -> str:
    """The supplier's own person, its liaison or the buyer."""
    supplier = plan.stores[order.supplier_id]
    may: list[Officer] = [plan.officers[o] for o in (supplier.contact, supplier.liaison, *buyers(plan))]
    who = claimed(by, may)
    if who is None:
        raise NotAccepted(say("{by} may not confirm this order. Those who may: {names}", by=by, names=as_names(may)))
    return who
