"""库存预警清单: what lies below its minimum days of cover, when it runs out, how much is missing (B-05 to B-07)."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import CoverLine
from schemas.units import sale_quantity
from tasks.documents.labels import LEVELS, day_words, days_of_cover, store_label, subtitle, word
from tasks.documents.made import Made, place
from tasks.documents.register import Register, rows
from tasks.documents.workbook import Column, Sheet, Table, Value, workbook
from tasks.words import say

RED = ("out", "low")


def stock_path(_plan: Plan, business_date: date, revision: int) -> str:
    """Where the red list of a day is kept."""
    return place(business_date, say("Stock warning list"), revision=revision)


def stock_sheet(session: Session, plan: Plan, business_date: date, revision: int) -> Made:
    """The red list of a day, and every category's cover on a second sheet.

    Raises:
        LookupError: no stock was checked that day.
    """
    day = (col(CoverLine.plan_id) == plan.id, col(CoverLine.business_date) == business_date)
    lines = rows(session, CoverLine, *day, col(CoverLine.revision) == revision)
    if not lines:
        raise LookupError(f"no stock check {plan.id}/{business_date}/{revision}")
    register = Register(session, plan.id)
    red = red_lines(lines)
    title = say("Stock warning list")
    above = subtitle(plan, day_words(business_date), revision, plan.file.reserve.min_cover_days.clause)
    notes = [say("Days of cover = stock / forecast demand per day. * No report came from the store: stock carried on.")]
    categories = [x for x in lines if not x.item_id]
    sheets = [
        Sheet(say("Red list"), title, [*above, _count(red)], [_table(plan, register, red)], notes),
        Sheet(say("By category"), say("Days of cover by category"), above, [_table(plan, register, categories)], notes),
    ]
    path = stock_path(plan, business_date, revision)
    return Made(path, f"{title} {business_date.isoformat()}", business_date, workbook(sheets, business_date))


def red_lines(lines: list[CoverLine]) -> list[CoverLine]:
    """What is out or low, the most urgent first; days without a value count as none left."""
    red = [x for x in lines if x.level in RED]
    return sorted(red, key=lambda x: (RED.index(x.level), x.cover_days or 0.0, x.store_id, x.category, x.item_id))


def _count(red: list[CoverLine]) -> str:
    out = sum(x.level == "out" for x in red)
    return say("{out} out of stock, {low} below the minimum", out=out, low=len(red) - out)


def _columns() -> list[Column]:
    return [
        Column(say("No."), "centre", 6.5),
        Column(say("Store"), width=22),
        Column(say("Category"), width=12),
        Column(say("Item"), width=18),
        Column(say("State"), "centre", 11),
        Column(say("Stock"), "quantity", 11),
        Column(say("Demand per day"), "quantity", 11),
        Column(say("Unit"), "centre", 7),
        Column(say("Days of cover"), "tenths", 10),
        Column(say("Minimum days"), "tenths", 9),
        Column(say("Runs out on"), "date", 13),
        Column(say("Missing"), "quantity", 11),
    ]


def _rounded(value: float, places: str = "0.1") -> Decimal:
    # Through str() so that what is shown is the decimal that was stored, not its binary neighbour.
    return Decimal(str(value)).quantize(Decimal(places))


def _row(plan: Plan, register: Register, number: int, line: CoverLine) -> list[Value]:
    item = register.items.get(line.item_id)
    # A category as a whole is counted in grams; kilograms are what people read.
    unit, unit_base = (item.unit, item.unit_base) if item else (say("kg"), 1000)
    category = plan.categories.get(line.category)
    store = store_label(plan, line.store_id)
    return [
        number,
        f"{store} *" if line.estimated else store,
        category.name if category else line.category,
        item.name if item else say("(whole category)"),
        word(LEVELS, line.level),
        Decimal(sale_quantity(line.stock_base, unit_base)),
        _rounded(line.demand_base_per_day / unit_base, "0.01"),
        unit,
        days_of_cover(line.cover_days),
        _rounded(line.min_cover_days),
        line.runs_out_on,
        Decimal(sale_quantity(line.missing_base, unit_base)),
    ]


def _table(plan: Plan, register: Register, lines: list[CoverLine]) -> Table:
    body = [_row(plan, register, n, x) for n, x in enumerate(lines, start=1)]
    marks = {n: "alarm" if x.level == "out" else "care" for n, x in enumerate(lines) if x.level in RED}
    return Table(_columns(), body, marks=marks)
