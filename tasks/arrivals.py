"""Goods that arrive: every line a batch, and no batch into the usable stock before somebody named checked it (C-07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import Arrival, judge_batch, last_day
from rules.claims import claimed
from rules.intake.identify import Directory
from rules.intake.lines import vocabulary
from rules.stock_intake import StoreJudged, StoreList, judge_arrivals
from schemas.plan import Plan
from schemas.tables import Batch, Purchase, PurchaseOrder, PurchaseOrderLine
from schemas.text import Text
from schemas.words import Stage
from tasks import supply
from tasks.artifacts import leave, text_artifact
from tasks.database import insert, reading
from tasks.documents.returned import returned_documents
from tasks.documents.store import save_all
from tasks.duties import answer
from tasks.intake.store_lists import Lists, judged_lists, write_returned
from tasks.intake.take import take_in
from tasks.ledger import book, move
from tasks.notices.outbox import tell
from tasks.runs import Outcome, Run, Work, audit, decide, deciding
from tasks.step import step
from tasks.words import reason_text, say

KIND, ARRIVAL = "arrivals", "arrival"


class NotInspected(ValueError):
    """The inspection cannot be taken as it stands; the words say why, in the reader's language."""


@step("Take in what arrived")
def take_arrivals(work: Work) -> Lists:
    """Papers of the day's arrivals, read against the purchase orders that are open."""
    run = work.run
    with reading() as session:
        query = sa.select(col(PurchaseOrder.order_id)).where(col(PurchaseOrder.plan_id) == run.plan_id)
        orders = list(session.execute(query).scalars())
    return judged_lists(work, take_in(work, KIND, [run.business_date]), partial(_judge, orders))


def _judge(orders: list[str], lists: list[StoreList], directory: Directory) -> StoreJudged:
    return judge_arrivals(lists, directory, vocabulary(directory.plan), orders)


@step("Make the batches, and release what was checked")
def book_arrivals(work: Work, lists: Lists) -> Outcome:
    """One transaction: batches, their moves, what is still to come, and who must inspect or source again."""
    outcome = decide(work, lists.result, lambda session, revision: _write(session, work.run, revision, lists))
    run = work.run
    with reading() as session:
        made = returned_documents(session, run.plan, KIND, run.business_date, outcome.revision)
    paths = save_all(run, outcome.revision, made)
    lines = [say("{count} batches wait for their inspection", count=outcome.summary["waiting"])]
    leave(run, KIND, text_artifact(run, say("Goods received"), outcome, lines, paths=paths))
    return outcome


def _write(session: Session, run: Run, revision: int, lists: Lists) -> Mapping[str, Any]:
    returned = write_returned(session, run, revision, lists, KIND)
    batches = _new_batches(session, run, lists.accepted)
    insert(session, Batch, [b for b, _ in batches])
    sources = {o.order_id: o for o in _orders(session, run)}
    moves = [
        move(
            b,
            f"supplier:{sources[b['origin']].supplier_id}",
            f"store:{b['store_id']}",
            b["qty_base"],
            ARRIVAL,
            run.now,
        )
        for b, _ in batches
    ]
    book(session, moves)
    _arrived(session, run, {str(b["origin"]) for b, _ in batches})
    answer(session, run.plan_id, ARRIVAL, _answered(run), run.business_date, f"revision {revision}")
    states = [b["state"] for b, _ in batches]
    summary = {
        "batches": len(batches),
        "released": states.count("released"),
        "held": states.count("held"),
        "waiting": states.count("arrived"),
        "returned": returned,
    }
    if batches:
        tell(session, run, Stage.GOODS_ARRIVED, "all", revision, {"batches": len(batches)})
    for batch, reasons in batches:
        if batch["state"] == "held":
            _held(session, run, revision, batch, reasons)
    return summary


def _answered(run: Run) -> dict[str, Any]:
    places = [f"role:{r}" for r in run.plan.file.roles] + [f"store:{s}" for s in run.plan.stores]
    return dict.fromkeys(places, run.now)


