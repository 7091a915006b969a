"""What producers and carriers declare for the week (B-08, B-09), beside what is proposed to buy."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from tasks.database import reading
from tasks.documents.purchase import proposal_sheet
from tasks.plans import load_plan
from tests.factories.books import books, changes
from tests.factories.plan_folder import plan_document, write_plan
from tests.factories.working_town import Town, on, stocked, workbook

SUPPLY = "商品,每日可供,单位,供货价,截止日期\n"
VEHICLES = "车牌,载重,驾驶员,健康码,可用至\n"
CARRIER = {"carrier_id": "fleet", "name": "示例车队", "contact": "supplier_1"}


def weekly(duty_id: str, owed_by: str, fulfilled_by: str) -> dict[str, Any]:
    times = {"opens": "08:00", "due": "18:00", "remind_minutes": 60, "escalate_minutes": 60}
    about = {"id": duty_id, "title": "每周申报", "owed_by": owed_by, "days": ["thu"], "clause": "B-08"}
    return about | times | {"fulfilled_by": fulfilled_by}


@pytest.fixture
def town(database: sa.Engine, data: Path, plans: Path) -> Iterator[Town]:
    document = plan_document("demo")
    document["duty"] += [weekly("supply", "producers", "supply"), weekly("vehicles", "carriers", "vehicles")]
    write_plan(plans / "demo", document, stock=stocked(rice=2), carriers=[CARRIER])
    made = Town("demo", data)
    yield made
    assert made.broken() == {}


def supply(town: Town, *lines: str, day: int = 21, name: str = "示例批发.csv") -> None:
    town.put("supply", name, SUPPLY + "".join(f"{line}\n" for line in lines), day)


def vehicles(town: Town, *lines: str, day: int = 21, name: str = "示例车队.csv") -> None:
    town.put("vehicles", name, VEHICLES + "".join(f"{line}\n" for line in lines), day)


def proposed(town: Town, clock: str = "13:50", day: int = 21) -> dict[str, Any]:
    town.run("check_stock", "13:30", day)
    return town.run("purchase_supplies", clock, day)


def duty(town: Town, duty_id: str, day: str = "2022-04-21") -> list[tuple[str, str]]:
    query = "SELECT subject, state FROM duty WHERE duty_id = :d AND business_date = :b ORDER BY 1"
    return town.rows(query, d=duty_id, b=day)


def test_a_declaration_is_kept_with_its_days_and_answers_the_weekly_duty(town: Town) -> None:
    supply(town, "大米,40,袋,25,2022-04-30")
    town.run("check_stock", "11:30")
    query = "SELECT store_id, item_id, qty_base_per_day, price_fen, from_date, until_date FROM supply_declaration"
    ((store, item, qty, fen, first, last),) = town.rows(query)
    assert (store, item, qty, fen) == ("wholesale", "rice", 200_000, 2500)
    assert (str(first), str(last)) == ("2022-04-21", "2022-04-30")
    assert duty(town, "supply") == [("store:wholesale", "done")]


def test_without_dates_it_is_for_a_week(town: Town) -> None:
    supply(town, "大米,40,袋,25,")
    town.run("check_stock", "13:30")
    assert [str(row[0]) for row in town.rows("SELECT until_date FROM supply_declaration")] == ["2022-04-27"]


def test_one_that_comes_days_later_is_taken_in_and_is_late(town: Town) -> None:
    town.run("watch_duties", "09:00")
    town.run("watch_duties", "00:10", 22)
    assert duty(town, "supply") == [("store:wholesale", "missed")]
    supply(town, "大米,40,袋,25,2022-04-30", day=23)
    town.run("check_stock", "13:30", 24)
    assert duty(town, "supply") == [("store:wholesale", "late")]


def test_lines_that_cannot_be_used_go_back_with_their_reasons(town: Town) -> None:
    supply(town, "大米,40,袋,25,2022-04-30", "火箭,1,枚,9,", "面粉,0,袋,12,", "白菜,5,斤,1.5,2022-04-01")
    vehicles(town, "示A00001,1.5吨,张示例,绿码,", "示A00002,很多,李示例,绿码,", "示A00003,900,,没带手机,")
    town.run("check_stock", "13:30")
    assert {words.split()[0]: codes for words, codes in town.reasons()} == {
        "火箭": ["item_unknown"],
        "面粉": ["not_above_zero"],
        "白菜": ["until_before_from", "window_over"],
        "示A00002": ["capacity_unclear"],
        "示A00003": ["driver_missing", "health_unclear"],
    }
    bodies = town.bodies("lines_returned", "supplier_1")
    assert len(bodies) == 2
    assert any(body.startswith("3项") and "火箭" in body and "（依据B-08）" in body for body in bodies)


HEAD_OF_USE = ["户号", "药品", "药店", "每日用量", "每盒含量", "剩余", "清点日期", "处方编号"]
BAD = {
    "supply": (
        "示例批发",
        [*SUPPLY.strip().split(",")],
        {
            "火箭,1,枚,9,": ["A"],
            "大米,0,袋,25,": ["B"],
            "面粉,5,袋,面议,": ["D"],
            "白菜,5,斤,1.5,2022-04-01": ["E"],
        },
    ),
    "vehicles": (
        "示例车队",
        [*VEHICLES.strip().split(",")],
        {
            "示A00002,很多,李示例,绿码,": ["B"],
            "示A00003,900,,没带手机,": ["C", "D"],
            "车,900,王示例,绿码,改天": ["A", "E"],
        },
    ),
    "medicines": (
        "示例家园",
        HEAD_OF_USE,
        {
            "h2,大米,示例药房,1,10,30,2022-04-21,RX-1": ["B"],
            "h2,布洛芬,示例超市,1,很多,30,2022-04-21,RX-1": ["C", "E"],
            "h2,布洛芬,示例药房,0,10,30,2022-04-21,高血压": ["H"],
            "h2,布洛芬,示例药房,0,10,30,2022-04-21,RX-1": ["D"],
            "h2,布洛芬,示例药房,1,10,30,2022-04-29,RX-1": ["G"],
        },
    ),
}


@pytest.mark.parametrize("kind", list(BAD))
def test_what_a_sender_declared_goes_back_as_his_own_file_with_the_bad_cells_marked(town: Town, kind: str) -> None:
    sender, head, lines = BAD[kind]
    town.put(kind, f"{sender}.xlsx", workbook(head, *(line.split(",") for line in lines)))
    town.run("check_stock", "13:30")
    (path,) = town.documents(f"*退回补正_{sender}_*")
    book = openpyxl.load_workbook(path)
    marked = [c for row in book.worksheets[1].iter_rows() for c in row if c.comment]
    assert [c.coordinate for c in marked] == [
        f"{x}{n}" for n, cells in enumerate(lines.values(), start=2) for x in cells
    ]
    ((told,),) = town.rows("SELECT attachments FROM notice WHERE stage = 'lines_returned'")
    assert (told if isinstance(told, list) else json.loads(told)) == [f"demo/2022-04-21/{path.name}"]


def test_a_text_and_a_file_that_nobody_can_read_are_listed_for_their_sender(town: Town) -> None:
    town.put("supply", "示例批发_1.txt", "大米30袋")
    town.put("supply", "示例批发_2.xlsx", "no workbook")
    town.run("check_stock", "13:30")
    (path,) = town.documents("*退回补正*示例批发*")
    words = [str(c.value) for row in openpyxl.load_workbook(path).active.iter_rows() for c in row if c.value]
    assert [w for w in words if "示例批发_" in w] == ["2022-04-21/示例批发_2.xlsx", "2022-04-21/示例批发_1.txt"]
    town.put("supply", "示例批发_3.txt", "面粉30袋", day=21)
    town.run("purchase_supplies", "13:50")
    words = [str(c.value) for row in openpyxl.load_workbook(path).active.iter_rows() for c in row if c.value]
    assert len([w for w in words if "示例批发_" in w]) == 3
    assert len(town.bodies("lines_returned", "supplier_1")) == 3


def test_lists_of_two_kinds_go_back_to_their_sender_in_two_documents(town: Town) -> None:
    town.put("medicines", "示例家园.txt", "3-2-502 布洛芬 2盒")
    town.put("needs", "示例家园.txt", "1. 3-2-501 火箭2枚")
    town.run("check_stock", "13:30")
    town.run("collect_needs", "16:05")
    assert len(town.documents("*退回补正_*示例家园*")) == 2


def test_what_a_stranger_declares_goes_to_those_who_answer_what_is_unclear(town: Town) -> None:
    town.put("medicines", "谁也不是.csv", ",".join(HEAD_OF_USE) + "\nh2,布洛芬,示例药房,1,10,30,2022-04-21,RX-1\n")
    town.run("check_stock", "13:30")
    assert town.told("lines_returned") == ["supply_1", "supply_2"]


def test_a_workbook_or_a_plain_text_or_a_stranger_is_treated_like_any_list(town: Town) -> None:
    head = ["品名", "日可供量(袋)", "出厂价(元/袋)"]
    town.put("supply", "示例批发.xlsx", workbook(["可供货申报"], head, ["大米", 30, 25.5]))
    town.put("supply", "示例批发_2.txt", "大米30袋")
    town.put("supply", "谁也不是.csv", SUPPLY + "大米,1,袋,25,\n")
    town.run("check_stock", "13:30")
    assert town.rows("SELECT qty_base_per_day, price_fen FROM supply_declaration") == [(150_000, 2550)]
    assert sorted(codes[0] for _, codes in town.reasons()) == ["sender_unknown", "table_wanted"]


def test_what_is_declared_stands_on_the_proposal_and_more_than_it_is_warned_of(town: Town) -> None:
    supply(town, "大米,5,袋,25,2022-04-30", "面粉,9999,袋,12,2022-04-30")
    told = proposed(town)
    assert told["over_declared"] == ["大米"]
    ((why,),) = town.rows("SELECT why FROM purchase_line WHERE item_id = 'rice'")
    rice = why if isinstance(why, dict) else json.loads(why)
    asked = rice["declared"]["asked_base"]
    assert rice["declared"] == {
        "qty_base_per_day": 25_000,
        "price_fen": 2500,
        "until": "2022-04-30",
        "asked_base": asked,
        "over_base": asked - 25_000,
    }
    packs = town.rows("SELECT proposed_packs, pack_base FROM purchase_line WHERE item_id = 'rice'")
    assert sum(p * b for p, b in packs) == asked > 25_000  # warned of, not cut
    (body, *_) = town.bodies("approval_wanted", "supply_1")
    assert "超出供货方申报量：大米" in body
    assert "供货方申报每日可供5 袋" in " ".join(sheet_words(town))


def sheet_words(town: Town) -> list[str]:
    with reading() as session:
        made = proposal_sheet(session, load_plan("demo"), on(21), 1)
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    return [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]


def test_vehicles_that_are_ready_stand_beside_the_weight_of_the_purchase(town: Town) -> None:
    vehicles(town, "示A00001,1.5吨,张示例,绿码,", "示A00002,2000,李示例,黄码,", "示A00003,10,王示例,绿码,2022-04-21")
    told = proposed(town)
    assert (told["vehicles"], told["capacity_kg"]) == (2, 1510)
    assert told["load_kg"] > 0
    assert duty(town, "vehicles") == [("carrier:fleet", "done")]
    (body, *_) = town.bodies("approval_wanted", "supply_1")
    assert "可用车辆2辆、载重1510公斤" in body
    assert any("可用车辆 2 辆" in words for words in sheet_words(town))


def test_without_any_declaration_buying_goes_on_as_before(town: Town) -> None:
    told = proposed(town)
    assert told["over_declared"] == []
    assert "尚无申报可用的车辆" in " ".join(town.bodies("approval_wanted", "supply_1"))
    assert "超出供货方申报量" not in " ".join(town.bodies("approval_wanted", "supply_1"))
    assert any("尚无申报可用的车辆" in words for words in sheet_words(town))
    assert not any("第二趟" in words for words in sheet_words(town))  # nobody knows what they carry


def test_the_latest_word_on_an_item_holds_until_its_last_day(town: Town) -> None:
    supply(town, "大米,5,袋,25,2022-04-30", name="示例批发_1.csv")
    town.run("check_stock", "13:30")
    supply(town, "大米,9999,袋,25,2022-04-22", day=22, name="示例批发_2.csv")
    assert proposed(town, day=22)["over_declared"] == []
    assert proposed(town, day=23)["over_declared"] == ["大米"]


@pytest.mark.parametrize("flow", ["check_stock", "purchase_supplies"])
def test_taken_in_again_nothing_changes(town: Town, flow: str) -> None:
    supply(town, "大米,5,袋,25,2022-04-30", "火箭,1,枚,9,")
    vehicles(town, "示A00001,1.5吨,张示例,绿码,")
    town.run(flow, "13:30")
    first = books(town.engine)
    town.run(flow, "13:30")
    assert changes(first, books(town.engine)) == {}


def test_the_next_days_run_says_nothing_of_it_again(town: Town) -> None:
    supply(town, "火箭,1,枚,9,")
    town.run("check_stock", "13:30")
    town.run("check_stock", "13:30", 22)
    assert len(town.bodies("lines_returned", "supplier_1")) == 1


def test_what_lies_undated_is_taken_in_once(town: Town) -> None:
    supply(town, "大米,5,袋,25,2022-04-30")
    path = town.data / "inbox" / "demo" / "supply" / "2022-04-21" / "示例批发.csv"
    path.rename(path.parent.parent / path.name)
    for day in (21, 22):
        town.run("check_stock", "13:30", day)
    assert [str(row[0]) for row in town.rows("SELECT business_date FROM submission")] == ["2022-04-21"]
