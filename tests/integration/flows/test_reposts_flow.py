"""接龙重发: a chain posted again, through the whole collection: what stays, what is added, what is asked, once."""

import json

import openpyxl
import pytest

from schemas.words import Process
from tasks.review import Recorded
from tasks.review_list import list_words
from tasks.runs import Run, of_cycle
from tests.factories.books import books, changes, files
from tests.factories.working_town import Town, at, on

CHAIN = "#接龙\n今日蔬菜\n1. 3-2-501 张示例 土豆3斤，白菜2斤\n2. 3-2-502 鸡蛋1板\n"
SHORT = "#接龙\n今日蔬菜\n2. 3-2-502 鸡蛋1板\n3. 3-1-302 大米1袋\n"
NEEDS = """SELECT household_id, item_id, qty_base FROM need WHERE plan_id = :plan
    AND revision = (SELECT MAX(revision) FROM need WHERE plan_id = :plan) ORDER BY 1, 2"""
ASKED = "SELECT number, about, words, state, answer, same_as FROM rejected_line WHERE plan_id = :plan ORDER BY number"
ALL = [("h1", "cabbage", 1000), ("h1", "potato", 1500), ("h2", "eggs", 30)]


def post(town: Town, text: str, clock: str, name: str = "") -> dict[str, object]:
    """The estate's chain, posted and collected."""
    town.put("needs", f"示例家园_{name or clock.replace(':', '')}.txt", text)
    return town.run("collect_needs", clock)


def listed(town: Town, clock: str) -> str:
    return list_words(of_cycle(Run(town.plan_id, Process.COLLECT_NEEDS, on(21), at(clock))))


@pytest.fixture
def reposted(town: Town) -> Town:
    """A chain, and an hour later a post of it that lacks a household."""
    post(town, CHAIN, "10:00")
    told = post(town, SHORT, "11:00")
    counted = [told[k] for k in ("received", "accepted", "superseded", "withdrawn", "rejected", "questions")]
    assert counted == [5, 4, 1, 0, 0, 1]
    return town


def test_a_line_that_is_missing_from_a_re_post_stays_and_is_asked_about(reposted: Town) -> None:
    assert reposted.rows(NEEDS) == sorted([*ALL, ("h3", "rice", 5000)])
    assert reposted.rows(ASKED) == [(1, "h1", "土豆3斤、白菜2斤", "waiting", "", None)]


def test_the_question_stands_at_the_review_desk_without_the_household_and_goes_back_to_the_sender(
    reposted: Town,
) -> None:
    words = listed(reposted, "11:05")
    assert "【1】示例家园" in words
    assert "土豆3斤、白菜2斤" in words
    assert "501" not in words
    assert "张示例" not in words
    assert len(reposted.bodies("lines_returned", "staff_sealed")) == 1
    (path,) = reposted.documents("*退回*")
    cells = [str(c) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True) for c in row if c]
    assert any("3-2-501 张示例" in c and "重发" in c for c in cells)
    assert any("示例家园_1000.txt" in c for c in cells)


def test_a_second_run_asks_nothing_and_tells_nobody_again(reposted: Town) -> None:
    before = books(reposted.engine), files(reposted.data / "documents"), files(reposted.data / "notices")
    reposted.run("collect_needs", "11:00")
    assert changes(before[0], books(reposted.engine)) == {}
    assert (files(reposted.data / "documents"), files(reposted.data / "notices")) == before[1:]


@pytest.mark.parametrize(
    ("answer", "stands", "kept"),
    [
        ("1=是", ALL, "土豆3斤、白菜2斤"),
        ("1=跳过", ALL, ""),
        ("1=不要了", ALL[2:], "土豆不要了，白菜不要了"),
        ("1=土豆1斤", [("h1", "cabbage", 1000), ("h1", "potato", 500), ("h2", "eggs", 30)], "土豆1斤"),
        ("1=白菜不要了", ALL[1:], "白菜不要了"),
    ],
)
def test_a_question_that_was_answered_stays_answered_through_later_posts(
    answer: str, stands: list[tuple[str, str, int]], kept: str, reposted: Town
) -> None:
    assert reposted.answer(answer, clock="11:10") == Recorded(1, ())
    post(reposted, f"{SHORT}4. 9-9-909 大米1袋\n", "12:00")
    post(reposted, f"{SHORT}5. 9-9-908 大米1袋\n", "13:00")
    needs = [row for row in reposted.rows(NEEDS) if row[0] in ("h1", "h2")]
    assert needs == stands
    assert reposted.rows(ASKED)[0] == (1, "h1", "土豆3斤、白菜2斤", "settled", kept, None)
    assert "waiting" not in [row[3] for row in reposted.rows(ASKED) if row[1] == "h1"]


