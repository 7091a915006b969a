"""库存预警清单: what lies below its minimum days, when it runs out, what is missing, how to mend it (B-05 to B-07)."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import AreaCoverLine, CoverLine
from schemas.units import sale_quantity
from tasks.documents.area_cover import add_chart, area_sheets
from tasks.documents.doubts import doubts_sheet
from tasks.documents.labels import LEVELS, day_words, days_of_cover, store_label, subtitle, word
from tasks.documents.made import Made, place
from tasks.documents.register import Register, rows
from tasks.documents.ways import way_words
from tasks.documents.workbook import Column, Sheet, Table, Value, laid_out, saved
from tasks.words import say

RED = ("out", "low")


def stock_path(_plan: Plan, business_date: date, revision: int) -> str:
    """Where the red list of a day is kept."""
    return place(business_date, say("Stock warning list"), revision=revision)


def stock_sheet(session: Session, plan: Plan, business_date: date, revision: int) -> Made:
    """The red list of a day with the ways to mend it; cover by category, township and community; reports in doubt.

    Raises:
        LookupError: no stock was checked that day.
    """
    day = (col(CoverLine.plan_id) == plan.id, col(CoverLine.business_date) == business_date)
    # Items that there is enough of stand on no sheet, and are most of what there is to be read.
    told = sa.or_(col(CoverLine.item_id) == "", col(CoverLine.level).in_(RED))
    lines = rows(session, CoverLine, *day, col(CoverLine.revision) == revision, told)
    if not lines:
        raise LookupError(f"no stock check {plan.id}/{business_date}/{revision}")
    where = (col(AreaCoverLine.plan_id) == plan.id, col(AreaCoverLine.business_date) == business_date)
    areas = rows(session, AreaCoverLine, *where, col(AreaCoverLine.revision) == revision)
    register = Register(session, plan.id)
    title = say("Stock warning list")
    above = subtitle(plan, day_words(business_date), revision, plan.file.reserve.min_cover_days.clause)
    sheets = [
        *_of_stores(plan, register, lines, title, above),
        *area_sheets(plan, register, areas, above),
        *doubts_sheet(session, plan, business_date, revision, above),
    ]
    book = laid_out(sheets, business_date)
    add_chart(book, areas)
    path = stock_path(plan, business_date, revision)
    return Made(path, f"{title} {business_date.isoformat()}", business_date, saved(book))


def _of_stores(plan: Plan, register: Register, lines: list[CoverLine], title: str, above: list[str]) -> list[Sheet]:
    red, categories = red_lines(lines), [x for x in lines if not x.item_id]
    notes = [
        say("Days of cover = stock / forecast demand per day. * No report came from the store: stock is an estimate."),
        say("? The store's report is in doubt: see the sheet of doubts. On the way: bought and not yet come."),
    ]
    return [
        Sheet(say("Red list"), title, [*above, _count(red)], [_table(plan, register, red, mended=True)], notes),
        Sheet(
            say("By category"),
            say("Days of cover by category"),
            above,
            [_table(plan, register, categories)],
            notes,
        ),
    ]


def red_lines(lines: list[CoverLine]) -> list[CoverLine]:
    """What is out or low, the most urgent first; days without a value count as none left."""
    red = [x for x in lines if x.level in RED]
    return sorted(red, key=lambda x: (RED.index(x.level), x.cover_days or 0.0, x.store_id, x.category, x.item_id))


def ways_of(plan: Plan, line: CoverLine) -> list[str]:
    """How a line can be mended, in words, the best way first."""
    ways = line.why.get("ways")
    return [way_words(plan, way) for way in ways] if isinstance(ways, list) else []


def store_mark(plan: Plan, line: CoverLine) -> str:
    """The store's name, with a mark where its stock is not surely known."""
    mark = " *" if line.estimated else " ?" if line.doubtful else ""
    return f"{store_label(plan, line.store_id)}{mark}"


def _count(red: list[CoverLine]) -> str:
    out = sum(x.level == "out" for x in red)
    return say("{out} out of stock, {low} below the minimum", out=out, low=len(red) - out)


def _columns(mended: bool) -> list[Column]:
    shown = [
        Column(say("No."), "centre", 6.5),
        Column(say("Store"), width=22),
        Column(say("Category"), width=12),
        Column(say("Item"), width=18),
        Column(say("State"), "centre", 11),
        Column(say("Stock"), "quantity", 11),
        Column(say("On the way"), "quantity", 11),
        Column(say("Demand per day"), "quantity", 11),
        Column(say("Unit"), "centre", 7),
        Column(say("Days of cover"), "tenths", 10),
        Column(say("Days with what is on the way"), "tenths", 10),
        Column(say("Minimum days"), "tenths", 9),
        Column(say("Runs out on"), "date", 13),
        Column(say("Missing"), "quantity", 11),
        Column(say("Missing (yuan)"), "money", 13),
    ]
    return [*shown, Column(say("Ways to mend it"), width=46)] if mended else shown


def rounded(value: float, places: str = "0.1") -> Decimal:
    """A figure as it is shown."""
    # Through str() so that what is shown is the decimal that was stored, not its binary neighbour.
    return Decimal(str(value)).quantize(Decimal(places))


def _row(plan: Plan, register: Register, number: int, line: CoverLine) -> list[Value]:
    item = register.items.get(line.item_id)
    # A category as a whole is counted in grams; kilograms are what people read.
    unit, unit_base = (item.unit, item.unit_base) if item else (say("kg"), 1000)
    category = plan.categories.get(line.category)
    return [
        number,
        store_mark(plan, line),
        category.name if category else line.category,
        item.name if item else say("(whole category)"),
        word(LEVELS, line.level),
        Decimal(sale_quantity(line.stock_base, unit_base)),
        Decimal(sale_quantity(line.coming_base, unit_base)),
        rounded(line.demand_base_per_day / unit_base, "0.01"),
        unit,
        days_of_cover(line.cover_days),
        days_of_cover(line.cover_coming_days),
        rounded(line.min_cover_days),
        line.runs_out_on,
        Decimal(sale_quantity(line.missing_base, unit_base)),
        line.missing_fen,
    ]


def _table(plan: Plan, register: Register, lines: list[CoverLine], mended: bool = False) -> Table:
    body = [_row(plan, register, n, x) for n, x in enumerate(lines, start=1)]
    if mended:
        body = [[*row, "\n".join(ways_of(plan, x))] for row, x in zip(body, lines, strict=True)]
    marks = {n: "alarm" if x.level == "out" else "care" for n, x in enumerate(lines) if x.level in RED}
    return Table(_columns(mended), body, marks=marks)
