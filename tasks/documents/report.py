"""市场运行监测日报: the daily report as workbook, as JSON and as a short message, made from the stored body (B-12)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import MarketReport
from schemas.text import N_
from schemas.words import Process
from tasks.documents.labels import LEVELS, clause_of, day_words, days_of_cover, store_label, subtitle, word
from tasks.documents.made import Made, place
from tasks.documents.workbook import Column, Sheet, Table, Value, workbook
from tasks.words import say

VERDICTS = {
    "sufficient": N_("supply is sufficient, prices are watched"),
    "tight": N_("supply is tight in part"),
    "gaps": N_("there are gaps in supply"),
    "unknown": N_("stock is not known yet"),
}
PRICE_LEVELS = {
    "blue": N_("blue alert"),
    "yellow": N_("yellow alert"),
    "orange": N_("orange alert"),
    "staple": N_("staple rise"),
}
CAME = {"late": N_("late"), "missing": N_("did not come")}
NOT_COMPARED = N_("no prices of the day before to compare with")
NAMED = 3


def report_path(_plan: Plan, business_date: date, revision: int) -> str:
    """Where the workbook of a day's report is kept."""
    return place(business_date, say("Daily market report"), revision=revision)


def _stored(session: Session, plan: Plan, business_date: date, revision: int) -> MarketReport:
    report = session.get(MarketReport, (plan.id, business_date, revision))
    if report is None:
        raise LookupError(f"no report {plan.id}/{business_date}/{revision}")
    return report