def test_not_wanted_any_more_is_said_of_what_is_missing_and_of_nothing_else(town: Town) -> None:
    post(town, CHAIN, "10:00")
    post(town, CHAIN.replace("，白菜2斤", ""), "11:00")
    town.answer("1=不要了", clock="11:10")
    town.run("collect_needs", "11:20")
    assert town.rows(NEEDS) == ALL[1:]


def test_a_household_that_is_in_the_chain_again_or_has_spoken_is_asked_no_more(reposted: Town) -> None:
    post(reposted, f"{CHAIN}3. 3-1-302 大米1袋\n", "12:00")
    assert [row[3] for row in reposted.rows(ASKED) if row[1] == "h1"] == ["settled"]
    assert reposted.rows(NEEDS) == sorted([*ALL, ("h3", "rice", 5000)])


def test_an_empty_or_broken_post_clears_nothing(town: Town) -> None:
    post(town, CHAIN, "10:00")
    for clock, text in (("11:00", "#接龙\n今日蔬菜\n"), ("12:00", "#接龙\n今日蔬菜\n1. 3-2-501"), ("13:00", "")):
        post(town, text, clock)
        assert town.rows(NEEDS) == ALL
    assert [row[1] for row in town.rows(ASKED)] == ["", ""]


def test_an_old_copy_is_a_question_and_changes_nothing(town: Town) -> None:
    post(town, CHAIN, "10:00")
    post(town, CHAIN.replace("土豆3斤", "土豆5斤"), "11:00")
    told = post(town, f"{CHAIN}3. 3-1-302 大米1袋\n", "12:00")
    assert ("h1", "potato", 2500) in town.rows(NEEDS)
    assert told["rejected"] == 1
    assert town.reasons() == [("土豆3斤", ["reverted_in_repost"])]
    assert "土豆5斤" in listed(town, "12:05")
    town.answer("1=是", clock="12:10")
    post(town, f"{CHAIN}4. 9-9-909 大米1袋\n", "13:00")
    assert ("h1", "potato", 2500) in town.rows(NEEDS)
    assert [row[3] for row in town.rows(ASKED) if row[2] == "土豆3斤"] == ["settled", "settled"]


def test_an_unclear_line_is_asked_once_however_often_the_chain_is_posted(town: Town) -> None:
    unclear = f"{CHAIN}3. 3-1-302 火箭2枚\n"
    post(town, unclear, "10:00")
    post(town, f"{unclear}4. 9-9-909 大米1袋\n", "11:00")
    told = post(town, f"{unclear}4. 9-9-909 大米2袋\n", "12:00")
    assert told["rejected"] == 3
    assert [row[5] for row in town.rows(ASKED)] == [None, 1, 1]
    assert listed(town, "12:05").count("【") == 1
    town.answer("1=鸡蛋2板", clock="12:10")
    post(town, f"{unclear}4. 9-9-909 大米3袋\n", "13:00")
    assert ("h3", "eggs", 60) in town.rows(NEEDS)
    assert {row[3] for row in town.rows(ASKED)} == {"settled"}
    assert "0" in listed(town, "13:05")


def test_two_groups_of_one_title_are_one_question_and_both_stand(town: Town) -> None:
    post(town, CHAIN, "10:00", "东")
    told = post(town, "#接龙\n今日蔬菜\n1. 3-1-302 大米1袋\n2. 9-9-909 大米1袋\n", "11:00", "西")
    assert told["questions"] == 1
    assert len(town.rows(NEEDS)) == 5
    assert [(row[1], row[2]) for row in town.rows(ASKED)] == [("chain", "今日蔬菜")]
    town.answer("1=跳过", clock="11:10")
    town.run("collect_needs", "11:20")
    assert [row[3] for row in town.rows(ASKED)] == ["settled"]


