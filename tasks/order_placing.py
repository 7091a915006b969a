"""Placing an order: its row, its lines, until when it is to be confirmed, and the notice with its sheet (C-05, B-07).

The row is there before anybody is told, and its id is the key under which it goes out: whatever is cut off in between,
the same order is sent under the same key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.duties import CONFIRMATION
from schemas.tables import PurchaseOrder, PurchaseOrderLine
from schemas.words import Stage
from tasks.database import insert
from tasks.documents.store import path_of
from tasks.notices.outbox import tell
from tasks.order_books import takers
from tasks.own_duties import owe
from tasks.runs import Run


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of an order."""

    item_id: str
    packs: int
    pack_price_fen: int


def place(session: Session, run: Run, supplier_id: str, store_id: str, wanted: Sequence[Wanted], expected: date) -> str:
    """The order's id. Called again in the same purchase it is one more order to that supplier, of the next round."""
    number = 1 + _rounds(session, run, supplier_id, store_id)
    order_id = f"{run.plan_id}:{run.business_date}:{supplier_id}:{store_id}" + (f":{number}" if number > 1 else "")
    confirm_by = run.now + timedelta(minutes=run.plan.file.purchase.confirm_minutes.value)
    head = {
        "order_id": order_id,
        "plan_id": run.plan_id,
        "cycle": run.business_date,
        "supplier_id": supplier_id,
        "store_id": store_id,
        "round": number,
        "expected_on": expected,
        "amount_fen": sum(x.packs * x.pack_price_fen for x in wanted),
        "placed_at": run.now,
        "confirm_by": confirm_by,
    }
    insert(session, PurchaseOrder, [head])
    insert(session, PurchaseOrderLine, [_line(run, order_id, x) for x in wanted])
    owe(session, run, CONFIRMATION, subject(order_id), confirm_by)
    if supplier_id not in takers(run.plan):
        _tell_supplier(session, run, head)
    return order_id


def subject(order_id: str) -> str:
    """What the duty of confirming an order is about."""
    return f"order:{order_id}"


def _rounds(session: Session, run: Run, supplier_id: str, store_id: str) -> int:
    query = sa.select(sa.func.coalesce(sa.func.max(PurchaseOrder.round), 0)).where(
        col(PurchaseOrder.plan_id) == run.plan_id,
        col(PurchaseOrder.cycle) == run.business_date,
        col(PurchaseOrder.supplier_id) == supplier_id,
        col(PurchaseOrder.store_id) == store_id,
    )
    return int(session.execute(query).scalar_one())


def _line(run: Run, order_id: str, wanted: Wanted) -> dict[str, object]:
    item = run.plan.items[wanted.item_id]
    return {
        "order_id": order_id,
        "item_id": wanted.item_id,
        "packs": wanted.packs,
        "qty_base": wanted.packs * item.pack_units * item.unit_base,
        "pack_price_fen": wanted.pack_price_fen,
    }


def _tell_supplier(session: Session, run: Run, head: dict[str, object]) -> None:
    """Who takes no orders over HTTP has the sheet, and a notice that names it and until when to confirm."""
    supplier_id, store_id, number = str(head["supplier_id"]), str(head["store_id"]), int(str(head["round"]))
    supplier = run.plan.stores[supplier_id]
    path = path_of("purchase_order", run.plan, run.business_date, supplier_id, store_id, number)
    told = {name: head[name] for name in ("amount_fen", "expected_on", "confirm_by")}
    about = f"{supplier_id}:{store_id}"
    told |= {"orders": 1, "supplier": supplier.name}
    tell(session, run, Stage.PURCHASE_ORDERED, about, number, told, [path], to=[supplier.contact])
