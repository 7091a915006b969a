"""Purchase orders handed to suppliers over HTTP, and what they answer (C-05, B-07; docs/store-api.yaml).

An order is a row before it is sent, and sent once its supplier has answered that it has it: cut off between the two, it
goes out again under the same key, which makes it the same order. Whoever does not take it is told as a source that
fails, and asked again by the next watch.
"""

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from rules.intake.http_json import NotAsAgreed, json_object, moment, objects
from rules.intake.identify import directory_of
from rules.supplier_answers import said_in_entry
from schemas.plan.sources import Source
from schemas.tables import PurchaseOrder, Submission
from schemas.text import Text
from tasks.database import reading
from tasks.intake.fetch import fetched, not_fetched
from tasks.intake.http_client import SourceFault
from tasks.intake.pulls import base_address, caller_of, keep, pull
from tasks.order_books import lines_of, orders_of, still_ordered, takers, unanswered
from tasks.runs import Run, Work, deciding
from tasks.supplier_answers import How, record_answer


def send_orders(work: Work) -> int:
    """Every order of the purchase that its supplier has not taken yet, once. How many were taken."""
    taken = 0
    for order in [] if work.run.dry_run else unsent(work.run):
        source = takers(work.run.plan)[order.supplier_id]
        try:
            _hand(work, source, order)
            fetched(work, source)
            taken += 1
        except SourceFault as fault:
            not_fetched(work, source, fault.reason)
    return taken


def unsent(run: Run) -> list[PurchaseOrder]:
    """Orders to suppliers over HTTP that nobody has answered to have."""
    with reading() as session:
        found = orders_of(session, run.plan_id, run.business_date)
    http = takers(run.plan)
    return [o for o in found if o.supplier_id in http and o.sent_at is None and o.state == "placed"]


def _hand(work: Work, source: Source, order: PurchaseOrder) -> None:
    """POST one order and take what is answered at once.

    Raises:
        SourceFault: not taken, or answered with what cannot be used.
    """
    caller = caller_of(source)
    try:
        body = orjson.dumps(told(work.run, order))
        page = keep(work, source, caller.post(f"{base_address(source)}/purchase-orders", body, order.order_id))
    finally:
        caller.close()
    entry = _object(page)
    if entry.get("order") != order.order_id:
        raise SourceFault("page_not_agreed", what="order")
    with deciding(work) as session:
        there = session.get(PurchaseOrder, order.order_id, populate_existing=True)
        assert there is not None  # noqa: S101 - read before
        there.sent_at = work.run.now
        session.flush()
        fault = _take(session, work.run, page, entry)
    if fault is not None:
        raise SourceFault(fault.code, **fault.args)


def told(run: Run, order: PurchaseOrder) -> dict[str, Any]:
    """The order as its supplier reads it: goods in packs, and where they go; nobody's name."""
    plan = run.plan
    with reading() as session:
        lines = lines_of(session, [order.order_id])
    head = {
        "version": "1",
        "order": order.order_id,
        "store": order.supplier_id,
        "cycle": order.cycle.isoformat(),
        "deliver_to": plan.stores[order.store_id].name,
        "expected_on": order.expected_on.isoformat(),
        "confirm_by": None if order.confirm_by is None else order.confirm_by.astimezone(plan.zone).isoformat(),
    }
    said = [
        {
            "item": plan.items[x.item_id].name,
            "unit": plan.items[x.item_id].unit,
            "pack_units": plan.items[x.item_id].pack_units,
            "packs": x.packs,
            "pack_price_fen": x.pack_price_fen,
        }
        for x in lines
    ]
    return head | {"lines": said}


def fetch_answers(work: Work) -> None:
    """Ask suppliers that have an order and have not answered all of it."""
    for source, since in [] if work.run.dry_run else _pending(work.run):
        try:
            for page in pull(work, source, since).pages:
                _take_page(work, page)
            fetched(work, source)
        except SourceFault as fault:
            not_fetched(work, source, fault.reason)


def _pending(run: Run) -> list[tuple[Source, datetime]]:
    """Sources to ask, each from when its first such order was placed."""
    http = takers(run.plan)
    since: dict[str, datetime] = {}
    with reading() as session:
        for order in orders_of(session, run.plan_id, run.business_date):
            if order.supplier_id in http and order.sent_at is not None and unanswered(session, order):
                first = since.get(order.supplier_id, order.placed_at)
                since[order.supplier_id] = min(first, order.placed_at)
    return [(http[supplier_id], at) for supplier_id, at in since.items()]


def waits_for_http(run: Run) -> bool:
    """Whether anything of a purchase is to be sent or asked over HTTP."""
    return bool(unsent(run)) or bool(_pending(run))


def _take_page(work: Work, page: Submission) -> None:
    faults: list[Text] = []
    for entry in objects(_object(page), "confirmations"):
        with deciding(work) as session:
            fault = _take(session, work.run, page, entry)
        faults += [fault] if fault is not None else []
    if faults:
        raise SourceFault(faults[0].code, **faults[0].args)


def _take(session: Session, run: Run, page: Submission, entry: dict[str, Any]) -> Text | None:
    """One answer, or why it cannot be used. Orders of other purchases are theirs to look at."""
    name = str(entry.get("order"))
    order = session.get(PurchaseOrder, name)
    if order is None or order.plan_id != run.plan_id or order.supplier_id != page.sender:
        return Text("confirmation_of_nothing", {"order": name[:80]})
    if order.cycle != run.business_date:
        return None
    said = said_in_entry(entry, still_ordered(session, name), directory_of(run.plan))
    if isinstance(said, Text) or said is None:
        return said
    try:
        said_at = moment(entry.get("confirmed_at"), "confirmed_at").astimezone(UTC)
    except NotAsAgreed as fault:
        return fault.reason
    record_answer(session, run, name, said, How("http", order.supplier_id, page.submission_id, said_at))
    return None


def _object(page: Submission) -> dict[str, Any]:
    try:
        return json_object(page.body or b"")
    except NotAsAgreed as fault:
        raise SourceFault(fault.reason.code, **fault.reason.args) from fault