def _held(session: Session, run: Run, revision: int, batch: Mapping[str, Any], reasons: tuple[Text, ...]) -> None:
    words = "；".join(reason_text(reason.as_json()) for reason in reasons)
    values = {"item": run.plan.items[batch["item_id"]].name, "reason": words}
    tell(session, run, Stage.BATCH_HELD, batch["batch_id"], revision, values)


def _orders(session: Session, run: Run) -> list[PurchaseOrder]:
    return list(session.execute(sa.select(PurchaseOrder).where(col(PurchaseOrder.plan_id) == run.plan_id)).scalars())


def _new_batches(session: Session, run: Run, lines: pl.DataFrame) -> list[tuple[dict[str, Any], tuple[Text, ...]]]:
    """Batches of lines that no earlier run has booked, each with the reasons for which it is held, if it is."""
    orders = {o.order_id: o for o in _orders(session, run)}
    known = set(supply.batches(session, run.plan_id, run.now)["batch_id"].to_list())
    still_open = _still_open(session, run)
    prices = _last_prices(session, run)
    made = []
    for line in lines.iter_rows(named=True):
        batch = _batch(run, orders[line["order_id"]].store_id, line)
        if batch["batch_id"] in known:
            continue
        key = (line["order_id"], line["item_id"])
        made.append(_inspected(run, batch, line, still_open.get(key, 0), prices.get(line["item_id"])))
        still_open[key] = still_open.get(key, 0) - line["qty_base"]
    return made


def _batch(run: Run, store_id: str, line: Mapping[str, Any]) -> dict[str, Any]:
    item = run.plan.items[line["item_id"]]
    return {
        "batch_id": f"{line['order_id']}:{line['item_id']}:{line['submission_id'][:8]}:{line['line_no']}",
        "plan_id": run.plan_id,
        "store_id": store_id,
        "item_id": line["item_id"],
        "origin": line["order_id"],
        "qty_base": line["qty_base"],
        "cost_fen": line["price_fen"],
        "arrived_on": run.business_date,
        "expires_on": last_day(item, run.business_date, line["produced_on"], line["expires_on"]),
        "state": "arrived",
    }


def _inspected(
    run: Run, batch: dict[str, Any], line: Mapping[str, Any], still_open: int, last_price: int | None
) -> tuple[dict[str, Any], tuple[Text, ...]]:
    """What the paper says of the inspection; without an inspector of the plan the batch waits."""
    plan = run.plan
    paper = Arrival(
        batch["item_id"],
        batch["qty_base"],
        batch["cost_fen"],
        run.business_date,
        batch["expires_on"],
        max(0, still_open),
        line["produced_on"],
    )
    reasons = judge_batch(paper, last_price, plan).reasons
    if line["conclusion"] == "fail":
        reasons = (*reasons, Text("inspection_failed", {"item": plan.items[batch["item_id"]].name}))
    inspector = _inspector(plan, line["inspector"])
    if reasons:
        return batch | {"state": "held", "reason": reasons[0].code, "checked_by": inspector}, reasons
    if line["conclusion"] == "pass" and inspector is not None:
        return batch | {"state": "released", "released": True, "checked_by": inspector, "checked_at": run.now}, ()
    return batch, ()


def _inspector(plan: Plan, who: str) -> str | None:
    return claimed(who, plan.officers_in(plan.file.receiving.inspector_roles.value))


def _still_open(session: Session, run: Run) -> dict[tuple[str, str], int]:
    query = (
        sa.select(PurchaseOrderLine)
        .join(PurchaseOrder, col(PurchaseOrder.order_id) == col(PurchaseOrderLine.order_id))
        .where(col(PurchaseOrder.plan_id) == run.plan_id)
    )
    lines = session.execute(query).scalars()
    return {(x.order_id, x.item_id): x.qty_base - x.arrived_base for x in lines}


