"""Days of cover of the township and of its communities: two sheets of the stock warning list, and a chart (B-06)."""

from collections.abc import Sequence
from decimal import Decimal

import openpyxl
from openpyxl.chart import BarChart, LineChart, Reference

from schemas.plan import Plan
from schemas.tables import AreaCoverLine
from schemas.units import sale_quantity
from tasks.documents.labels import LEVELS, community_label, days_of_cover, word
from tasks.documents.register import Register
from tasks.documents.workbook import Column, Sheet, Table, Value
from tasks.words import say

GRAMS_PER_KG = 1000
#: A bar longer than this hides the short ones, which are what the chart is for.
LONGEST_BAR = 30
#: Centimetres: as wide as the table above it, so that it is read on an upright page.
CHART_WIDTH, CHART_HEIGHT = 21, 12


def area_sheets(plan: Plan, register: Register, lines: Sequence[AreaCoverLine], above: list[str]) -> list[Sheet]:
    """The township's cover as a chart, by category and by item; and each community's by category."""
    township = [x for x in lines if not x.community_id]
    if not township:
        return []
    categories = in_plan_order(plan, [x for x in township if not x.item_id])
    items = in_plan_order(plan, [x for x in township if x.item_id])
    places = in_plan_order(plan, [x for x in lines if x.community_id])
    tables = [_table(plan, register, categories), _table(plan, register, items)]
    chart_note = say("Bars end at {days} days, so that the short ones can be told apart.", days=LONGEST_BAR)
    return [
        Sheet(say("Chart"), say("Days of cover of the township"), above, [_charted(plan, categories)], [chart_note]),
        Sheet(say("Township"), say("Days of cover of the township"), above, tables),
        Sheet(
            say("By community"),
            say("Days of cover by community"),
            above,
            [_places(plan, places)],
            [
                say("↓ below the minimum of the category. Empty: nobody there is expected to ask for it."),
                say("Of each store's stock a community has the part that its demand is of all demand there."),
            ],
        ),
    ]


def in_plan_order(plan: Plan, lines: Sequence[AreaCoverLine]) -> list[AreaCoverLine]:
    """Communities, categories and items as the plan has them; what nobody asks for comes last."""
    places = {community_id: n for n, community_id in enumerate(plan.communities)}
    kinds = {category: n for n, category in enumerate(plan.categories)}
    return sorted(
        lines,
        key=lambda x: (
            places.get(x.community_id, -1),
            x.level == "no_demand",
            kinds.get(x.category, len(kinds)),
            x.item_id,
        ),
    )


def _charted(plan: Plan, categories: Sequence[AreaCoverLine]) -> Table:
    """What the chart is drawn from: categories that somebody asks for, days cut at the longest bar."""
    columns = [
        Column(say("Category"), width=22),
        Column(say("Days of cover"), "tenths", 22),
        Column(say("Days with what is on the way"), "tenths", 22),
        Column(say("Minimum days"), "tenths", 22),
    ]
    body: list[list[Value]] = [
        [_category(plan, x), _bar(x.cover_days), _bar(x.cover_coming_days), _bar(x.min_cover_days)]
        for x in categories
        if x.cover_days is not None
    ]
    return Table(columns, body)


def _bar(days: float | None) -> Decimal | None:
    return None if days is None else Decimal(str(min(days, LONGEST_BAR))).quantize(Decimal("0.1"))


def _category(plan: Plan, line: AreaCoverLine) -> str:
    return plan.categories[line.category].name if line.category in plan.categories else line.category


def _places(plan: Plan, lines: Sequence[AreaCoverLine]) -> Table:
    """A row for each community, a column for each category that somebody asks for."""
    asked = {x.category for x in lines if x.cover_days is not None}
    kinds = [c for c in plan.categories if c in asked]
    found = {(x.community_id, x.category): x for x in lines}
    columns = [Column(say("Community"), width=22), *(Column(plan.categories[c].name, "centre", 9) for c in kinds)]
    homes = list(dict.fromkeys(x.community_id for x in lines))
    body: list[list[Value]] = [[community_label(plan, h), *(_days(found.get((h, c))) for c in kinds)] for h in homes]
    low = [any(x.level in ("out", "low") for x in lines if x.community_id == h) for h in homes]
    return Table(columns, body, marks={n: "care" for n, is_low in enumerate(low) if is_low})


def _days(line: AreaCoverLine | None) -> Value:
    days = None if line is None else days_of_cover(line.cover_days)
    return f"{days} ↓" if line is not None and line.level in ("out", "low") else days


def _table(plan: Plan, register: Register, lines: Sequence[AreaCoverLine]) -> Table:
    by_item = any(x.item_id for x in lines)
    columns = [
        Column(say("Category"), width=12),
        Column(say("Item") if by_item else say("Extent"), width=18),
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
    ]
    body = [_row(plan, register, x) for x in lines]
    marks = {n: "alarm" if x.level == "out" else "care" for n, x in enumerate(lines) if x.level in ("out", "low")}
    return Table(columns, body, marks=marks)


def _row(plan: Plan, register: Register, line: AreaCoverLine) -> list[Value]:
    item = register.items.get(line.item_id)
    unit, unit_base = (item.unit, item.unit_base) if item else (say("kg"), GRAMS_PER_KG)
    per_day = Decimal(str(line.demand_base_per_day / unit_base)).quantize(Decimal("0.01"))
    stock, coming, missing = (
        Decimal(sale_quantity(qty, unit_base)) for qty in (line.stock_base, line.coming_base, line.missing_base)
    )
    return [
        _category(plan, line),
        item.name if item else say("(whole category)"),
        word(LEVELS, line.level),
        stock,
        coming,
        per_day,
        unit,
        days_of_cover(line.cover_days),
        days_of_cover(line.cover_coming_days),
        Decimal(str(line.min_cover_days)).quantize(Decimal("0.1")),
        line.runs_out_on,
        missing,
    ]


def add_chart(book: openpyxl.Workbook, lines: Sequence[AreaCoverLine]) -> None:
    """Bars of the township's days of cover, on hand and with what is on the way, and a line at the minimum."""
    count = sum(1 for x in lines if not x.community_id and not x.item_id and x.cover_days is not None)
    if not count:
        return
    page = next(page for page in book.worksheets if page.title == say("Chart"))
    (head,) = [row[0].row for row in page.iter_rows(max_col=1) if row[0].value == say("Category")]
    last = head + count
    names = Reference(page, min_col=1, min_row=head + 1, max_row=last)
    bars = BarChart()
    bars.type, bars.grouping, bars.gapWidth = "col", "clustered", 60
    bars.add_data(Reference(page, min_col=2, max_col=3, min_row=head, max_row=last), titles_from_data=True)
    bars.set_categories(names)
    bars.title, bars.y_axis.title = say("Days of cover of the township"), say("Days")
    bars.y_axis.scaling.min, bars.y_axis.number_format = 0, "0"
    # Without these LibreOffice and newer Excel draw no axes at all.
    bars.x_axis.delete = bars.y_axis.delete = False
    for series, colour in zip(bars.series, ("2F6DA8", "A9C7E3"), strict=True):
        series.graphicalProperties.solidFill = colour
    least = LineChart()
    least.add_data(Reference(page, min_col=4, min_row=head, max_row=last), titles_from_data=True)
    least.series[0].graphicalProperties.line.solidFill = "C0392B"
    least.series[0].graphicalProperties.line.width = 22_000
    bars += least
    bars.legend.position = "b"
    bars.width, bars.height = CHART_WIDTH, CHART_HEIGHT
    page.add_chart(bars, f"A{page.max_row + 2}")
