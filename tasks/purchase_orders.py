"""Orders to suppliers, placed once per purchase, supplier and receiving store (C-05, B-07)."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.tables import Purchase, PurchaseLine
from schemas.words import Stage
from tasks.artifacts import leave, text_artifact
from tasks.database import frame, reading
from tasks.documents.purchase import purchase_order_sheet
from tasks.documents.store import save_all
from tasks.notices.outbox import tell
from tasks.order_books import committed_fen, orders_of
from tasks.order_placing import Wanted, place
from tasks.purchase import answer_duty, purchase_state, write_answer
from tasks.purchase_story import purchase_story, story_lines
from tasks.runs import Outcome, Run, Work, audit, deciding
from tasks.step import step
from tasks.supplier_http import fetch_answers, send_orders
from tasks.words import say

#: Orders of a purchase have no second revision: what was ordered stays ordered.
ORDERED_ONCE = 1


@step("Order from the suppliers")
def order_supplies(work: Work) -> dict[str, Any]:
    """Place what was approved."""
    return ordered(work)


def ordered(work: Work) -> dict[str, Any]:
    """The purchase's state turns in the same transaction: a second run, or the watch's, finds nothing to do."""
    run = work.run
    with deciding(work) as session:
        if purchase_state(session, run) == "approved":
            _place(session, run)
        elif purchase_state(session, run) == "rejected":
            answer_duty(session, run, "rejected")
    _deal_with_suppliers(work)
    with reading() as session:
        orders = orders_of(session, run.plan_id, run.business_date)
        state, amount = purchase_state(session, run), committed_fen(session, run)
        made = [purchase_order_sheet(session, run.plan, order.order_id) for order in orders]
    write_answer(run)
    paths = save_all(run, ORDERED_ONCE, made)
    summary = {"state": state, "orders": len(orders), "amount_fen": amount}
    leave(
        run,
        "orders",
        text_artifact(run, say("Purchase orders"), Outcome(run, ORDERED_ONCE, True, summary), _told(run), paths),
    )
    return summary


def _deal_with_suppliers(work: Work) -> None:
    """Ask those suppliers who have a server what they say, and send what is new, until nothing new follows."""
    fetch_answers(work)
    # What one does not bring is ordered from the next, who may be short as well: each is asked once, so this ends.
    while send_orders(work):
        pass


def _told(run: Run) -> list[str]:
    """Who approved, when, and what was changed."""
    told = purchase_story(run.plan_id, run.business_date)
    return list(story_lines(run.plan_id, told)) if told is not None else []


def _approved(session: Session, run: Run) -> pl.DataFrame:
    """Lines with packs to buy, of the revision that was answered."""
    query: sa.Select[Any] = (
        sa.select(
            col(PurchaseLine.supplier_id),
            col(PurchaseLine.store_id),
            col(PurchaseLine.item_id),
            col(PurchaseLine.approved_packs).label("packs"),
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
    return frame(session, query, texts | dict.fromkeys(("packs", "pack_price_fen"), pl.Int64))


def _place(session: Session, run: Run) -> None:
    lines = _approved(session, run)
    expected = expected_on(run)
    for (supplier_id, store_id), part in lines.group_by(["supplier_id", "store_id"], maintain_order=True):
        wanted = [Wanted(*row) for row in part.select("item_id", "packs", "pack_price_fen").iter_rows()]
        place(session, run, str(supplier_id), str(store_id), wanted, expected)
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
