"""可售物品清单与群通知: a store's list, and what goes into the residents' group (A-02, A-03, C-04)."""

import io
import re
from dataclasses import replace
from datetime import date

import openpyxl
import pymupdf
import pytest
from sqlalchemy.orm import Session

from rules.catalog import Offer
from schemas.plan import Plan
from schemas.tables import CatalogLine
from tasks.documents.catalog import catalog_sheet
from tasks.documents.goods_list import goods_list
from tasks.documents.group_message import catalog_messages, message_parts
from tasks.documents.order_form import order_forms
from tests.factories.every_document import offered
from tests.factories.read_back import fen, stored, tables, text
from tests.factories.trading_orders import DAY
from tests.factories.trading_town import GOODS

CUTOFFS = {"B": "2022年4月21日（周四） 16:00", "C": "2022年4月22日（周五） 16:00"}
OFFER = re.compile(r"(\d+)\.([^\s(（]+)(?:（新）)? ([\d.]+)(?:-[\d.]+)?元/(\S+)")


@pytest.fixture
def lines(books: Session, plan: Plan) -> list[CatalogLine]:
    """What the stores have published."""
    return stored(books, CatalogLine, plan, business_date=DAY)


@pytest.fixture
def goods(books: Session, plan: Plan) -> list[Offer]:
    """What residents can order of it."""
    return offered(books, plan)


def many(plan: Plan, count: int) -> list[Offer]:
    """A list of so many items, in the order in which residents read it."""
    ids = [list(plan.items)[n % len(plan.items)] for n in range(count)]
    ids.sort(key=lambda item_id: list(plan.categories).index(plan.items[item_id].category))
    return [Offer(n, item_id, 100 + n, 100 + n) for n, item_id in enumerate(ids, start=1)]


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
    plan: Plan, lines: list[CatalogLine], goods: list[Offer]
) -> None:
    known = {good.id: good for good in GOODS}
    on_sale = {(x.number, known[x.item_id].name, x.price_fen, known[x.item_id].unit) for x in lines if x.available}
    for place in plan.communities.values():
        (made,) = catalog_messages(plan, DAY, 1, goods, place)
        offers = [(int(n), name, fen(float(price)), unit) for n, name, price, unit in OFFER.findall(text(made))]
        assert sorted(offers) == sorted(on_sale)
        assert "西红柿" not in text(made)
        opened = [line.split("：")[0] for line in text(made).split("\n") if OFFER.search(line)]
        assert opened == [category.name for category in plan.categories.values()]


def test_a_message_says_whose_it_is_how_to_answer_until_when_and_where_the_goods_come_to(
    plan: Plan, goods: list[Offer]
) -> None:
    for place in plan.communities.values():
        (told,) = message_parts(plan, DAY, goods, place)
        head, *_, example, foot = told.split("\n")
        assert place.name in head
        assert "2022年4月21日" in head
        assert "接龙" in example
        assert CUTOFFS[plan.file.plan.clauses] in foot
        assert foot.endswith(place.delivery_point)


def test_where_stores_ask_different_prices_both_stand_and_it_is_said_which_holds(plan: Plan) -> None:
    item_id = next(iter(plan.items))
    (told,) = message_parts(plan, DAY, [Offer(1, item_id, 300, 350)], plan.communities["c1"])
    assert " 3.00-3.50元/" in told
    assert "以实际供货门店的价格为准" in told
    (plain,) = message_parts(plan, DAY, [Offer(1, item_id, 300, 300)], plan.communities["c1"])
    assert "供货门店的价格" not in plain


def test_a_message_of_a_day_without_goods_says_so(plan: Plan) -> None:
    (told,) = message_parts(plan, DAY, [], plan.communities["c1"])
    assert told.endswith("今日无可售物品")


@pytest.mark.parametrize("count", [60, 90, 200, 700])
def test_a_long_list_goes_out_in_numbered_parts_that_a_group_reads_whole_and_no_item_is_cut_or_lost(
    plan: Plan, count: int
) -> None:
    offers = many(plan, count)
    parts = message_parts(plan, DAY, offers, plan.communities["c1"])
    assert max(map(len, parts)) <= plan.file.catalog.message_characters.value
    assert [int(n) for told in parts for n, *_ in OFFER.findall(told)] == [offer.number for offer in offers]
    if len(parts) > 1:
        assert [told.split("\n")[0].rpartition(" ")[2] for told in parts] == [
            f"({n}/{len(parts)})" for n in range(1, len(parts) + 1)
        ]
    named = {category.name for category in plan.categories.values()}
    for told in parts:
        body = [line for line in told.split("\n")[1:] if OFFER.search(line)]
        assert {line.partition("：")[0] for line in body} <= named


