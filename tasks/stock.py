"""Stores' daily reports against the ledger, days of cover, and who must hear of what runs out (B-05, B-06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import count_gaps, pick
from rules.cover import alerts, days_of_cover
from rules.geography import serving_stores
from rules.intake.identify import Directory
from rules.intake.lines import vocabulary
from rules.stock_intake import StoreJudged, StoreList, judge_stock
from schemas.frames.base import frame_of
from schemas.frames.supply import Quantities
from schemas.plan import Plan
from schemas.tables import Batch, CoverLine, StockReportLine
from schemas.units import sale_quantity
from schemas.words import Stage
from tasks import supply
from tasks.artifacts import leave, stock_artifact
from tasks.database import frame, insert, json_columns, reading, upsert
from tasks.demand import demand_of
from tasks.documents.returned import returned_documents
from tasks.documents.stock import stock_sheet
from tasks.documents.store import path_of, save_all
from tasks.duties import answer
from tasks.intake.store_lists import Lists, judged_lists, write_returned
from tasks.intake.take import take_in
from tasks.ledger import COUNT, book, move, released_batch
from tasks.notices.outbox import tell
from tasks.runs import Outcome, Run, Work, decide, deciding
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


@dataclass(frozen=True)
class Position:
    """Where the stores stand: `cover` lines, `alerts`, and who has not reported."""

    cover: pl.DataFrame
    alerts: pl.DataFrame
    silent: list[str]


@step("Reckon the days of cover")
def assess_stock(work: Work, lists: Lists) -> Outcome:
    """Days of cover per store, item and category; alerts; one revision."""
    run = work.run
    position = _position(run, lists)
    result = {"cover": position.cover, "silent": position.silent, **lists.result}
    outcome = decide(work, result, lambda session, revision: _write(session, run, revision, position, lists))
    with reading() as session:
        made = [stock_sheet(session, run.plan, run.business_date, outcome.revision)]
        made += returned_documents(session, run.plan, KIND, run.business_date, outcome.revision)
    paths = save_all(run, outcome.revision, made)
    leave(run, "stock", stock_artifact(run, outcome, paths))
    return outcome


def _position(run: Run, lists: Lists) -> Position:
    plan = run.plan
    due = [s.store_id for s in serving_stores(plan)]
    silent = sorted(set(due) - set(lists.accepted["store_id"].to_list()))
    with reading() as session:
        stock = supply.available(session, plan.id, run.now, run.business_date).rename({"available_base": "qty_base"})
        demand = demand_of(session, plan, run.business_date)
    stock = stock.filter(pl.col("store_id").is_in(due)).with_columns(estimated=pl.col("store_id").is_in(silent))
    cover = days_of_cover(stock, demand, plan, run.business_date)
    return Position(cover, alerts(cover, plan), silent)


def _write(session: Session, run: Run, revision: int, position: Position, lists: Lists) -> Mapping[str, Any]:
    marks = {"plan_id": pl.lit(run.plan_id), "business_date": pl.lit(run.business_date), "revision": pl.lit(revision)}
    insert(session, CoverLine, json_columns(position.cover.with_columns(**marks), "why"))
    write_returned(session, run, revision, lists, KIND)
    reported = {f"store:{store_id}": at for store_id, at in lists.received.items()}
    answer(session, run.plan_id, KIND, reported, run.business_date, f"revision {revision}")
    categories = position.cover.filter((pl.col("item_id") == "") & pl.col("cover_days").is_not_null())
    least = categories["cover_days"].min()
    summary = {
        "stores": sorted(lists.accepted["store_id"].unique().to_list()),
        "estimated": position.silent,
        "alerts": position.alerts.height,
        "min_cover_days": None if least is None else round(float(str(least)), 2),
    }
    _notices(session, run, revision, position, summary)
    return summary


def _notices(session: Session, run: Run, revision: int, position: Position, summary: Mapping[str, Any]) -> None:
    plan = run.plan
    path = path_of("stock", plan, run.business_date, revision)
    silent = [plan.stores[s].name for s in position.silent]
    values = {**summary, "stores": len(summary["stores"]), "silent": silent}
    tell(session, run, Stage.STOCK_CHECKED, "all", revision, values, [path])
    for (stage, store_id), part in position.alerts.group_by(["stage", "store_id"], maintain_order=True):
        store = plan.stores[str(store_id)]
        told = {"store": store.name, "count": part.height, **_alert_words(plan, part)}
        tell(session, run, Stage(str(stage)), str(store_id), revision, told, [path], serves=store.store_id)


def _alert_words(plan: Plan, part: pl.DataFrame) -> dict[str, Any]:
    """What runs out, when the first of it does, and what is missing; the clause as the rule gives it."""
    rows = part.to_dicts()
    return {
        "items": [_name(plan, row) for row in rows],
        "runs_out_on": part["runs_out_on"].min(),
        "missing": [_missing(plan, row) for row in rows if row["missing_base"]],
        "hours": plan.file.reserve.stock_out_hours.value,
        "clause": rows[0]["clause"],
    }


def _name(plan: Plan, row: Mapping[str, Any]) -> str:
    return plan.items[row["item_id"]].name if row["item_id"] else plan.categories[row["category"]].name


def _missing(plan: Plan, row: Mapping[str, Any]) -> str:
    """`大米 12袋`; a category is told in kilograms."""
    if not row["item_id"]:
        return f"{_name(plan, row)} {row['missing_base'] / 1000:.1f}kg"
    item = plan.items[row["item_id"]]
    whole = -(-row["missing_base"] // item.step_base) * item.step_base
    return f"{item.name} {sale_quantity(whole, item.unit_base)}{item.unit}"
