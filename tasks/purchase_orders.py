"""Orders to suppliers, placed once per purchase, supplier and receiving store (C-05, B-07)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.tables import Purchase, PurchaseLine, PurchaseOrder, PurchaseOrderLine
from schemas.words import Stage
from tasks.artifacts import leave, text_artifact
from tasks.database import frame, insert, reading
from tasks.documents.purchase import purchase_order_sheet
from tasks.documents.store import path_of, save_all
from tasks.notices.outbox import tell
from tasks.purchase import answer_duty, purchase_state, write_answer
from tasks.runs import Outcome, Run, Work, audit, deciding
from tasks.step import step
from tasks.words import say

#: Orders of a purchase have no second revision: what was ordered stays ordered.
ORDERED_ONCE = 1


@step("Order from the suppliers")
def order_supplies(work: Work) -> dict[str, Any]:
    """Place what was approved. The purchase's state turns in the same transaction: a second run finds nothing to do."""
    run = work.run
    with deciding(work) as session:
        if purchase_state(session, run) == "approved":
            _place(session, run)
        elif purchase_state(session, run) == "rejected":
            answer_duty(session, run, "rejected")
    with reading() as session:
        orders = _orders(session, run)
        state = purchase_state(session, run)
        made = [purchase_order_sheet(session, run.plan, order.order_id) for order in orders]
    write_answer(run)
    paths = save_all(run, ORDERED_ONCE, made)
    summary = {"state": state, "orders": len(orders), "amount_fen": sum(o.amount_fen for o in orders)}
    leave(
        run,
        "orders",
        text_artifact(run, say("Purchase orders"), Outcome(run, ORDERED_ONCE, True, summary), paths=paths),
    )
    return summary


def _orders(session: Session, run: Run) -> list[PurchaseOrder]:
    query = sa.select(PurchaseOrder).where(
        col(PurchaseOrder.plan_id) == run.plan_id, col(PurchaseOrder.cycle) == run.business_date
    )
    return list(session.execute(query.order_by(col(PurchaseOrder.order_id))).scalars())


def _approved(session: Session, run: Run) -> pl.DataFrame:
    """Lines with packs to buy, of the revision that was answered."""
    query: sa.Select[Any] = (
        sa.select(
            col(PurchaseLine.supplier_id),
            col(PurchaseLine.store_id),
            col(PurchaseLine.item_id),
            col(PurchaseLine.approved_packs).label("packs"),
            (col(PurchaseLine.approved_packs) * col(PurchaseLine.pack_base)).label("qty_base"),
            col(PurchaseLine.pack_price_fen),
        )
        .join(
            Purchase,
            sa.and_(
                col(Purchase.plan_id) == col(PurchaseLine.plan_id),
                col(Purchase.cycle) == col(PurchaseLine.cycle),
                col(Purchase.revision) == col(PurchaseLine.revision),
            ),
        )
        .where(
            col(Purchase.plan_id) == run.plan_id,
            col(Purchase.cycle) == run.business_date,
            col(PurchaseLine.approved_packs) > 0,
        )
        .order_by(col(PurchaseLine.supplier_id), col(PurchaseLine.store_id), col(PurchaseLine.item_id))
    )
    texts = dict.fromkeys(("supplier_id", "store_id", "item_id"), pl.String)
    return frame(session, query, texts | dict.fromkeys(("packs", "qty_base", "pack_price_fen"), pl.Int64))


def _place(session: Session, run: Run) -> None:
    lines = _approved(session, run)
    expected = expected_on(run)
    for (supplier_id, store_id), part in lines.group_by(["supplier_id", "store_id"], maintain_order=True):
        order_id = f"{run.plan_id}:{run.business_date}:{supplier_id}:{store_id}"
        amount = int((part["packs"] * part["pack_price_fen"]).sum())
        head = {"plan_id": run.plan_id, "cycle": run.business_date, "supplier_id": supplier_id, "store_id": store_id}
        rest = {"order_id": order_id, "expected_on": expected, "amount_fen": amount, "placed_at": run.now}
        insert(session, PurchaseOrder, [head | rest])
        wanted = part.select("item_id", "packs", "qty_base", "pack_price_fen")
        insert(session, PurchaseOrderLine, wanted.with_columns(order_id=pl.lit(order_id)))
        _tell_supplier(session, run, str(supplier_id), str(store_id), {"amount_fen": amount, "expected_on": expected})
    mine = sa.update(Purchase).where(col(Purchase.plan_id) == run.plan_id, col(Purchase.cycle) == run.business_date)
    session.execute(mine.values(state="ordered"))
    orders = lines.select("supplier_id", "store_id").n_unique()
    amount = int((lines["packs"] * lines["pack_price_fen"]).sum())
    told = {"orders": orders, "amount_fen": amount, "expected_on": expected}
    tell(session, run, Stage.PURCHASE_ORDERED, "all", 1, told)
    answer_duty(session, run, "ordered")
    audit(session, run.plan_id, run.now, "flow:purchase_supplies", "ordered", told)


def expected_on(run: Run) -> date:
    """When the goods come: the purchase day plus the plan's lead time."""
    return run.business_date + timedelta(days=run.plan.file.purchase.lead_days.value)


def _tell_supplier(session: Session, run: Run, supplier_id: str, store_id: str, values: Mapping[str, Any]) -> None:
    supplier = run.plan.stores[supplier_id]
    path = path_of("purchase_order", run.plan, run.business_date, supplier_id, store_id)
    told = {**values, "orders": 1, "supplier": supplier.name}
    tell(session, run, Stage.PURCHASE_ORDERED, f"{supplier_id}:{store_id}", 1, told, [path], to=[supplier.contact])
