"""物资订单: what a store packs, as totals and by community, with nobody's name on it (A-04, A-05, B-02, B-03)."""

from collections import Counter

import pytest
from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import StoreOrder, StoreOrderLine
from tasks.documents.labels import MODES, word
from tasks.documents.orders import store_order
from tests.factories.read_back import fen, pages, stored, tables, text
from tests.factories.trading_orders import DAY
from tests.factories.trading_orders import fen as cost
from tests.factories.trading_town import GOODS

NAMED = {good.name: good for good in GOODS}


@pytest.fixture
def orders(books: Session, plan: Plan) -> list[StoreOrder]:
    """The orders in force."""
    found = stored(books, StoreOrder, plan, revision=2)
    assert [order.store_id for order in found] == (["s1", "s2"] if plan.file.plan.clauses == "B" else ["s1"])
    return found


def ordered(session: Session, plan: Plan, order: StoreOrder) -> list[StoreOrderLine]:
    return stored(session, StoreOrderLine, plan, revision=order.revision, store_id=order.store_id)


def test_the_totals_to_pick_are_the_sums_of_the_orders_lines(
    books: Session, plan: Plan, orders: list[StoreOrder]
) -> None:
    for order in orders:
        (totals,) = tables(store_order(books, plan, DAY, 2, order.store_id), "汇总拣货")
        wanted: Counter[str] = Counter()
        for line in ordered(books, plan, order):
            wanted[line.item_id] += line.qty_base
        picked = {NAMED[r["品名"]].id: round(r["数量"] * NAMED[r["品名"]].base) for r in totals.rows}
        assert picked == dict(wanted)
        assert len(totals.rows) == len(wanted)
        assert totals.fen("金额（元）") == fen(totals.total["金额（元）"]) == order.amount_fen


def test_every_line_of_the_order_stands_once_below_its_community(
    books: Session, plan: Plan, orders: list[StoreOrder]
) -> None:
    for order in orders:
        places = tables(store_order(books, plan, DAY, 2, order.store_id), "分社区明细")
        listed = [
            (table.caption.split(" · ")[0], row["品名"], row["数量"], fen(row["单价（元）"]), fen(row["金额（元）"]))
            for table in places
            for row in table.rows
        ]
        goods = {good.id: good for good in GOODS}
        assert sorted(listed) == sorted(
            (plan.communities[x.community_id].name, g.name, x.qty_base / g.base, x.price_fen, cost(g, x.qty_base))
            for x in ordered(books, plan, order)
            for g in [goods[x.item_id]]
        )
        assert all(table.fen("金额（元）") == fen(table.total["金额（元）"]) for table in places)
        assert sum(fen(table.total["金额（元）"]) for table in places) == order.amount_fen


def test_each_community_is_told_with_its_zone_its_way_and_its_delivery_point(books: Session, plan: Plan) -> None:
    zones = {"c1": "封控区", "c2": "管控区", "c3": "管控区", "c4": "集中隔离点"}
    captions = [table.caption for table in tables(store_order(books, plan, DAY, 2, "s1"), "分社区明细")]
    for key, place in plan.communities.items():
        (caption,) = [c for c in captions if c.startswith(place.name)]
        assert zones[key] in caption
        assert word(MODES, plan.mode(key)) in caption
        assert place.delivery_point in caption


def test_an_order_names_no_resident_no_door_and_no_number(books: Session, plan: Plan) -> None:
    told = text(store_order(books, plan, DAY, 2, "s1"))
    for home in plan.households.values():
        for kept in (home.head, home.address, home.household_id, home.phone):
            assert kept
            assert kept not in told


def test_an_order_that_a_newer_one_replaced_says_so_on_every_sheet(books: Session, plan: Plan) -> None:
    for revision, replaced in ((1, True), (2, False)):
        for page in pages(store_order(books, plan, DAY, revision, "s1")).values():
            head = [str(row[0].value) for row in page.iter_rows(max_row=4)]
            assert any("请勿备货" in line for line in head) is replaced
            assert f"第 {revision} 版" in head[1]


def test_an_order_says_when_the_goods_are_due(books: Session, plan: Plan) -> None:
    assert "配送日期 2022年4月22日（周五）" in text(store_order(books, plan, DAY, 2, "s1"))


def test_a_store_without_an_order_has_no_document(books: Session, town_of_stores: Plan) -> None:
    with pytest.raises(LookupError):
        store_order(books, town_of_stores, DAY, 2, "s3")
