"""Goods that arrive: every line a batch, and no batch into the usable stock before somebody named checked it (C-07)."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from rules.batches import MORE_THAN_ORDERED
from rules.intake.identify import Directory
from rules.intake.lines import vocabulary
from rules.stock_intake import StoreJudged, StoreList, judge_arrivals
from schemas.tables import Batch
from schemas.words import Stage
from tasks.artifacts import leave, text_artifact
from tasks.batch_decisions import decide_on
from tasks.batches import find_batch
from tasks.database import insert, reading
from tasks.documents.returned import returned_documents
from tasks.documents.store import save_all
from tasks.duties import answer
from tasks.inspectors import watch_inspections
from tasks.intake.store_lists import Lists, judged_lists, write_returned
from tasks.intake.take import take_in
from tasks.ledger import ARRIVAL, book, move
from tasks.new_batches import NewBatch, new_batches, purchase_orders
from tasks.notices.outbox import tell
from tasks.order_arrivals import settle_orders, tell_differences
from tasks.repeated_papers import without_booked
from tasks.runs import Outcome, Run, Work, decide
from tasks.shortfall import tell_held
from tasks.step import step
from tasks.supply import store_place
from tasks.words import say

KIND = "arrivals"


@step("Take in what arrived")
def take_arrivals(work: Work) -> Lists:
    """Papers of the day's arrivals, read against the plan's purchase orders."""
    run = work.run
    with reading() as session:
        orders = list(purchase_orders(session, run.plan_id))
    taken = without_booked(work, take_in(work, KIND, [run.business_date]))
    return judged_lists(work, taken, partial(_judge, orders))


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
    batches = new_batches(session, run, lists.accepted)
    _book(session, run, batches)
    orders = {str(b.row["origin"]) for b in batches}
    settle_orders(session, run, orders)
    surplus = [b for b in batches if b.decided is not None and b.decided.reason == MORE_THAN_ORDERED]
    more = [find_batch(session, run.plan_id, b.row["batch_id"]) for b in surplus]
    tell_differences(session, run, revision, orders, more)
    watch_inspections(session, run)
    answer(session, run.plan_id, ARRIVAL, _answered(run), run.business_date, f"revision {revision}")
    if batches:
        tell(session, run, Stage.GOODS_ARRIVED, "all", revision, {"batches": len(batches)})
    states = [_state(session, run, batch) for batch in batches]
    return {
        "batches": len(batches),
        "released": states.count("released"),
        "held": states.count("held"),
        "waiting": states.count("arrived"),
        "returned": returned,
    }


def _book(session: Session, run: Run, batches: Sequence[NewBatch]) -> None:
    """The batches, their way from the supplier to the store, and what their papers decide."""
    insert(session, Batch, [b.row for b in batches])
    orders = purchase_orders(session, run.plan_id)
    book(
        session,
        [
            move(
                b.row,
                f"supplier:{orders[b.row['origin']].supplier_id}",
                store_place(b.row["store_id"]),
                b.row["qty_base"],
                ARRIVAL,
                run.now,
            )
            for b in batches
        ],
    )
    for new in batches:
        if new.decided is not None:
            decide_on(session, run, find_batch(session, run.plan_id, new.row["batch_id"]), new.decided)


def _state(session: Session, run: Run, new: NewBatch) -> str:
    """How the batch stands; one that is held is told to those who must source it again, but for a buyer's question."""
    batch = find_batch(session, run.plan_id, new.row["batch_id"])
    if batch.state == "held" and batch.reason != MORE_THAN_ORDERED:
        tell_held(session, run, batch, new.reasons)
    return batch.state


def _answered(run: Run) -> dict[str, Any]:
    places = [f"role:{r}" for r in run.plan.file.roles] + [f"store:{s}" for s in run.plan.stores]
    return dict.fromkeys(places, run.now)
