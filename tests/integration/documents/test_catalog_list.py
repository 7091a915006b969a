"""可售物品清单与群通知: a store's list and the message in the residents' group (A-02, A-03, C-04)."""

import re

import pytest
from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import CatalogLine
from tasks.documents.catalog import MESSAGE_CHARACTERS, catalog_lines, catalog_sheet, message
from tasks.documents.group_message import catalog_message
from tests.factories.read_back import fen, stored, tables, text
from tests.factories.trading_orders import DAY
from tests.factories.trading_town import GOODS

CUTOFFS = {"B": "2022年4月21日（周四） 16:00", "C": "2022年4月22日（周五） 16:00"}
OFFER = re.compile(r"(\d+)\.(\S+) ([\d.]+)元/(\S+)")


@pytest.fixture
def lines(books: Session, plan: Plan) -> list[CatalogLine]:
    """What the stores have published, in the order of their numbers."""
    return sorted(stored(books, CatalogLine, plan, business_date=DAY), key=lambda line: (line.store_id, line.number))


def test_every_line_of_the_stores_lists_stands_once_with_its_number_price_and_unit(
    books: Session, plan: Plan, lines: list[CatalogLine]
) -> None:
    listed = []
    for shop in {line.store_id for line in lines}:
        (table,) = tables(catalog_sheet(books, plan, DAY, 1, shop), "可售物品清单")
        listed += [(shop, r["序号"], r["品名"], r["单位"], fen(r["单价（元）"]), r["供应情况"]) for r in table.rows]
    goods = {good.id: good for good in GOODS}
    assert sorted(listed) == sorted(
        (
            x.store_id,
            x.number,
            goods[x.item_id].name,
            goods[x.item_id].unit,
            x.price_fen,
            "有货" if x.available else "今日暂缺",
        )
        for x in lines
    )


def test_a_list_names_categories_as_the_plan_does_and_the_hour_of_the_next_collection(
    books: Session, plan: Plan
) -> None:
    made = catalog_sheet(books, plan, DAY, 1, "s1")
    (table,) = tables(made, "可售物品清单")
    assert set(table.column("类别")) <= {category.name for category in plan.categories.values()}
    assert CUTOFFS[plan.file.plan.clauses] in text(made)


def test_a_store_without_a_list_has_no_document(books: Session, town_of_stores: Plan) -> None:
    with pytest.raises(LookupError):
        catalog_sheet(books, town_of_stores, DAY, 1, "s3")


def test_a_message_offers_what_is_on_sale_once_and_nothing_else(
    books: Session, plan: Plan, lines: list[CatalogLine]
) -> None:
    goods = {good.id: good for good in GOODS}
    on_sale = {(x.number, goods[x.item_id].name, x.price_fen, goods[x.item_id].unit) for x in lines if x.available}
    for place in plan.communities.values():
        told = catalog_message(plan, DAY, 1, lines, place).content.decode()
        offers = [(int(n), name, fen(float(price)), unit) for n, name, price, unit in OFFER.findall(told)]
        assert sorted(offers) == sorted(on_sale)
        assert "西红柿" not in told
        opened = [line.split("：")[0] for line in told.split("\n") if OFFER.search(line)]
        assert opened == [category.name for category in plan.categories.values()]


def test_a_message_says_whose_it_is_how_to_answer_until_when_and_where_the_goods_come_to(
    plan: Plan, lines: list[CatalogLine]
) -> None:
    for place in plan.communities.values():
        head, *_, example, foot = message(plan, DAY, lines, place).split("\n")
        assert place.name in head
        assert "2022年4月21日" in head
        assert "接龙" in example
        assert CUTOFFS[plan.file.plan.clauses] in foot
        assert foot.endswith(place.delivery_point)


def test_a_message_of_a_day_without_goods_says_so(plan: Plan) -> None:
    assert message(plan, DAY, [], plan.communities["c1"]).endswith("今日无可售物品")


def test_a_long_list_stays_readable_in_a_group_and_says_how_much_more_there_is(
    books: Session, town_of_stores: Plan
) -> None:
    plan = town_of_stores
    known = catalog_lines(books, plan, DAY, 1)
    many = [line.model_copy(update={"number": 100 * n + line.number}) for n in range(60) for line in known]
    told = message(plan, DAY, many, plan.communities["c1"])
    assert len(told) <= MESSAGE_CHARACTERS
    offers, more = OFFER.findall(told), re.findall(r"另有 (\d+) 种", told)
    assert len(offers) > 40
    assert len(offers) + sum(map(int, more)) == sum(line.available for line in many)