def test_no_part_is_longer_than_the_plan_says_whatever_it_says(plan: Plan) -> None:
    offers = many(plan, 60)
    for limit in range(300, 420, 3):
        rule = plan.file.catalog.message_characters.model_copy(update={"value": limit})
        catalog = plan.file.catalog.model_copy(update={"message_characters": rule})
        narrow = replace(plan, file=plan.file.model_copy(update={"catalog": catalog}))
        parts = message_parts(narrow, DAY, offers, plan.communities["c1"])
        assert max(map(len, parts)) <= limit
        assert [int(n) for told in parts for n, *_ in OFFER.findall(told)] == [offer.number for offer in offers]


def test_parts_lie_in_files_of_their_own(plan: Plan) -> None:
    made = catalog_messages(plan, DAY, 1, many(plan, 200), plan.communities["c1"])
    assert len({one.path for one in made}) == len(made) > 1


def test_the_picture_shows_each_item_with_number_unit_and_price_the_cutoff_and_where_to_reply(
    plan: Plan, goods: list[Offer]
) -> None:
    made = goods_list(plan, DAY, 1, goods)
    told = re.sub(r"\s+", " ", text(made))
    for offer in goods:
        item = plan.items[offer.item_id]
        assert f"{offer.number} {item.name} {item.unit} {offer.low_fen / 100:.2f}" in told
    assert "".join(CUTOFFS[plan.file.plan.clauses].split()) in told.replace(" ", "")
    assert "本群接龙" in told


def test_the_picture_is_as_narrow_as_a_phone_and_no_word_leaves_its_page(plan: Plan) -> None:
    with pymupdf.open(stream=goods_list(plan, DAY, 1, many(plan, 120)).content, filetype="pdf") as pages:
        assert pages.page_count > 1
        for page in pages:
            assert page.rect.width < 260
            assert all(page.rect.contains(pymupdf.Rect(word[:4])) for word in page.get_text("words"))
            letters = [s["size"] for b in page.get_text("dict")["blocks"] for x in b["lines"] for s in x["spans"]]
            assert max(letters) >= 11 and min(letters) >= 7
            assert {font[3].partition("+")[2][:11] for font in page.get_fonts()} == {"NotoSansCJK"}


def test_words_that_would_be_markup_are_shown_as_they_are(plan: Plan) -> None:
    item_id = next(iter(plan.items))
    words = 'a*b_c #eval("1+1") $x$ [y] \\ 大米'
    item = plan.items[item_id].model_copy(update={"name": words, "unit": "#pagebreak()"})
    odd = replace(plan, items={**plan.items, item_id: item})
    told = text(goods_list(odd, DAY, 1, [Offer(1, item_id, 100, 100)]))
    assert "".join(words.split()) in "".join(told.split())
    assert "#pagebreak()" in told


def test_a_form_offers_every_item_to_choose_and_knows_its_number(plan: Plan, goods: list[Offer]) -> None:
    places = list(plan.communities.values())
    forms = order_forms(plan, DAY, 1, goods, places)
    assert [form.path.split("/")[1].split("_")[0] for form in forms] == [place.name for place in places]
    for place, form in zip(places, forms, strict=True):
        book = openpyxl.load_workbook(io.BytesIO(form.content))
        page, listed = book.worksheets
        assert place.name in str(page.cell(1, 1).value)
        items, units = (rule for rule in page.data_validations.dataValidation)
        sheet, _, cells = items.formula1.partition("!")
        assert sheet.strip("'") == listed.title
        names = [row[0].value for row in listed[cells.replace("$", "")]]
        assert names == [plan.items[offer.item_id].name for offer in goods]
        numbers = [row[0].value for row in listed[cells.replace("$", "").replace("C", "A")]]
        assert numbers == [offer.number for offer in goods]
        assert {plan.items[offer.item_id].unit for offer in goods} <= set(units.formula1.strip('"').split(","))


def test_an_older_list_can_be_made_again_on_a_later_day(plan: Plan, goods: list[Offer]) -> None:
    first = goods_list(plan, DAY, 1, goods)
    goods_list(plan, date(2022, 5, 1), 1, goods)
    assert goods_list(plan, DAY, 1, goods).sha256 == first.sha256
