"""库存预警清单: what lies below its minimum days, the most urgent first, and every category's cover (B-05 to B-07)."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import CoverLine
from tasks.documents import Made
from tasks.documents.stock import stock_sheet
from tests.factories.read_back import ReadTable, pages, stored, tables, text
from tests.factories.trading_orders import DAY, NEXT
from tests.factories.trading_town import GOODS

LEVELS = {"out": "断档", "low": "低于下限", "ok": "充足"}
NAMES = {good.id: good for good in GOODS}


@pytest.fixture
def made(books: Session, plan: Plan) -> Made:
    """The list of the day."""
    return stock_sheet(books, plan, DAY, 1)


@pytest.fixture
def lines(books: Session, plan: Plan) -> list[CoverLine]:
    """Days of cover as they were reckoned."""
    return stored(books, CoverLine, plan, business_date=DAY)


def red_list(made: Made) -> ReadTable:
    return tables(made, "预警清单")[0]


def told(plan: Plan, line: CoverLine) -> tuple[str, str, str, str]:
    """Store, category, item and state as they should stand on the sheet."""
    item = NAMES[line.item_id].name if line.item_id else "（全类）"
    store = plan.stores[line.store_id].name + (" *" if line.estimated else "")
    return store, plan.categories[line.category].name, item, LEVELS[line.level]


def read(table: ReadTable) -> list[tuple[str, str, str, str]]:
    return [(r["商超"], r["类别"], r["品名"], r["状态"]) for r in table.rows]


def test_the_red_list_has_every_line_that_is_out_or_low_once_and_no_other(
    plan: Plan, made: Made, lines: list[CoverLine]
) -> None:
    assert {line.level for line in lines} == set(LEVELS)
    assert sorted(read(red_list(made))) == sorted(told(plan, line) for line in lines if line.level != "ok")


def test_what_is_gone_stands_before_what_runs_low_and_the_count_says_how_many(
    made: Made, lines: list[CoverLine]
) -> None:
    states = red_list(made).column("状态")
    assert states == sorted(states, key=["断档", "低于下限"].index)
    assert red_list(made).column("可保障天数") == sorted(red_list(made).column("可保障天数"))
    out, low = (sum(line.level == level for line in lines) for level in ("out", "low"))
    assert f"断档 {out} 项，低于下限 {low} 项" in text(made)


def test_quantities_are_those_of_the_database_in_the_units_that_people_buy(
    plan: Plan, made: Made, lines: list[CoverLine]
) -> None:
    wanted = {told(plan, line): line for line in lines if line.level != "ok"}
    for row in red_list(made).rows:
        line = wanted[row["商超"], row["类别"], row["品名"], row["状态"]]
        unit = NAMES[line.item_id].unit if line.item_id else "公斤"
        base = NAMES[line.item_id].base if line.item_id else 1000
        assert row["单位"] == unit
        for title, amount in (("库存", line.stock_base), ("缺口", line.missing_base)):
            assert abs(Decimal(str(row[title])) * base - amount) <= Decimal(base) / 2000
        assert abs(row["日需求"] * base - line.demand_base_per_day) <= base / 200
        assert (row["可保障天数"], row["下限天数"]) == (round(line.cover_days or 0, 1), 7)
        assert row["预计断档"] == datetime.combine(NEXT, datetime.min.time())


def test_stock_that_was_carried_on_because_nobody_reported_has_a_mark_that_is_explained(made: Made) -> None:
    marked = [row["品名"] for row in red_list(made).rows if row["商超"].endswith(" *")]
    assert marked == ["面粉"]
    assert "带 * 的商超当日未报" in text(made)


def test_every_category_stands_once_on_the_second_sheet_also_where_there_is_enough(
    plan: Plan, made: Made, lines: list[CoverLine]
) -> None:
    (table,) = tables(made, "分类别")
    assert sorted(read(table)) == sorted(told(plan, line) for line in lines if not line.item_id)
    assert "充足" in table.column("状态")
    assert [row["预计断档"] for row in table.rows if row["状态"] == "充足"] == [None]


def test_a_line_that_is_gone_is_told_apart_by_its_colour(made: Made) -> None:
    page = pages(made)["预警清单"]
    fills = {(row[4].value, row[4].fill.fgColor.rgb) for row in page.iter_rows() if row[4].value in LEVELS.values()}
    assert len(fills) == len({colour for _, colour in fills}) == 2


def test_goods_that_nobody_asks_for_have_no_days_and_are_no_warning(books: Session, town_of_stores: Plan) -> None:
    (line,) = stored(books, CoverLine, town_of_stores, item_id="rice")
    line.level, line.cover_days, line.demand_base_per_day = "no_demand", None, 0.0
    books.flush()
    assert "大米" not in red_list(stock_sheet(books, town_of_stores, DAY, 1)).column("品名")


def test_a_day_without_a_check_has_no_list(books: Session, town_of_stores: Plan) -> None:
    with pytest.raises(LookupError):
        stock_sheet(books, town_of_stores, NEXT, 1)