def test_what_is_added_is_added_once_through_posts_and_runs(town: Town) -> None:
    post(town, CHAIN, "10:00")
    post(town, "3-2-501 再加土豆1斤\n", "11:00")
    for clock in ("12:00", "12:00", "13:00"):
        post(town, f"{CHAIN}\n3-2-501 再加土豆1斤\n", clock)
        assert ("h1", "potato", 2000) in town.rows(NEEDS)
    assert town.rows(ASKED) == []
    query = """SELECT l.words, l.place FROM need n JOIN need_line l ON l.submission_id = n.submission_id
        AND l.line_no = n.line_no WHERE n.item_id = 'potato' ORDER BY n.revision DESC LIMIT 1"""
    ((words, place),) = town.rows(query)
    assert words == "再加土豆1斤"
    assert (place if isinstance(place, dict) else json.loads(place))["added_to"] == "土豆3斤"


def test_what_was_added_to_is_corrected_by_an_answer_and_the_sum_follows(town: Town) -> None:
    post(town, "#接龙\n1. 3-2-501 土豆3\n2. 3-2-502 鸡蛋1板\n", "10:00")
    post(town, "3-2-501 再加土豆1斤\n", "11:00")
    assert sorted(codes for _, codes in town.reasons()) == [["adds_to_nothing"], ["unit_missing"]]
    town.answer("1=土豆3斤", clock="11:10")
    town.run("collect_needs", "11:20")
    assert ("h1", "potato", 2000) in town.rows(NEEDS)
    assert "waiting" not in [row[3] for row in town.rows(ASKED)]


def test_a_line_that_holds_no_more_since_an_older_file_came_late_goes_back_and_stays_on_record(town: Town) -> None:
    post(town, "#接龙\n今日蔬菜\n1. 3-2-501 土豆3斤\n", "10:00")
    post(town, "3-2-501 再加土豆1斤\n", "11:00", "消息")
    assert ("h1", "potato", 2000) in town.rows(NEEDS)
    town.execute("UPDATE submission SET received_at = '2022-04-21 01:00:00.000000' WHERE source_name LIKE '%消息%'")
    town.run("collect_needs", "12:00")
    assert town.rows(NEEDS) == [("h1", "potato", 1500)]
    assert town.reasons() == [("再加土豆1斤", ["adds_to_nothing"])]


def test_replies_by_number_are_read_by_the_list_that_was_published(town: Town) -> None:
    chain = "#接龙\n1. 3-2-501 1号2份，7*3\n2. 3-2-502 99号1份\n3. 3-1-302 A5 两份\n"
    town.put("needs", "示例家园.txt", chain)
    told = town.run("collect_needs", "07:30")
    assert (told["accepted"], told["rejected"]) == (0, 4)
    town.run("publish_catalog", "08:00")
    told = town.run("collect_needs", "08:10")
    assert (told["accepted"], told["rejected"]) == (2, 2)
    assert town.rows(NEEDS) == [("h1", "potato", 1500), ("h1", "rice", 10000)]
    assert {codes[0] for _, codes in town.reasons() if "99" in _ or "A5" in _} == {"menu_number_unknown"}
    waiting = [row[0] for row in town.rows(ASKED) if row[2] == "A5 两份"]
    assert "鸡蛋2板" in listed(town, "08:15")
    assert town.answer(f"{waiting[0]}=是", clock="08:20") == Recorded(1, ())
    town.run("collect_needs", "08:30")
    assert ("h3", "eggs", 60) in town.rows(NEEDS)
    town.run("collect_needs", "08:40", pasted="1. 样本庄4号 1号2份\n2. 1号 大米1袋", sender="样本庄")
    assert [row for row in town.rows(NEEDS) if row[0] in ("h4", "h9")] == [("h4", "rice", 5000), ("h9", "rice", 10000)]
