"""库存预警清单: what lies below its minimum days, the most urgent first, and every category's cover (B-05 to B-07)."""

import re
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import AreaCoverLine, CoverLine
from tasks.documents import Made
from tasks.documents.stock import stock_sheet
from tests.factories.read_back import ReadTable, fen, pages, stored, tables, text
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
    store = plan.stores[line.store_id].name + (" *" if line.estimated else " ?" if line.doubtful else "")
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
        assert fen(row["缺口金额（元）"]) == line.missing_fen
        for title, amount in (("库存", line.stock_base), ("在途", line.coming_base), ("缺口", line.missing_base)):
            assert abs(Decimal(str(row[title])) * base - amount) <= Decimal(base) / 2000
        assert abs(row["日需求"] * base - line.demand_base_per_day) <= base / 200
        assert (row["可保障天数"], row["下限天数"]) == (round(line.cover_days or 0, 1), 7)
        assert row["含在途天数"] == round(line.cover_coming_days or 0, 1)
        assert row["预计断档"] == datetime.combine(NEXT, datetime.min.time())


def test_stock_that_was_carried_on_because_nobody_reported_has_a_mark_that_is_explained(made: Made) -> None:
    marked = [row["品名"] for row in red_list(made).rows if row["商超"].endswith(" *")]
    assert marked == ["面粉"]
    assert "带 * 的商超当日未报" in text(made)


def test_every_line_of_the_red_list_says_how_it_can_be_mended(plan: Plan, made: Made) -> None:
    for row in red_list(made).rows:
        assert re.fullmatch(rf"向{plan.stores['w1'].name}采购\S+9\S+（[\d.]+元，4月22日到）", row["补救办法"]), row


def test_a_report_in_doubt_has_a_mark_and_its_reason_on_a_sheet_of_its_own(plan: Plan, made: Made) -> None:
    assert any(row["商超"].endswith(" ?") for row in red_list(made).rows)
    (table,) = tables(made, "存疑")
    (row,) = table.rows
    assert row["商超"] == plan.stores["s1"].name
    assert "完全相同" in row["原因"]


def test_township_and_communities_have_sheets_of_their_own(books: Session, plan: Plan, made: Made) -> None:
    lines = stored(books, AreaCoverLine, plan, business_date=DAY)
    by_category, by_item = tables(made, "全域")
    assert len(by_category.rows) == sum(not x.community_id and not x.item_id for x in lines)
    assert set(by_item.column("品名")) == {NAMES[x.item_id].name for x in lines if x.item_id}
    (places,) = tables(made, "分社区")
    assert set(places.column("小区（村）")) == {plan.communities["c1"].name}
    shown = {row[plan.categories[x.category].name]: x.level for x in lines for row in places.rows if x.community_id}
    assert all(str(days).endswith("↓") == (level != "ok") for days, level in shown.items())


def test_the_chart_draws_the_townships_days_on_hand_and_with_what_is_on_the_way_against_the_minimum(
    books: Session, plan: Plan, made: Made
) -> None:
    page = pages(made)["图表"]
    (chart,) = page._charts  # type: ignore[attr-defined]  # openpyxl has no public name for the charts of a sheet
    series = [s for part in chart._charts for s in part.series]
    asked = [x for x in stored(books, AreaCoverLine, plan, community_id="", item_id="") if x.cover_days is not None]
    (table,) = tables(made, "图表")
    assert len(table.rows) == len(asked)
    drawn = [str(s.val.numRef.f) for s in series]
    rows = {tuple(map(int, re.findall(r"\d+", ref.split("!")[1]))) for ref in drawn}
    (first, last) = rows.pop()
    assert (rows, last - first + 1) == (set(), len(asked))
    titles = [page[str(s.tx.strRef.f).split("!")[1].replace("$", "")].value for s in series]
    assert titles == ["可保障天数", "含在途天数", "下限天数"]


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
