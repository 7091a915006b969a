"""可售物品清单: a store's dated list, as officers and the store itself read it (A-02, A-03, C-04)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session
from sqlmodel import col

from rules.prices import change_pct
from schemas.plan import Plan
from schemas.plan.values import EVERY_DAY
from schemas.tables import CatalogLine, PriceQuestion
from schemas.text import N_
from schemas.units import yuan
from schemas.words import Process
from tasks.catalog_lists import list_before, questions
from tasks.documents.labels import clause_of, day_words, store_label, subtitle
from tasks.documents.made import Made, place
from tasks.documents.register import Register, rows
from tasks.documents.workbook import Column, Sheet, Table, Value, workbook
from tasks.words import say

NEW = N_("new")
ASKED_BACK = N_("{price} asked back")


def catalog_path(plan: Plan, business_date: date, revision: int, store_id: str) -> str:
    """Where a store's list of a day is kept."""
    return place(business_date, say("Catalog"), store_label(plan, store_id), revision=revision)


def catalog_lines(session: Session, plan: Plan, business_date: date, revision: int) -> list[CatalogLine]:
    """Every store's lines of a day's list."""
    mine = (
        col(CatalogLine.plan_id) == plan.id,
        col(CatalogLine.business_date) == business_date,
        col(CatalogLine.revision) == revision,
    )
    return sorted(rows(session, CatalogLine, *mine), key=lambda x: (x.store_id, x.number, x.item_id))


def catalog_sheet(session: Session, plan: Plan, business_date: date, revision: int, store_id: str) -> Made:
    """A store's list of a day.

    Raises:
        LookupError: the store has published nothing that day.
    """
    lines = [x for x in catalog_lines(session, plan, business_date, revision) if x.store_id == store_id]
    if not lines:
        raise LookupError(f"no catalog {plan.id}/{business_date}/{revision}/{store_id}")
    title = say("Goods on sale: {store}", store=store_label(plan, store_id))
    above = subtitle(plan, day_words(business_date), revision, clause_of(plan, Process.PUBLISH_CATALOG))
    notes = [say("Reply with address, item and quantity until {cutoff}.", cutoff=cutoff(plan, business_date))]
    told = _changes(session, plan, business_date, store_id, lines)
    table = _table(plan, Register(session, plan.id), lines, told)
    sheet = Sheet(say("Catalog"), title, above, [table], notes)
    path = catalog_path(plan, business_date, revision, store_id)
    return Made(path, f"{title} {business_date.isoformat()}", business_date, workbook([sheet], business_date))


def _changes(session: Session, plan: Plan, on: date, store_id: str, lines: Sequence[CatalogLine]) -> Mapping[str, str]:
    """Item -> what is to be known of it: new, how its price moved, a price that is asked back."""
    before = list_before(session, plan.id, on).filter(store_id=store_id)
    old = {row["item_id"]: row["price_fen"] for row in before.filter("available").iter_rows(named=True)}
    mine = (col(PriceQuestion.business_date) == on, col(PriceQuestion.store_id) == store_id)
    waiting = questions(session, plan.id, *mine, col(PriceQuestion.state) == "waiting")
    asked = {q.item_id: say(ASKED_BACK, price=yuan(q.price_fen)) for q in waiting}
    moved = {x.item_id: _moved(x.price_fen, old.get(x.item_id)) for x in lines if x.available}
    return {**(moved if old else {}), **asked}


def _moved(now: int, before: int | None) -> str:
    if before is None:
        return say(NEW)
    return "" if now == before else f"{change_pct(now, before):+.1f}%"


def _table(plan: Plan, register: Register, lines: Sequence[CatalogLine], told: Mapping[str, str]) -> Table:
    columns = [
        Column(say("No."), "centre", 8),
        Column(say("Category"), width=14),
        Column(say("Item"), width=28),
        Column(say("Unit"), "centre", 10),
        Column(say("Price (yuan)"), "price", 14),
        Column(say("On sale"), "centre", 12),
        Column(say("Change"), "centre", 16),
    ]
    body: list[list[Value]] = []
    for line in lines:
        item = register.items[line.item_id]
        category = plan.categories[item.category].name if item.category in plan.categories else item.category
        state = say("yes") if line.available else say("not today")
        change = told.get(line.item_id, "")
        body.append([line.number, category, item.name, item.unit, line.price_fen, state, change])
    return Table(columns, body, marks={n: "quiet" for n, x in enumerate(lines) if not x.available})


def cutoff_day(plan: Plan, business_date: date) -> date:
    """The day by which needs of this list must be in: the next collection, today's included."""
    step = plan.steps.get(Process.COLLECT_NEEDS)
    days = (business_date + timedelta(days=n) for n in range(7))
    return next((d for d in days if step is not None and EVERY_DAY[d.weekday()] in step.days), business_date)


def cutoff(plan: Plan, business_date: date) -> str:
    """That day and the hour, in words."""
    return f"{day_words(cutoff_day(plan, business_date))} {plan.file.needs.cutoff.value:%H:%M}"
