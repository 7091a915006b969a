"""Orders handed to stores over HTTP, and what they answer: confirmed, or short of what (A-05, B-02).

An order goes out under the key `plan:cycle:revision:store`, so that a store which sees it twice takes it once. Its
answer and every later confirmation are stored raw, then recorded beside the order; a shortfall is told to the
coordinator once per answer. What is packed is still what lies on the shelf: a confirmation changes no book.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.confirmations import Packed, packed
from rules.intake.http_json import NotAsAgreed, json_object, objects
from rules.intake.identify import directory_of
from schemas.plan.sources import Source
from schemas.tables import StoreConfirmation, StoreConfirmationLine, StoreOrder, StoreOrderLine, Submission
from schemas.text import Text
from schemas.units import sale_quantity
from schemas.words import Stage
from tasks.database import reading, upsert
from tasks.intake.http_client import SourceFault
from tasks.intake.pulls import base_address, caller_of, keep
from tasks.notices.outbox import tell
from tasks.runs import Run, Work, deciding

Key = Mapping[str, Any]


def hand_order(work: Work, source: Source) -> None:
    """POST the store's open order of the run's cycle, unless it has answered already.

    Raises:
        SourceFault: not taken, or answered with what cannot be used.
    """
    order = _open_order(work.run, source)
    if order is None:
        return
    caller = caller_of(source)
    try:
        body = orjson.dumps(_told(work.run, order))
        page = keep(work, source, caller.post(f"{base_address(source)}/orders", body, order_id(order)))
    finally:
        caller.close()
    _record(work, source, page, [_object(page)])


def take_confirmations(work: Work, source: Source, pages: Sequence[Submission]) -> None:
    """Record what a store's pages of confirmations say.

    Raises:
        SourceFault: an entry that cannot be used, or of an order that was never placed; the others are recorded.
    """
    for page in pages:
        _record(work, source, page, objects(_object(page), "confirmations"))


def _object(page: Submission) -> dict[str, Any]:
    try:
        return json_object(page.body or b"")
    except NotAsAgreed as fault:
        raise SourceFault(fault.reason.code, **fault.reason.args) from fault


def order_id(order: StoreOrder) -> str:
    """The order's name for its store, and the key under which it is handed over."""
    return f"{order.plan_id}:{order.cycle.isoformat()}:{order.revision}:{order.store_id}"


def _open_order(run: Run, source: Source) -> StoreOrder | None:
    answered = sa.exists().where(
        *(getattr(StoreConfirmation, n) == getattr(StoreOrder, n) for n in ("plan_id", "cycle", "revision", "store_id"))
    )
    query = sa.select(StoreOrder).where(
        col(StoreOrder.plan_id) == run.plan_id,
        col(StoreOrder.cycle) == run.business_date,
        col(StoreOrder.store_id) == source.store,
        col(StoreOrder.state) == "placed",
        ~answered,
    )
    with reading() as session:
        return session.execute(query).scalar_one_or_none()


def _lines(session: Session, key: Key) -> list[StoreOrderLine]:
    query = sa.select(StoreOrderLine).where(*(getattr(StoreOrderLine, name) == value for name, value in key.items()))
    return list(
        session.execute(query.order_by(col(StoreOrderLine.community_id), col(StoreOrderLine.item_id))).scalars()
    )


def _key(order: StoreOrder) -> dict[str, Any]:
    return {n: getattr(order, n) for n in ("plan_id", "cycle", "revision", "store_id")}


def _told(run: Run, order: StoreOrder) -> dict[str, Any]:
    """The order as the store reads it: per community and item, nobody's name or room."""
    plan = run.plan
    with reading() as session:
        lines = _lines(session, _key(order))
    said = [
        {
            "community": plan.communities[line.community_id].name,
            "item": plan.items[line.item_id].name,
            "unit": plan.items[line.item_id].unit,
            "quantity": sale_quantity(line.qty_base, plan.items[line.item_id].unit_base),
            "price_fen": line.price_fen,
        }
        for line in lines
    ]
    head = {"version": "1", "order": order_id(order), "cycle": order.cycle.isoformat(), "revision": order.revision}
    return head | {"store": order.store_id, "deliver_on": order.deliver_on.isoformat(), "lines": said}


