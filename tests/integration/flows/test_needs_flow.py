"""需求统计汇总: chains, sheets and pasted text become needs with their provenance (A-04, B-02, B-03, C-04)."""

import pytest

from tests.factories.working_town import Town, workbook

TABLE = "户号,商品,数量,单位\nh4,大米,2,袋\nh5,猪肉,3,斤\n"
NEEDS = "SELECT household_id, item_id, qty_base FROM need WHERE plan_id = :plan AND revision = :r ORDER BY 1, 2"


def test_a_numbered_chain_becomes_needs_in_base_units(town: Town) -> None:
    told = town.needs("#接龙\n1. 3-2-501 大米1袋 白菜5斤\n2. 3-2-502 鸡蛋1板，土豆2斤\n3、3-1-302 食用油1桶\n")
    assert (told["received"], told["accepted"], told["households"]) == (5, 5, 3)
    assert town.rows(NEEDS, r=1) == [
        ("h1", "cabbage", 2500),
        ("h1", "rice", 5000),
        ("h2", "eggs", 30),
        ("h2", "potato", 1000),
        ("h3", "oil", 5000),
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_a_csv_is_read_in_the_encodings_of_excel_and_of_everybody_else(town: Town, encoding: str) -> None:
    town.put("needs", "样本庄.csv", TABLE.encode(encoding))
    assert town.run("collect_needs", "16:05")["accepted"] == 2
    assert town.rows(NEEDS, r=1) == [("h4", "rice", 10000), ("h5", "pork", 1500)]


def test_a_workbook_is_read_like_a_csv(town: Town) -> None:
    head = ["姓名", "门牌", "物资名称", "数量", "单位"]
    town.put("needs", "样本庄.xlsx", workbook(["需求登记表"], head, ["赵示例", "样本庄1号", "大米", 2, "袋"]))
    town.run("collect_needs", "16:05")
    assert town.rows(NEEDS, r=1) == [("h4", "rice", 10000)]


def test_a_chain_pasted_into_the_form_is_stored_raw_and_read_once(town: Town) -> None:
    from flows.collect_needs import Channel

    for _ in range(2):
        pasted = {"pasted": "1. 隔离点101 布洛芬1盒", "sender": "测试隔离点", "channel": Channel.PHONE}
        told = town.run("collect_needs", "16:05", **pasted)
    assert told["accepted"] == 1
    assert town.rows(NEEDS, r=1) == [("h7", "ibuprofen", 1)]
    ((sender, body),) = town.rows("SELECT sender, body FROM submission")
    assert (sender, bytes(body).decode()) == ("测试隔离点", "1. 隔离点101 布洛芬1盒")


def test_several_channels_of_one_community_add_up_and_the_latest_word_holds(town: Town) -> None:
    town.put("needs", "样本庄_群.txt", "1. 样本庄1号 大米1袋\n2. 样本庄2号 白菜3斤\n")
    town.run("collect_needs", "12:00")
    town.put("needs", "样本庄_补报.csv", "户号,商品,数量,单位\nh4,大米,3,袋\n")
    told = town.run("collect_needs", "16:05")
    assert (told["received"], told["accepted"], told["superseded"]) == (3, 2, 1)
    assert town.rows(NEEDS, r=2) == [("h4", "rice", 15000), ("h5", "cabbage", 1500)]
    assert town.rows(NEEDS, r=1) == [("h4", "rice", 5000), ("h5", "cabbage", 1500)]


def test_what_is_taken_back_is_withdrawn_and_still_on_record(town: Town) -> None:
    town.needs("1. 3-2-501 大米1袋 鸡蛋1板\n")
    town.put("needs", "示例家园_2.txt", "1. 3-2-501 大米不要了\n")
    told = town.run("collect_needs", "16:10")
    assert (told["accepted"], told["withdrawn"]) == (1, 2)
    assert town.rows(NEEDS, r=2) == [("h1", "eggs", 30)]


def test_no_need_reported_is_an_answer_and_silence_is_not(town: Town) -> None:
    town.put("needs", "样本庄.txt", "无需求")
    told = town.needs("1. 3-2-501 大米1袋\n", clock="15:50")
    assert told["silent"] == ["c_isolation"]
    states = town.rows("SELECT subject, state FROM duty WHERE duty_id = 'needs_list' ORDER BY subject")
    assert states == [
        ("community:c_controlled", "zero"),
        ("community:c_isolation", "open"),
        ("community:c_sealed", "done"),
    ]
    (body,) = town.bodies("needs_collected", "supply_1")
    assert "测试隔离点" in body
    assert "样本庄" not in body


def test_a_line_in_doubt_goes_back_to_its_community_with_a_sheet_to_correct(town: Town) -> None:
    town.needs("1. 3-2-501 大米1袋\n2. 3-1-302 火箭2枚\n")
    assert [codes for _, codes in town.reasons()] == [["item_unknown"]]
    assert town.told("lines_returned") == ["staff_sealed"]
    (path,) = town.documents("*退回*")
    assert path.stat().st_size > 0


def test_needs_keep_the_place_they_were_read_from(town: Town) -> None:
    town.put("needs", "样本庄.csv", TABLE)
    town.run("collect_needs", "16:05")
    query = """SELECT s.source_name, n.words FROM need d
        JOIN need_line n ON n.submission_id = d.submission_id AND n.line_no = d.line_no
        JOIN submission s ON s.submission_id = d.submission_id WHERE d.household_id = 'h5'"""
    ((name, words),) = town.rows(query)
    assert name == "2022-04-21/样本庄.csv"
    assert "猪肉" in words
    assert "3" in words
