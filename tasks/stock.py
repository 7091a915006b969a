"""Stores' daily reports against the ledger: doubted where they cannot be so, then the books follow them (B-06)."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import count_gaps, pick
from rules.intake.identify import Directory
from rules.intake.lines import vocabulary
from rules.stock_intake import StoreJudged, StoreList, judge_stock
from schemas.frames.base import frame_of
from schemas.frames.supply import Quantities
from schemas.tables import Batch, StockReportLine
from tasks import supply
from tasks.database import frame, insert, upsert
from tasks.doubts import keep_doubts
from tasks.intake.store_lists import Lists, judged_lists
from tasks.intake.take import take_in
from tasks.ledger import COUNT, book, move, released_batch
from tasks.runs import Run, Work, deciding
from tasks.step import step

KIND = "stock"


@step("Take in the stores' reports")
def take_reports(work: Work) -> Lists:
    """Store the reports raw, read them, and bring the books up to what was counted."""
    run = work.run
    lists = judged_lists(work, take_in(work, KIND, [run.business_date]), _judge)
    with deciding(work) as session:
        _reported(session, run, lists)
    return lists


def _judge(lists: list[StoreList], directory: Directory) -> StoreJudged:
    return judge_stock(lists, directory, vocabulary(directory.plan))


def _reported(session: Session, run: Run, lists: Lists) -> None:
    """Write the lines, and book once per report and item what differs from the ledger."""
    columns = ["store_id", "item_id", "submission_id", "qty_base", "price_fen", "sold_base"]
    key = {"plan_id": pl.lit(run.plan_id), "business_date": pl.lit(run.business_date)}
    rows = lists.accepted.select(columns).with_columns(**key)
    new = rows.join(_known(session, run), on=["store_id", "item_id", "submission_id"], how="anti")
    upsert(session, StockReportLine, rows)
    held = supply.batches(session, run.plan_id, run.now)
    books = held.group_by("store_id", "item_id").agg(pl.col("qty_base").sum())
    keep_doubts(session, run, new, books)
    gaps = count_gaps(books, new.select("store_id", "item_id", "qty_base"))
    reports = new.select("store_id", "item_id", "submission_id")
    for gap in gaps.join(reports, on=["store_id", "item_id"]).iter_rows(named=True):
        _correct(session, run, held, gap)


def _known(session: Session, run: Run) -> pl.DataFrame:
    """Lines that an earlier run has booked: a report is a count of its moment, not to be held against later moves."""
    query = sa.select(
        col(StockReportLine.store_id), col(StockReportLine.item_id), col(StockReportLine.submission_id)
    ).where(col(StockReportLine.plan_id) == run.plan_id, col(StockReportLine.business_date) == run.business_date)
    return frame(session, query, dict.fromkeys(("store_id", "item_id", "submission_id"), pl.String))


def _correct(session: Session, run: Run, held: pl.DataFrame, gap: Mapping[str, Any]) -> None:
    """A count that differs is a move of its own: missing goods leave the shelf, found goods are their own batch.

    Its key is the report's: the same count twice on a day is two events where the shelf had changed in between.
    """
    place = supply.store_place(gap["store_id"])
    if gap["gap_base"] > 0:
        found = _found_batch(run, gap)
        insert(session, Batch, [found])
        book(session, [move(found, COUNT, place, found["qty_base"], COUNT, run.now)])
        return
    shelf = {"store_id": gap["store_id"], "item_id": gap["item_id"]}
    missing = frame_of(Quantities, [{**shelf, "qty_base": -gap["gap_base"]}])
    picked = pick(held.filter(pl.col("qty_base") > 0), missing)
    rows = [{"plan_id": run.plan_id, **row} for row in picked.iter_rows(named=True)]
    moves = [move(row, place, COUNT, row["qty_base"], COUNT, run.now, gap["submission_id"]) for row in rows]
    book(session, moves)


def _found_batch(run: Run, gap: Mapping[str, Any]) -> dict[str, Any]:
    """Goods found by counting: a store's own are released in its word, a station's wait for the inspector (C-07)."""
    plan, store = run.plan, run.plan.stores[gap["store_id"]]
    batch_id = f"{COUNT}:{plan.id}:{store.store_id}:{gap['item_id']}:{gap['submission_id']}"
    cost = next((r.cost_fen for r in plan.stock if (r.store_id, r.item_id) == (store.store_id, gap["item_id"])), 0)
    batch = released_batch(
        plan, batch_id, store.store_id, gap["item_id"], gap["gap_base"], cost, run.business_date, store.contact
    )
    if plan.file.allocation.source.value == "station":
        return batch | {"state": "arrived", "released": False, "checked_by": None}
    return batch
