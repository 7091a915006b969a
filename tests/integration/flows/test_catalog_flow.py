"""可售清单: every store's dated list, and one message for each community's group (A-02, A-03, C-04)."""

import io
import json
import re
import zipfile
from itertools import pairwise
from pathlib import Path

import openpyxl
import pymupdf

from tasks.catalog_lists import menu_of
from tasks.database import reading
from tasks.plans import load_plan
from tests.factories.working_town import Town, on, workbook


def attachments(town: Town, community: str, revision: int = 1) -> list[Path]:
    """What the community's person was given with a list."""
    query = "SELECT attachments FROM notice WHERE plan_id = :plan AND stage = 'catalog_published' AND notice_id LIKE :c"
    ((attached,),) = town.rows(query, c=f"%:{community}:{revision}:%")
    paths = attached if isinstance(attached, list) else json.loads(attached)
    return [town.data / "documents" / path for path in paths]


def message(town: Town, community: str, revision: int = 1) -> str:
    """The text that the community's person puts into the group."""
    return attachments(town, community, revision)[0].read_text(encoding="utf-8")


def test_every_store_has_a_dated_list_and_every_community_its_message(town: Town) -> None:
    told = town.run("publish_catalog", "08:00")
    assert (told["stores"], told["items"], told["communities"]) == (["market", "pharmacy"], 8, 3)
    dated = town.rows("SELECT store_id, COUNT(*) FROM catalog_line WHERE business_date = '2022-04-21' GROUP BY 1")
    assert sorted(dated) == [("market", 7), ("pharmacy", 2)]
    assert len(town.documents("可售物品清单_*.xlsx")) == 2
    assert len(town.documents("*.txt")) == 3
    assert town.told("catalog_published") == ["staff_controlled", "staff_isolation", "staff_sealed"]


def test_the_communitys_person_gets_message_order_form_and_picture_and_all_of_them_are_there(town: Town) -> None:
    town.run("publish_catalog", "08:00")
    for community, name in {"c_sealed": "示例家园", "c_controlled": "样本庄"}.items():
        text, form, picture = attachments(town, community)
        assert (text.suffix, form.suffix, picture.suffix) == (".txt", ".xlsx", ".pdf")
        assert form.name.startswith(f"{name}_")
        assert picture.read_bytes().startswith(b"%PDF")
        assert zipfile.is_zipfile(form)


def test_an_order_form_that_comes_back_filled_in_is_read_to_the_last_line(town: Town) -> None:
    town.run("publish_catalog", "08:00")
    _, form, _ = attachments(town, "c_sealed")
    book = openpyxl.load_workbook(form)
    page = book.worksheets[0]
    first = next(row[0].row for row in page.iter_rows() if row[0].value == "住址") + 1
    for number, line in enumerate([("3-2-501", "张示例", "大米", 2, "袋"), ("3-1-302", "", "鸡蛋", 1, "板")]):
        for column, value in enumerate(line, start=1):
            page.cell(first + number, column).value = value
    filled = io.BytesIO()
    book.save(filled)
    town.put("needs", form.name, filled.getvalue())
    told = town.run("collect_needs", "16:05")
    assert (told["accepted"], told["rejected"]) == (2, 0)
    query = "SELECT household_id, item_id, qty_base FROM need ORDER BY household_id"
    assert town.rows(query) == [("h1", "rice", 10000), ("h3", "eggs", 30)]


def test_numbers_are_the_same_on_message_form_and_picture_and_stay_on_later_days(town: Town) -> None:
    town.run("publish_catalog", "08:00")
    text, form, picture = attachments(town, "c_sealed")
    said = {
        name: int(n) for n, name in re.findall(r"(\d+)\.(\S+) [\d.]+(?:-[\d.]+)?元", text.read_text(encoding="utf-8"))
    }
    listed = openpyxl.load_workbook(form).worksheets[1]
    rows = [[cell.value for cell in row] for row in listed.iter_rows(min_row=3)]
    assert {row[2]: row[0] for row in rows if isinstance(row[0], int)} == said
    with pymupdf.open(picture) as pages:
        shown = " ".join(page.get_text() for page in pages).split()
    assert {(str(number), name) for name, number in said.items()} <= set(pairwise(shown))
    town.put("catalog", "market.csv", "商品,单位,售价\n白菜,斤,1.5\n大米,袋,30\n", day=22)
    town.run("publish_catalog", "08:00", day=22)
    numbers = town.rows("SELECT item_id, COUNT(DISTINCT number) FROM catalog_line GROUP BY item_id")
    assert {count for _, count in numbers} == {1}
    with reading() as session:
        menu = menu_of(session, load_plan("demo"), on(22))
    assert menu[said["大米"]] == "rice"


def test_a_message_names_goods_prices_cutoff_and_the_place_of_hand_over(town: Town) -> None:
    town.run("publish_catalog", "08:00")
    text = message(town, "c_sealed")
    for words in ("示例家园", "大米 30.00", "布洛芬 18.00", "16:00", "示例家园东门"):
        assert words in text
    assert "样本庄村部" not in text


def test_a_list_that_a_store_sent_replaces_what_the_books_would_offer(town: Town) -> None:
    body = workbook(["商品", "单位", "售价", "状态"], ["大米", "袋", 31, "有货"], ["鸡蛋", "板", 19, "缺货"])
    town.put("catalog", "market_20220421.xlsx", body)
    told = town.run("publish_catalog", "08:00")
    assert told["returned"] == 0
    query = "SELECT item_id, price_fen, available FROM catalog_line WHERE store_id = 'market' ORDER BY item_id"
    assert [(i, p, bool(a)) for i, p, a in town.rows(query)] == [("eggs", 1900, False), ("rice", 3100, True)]
    assert "大米 31.00" in message(town, "c_isolation")


def test_a_price_that_is_no_price_goes_back_to_the_store_and_the_rest_is_published(town: Town) -> None:
    town.put("catalog", "market.csv", "商品,单位,售价\n大米,袋,面议\n面粉,袋,15\n")
    told = town.run("publish_catalog", "08:00")
    assert told["returned"] == 1
    assert [codes for _, codes in town.reasons()] == [["price_unclear"]]
    assert town.rows("SELECT item_id FROM catalog_line WHERE store_id = 'market'") == [("flour",)]
    assert town.told("lines_returned") == ["manager_market"]


def test_a_changed_list_is_a_new_revision_and_the_first_stays(town: Town) -> None:
    town.run("publish_catalog", "08:00")
    town.put("catalog", "market.csv", "商品,单位,售价\n大米,袋,33\n")
    town.run("publish_catalog", "09:00")
    query = "SELECT revision, price_fen FROM catalog_line WHERE store_id = 'market' AND item_id = 'rice' ORDER BY 1"
    assert town.rows(query) == [(1, 3000), (2, 3300)]
    assert town.rows("SELECT COUNT(*) FROM notice WHERE stage = 'catalog_published'") == [(6,)]


def test_a_station_offers_what_its_source_sells_before_anything_was_bought(station_town: Town) -> None:
    told = station_town.run("publish_catalog", "08:00", day=22)
    assert (told["stores"], told["communities"]) == (["station"], 3)
    assert told["items"] == 8
