"""Reports of stock held against the books before they are booked, and what is doubted of them kept (B-06)."""

from datetime import date
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.plausibility import Count, Doubt, doubts
from schemas.tables import StockDoubt, StockReportLine, Submission
from schemas.text import Text
from tasks.database import frame, insert, table_of
from tasks.expected import handed_out
from tasks.runs import Run
from tasks.store_moves import moves_on_their_way
from tasks.supply import STOCK

KEYS = ["store_id", "item_id"]


def last_counts(session: Session, plan_id: str, before: date) -> pl.DataFrame:
    """store_id, item_id, qty_base, business_date of each store's last report before a day."""
    mine = (col(StockReportLine.plan_id) == plan_id, col(StockReportLine.business_date) < before)
    store, day = col(StockReportLine.store_id), col(StockReportLine.business_date)
    last = sa.select(store, sa.func.max(day).label("day")).where(*mine).group_by(store).subquery()
    query = (
        sa.select(store, col(StockReportLine.item_id), col(StockReportLine.qty_base), day)
        .join(last, sa.and_(last.c.store_id == store, last.c.day == day))
        .where(*mine)
        .order_by(store, col(StockReportLine.item_id))
    )
    return frame(session, query, {**STOCK, "business_date": pl.Date})


def keep_doubts(session: Session, run: Run, new: pl.DataFrame, books: pl.DataFrame) -> None:
    """Write what is doubted of lines that no earlier run has booked; `books`: what the ledger has before they are."""
    if new.is_empty():
        return
    reports: dict[str, str] = dict(new.select("store_id", "submission_id").iter_rows())
    lines = {(s, i): submission for s, i, submission in new.select(*KEYS, "submission_id").iter_rows()}
    found = doubts(_counts(session, run, new, books), _same_files(session, run, reports), run.plan)
    rows = [
        {
            "plan_id": run.plan_id,
            "business_date": run.business_date,
            "store_id": one.store_id,
            "item_id": one.item_id,
            "submission_id": lines.get((one.store_id, one.item_id), reports[one.store_id]),
            **one.why.as_json(),
        }
        for one in found
    ]
    insert(session, StockDoubt, rows)


def _counts(session: Session, run: Run, new: pl.DataFrame, books: pl.DataFrame) -> list[Count]:
    before = last_counts(session, run.plan_id, run.business_date).select(*KEYS, before="qty_base")
    out = handed_out(session, run.plan, run.business_date, run.business_date).rename({"qty_base": "handed_out"})
    joined = new.join(books.select(*KEYS, booked="qty_base"), on=KEYS, how="left", maintain_order="left")
    joined = joined.join(before, on=KEYS, how="left", maintain_order="left")
    joined = joined.join(out, on=KEYS, how="left", maintain_order="left")
    given, got = moves_on_their_way(session, run.plan_id, run.business_date)
    for name, moved in (("moved_in", got), ("moved_out", given)):
        joined = joined.join(moved.rename({"qty_base": name}), on=KEYS, how="left", maintain_order="left")
    filled = joined.with_columns(pl.col("booked", "handed_out", "moved_in", "moved_out").fill_null(0))
    names = ("store_id", "item_id", "qty_base", "sold_base", "booked", "before", "handed_out", "moved_in", "moved_out")
    return [Count(*row) for row in filled.select(names).iter_rows()]


def _same_files(session: Session, run: Run, reports: dict[str, str]) -> dict[str, date]:
    """Store -> the latest earlier day on which its report was the very same file."""
    now, then = (table_of(Submission).alias(name).c for name in ("this", "that"))
    same = [now[name] == then[name] for name in ("plan_id", "kind", "sender", "sha256")]
    query = (
        sa.select(now.submission_id, sa.func.max(then.business_date))
        .where(*same, then.business_date < run.business_date)
        .where(now.submission_id.in_(sorted(set(reports.values()))))
        .group_by(now.submission_id)
    )
    days: dict[str, date] = {row[0]: row[1] for row in session.execute(query)}
    return {store_id: days[submission] for store_id, submission in reports.items() if submission in days}


def doubts_in_force(session: Session, run: Run, submissions: set[str]) -> list[Doubt]:
    """What is doubted of the day's reports, of those that hold."""
    mine = (col(StockDoubt.plan_id) == run.plan_id, col(StockDoubt.business_date) == run.business_date)
    order = (StockDoubt.store_id, StockDoubt.item_id, StockDoubt.code)
    rows: Any = session.execute(sa.select(StockDoubt).where(*mine).order_by(*map(col, order))).scalars()
    return [Doubt(r.store_id, r.item_id, Text(r.code, r.args)) for r in rows if r.submission_id in submissions]
