"""A word that a reviewer's answer gave a meaning is read from the next collection on, until somebody refuses it."""

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from deployments.aliases import write_aliases
from schemas.words import Process
from tasks.aliases import learnt, refuse
from tasks.approval import NotAccepted
from tasks.database import transaction
from tasks.plans import load_plan
from tasks.review_list import list_words
from tasks.runs import Run, of_cycle, working
from tests.factories.working_town import Town, at, on

POTATOES = """SELECT cycle, household_id, qty_base FROM need WHERE plan_id = :plan AND item_id = 'potato'
    AND revision = (SELECT MAX(revision) FROM need n WHERE n.plan_id = :plan AND n.cycle = need.cycle) ORDER BY 1, 2"""
SAID = "SELECT words, item_id, verdict, said_by, submission_id IS NULL FROM alias_said ORDER BY said_at"


@pytest.fixture
def taught(town: Town) -> Town:
    """On the 21st somebody asks for 洋山芋, and a reviewer says that these are potatoes."""
    town.put("needs", "示例家园.txt", "1. 3-2-501 洋山芋2斤\n2. 3-2-502 白菜1斤\n")
    town.run("review_intake", "15:10")
    told = town.answer("1=土豆 2斤")
    assert "洋山芋" in told.learnt[0]
    town.run("collect_needs", "16:05")
    return town


def ask_again(town: Town, day: int) -> int:
    """The same words in a later cycle; how many lines are unclear."""
    town.put("needs", "示例家园.txt", "1. 3-2-502 洋山芋3斤\n", day)
    rejected: int = town.run("collect_needs", "16:05", day)["rejected"]
    return rejected


def take_back(town: Town, words: str, by: str, clock: str, day: int) -> None:
    with working(of_cycle(Run(town.plan_id, Process.COLLECT_NEEDS, on(day), at(clock, day)))) as work:
        refuse(work, words, by)


def test_a_word_that_was_answered_is_understood_in_the_next_cycle(taught: Town) -> None:
    assert ask_again(taught, 22) == 0
    assert [row[1:] for row in taught.rows(POTATOES)] == [("h1", 1000), ("h2", 1500)]
    assert taught.rows(SAID) == [("洋山芋", "potato", "accepted", "supply_1", False)]


def test_the_cycle_in_which_a_word_was_learnt_is_read_as_before(taught: Town) -> None:
    revisions = "SELECT COUNT(*) FROM revision"
    before = taught.rows(revisions)
    taught.run("collect_needs", "16:30")
    taught.answer("1=土豆 2斤", clock="16:35")
    assert taught.rows(revisions) == before
    assert len(taught.rows(SAID)) == 1


def test_the_list_tells_the_reviewer_what_was_learnt_and_how_it_is_taken_back(town: Town) -> None:
    town.put("needs", "示例家园.txt", "1. 3-2-501 洋山芋2斤\n2. 3-2-502 白菜5\n")
    town.run("review_intake", "15:10")
    town.answer("1=土豆 2斤")
    words = list_words(of_cycle(Run(town.plan_id, Process.COLLECT_NEEDS, on(21), at("15:35"))))
    assert "“洋山芋”即为土豆" in words
    assert "--refuse 洋山芋" in words


def test_a_refused_word_is_asked_about_again_from_the_next_collection_on(taught: Town) -> None:
    assert ask_again(taught, 22) == 0
    take_back(taught, "洋山芋", "供给示例", "16:20", 22)
    assert taught.run("collect_needs", "16:25", 22)["rejected"] == 0
    assert ask_again(taught, 25) == 1
    assert [row[2:] for row in taught.rows(SAID)] == [
        ("accepted", "supply_1", False),
        ("refused", "supply_1", True),
    ]
    assert learnt(load_plan(taught.plan_id)) == []


def test_a_word_that_is_refused_before_the_days_collection_is_asked_about_in_it(taught: Town) -> None:
    take_back(taught, "洋山芋", "supply_1", "09:00", 22)
    assert ask_again(taught, 22) == 1


def test_a_refused_word_is_not_learnt_for_the_same_item_again(taught: Town) -> None:
    take_back(taught, "洋山芋", "supply_1", "09:00", 22)
    assert ask_again(taught, 22) == 1
    assert taught.answer("1=土豆 3斤", clock="16:10", day=22).learnt == ()


def test_a_word_that_is_refused_after_the_goods_went_out_leaves_them_as_they_are(taught: Town) -> None:
    ask_again(taught, 22)
    taught.run("allocate_orders", "16:20", 22)
    taught.run("deliver_orders", "07:30", 23)
    before = taught.rows(POTATOES)
    take_back(taught, "洋山芋", "supply_1", "12:00", 23)
    assert taught.run("collect_needs", "12:05", 23, of=22)["rejected"] == 0
    assert taught.rows(POTATOES) == before


@pytest.mark.parametrize(("words", "by"), [("洋山芋", "staff_sealed"), ("洋山芋", ""), ("土豆", "supply_1")])
def test_only_a_reviewer_takes_a_word_back_and_only_a_learnt_one(taught: Town, words: str, by: str) -> None:
    with pytest.raises(NotAccepted):
        take_back(taught, words, by, "09:00", 22)
    assert len(taught.rows(SAID)) == 1


def test_what_was_said_of_a_word_can_be_neither_changed_nor_deleted(taught: Town) -> None:
    for change in ("UPDATE alias_said SET item_id = 'cabbage'", "DELETE FROM alias_said"):
        with pytest.raises(DBAPIError, match="alias_said is append-only"), transaction() as session:
            session.execute(sa.text(change))


def test_the_sheet_for_the_coordinator_is_one_that_the_plan_takes(taught: Town, tmp_path: Path) -> None:
    folder = load_plan(taught.plan_id).folder
    sheet = tmp_path / "out" / "aliases_learnt.csv"
    assert write_aliases(taught.plan_id, sheet) == 0
    assert not (folder / sheet.name).exists()  # no flow and no command writes into a plan
    shutil.copy(sheet, folder)
    assert load_plan(taught.plan_id).learnt_aliases == {"洋山芋": "potato"}
    before = sheet.read_bytes()
    write_aliases(taught.plan_id, sheet)
    assert sheet.read_bytes() == before
    with pytest.raises(NotAccepted, match=r"aliases_learnt\.csv"):
        take_back(taught, "洋山芋 ", "supply_1", "09:00", 22)
    assert ask_again(taught, 22) == 0


def test_the_audit_log_says_who_taught_what(taught: Town) -> None:
    ((actor, detail),) = taught.rows("SELECT actor, detail FROM audit WHERE act = 'alias_accepted'")
    told = detail if isinstance(detail, dict) else json.loads(detail)
    assert (actor, told["words"], told["item"]) == ("officer:supply_1", "洋山芋", "potato")