def _last_prices(session: Session, run: Run) -> dict[str, int]:
    """Fen per sale unit that was paid the last time, per item; where nothing was bought yet, what the sheet says.

    The source's own price there, else what the opening stock cost: without either, any price would pass the first time.
    """
    plan = run.plan
    outside = {r.item_id: r.price_fen for r in plan.stock if plan.stores[r.store_id].capacity_parcels == 0}
    prices = {r.item_id: r.cost_fen for r in plan.stock if r.cost_fen} | outside
    query = (
        sa.select(col(Batch.item_id), col(Batch.cost_fen))
        .join(PurchaseOrder, col(PurchaseOrder.order_id) == col(Batch.origin))
        .where(col(Batch.plan_id) == plan.id, col(Batch.released), col(Batch.arrived_on) < run.business_date)
        .order_by(col(Batch.arrived_on), col(Batch.batch_id))
    )
    return prices | {row[0]: row[1] for row in session.execute(query)}


def _arrived(session: Session, run: Run, orders: set[str]) -> None:
    """What came of each order; the order is closed, so that what is missing is bought again and not waited for."""
    came = (
        sa.select(sa.func.coalesce(sa.func.sum(Batch.qty_base), 0))
        .where(
            col(Batch.origin) == col(PurchaseOrderLine.order_id), col(Batch.item_id) == col(PurchaseOrderLine.item_id)
        )
        .scalar_subquery()
    )
    mine = sa.update(PurchaseOrderLine).where(col(PurchaseOrderLine.order_id).in_(orders))
    session.execute(mine.values(arrived_base=came).execution_options(synchronize_session=False))
    closed = sa.update(PurchaseOrder).where(col(PurchaseOrder.order_id).in_(orders))
    session.execute(closed.values(state="arrived", arrived_at=run.now).execution_options(synchronize_session=False))
    waiting = sa.select(col(PurchaseOrder.cycle)).where(
        col(PurchaseOrder.plan_id) == run.plan_id, col(PurchaseOrder.state) == "placed"
    )
    whole = sa.update(Purchase).where(
        col(Purchase.plan_id) == run.plan_id, col(Purchase.state) == "ordered", col(Purchase.cycle).not_in(waiting)
    )
    session.execute(whole.values(state="arrived").execution_options(synchronize_session=False))


@dataclass(frozen=True)
class Inspection:
    """What an inspector says of a batch."""

    by: str
    passed: bool
    reason: str = ""


def inspect_batch(work: Work, batch_id: str, said: Inspection) -> bool:
    """Release or hold a batch that waits (or was held) in a named inspector's word. Returns whether anything changed.

    Raises:
        NotInspected: nobody of that name may inspect; no such batch; a batch held without a reason.
    """
    run, plan = work.run, work.run.plan
    inspector = _inspector(plan, said.by)
    if inspector is None:
        names = "、".join(o.name for o in plan.officers_in(plan.file.receiving.inspector_roles.value))
        raise NotInspected(reason_text(Text("not_an_inspector", {"who": said.by, "names": names}).as_json()))
    if not said.passed and not said.reason.strip():
        raise NotInspected(say("A batch is held only with a reason."))
    with deciding(work) as session:
        batch = session.get(Batch, batch_id)
        if batch is None or batch.plan_id != run.plan_id:
            raise NotInspected(say("There is no batch {batch}.", batch=batch_id))
        state = "released" if said.passed else "held"
        if batch.state == state:
            return False
        values = {"state": state, "released": said.passed, "checked_by": inspector, "checked_at": run.now}
        change = sa.update(Batch).where(col(Batch.batch_id) == batch_id)
        session.execute(change.values(**values, reason="" if said.passed else said.reason.strip()))
        audit(session, run.plan_id, run.now, inspector, "inspected", {"batch": batch_id, "state": state})
    return True


def waiting_batches(plan_id: str, until: date) -> list[Batch]:
    """Batches that nobody has checked yet."""
    query = sa.select(Batch).where(
        col(Batch.plan_id) == plan_id, col(Batch.state) == "arrived", col(Batch.arrived_on) <= until
    )
    with reading() as session:
        return list(session.execute(query.order_by(col(Batch.batch_id))).scalars())
