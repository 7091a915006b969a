"""Lists of goods on sale as they were published: what was listed when, under which number, at which price."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import last_run_date
from rules.catalog import KEYS, OFFERED, STANDING, withdrawn
from rules.intake.lines import Vocabulary, vocabulary
from rules.menu import listed, menu
from schemas.plan import Plan
from schemas.tables import CatalogLine, PriceQuestion
from schemas.words import Process
from tasks.database import frame

#: A price that was last published longer ago is not held against a new one: in such a time any price may have moved.
STANDS_DAYS = 30
LINES = {**OFFERED, "number": pl.Int64, "business_date": pl.Date, "revision": pl.Int64}


def _lines(session: Session, plan_id: str, *where: sa.ColumnElement[bool]) -> pl.DataFrame:
    query = sa.select(*[col(getattr(CatalogLine, name)) for name in LINES]).where(
        col(CatalogLine.plan_id) == plan_id, *where
    )
    order = (CatalogLine.business_date, CatalogLine.revision, CatalogLine.store_id, CatalogLine.item_id)
    return frame(session, query.order_by(*map(col, order)), LINES)


def list_of(session: Session, plan_id: str, on: date, revision: int) -> pl.DataFrame:
    """The lines of a day's list: LINES."""
    return _lines(session, plan_id, col(CatalogLine.business_date) == on, col(CatalogLine.revision) == revision)


def list_before(session: Session, plan_id: str, on: date) -> pl.DataFrame:
    """The newest list of the last day before `on` that had one: LINES, empty where there was none."""
    day = sa.select(sa.func.max(CatalogLine.business_date)).where(
        col(CatalogLine.plan_id) == plan_id, col(CatalogLine.business_date) < on
    )
    found = session.execute(day).scalar()
    if found is None:
        return pl.DataFrame(schema=LINES)
    lines = _lines(session, plan_id, col(CatalogLine.business_date) == found)
    return lines.filter(pl.col("revision") == pl.col("revision").max())


def standing_prices(session: Session, plan_id: str, on: date) -> pl.DataFrame:
    """STANDING: what each store's price for each item was when it was last published, `on` itself included."""
    since = col(CatalogLine.business_date) > on - timedelta(days=STANDS_DAYS)
    lines = _lines(session, plan_id, since, col(CatalogLine.business_date) <= on)
    return lines.unique(KEYS, keep="last", maintain_order=True).select(list(STANDING))


def known_numbers(session: Session, plan_id: str, on: date) -> dict[str, int]:
    """Item -> the number under which it was ever listed up to a day; the first one, should there be two."""
    query = (
        sa.select(col(CatalogLine.item_id), col(CatalogLine.number))
        .where(col(CatalogLine.plan_id) == plan_id, col(CatalogLine.business_date) <= on)
        .group_by(col(CatalogLine.item_id), col(CatalogLine.number))
        .order_by(sa.func.min(CatalogLine.business_date).desc(), col(CatalogLine.number).desc())
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _of_cycle(plan: Plan, cycle: date) -> tuple[sa.ColumnElement[bool], ...]:
    """Lists that residents answer in a cycle: published after the collection before, up to its own day."""
    before = last_run_date(plan, Process.COLLECT_NEEDS, cycle - timedelta(days=1))
    return col(CatalogLine.business_date) > before, col(CatalogLine.business_date) <= cycle


def menu_of(session: Session, plan: Plan, cycle: date) -> dict[int, str]:
    """Number -> item of the lists that residents answer in a cycle: what `12号 2份` means (`rules/menu.py`).

    Numbers are the same for every community. What is out of stock or withdrawn keeps its number.
    """
    lines = _lines(session, plan.id, *_of_cycle(plan, cycle))
    return menu((row[0], row[1]) for row in lines.select("number", "item_id").unique().iter_rows())


def words_of(session: Session, plan: Plan, cycle: date) -> Vocabulary:
    """The words by which what is sent in for a cycle is read: the plan's, and the numbers of its published lists."""
    return vocabulary(plan, listed(menu_of(session, plan, cycle), plan.items))


def withdrawn_in(session: Session, plan: Plan, cycle: date) -> list[tuple[str, str]]:
    """(store, item) that were on a list of the cycle and are not on its newest one."""
    lines = _lines(session, plan.id, *_of_cycle(plan, cycle))
    return [(row[0], row[1]) for row in withdrawn(lines).iter_rows()]


def listed_now(session: Session, plan: Plan, cycle: date) -> set[str]:
    """Items that some store still offers on the newest list of a cycle."""
    lines = _lines(session, plan.id, *_of_cycle(plan, cycle))
    newest = lines.filter(pl.col("business_date") == pl.col("business_date").max())
    return set(newest.filter((pl.col("revision") == pl.col("revision").max()) & pl.col("available"))["item_id"])


def listed_prices(session: Session, plan: Plan, cycle: date) -> pl.DataFrame:
    """store_id, item_id, price_fen of the newest lists of a cycle: what residents were told."""
    lines = _lines(session, plan.id, *_of_cycle(plan, cycle))
    return lines.unique(KEYS, keep="last", maintain_order=True).select(*KEYS, "price_fen")


def questions(session: Session, plan_id: str, *where: Any) -> list[PriceQuestion]:
    """Prices that were asked back, the newest day first."""
    query = sa.select(PriceQuestion).where(col(PriceQuestion.plan_id) == plan_id, *where)
    order = (col(PriceQuestion.business_date).desc(), col(PriceQuestion.store_id), col(PriceQuestion.item_id))
    return list(session.execute(query.order_by(*order, col(PriceQuestion.price_fen))).scalars())
