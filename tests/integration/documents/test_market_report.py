"""市场运行日报: price changes, supply, stock and demand, per category, store and both; what is missing or late (B-12).

The figures are reckoned here anew from the rows of the database, by hand.
"""

import json
from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import Batch, CoverLine, MarketReport, StockReportLine, StoreOrderLine
from tasks.database import insert
from tasks.documents import Made
from tasks.documents.report import report_json, report_message, report_sheet
from tests.factories.read_back import ReadTable, fen, stored, tables
from tests.factories.trading_days import BEFORE
from tests.factories.trading_orders import DAY
from tests.factories.trading_town import GOODS

NAMES = {good.id: good for good in GOODS}
LEVELS = {"out": "断档", "low": "低于下限", "ok": "充足"}


@pytest.fixture
def made(books: Session, plan: Plan) -> Made:
    """The workbook of the day."""
    return report_sheet(books, plan, DAY, 1)


@pytest.fixture
def body(books: Session, plan: Plan) -> dict[str, Any]:
    """What is handed in, read back from the file."""
    content: dict[str, Any] = json.loads(report_json(books, plan, DAY, 1).content)
    return content


def grams(item_id: str, qty_base: int) -> float:
    """Grams of an amount: a box of medicine weighs 30."""
    return qty_base if NAMES[item_id].category != "medicine" else qty_base * 30 / NAMES[item_id].base


def reckoned(session: Session, plan: Plan) -> dict[str, dict[tuple[str, str], float]]:
    """Kilograms per column and (store, category), from the rows."""
    found: dict[str, dict[tuple[str, str], float]] = defaultdict(lambda: defaultdict(float))

    def add(title: str, row: Any, qty: int) -> None:
        found[title][row.store_id, NAMES[row.item_id].category] += grams(row.item_id, qty) / 1000

    for line in stored(session, StockReportLine, plan):
        now = line.business_date == DAY
        add("库存" if now else "昨日库存", line, line.qty_base)
        add("销量" if now else "昨日销量", line, line.sold_base or 0)
    for order in stored(session, StoreOrderLine, plan, revision=2):
        add("居民需求", order, order.qty_base)
    for batch in stored(session, Batch, plan):
        if batch.origin != "opening":
            add("到货", batch, batch.qty_base)
    return found


