"""Lines of an arrival's paper turned into batches, each with what the paper itself decides about it (C-07).

A paper that an inspector of the plan signed decides; what the rules hold against it (`rules/batches.py`) holds it all
the same, until somebody named says otherwise. Without a signature the batch waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import MORE_THAN_ORDERED, Arrival, judge_batch, last_day, split_surplus
from rules.claims import claimed
from rules.inspection import inspectors
from rules.intake.identify import directory_of
from schemas.plan import Plan
from schemas.tables import Batch, PurchaseOrder, PurchaseOrderLine
from schemas.text import Text
from schemas.words import BatchAct
from tasks.batch_decisions import RULE, Decided
from tasks.bought_prices import last_prices
from tasks.moments import refused_of_line
from tasks.runs import Run

BY_PAPER = f"{RULE}papers"
#: Ends the id of a batch that is more than was ordered.
SURPLUS = ":surplus"


@dataclass(frozen=True)
class NewBatch:
    """A batch to be booked, what is decided about it at once (None: it waits), and every reason that holds it."""

    row: dict[str, Any]
    decided: Decided | None
    reasons: tuple[Text, ...] = ()


def purchase_orders(session: Session, plan_id: str) -> dict[str, PurchaseOrder]:
    """Every order to a supplier, by id: goods may come after the order was closed."""
    query = sa.select(PurchaseOrder).where(col(PurchaseOrder.plan_id) == plan_id)
    return {o.order_id: o for o in session.execute(query).scalars()}


def new_batches(session: Session, run: Run, lines: pl.DataFrame) -> list[NewBatch]:
    """Batches of lines that no earlier run has booked, in the order of the lines."""
    orders, number = purchase_orders(session, run.plan_id), _last_number(session, run)
    known, still_open = _known(session, run), _still_open(session, run)
    prices = last_prices(session, run.plan, run.business_date)
    made: list[NewBatch] = []
    for line in lines.iter_rows(named=True):
        batch = _batch(run, orders[line["order_id"]], line)
        if batch["batch_id"] in known or batch["batch_id"] + SURPLUS in known:
            continue
        key = (line["order_id"], line["item_id"])
        within, surplus = split_surplus(line["qty_base"], still_open.get(key, 0))
        still_open[key] = still_open.get(key, 0) - line["qty_base"]
        parts = [batch | {"qty_base": within}] if within else []
        parts += [batch | {"qty_base": surplus, "batch_id": batch["batch_id"] + SURPLUS}] if surplus else []
        for part in parts:
            number += 1
            made.append(_judged(run, part | {"number": number}, line, prices.get(line["item_id"])))
    return made


def _known(session: Session, run: Run) -> set[str]:
    query = sa.select(col(Batch.batch_id)).where(
        col(Batch.plan_id) == run.plan_id, col(Batch.arrived_on) == run.business_date
    )
    return set(session.execute(query).scalars())


def _last_number(session: Session, run: Run) -> int:
    """Numbers run per day of arrival: the lease of the day's run keeps a second writer off them."""
    query = sa.select(sa.func.max(Batch.number)).where(
        col(Batch.plan_id) == run.plan_id, col(Batch.arrived_on) == run.business_date
    )
    return session.execute(query).scalar() or 0


def _still_open(session: Session, run: Run) -> dict[tuple[str, str], int]:
    """What of each line may still come: what its supplier said that he does not bring was never on its way."""
    left = col(PurchaseOrderLine.qty_base) - refused_of_line() - col(PurchaseOrderLine.arrived_base)
    query = (
        sa.select(col(PurchaseOrderLine.order_id), col(PurchaseOrderLine.item_id), left)
        .join(PurchaseOrder, col(PurchaseOrder.order_id) == col(PurchaseOrderLine.order_id))
        .where(col(PurchaseOrder.plan_id) == run.plan_id)
    )
    return {(order_id, item_id): open_base for order_id, item_id, open_base in session.execute(query)}


def _batch(run: Run, order: PurchaseOrder, line: Mapping[str, Any]) -> dict[str, Any]:
    item = run.plan.items[line["item_id"]]
    named = line["supplier"].strip()
    return {
        "batch_id": f"{line['order_id']}:{line['item_id']}:{line['submission_id'][:8]}:{line['line_no']}",
        "plan_id": run.plan_id,
        "store_id": order.store_id,
        "item_id": line["item_id"],
        "origin": line["order_id"],
        "supplier": (directory_of(run.plan).store(named) or named) if named else order.supplier_id,
        "qty_base": line["qty_base"],
        "cost_fen": line["price_fen"],
        "arrived_on": run.business_date,
        "produced_on": line["produced_on"],
        "expires_on": last_day(item, run.business_date, line["produced_on"], line["expires_on"]),
        "state": "arrived",
    }


def _judged(run: Run, batch: dict[str, Any], line: Mapping[str, Any], last_price: int | None) -> NewBatch:
    """What the paper says of the inspection; without an inspector of the plan the batch waits."""
    plan = run.plan
    reasons = judge_batch(_arrival(run, batch), last_price, plan).reasons
    inspector = _inspector(plan, batch["store_id"], line["inspector"])
    if line["conclusion"] == "fail":
        failed = Text("inspection_failed", {"item": plan.items[batch["item_id"]].name})
        decided = Decided(BatchAct.FAILED, inspector or BY_PAPER, "paper", failed.code)
        return NewBatch(batch, decided, (failed, *reasons))
    if reasons:
        # Whether the goods are taken at all comes before whether they are good.
        first = next((r for r in reasons if r.code == MORE_THAN_ORDERED), reasons[0])
        return NewBatch(batch, Decided(BatchAct.HELD, BY_PAPER, "rule", first.code), reasons)
    if line["conclusion"] == "pass" and inspector is not None:
        return NewBatch(batch, Decided(BatchAct.PASSED, inspector, "paper"))
    return NewBatch(batch, None)


def _arrival(run: Run, batch: Mapping[str, Any]) -> Arrival:
    return Arrival(
        batch["item_id"],
        batch["qty_base"],
        batch["cost_fen"],
        run.business_date,
        batch["expires_on"],
        0 if batch["batch_id"].endswith(SURPLUS) else None,
        batch["produced_on"],
    )


def _inspector(plan: Plan, store_id: str, who: str) -> str | None:
    return claimed(who, inspectors(plan, store_id))