def _record(work: Work, source: Source, page: Submission, entries: Sequence[Key]) -> None:
    faults = []
    for entry in entries:
        fault = _record_one(work, source, page, entry)
        faults += [fault] if fault is not None else []
    if faults:
        raise SourceFault(faults[0].code, **faults[0].args)


def _record_one(work: Work, source: Source, page: Submission, entry: Key) -> Text | None:
    run = work.run
    with deciding(work) as session:
        order = _named(session, run, source, str(entry.get("order")))
        if order is None:
            return Text("confirmation_of_nothing", {"order": str(entry.get("order"))[:80]})
        ordered: dict[str, int] = {}
        for line in _lines(session, _key(order)):
            ordered[line.item_id] = ordered.get(line.item_id, 0) + line.qty_base
        found = packed(entry, ordered, directory_of(run.plan))
        if isinstance(found, Text):
            return found
        if found is not None:
            _write(session, run, order, page, found)
    return None


def _named(session: Session, run: Run, source: Source, name: str) -> StoreOrder | None:
    """The order of this store that a name means; a superseded one too, since its answer may come late."""
    query = sa.select(StoreOrder).where(
        col(StoreOrder.plan_id) == run.plan_id, col(StoreOrder.store_id) == source.store
    )
    return next((order for order in session.execute(query).scalars() if order_id(order) == name), None)


def _write(session: Session, run: Run, order: StoreOrder, page: Submission, found: Sequence[Packed]) -> None:
    """A later answer replaces the former; the same answer again changes nothing."""
    key, short = _key(order), [p for p in found if p.confirmed_base < p.ordered_base]
    state = "short" if short else "confirmed"
    if _said_before(session, key, found):
        return
    head = {"state": state, "confirmed_at": run.now, "submission_id": page.submission_id}
    upsert(session, StoreConfirmation, [key | head])
    upsert(session, StoreConfirmationLine, [key | _row(one) for one in found])
    if short and order.state != "superseded":
        _tell_short(session, run, order, page, short)


def _row(one: Packed) -> dict[str, Any]:
    return {n: getattr(one, n) for n in ("item_id", "ordered_base", "confirmed_base", "reason")}


def _said_before(session: Session, key: Key, found: Sequence[Packed]) -> bool:
    query = sa.select(StoreConfirmationLine).where(
        *(getattr(StoreConfirmationLine, name) == value for name, value in key.items())
    )
    there = {row.item_id: _row_there(row) for row in session.execute(query).scalars()}
    return bool(there) and there == {one.item_id: _row(one) for one in found}


def _row_there(row: StoreConfirmationLine) -> dict[str, Any]:
    return {n: getattr(row, n) for n in ("item_id", "ordered_base", "confirmed_base", "reason")}


def _tell_short(session: Session, run: Run, order: StoreOrder, page: Submission, short: Sequence[Packed]) -> None:
    plan, to = run.plan, run.plan.file.notices.to.value
    goods = [plan.items[p.item_id] for p in short]
    missing = [
        f"{item.name} {sale_quantity(p.ordered_base - p.confirmed_base, item.unit_base)}{item.unit}"
        for item, p in zip(goods, short, strict=True)
    ]
    values = {"store": plan.stores[order.store_id].name, "missing": missing, "deliver_on": order.deliver_on}
    roles = to.get(Stage.ORDER_SHORT) or to.get(Stage.DUTY_ESCALATED, [])
    officers = [o.officer_id for o in plan.officers_in(roles)]
    about = f"{order.store_id}:{order.cycle.isoformat()}:{page.sha256[:12]}"
    tell(session, run, Stage.ORDER_SHORT, about, order.revision, values, to=officers)