def by_category(cells: dict[tuple[str, str], float]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for (_store, category), kilograms in cells.items():
        found[category] += kilograms
    return found


def overview(made: Made) -> tuple[dict[str, str], ReadTable]:
    facts, categories = tables(made, "总体情况")
    return {row["项目"]: row["内容"] for row in facts.rows}, categories


def test_every_category_stands_once_with_the_sums_of_what_the_stores_reported(
    books: Session, plan: Plan, made: Made
) -> None:
    table = overview(made)[1]
    names = {category.name: key for key, category in plan.categories.items()}
    assert sorted(table.column("类别")) == sorted(names)
    cells = reckoned(books, plan)
    for row in table.rows:
        category = names[row["类别"]]
        for title in ("库存", "销量", "居民需求", "到货"):
            assert row[title] == pytest.approx(by_category(cells[title])[category], abs=0.051), (title, category)
        for title in ("库存", "销量"):
            now, then = (by_category(cells[day + title])[category] for day in ("", "昨日"))
            assert row[f"{title}·增减"] == pytest.approx(100 * (now - then) / then, abs=0.051), (title, category)


def test_every_store_and_each_of_its_categories_stand_once_with_their_own_sums(
    books: Session, plan: Plan, made: Made
) -> None:
    cells = reckoned(books, plan)["库存"]
    (detail,), (whole,) = tables(made, "商超分类别"), tables(made, "分商超")
    stores = {store.name: key for key, store in plan.stores.items()}
    names = {category.name: key for key, category in plan.categories.items()}
    shown = {(stores[r["商超"]], names[r["类别"]]): r["库存"] for r in detail.rows}
    assert shown == pytest.approx(dict(cells), abs=0.051)
    assert len(detail.rows) == len(cells)
    sums = {key: sum(kg for (store, _), kg in cells.items() if store == key) for key, _ in cells}
    assert {stores[r["商超"]]: r["库存"] for r in whole.rows} == pytest.approx(sums, abs=0.051)
    assert set(whole.column("类别")) == {"全部类别"}
    days = {store: min(r["可保障天数"] for r in detail.rows if r["商超"] == store) for store in whole.column("商超")}
    assert {row["商超"]: row["可保障天数"] for row in whole.rows} == days


def test_days_of_cover_and_state_are_those_of_the_stock_check(books: Session, plan: Plan, made: Made) -> None:
    checked = {plan.categories[x.category].name: x for x in stored(books, CoverLine, plan, item_id="")}
    for row in overview(made)[1].rows:
        line = checked[row["类别"]]
        assert row["可保障天数"] == pytest.approx(line.cover_days, abs=0.051)
        assert row["日需求"] == pytest.approx(line.demand_base_per_day / 1000, abs=0.051)
        assert row["状态"] == LEVELS[line.level]


def test_the_mean_price_by_weight_is_told_with_its_change_from_the_day_before(
    books: Session, plan: Plan, made: Made
) -> None:
    per_kg: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for line in stored(books, StockReportLine, plan):
        good = NAMES[line.item_id]
        per_kg[good.category, line.business_date == BEFORE].append(line.price_fen / (good.base / 1000))
    names = {category.name: key for key, category in plan.categories.items()}
    for row in overview(made)[1].rows:
        now, then = (sum(p) / len(p) for p in (per_kg[names[row["类别"]], False], per_kg[names[row["类别"]], True]))
        if row["类别"] == "药品":
            assert row["均价（元/公斤）"] is None
        else:
            assert fen(row["均价（元/公斤）"]) == pytest.approx(now, abs=0.51)
            assert row["均价（元/公斤）·增减"] == pytest.approx(100 * (now - then) / then, abs=0.051)


def test_prices_that_moved_are_counted_and_named_and_a_rise_beyond_the_limit_is_an_alert(
    plan: Plan, made: Made
) -> None:
    assert overview(made)[0]["价格涨跌品种"] == "上涨 1 种，持平 5 种，下跌 1 种"
    moved, alerts = tables(made, "价格")
    assert {(row["品名"], row["增减"]) for row in moved.rows} == {("大白菜", -20), ("大米", 10)}
    (alert,) = alerts.rows
    assert (alert["商超"], alert["品名"], alert["涨幅"]) == (plan.stores["s1"].name, "大米", 10)
    assert (fen(alert["原价（元）"]), fen(alert["现价（元）"])) == (3250, 3575)


def test_what_did_not_come_and_what_came_late_is_said(plan: Plan, made: Made) -> None:
    facts = overview(made)[0]
    late = {(row["责任单位"], row["状态"]) for row in tables(made, "迟报未报")[0].rows}
    if plan.file.plan.clauses == "B":
        assert (facts["报送情况"], facts["未报单位"]) == ("已报 2 家，应报 3 家", "示例果蔬合作社")
        assert late == {("幸福小区", "迟报"), ("示例果蔬合作社", "未报")}
        assert tables(made, "迟报未报")[0].column("报送事项") == ["上报清单", "上报库存"]
    else:
        assert (facts["报送情况"], facts["未报单位"]) == ("已报 1 家，应报 1 家", "无")
        assert late == {("幸福小区", "迟报")}


def test_the_verdict_names_what_is_gone_and_what_runs_low(made: Made) -> None:
    facts = overview(made)[0]
    assert "断档" in facts["总体判断"]
    assert facts["断档类别"] == "粮食"
    assert facts["低于最低可保障天数的类别"] == "蔬菜、鸡蛋"


def test_what_is_handed_in_is_the_report_that_was_stored(books: Session, plan: Plan, body: dict[str, Any]) -> None:
    (report,) = stored(books, MarketReport, plan)
    assert body == report.body
    assert body["business_date"] == "2022-04-21"
    raw = report_json(books, plan, DAY, 1).content.decode()
    assert list(body) == sorted(body)
    assert "大白菜" in raw


def test_workbook_and_json_tell_the_same(plan: Plan, made: Made, body: dict[str, Any]) -> None:
    rows = {row["类别"]: row for row in overview(made)[1].rows}
    assert set(rows) == {figures["name"] for figures in body["categories"]}
    for figures in body["categories"]:
        row = rows[figures["name"]]
        assert (row["库存"], row["销量"], row["可保障天数"]) == pytest.approx(
            (figures["stock_kg"], figures["sold_kg"], figures["cover_days"])
        )
        assert fen(row["均价（元/公斤）"]) == (figures["price_fen_per_kg"] or 0)


def test_the_message_fits_a_phone_and_says_what_matters(plan: Plan, body: dict[str, Any]) -> None:
    told = report_message(plan, body, 1)
    assert len(told) < 400
    for words in (
        plan.file.plan.name,
        "2022年4月21日",
        "断档",
        "粮食",
        "0.0",
        "蔬菜、鸡蛋",
        "大白菜 -20.0%",
        "大米 +10.0%",
    ):
        assert words in told
    assert ("示例果蔬合作社" in told) is (plan.file.plan.clauses == "B")
    assert "更正" not in told


def test_a_correction_says_which_report_it_corrects(books: Session, town_of_stores: Plan, body: dict[str, Any]) -> None:
    assert "更正" in report_message(town_of_stores, body, 2)
    assert "第 1 版" in report_message(town_of_stores, body, 2)


def test_without_prices_of_the_day_before_no_price_is_called_unchanged(books: Session, town_of_stores: Plan) -> None:
    (report,) = stored(books, MarketReport, town_of_stores)
    bare = report.body | {
        "price_counts": dict.fromkeys(("risen", "same", "fallen"), 0),
        "movers": [],
        "price_alerts": [],
    }
    insert(books, MarketReport, [report.model_dump() | {"revision": 2, "body": bare}])
    made = report_sheet(books, town_of_stores, DAY, 2)
    assert "持平" not in overview(made)[0]["价格涨跌品种"]
    assert [len(table.rows) for table in tables(made, "价格")] == [0, 0]


def test_a_day_without_a_report_has_no_document(books: Session, town_of_stores: Plan) -> None:
    for build in (report_sheet, report_json):
        with pytest.raises(LookupError):
            build(books, town_of_stores, BEFORE, 1)
