"""需求核对: unclear lines by number, a person's answers, and what the books say then (A-03, B-02, C-04)."""

from typing import Any

import openpyxl
import pytest

from schemas.words import Process
from tasks.approval import NotAccepted
from tasks.review import Recorded
from tasks.review_list import list_words
from tasks.runs import Run, of_cycle
from tests.factories.working_town import Town, at, on

CHAIN = "1. 3-2-501 大米2袋\n2. 3-2-502 火箭2枚 鸡蛋1板\n3. 3-2-501 白菜5\n"
NEEDS = """SELECT household_id, item_id, qty_base FROM need WHERE plan_id = :plan
    AND revision = (SELECT MAX(revision) FROM need WHERE plan_id = :plan) ORDER BY 1, 2"""
WAITING = "SELECT number, words, state, answer, answered_by FROM rejected_line WHERE plan_id = :plan ORDER BY number"


def collection(town: Town, clock: str, day: int = 21) -> Run:
    """The collection of the day's cycle."""
    return of_cycle(Run(town.plan_id, Process.COLLECT_NEEDS, on(day), at(clock, day)))


@pytest.fixture
def asked(town: Town) -> Town:
    """A chain with two unclear lines has been read before the cut-off."""
    town.put("needs", "示例家园.txt", CHAIN)
    told = town.run("review_intake", "15:10")
    assert (told["state"], told["unclear"]) == ("awaiting_review", 2)
    return town


def test_unclear_lines_have_numbers_and_the_reviewers_are_told_of_them_once(asked: Town) -> None:
    assert [row[:2] for row in asked.rows(WAITING)] == [(1, "火箭2枚"), (2, "白菜5")]
    assert asked.told("review_wanted") == ["supply_1", "supply_2"]
    asked.run("review_intake", "15:20")
    assert len(asked.bodies("review_wanted", "supply_1")) == 1


def test_the_list_names_no_household_and_proposes_what_the_line_may_have_meant(asked: Town) -> None:
    words = list_words(collection(asked, "15:15"))
    assert "【2】示例家园" in words
    assert "白菜5斤" in words  # the unit in which it is sold
    assert "502" not in words


def test_a_row_of_a_sheet_is_shown_without_the_household_that_stands_in_it(town: Town) -> None:
    town.put("needs", "示例家园.csv", "门牌,姓名,商品,数量\n3-2-502,张示例,白菜,5\n")
    town.run("review_intake", "15:10")
    words = list_words(collection(town, "15:15"))
    assert "白菜 5" in words
    assert "白菜 5斤" in words
    assert "502" not in words
    assert "张示例" not in words
    (path,) = town.documents("*需求核对*")
    cells = [str(c) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True) for c in row if c]
    assert {"3-2-502 张示例", "白菜 5", "白菜 5斤"} <= set(cells)
    assert town.answer("1=是") == Recorded(1, ())


def test_the_documents_list_shows_whose_line_it_is(asked: Town) -> None:
    (path,) = asked.documents("*需求核对*")
    cells = [str(c) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True) for c in row if c]
    assert any("3-2-502" in c for c in cells)
    assert "火箭2枚" in cells


def test_an_answer_becomes_a_need_of_the_household_and_the_line_is_settled(asked: Town) -> None:
    assert asked.answer("1=土豆 3斤\n2=是") == Recorded(2, ())
    asked.run("collect_needs", "16:05")
    assert asked.rows(NEEDS) == [
        ("h1", "cabbage", 2500),
        ("h1", "rice", 10000),
        ("h2", "eggs", 30),
        ("h2", "potato", 1500),
    ]
    assert asked.rows(WAITING) == [
        (1, "火箭2枚", "settled", "土豆 3斤", "supply_1"),
        (2, "白菜5", "settled", "白菜5斤", "supply_1"),
    ]


def test_a_line_that_is_left_as_it_is_asks_nobody_any_more(asked: Town) -> None:
    asked.answer("1=跳过")
    asked.run("collect_needs", "16:05")
    assert [row[2:4] for row in asked.rows(WAITING)] == [("settled", ""), ("waiting", "")]
    assert asked.run("collect_needs", "16:10")["rejected"] == 2


def test_an_answer_may_name_another_household(asked: Town) -> None:
    asked.answer("1=3-2-501 土豆3斤、鸡蛋1板")
    asked.run("collect_needs", "16:05")
    assert ("h1", "potato", 1500) in asked.rows(NEEDS)
    assert ("h1", "eggs", 30) in asked.rows(NEEDS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9=土豆3斤", "9"),
        ("1:火箭3枚", "火箭"),
        ("土豆三斤", "土豆三斤"),
        ("1=是", "1"),
        ("2=白菜9999斤", "白菜9999斤"),
    ],
)
def test_an_answer_that_cannot_be_taken_says_why_and_keeps_none_of_the_others(
    asked: Town, text: str, words: str
) -> None:
    recorded = asked.answer(f"{text}\n2=白菜 6斤" if not text.startswith("2") else f"{text};1=跳过")
    assert recorded.taken == 1
    assert len(recorded.faults) == 1
    assert words in recorded.faults[0]


def test_what_a_household_says_after_its_unclear_line_holds_against_the_answer(asked: Town) -> None:
    # The answer says what was meant at the time of the line, which is before the correction.
    asked.put("needs", "示例家园_2.txt", "1. 3-2-501 白菜8斤\n", age=1)
    asked.answer("2=白菜 5斤")
    asked.run("collect_needs", "16:05")
    assert ("h1", "cabbage", 4000) in asked.rows(NEEDS)


def test_nobody_but_a_reviewer_may_answer(asked: Town) -> None:
    with pytest.raises(NotAccepted, match="supply_1"):
        asked.answer("1=跳过", by="staff_sealed")


def test_answers_read_again_change_nothing(asked: Town) -> None:
    asked.answer("1=土豆 3斤")
    first = asked.run("collect_needs", "16:05")
    before = asked.rows("SELECT COUNT(*) FROM revision"), asked.rows("SELECT COUNT(*) FROM notice")
    assert asked.run("collect_needs", "16:05") == first
    assert asked.run("review_intake", "16:05")["unclear"] == 1
    assert (asked.rows("SELECT COUNT(*) FROM revision"), asked.rows("SELECT COUNT(*) FROM notice")) == before


def test_reviewers_are_reminded_before_the_cut_off_while_lines_wait(asked: Town) -> None:
    def told() -> int:
        return len(asked.bodies("review_wanted", "supply_1"))

    asked.run("watch_duties", "15:20")
    assert told() == 1
    asked.run("watch_duties", "15:35")
    asked.run("watch_duties", "15:45")
    assert told() == 2


def test_the_audit_log_says_who_answered_which_lines(asked: Town) -> None:
    asked.answer("1=跳过")
    rows: list[tuple[Any, ...]] = asked.rows("SELECT actor, detail FROM audit WHERE act = 'answered_lines'")
    assert rows[0][0] == "officer:supply_1"
    assert "1" in str(rows[0][1])


def test_an_answer_after_the_goods_went_out_is_refused(asked: Town) -> None:
    asked.run("collect_needs", "16:05")
    asked.run("allocate_orders", "16:20")
    asked.run("deliver_orders", "07:30", day=22)
    with pytest.raises(NotAccepted):
        asked.answer("1=跳过", clock="20:00")