def report_json(session: Session, plan: Plan, business_date: date, revision: int) -> Made:
    """The report as it is handed in, keys sorted.

    Raises:
        LookupError: there is no such report.
    """
    report = _stored(session, plan, business_date, revision)
    content = orjson.dumps(report.body, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    path = report_path(plan, business_date, revision).removesuffix(".xlsx") + ".json"
    return Made(path, f"{say('Daily market report')} {business_date}", business_date, content)


def report_sheet(session: Session, plan: Plan, business_date: date, revision: int) -> Made:
    """The workbook: overview, categories, stores, prices, and what is missing.

    Raises:
        LookupError: there is no such report.
    """
    report = _stored(session, plan, business_date, revision)
    body: Mapping[str, Any] = report.body
    title = say("Daily market report")
    above = subtitle(plan, day_words(business_date), revision, clause_of(plan, Process.SUBMIT_REPORT))
    sheets = [
        Sheet(
            say("Overview"), title, above, [_overview(plan, body), _figures(plan, body["categories"], False)], _notes()
        ),
        Sheet(say("By store"), say("Figures by store"), above, [_figures(plan, body["stores"], True)], _notes()),
        Sheet(
            say("Store and category"),
            say("Figures by store and category"),
            above,
            [_figures(plan, body["cells"], True)],
            _notes(),
        ),
        Sheet(say("Prices"), say("Price movements"), above, [_movers(plan, body), _alerts(plan, body)]),
        Sheet(say("Late or missing"), say("Inputs that are late or missing"), above, [_missing(plan, body)]),
    ]
    path = report_path(plan, business_date, revision)
    return Made(path, f"{title} {business_date.isoformat()}", business_date, workbook(sheets, business_date))


def _notes() -> list[str]:
    return [
        say("Quantities in kilograms. A change is against the day before, over the stores that reported on both days.")
    ]


def _overview(plan: Plan, body: Mapping[str, Any]) -> Table:
    counts = body["price_counts"]
    compared = any(counts.values())
    prices = say("{risen} risen, {same} unchanged, {fallen} fallen", **counts) if compared else say(NOT_COMPARED)
    reported = say("{count} of {due}", count=len(body["stores_reported"]), due=len(body["stores_due"]))
    rows: list[list[Value]] = [
        [say("Verdict"), word(VERDICTS, body["verdict"])],
        [say("Stores that reported"), reported],
        [say("Not reported"), _stores(plan, body["missing"])],
        [say("Categories out of stock"), _categories(plan, body["categories_out"])],
        [say("Categories below the minimum"), _categories(plan, body["categories_low"])],
        [say("Kinds of goods by price"), prices],
        [
            say("Price alerts"),
            say("{count} kinds", count=len(body["price_alerts"])) if body["price_alerts"] else say("none"),
        ],
    ]
    return Table([Column(say("Particulars"), span=3), Column(say("Content"), span=9)], rows)


def _stores(plan: Plan, ids: Sequence[str]) -> str:
    return "、".join(store_label(plan, s) for s in ids) or say("none")


def _categories(plan: Plan, ids: Sequence[str]) -> str:
    return "、".join(plan.categories[c].name if c in plan.categories else c for c in ids) or say("none")


def _figures(plan: Plan, figures: Sequence[Mapping[str, Any]], by_store: bool) -> Table:
    columns = [
        *([Column(say("Store"), width=22)] if by_store else []),
        Column(say("Category"), width=12),
        Column(say("Stock"), "tenths", 11),
        Column(say("Change"), "percent", 9),
        Column(say("Sales"), "tenths", 10),
        Column(say("Change"), "percent", 9),
        Column(say("Arrivals"), "tenths", 10),
        Column(say("Needs"), "tenths", 10),
        Column(say("Demand per day"), "tenths", 10),
        Column(say("Days of cover"), "tenths", 10),
        Column(say("State"), "centre", 11),
        Column(say("Price per kg (yuan)"), "price", 14),
        Column(say("Change"), "percent", 9),
    ]
    rows = [[*([store_label(plan, f["store_id"])] if by_store else []), *_figure(plan, f)] for f in figures]
    marks = {
        n: "alarm" if f["level"] == "out" else "care" for n, f in enumerate(figures) if f["level"] in ("out", "low")
    }
    return Table(columns, rows, marks=marks)


def _figure(plan: Plan, f: Mapping[str, Any]) -> list[Value]:
    category = plan.categories[f["category"]].name if f["category"] in plan.categories else say("all categories")
    return [
        category,
        _number(f["stock_kg"]),
        _number(f["stock_change_pct"]),
        _number(f["sold_kg"]),
        _number(f["sold_change_pct"]),
        _number(f["arrivals_kg"]),
        _number(f["needs_kg"]),
        _number(f["demand_kg_per_day"]),
        days_of_cover(f["cover_days"]),
        word(LEVELS, f["level"]),
        f["price_fen_per_kg"],
        _number(f["price_change_pct"]),
    ]


def _number(value: float | None) -> Decimal | None:
    # Through str() so that what is shown is the decimal that was stored, not its binary neighbour.
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.1"))


def _movers(plan: Plan, body: Mapping[str, Any]) -> Table:
    columns = [Column(say("Item"), width=22), Column(say("Category"), width=14), Column(say("Change"), "percent", 12)]
    rows: list[list[Value]] = [
        [m["name"], _categories(plan, [m["category"]]), _number(m["change_pct"])] for m in body["movers"]
    ]
    return Table(columns, rows, caption=say("Largest movements"))


def _alerts(plan: Plan, body: Mapping[str, Any]) -> Table:
    columns = [
        Column(say("Store"), width=22),
        Column(say("Item"), width=18),
        Column(say("Alert"), "centre", 16),
        Column(say("Before (yuan)"), "price", 12),
        Column(say("Now (yuan)"), "price", 12),
        Column(say("Rise"), "percent", 10),
        Column(say("Clause"), "centre", 10),
    ]
    rows = [_alert(plan, a) for a in body["price_alerts"]]
    return Table(columns, rows, caption=say("Price alerts"), marks=dict.fromkeys(range(len(rows)), "care"))


def _alert(plan: Plan, a: Mapping[str, Any]) -> list[Value]:
    item = plan.items[a["item_id"]].name if a["item_id"] in plan.items else a["item_id"]
    level, rise = word(PRICE_LEVELS, a["level"]), _number(a["rise_pct"])
    clause = "" if a["clause"] in ("default", "local") else a["clause"]
    return [store_label(plan, a["store_id"]), item, level, a["before_fen"], a["price_fen"], rise, clause]


def _missing(plan: Plan, body: Mapping[str, Any]) -> Table:
    duties = {d.id: d.title for d in plan.file.duty}
    columns = [Column(say("Duty"), width=28), Column(say("Owed by"), width=28), Column(say("State"), "centre", 14)]
    rows: list[list[Value]] = [
        [duties.get(x["duty"], x["duty"]), _subject(plan, x["subject"]), word(CAME, x["came"])] for x in body["late"]
    ]
    return Table(columns, rows)


def _subject(plan: Plan, subject: str) -> str:
    kind, _, key = subject.partition(":")
    if kind == "store":
        return store_label(plan, key)
    if kind == "community" and key in plan.communities:
        return plan.communities[key].name
    return plan.file.roles.get(key, key)


def report_message(plan: Plan, body: Mapping[str, Any], revision: int) -> str:
    """The report in a few sentences, short enough for a phone."""
    day = day_words(date.fromisoformat(body["business_date"]))
    covers = [(f["cover_days"], f["category"]) for f in body["categories"] if f["cover_days"] is not None]
    lines = [
        say("[Daily market report] {plan} {day}", plan=plan.file.plan.name, day=day),
        say(
            "{reported} of {due} stores reported; {verdict}.",
            reported=len(body["stores_reported"]),
            due=len(body["stores_due"]),
            verdict=word(VERDICTS, body["verdict"]),
        ),
    ]
    if covers:
        days, category = min(covers)
        lines.append(
            say("Least cover: {category} {days} days.", category=_categories(plan, [category]), days=f"{days:.1f}")
        )
    if body["categories_low"] or body["categories_out"]:
        low = _categories(plan, [*body["categories_out"], *body["categories_low"]])
        lines.append(say("Below the minimum: {categories}.", categories=low))
    if any(body["price_counts"].values()):
        lines.append(say("Prices: {risen} risen, {same} unchanged, {fallen} fallen.", **body["price_counts"]))
    if body["movers"]:
        moved = "、".join(f"{m['name']} {m['change_pct']:+.1f}%" for m in body["movers"][:NAMED])
        lines.append(say("Largest movements: {moved}.", moved=moved))
    if body["missing"]:
        lines.append(say("Not reported: {stores}.", stores=_stores(plan, body["missing"])))
    if revision > 1:
        lines.append(say("This corrects revision {former}.", former=revision - 1))
    return "\n".join(lines)
