"""Silence is never "no need" (A-09, C-09): the carer is asked, then the next officer, until somebody answers."""

import json

import pytest

from deployments.for_others import Writer, answer_task, enter_need, list_tasks, record_visit
from tests.factories.working_town import Town, at

TASKS = """SELECT kind, household_id, owner, state FROM household_task
    WHERE plan_id = :plan AND on_date = :d ORDER BY household_id, kind"""
CARER = Writer("carer_1")
FIRST = "2022-04-21"


def tasks(town: Town, on: str = FIRST) -> list[tuple[str, ...]]:
    return town.rows(TASKS, d=on)


def two_of_the_sealed_estate(town: Town, clock: str = "16:05", day: int = 21) -> dict[str, object]:
    """The ordinary households of the sealed estate write; the special ones there and of the village are silent."""
    return town.needs("1. 3-2-501 大米1袋\n2. 3-1-302 大米1袋\n", day=day, clock=clock)


def test_a_special_household_that_is_silent_is_a_task_for_its_carer(town: Town) -> None:
    assert two_of_the_sealed_estate(town)["visits"] == 2
    assert tasks(town) == [
        ("special_silent", "h2", "carer_1", "open"),
        ("special_silent", "h9", "carer_1", "open"),
    ]


def test_the_carer_is_told_once_of_all_his_households_with_their_rooms(town: Town) -> None:
    two_of_the_sealed_estate(town)
    assert town.told("visit_wanted") == ["carer_1"]
    (body,) = town.bodies("visit_wanted")
    assert body.startswith(
        "2户特殊群体今天没报需求，没报不等于不需要，请逐户问：示例家园 3-2-502、样本庄4号；请在18:05前回复。"
    )
    assert "李示例" not in body
    assert town.rows("SELECT urgency FROM notice WHERE stage = 'visit_wanted'") == [("now",)]


def test_before_the_cutoff_nobody_is_called_silent(town: Town) -> None:
    assert two_of_the_sealed_estate(town, clock="12:00")["visits"] == 0
    assert tasks(town) == []
    town.run("collect_needs", "16:05")  # nothing new came in, and yet it is closed now
    assert town.rows("SELECT COUNT(*) FROM household_task WHERE state = 'open'") == [(2,)]


def test_the_communitys_word_of_no_need_does_not_speak_for_a_special_household(town: Town) -> None:
    town.put("needs", "样本庄.txt", "无需求")
    two_of_the_sealed_estate(town)
    assert ("special_silent", "h9", "carer_1", "open") in tasks(town)


def test_a_line_that_was_returned_or_taken_back_is_no_silence(town: Town) -> None:
    town.needs("1. 3-2-502 火箭2枚\n2. 3-2-501 大米1袋\n")
    assert [row[1] for row in tasks(town)] == ["h9"]
    town.put("needs", "样本庄.txt", "1. 样本庄4号 无需求\n")
    town.run("collect_needs", "16:10")
    assert tasks(town) == [("special_silent", "h9", "carer_1", "done")]


def test_a_household_that_needs_nothing_speaks_for_nobody_else_of_its_village(town: Town) -> None:
    town.put("needs", "样本庄.txt", "1. 样本庄4号 无需求\n")
    assert two_of_the_sealed_estate(town)["zero"] == []
    states = town.rows("SELECT state FROM duty WHERE duty_id = 'needs_list' AND subject = 'community:c_controlled'")
    assert states == [("late",)]
    assert [row[1] for row in tasks(town)] == ["h2"]


def test_a_need_that_comes_in_late_answers_the_task(town: Town) -> None:
    two_of_the_sealed_estate(town)
    town.put("needs", "示例家园_补.txt", "1. 3-2-502 大米1袋\n")
    assert town.run("collect_needs", "16:40")["tasks_answered"] == 1
    ((state, answer),) = town.rows("SELECT state, answer FROM household_task WHERE household_id = 'h2'")
    assert state == "done"
    assert answer.startswith("needs:")


def test_a_visit_answers_it_with_a_need_that_is_read_by_the_next_collection(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    two_of_the_sealed_estate(town)
    assert record_visit("demo", None, "h2", ["大米 1袋"], CARER, at("17:00")) == 0
    assert json.loads(capsys.readouterr().out)["tasks_answered"] == 1
    assert tasks(town)[0] == ("special_silent", "h2", "carer_1", "done")
    assert town.run("collect_needs", "16:05", 22)["accepted"] == 1


def test_a_visit_that_found_no_need_answers_this_collection_and_not_the_next(town: Town) -> None:
    two_of_the_sealed_estate(town)
    assert record_visit("demo", None, "h2", None, CARER, at("17:00")) == 0
    assert tasks(town)[0] == ("special_silent", "h2", "carer_1", "done")
    two_of_the_sealed_estate(town, day=22)
    assert ("special_silent", "h2", "carer_1", "open") in tasks(town, "2022-04-22")


def test_a_visit_whose_words_cannot_be_used_leaves_the_task_open(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    two_of_the_sealed_estate(town)
    assert record_visit("demo", None, "h2", ["火箭 2枚"], CARER, at("17:00")) == 0
    assert json.loads(capsys.readouterr().out)["tasks_answered"] == 0
    assert tasks(town)[0] == ("special_silent", "h2", "carer_1", "open")


def test_who_does_not_answer_is_reminded_and_then_the_next_officer_takes_over(town: Town) -> None:
    two_of_the_sealed_estate(town)
    record_visit("demo", None, "h2", None, CARER, at("16:30"))
    assert town.run("watch_duties", "17:25")["tasks_reminded"] == 1
    (reminder,) = town.bodies("duty_reminded", "carer_1")
    assert "还没问到：样本庄4号" in reminder
    assert town.run("watch_duties", "18:40")["tasks_escalated"] == 1
    assert tasks(town)[1] == ("special_silent", "h9", "staff_controlled", "escalated")
    (taken_over,) = town.bodies("duty_escalated", "staff_controlled")
    assert "现转由您办理，共1户：样本庄4号" in taken_over
    (overseen,) = [b for b in town.bodies("duty_escalated", "coordinator") if "特殊群体" in b]
    assert "1户没有答复，涉及样本庄" in overseen
    assert "4号" not in overseen


def test_watching_twice_tells_nothing_twice(town: Town) -> None:
    two_of_the_sealed_estate(town)
    for clock in ("17:25", "18:40"):
        town.run("watch_duties", clock)
        again = town.run("watch_duties", clock)
        assert (again["tasks_reminded"], again["tasks_escalated"], again["tasks_notices"]) == (0, 0, 0)


def test_a_task_that_nobody_answers_gives_way_to_the_next_days(town: Town) -> None:
    two_of_the_sealed_estate(town)
    two_of_the_sealed_estate(town, day=22)
    assert {row[3] for row in tasks(town)} == {"missed"}
    assert [row[3] for row in tasks(town, "2022-04-22") if row[0] == "special_silent"] == ["open", "open"]


def test_an_ordinary_household_is_visited_after_two_collections_without_a_word(town: Town) -> None:
    two_of_the_sealed_estate(town)
    assert "household_silent" not in {row[0] for row in tasks(town)}
    town.put("needs", "样本庄.txt", "无需求", day=22)
    two_of_the_sealed_estate(town, day=22)
    ordinary = [row for row in tasks(town, "2022-04-22") if row[0] == "household_silent"]
    # The village has said 无需求 for its own; the isolation point has not been heard of at all.
    assert [(row[1], row[2]) for row in ordinary] == [("h7", "staff_isolation"), ("h8", "staff_isolation")]
    (body,) = town.bodies("visit_wanted", "staff_isolation")
    assert body.startswith("2户连续2次没有报需求，请上门看望：隔离点101、隔离点102；")


def test_nobody_is_sent_again_where_somebody_is_on_his_way(town: Town) -> None:
    for day in (21, 22, 23):
        two_of_the_sealed_estate(town, day=day)
    query = "SELECT on_date FROM household_task WHERE household_id = 'h7'"
    assert [str(row[0]) for row in town.rows(query)] == ["2022-04-22"]
    record_visit("demo", None, "h7", None, Writer("staff_isolation"), at("17:00", 23))
    for day in (24, 25):
        two_of_the_sealed_estate(town, day=day)
    assert [str(row[0]) for row in town.rows(query)] == ["2022-04-22", "2022-04-25"]


def test_a_collection_that_did_not_run_proves_nobody_silent(town: Town) -> None:
    two_of_the_sealed_estate(town)
    two_of_the_sealed_estate(town, day=23)
    assert "household_silent" not in {row[0] for row in tasks(town, "2022-04-23")}


def test_a_telephone_call_answers_as_a_visit_does(town: Town) -> None:
    two_of_the_sealed_estate(town)
    assert enter_need("demo", None, "h2", ["大米 1袋"], Writer("carer_1", channel="phone"), at("16:30")) == 0
    assert tasks(town)[0][3] == "done"


def test_the_list_names_what_waits_and_a_task_is_settled_by_its_name(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    two_of_the_sealed_estate(town)
    assert list_tasks("demo", "包保示例") == 0
    names = [task["task"] for task in json.loads(capsys.readouterr().out)]
    assert names == [f"special_silent/{FIRST}/household:h2", f"special_silent/{FIRST}/household:h9"]
    assert answer_task("demo", names[0], "carer_1", "住院，家中无人", at("17:00")) == 0
    assert answer_task("demo", names[0], "carer_1", "又一次", at("17:10")) == 1
    assert capsys.readouterr().err.strip()
    query = "SELECT answer, answered_by FROM household_task WHERE household_id = 'h2'"
    assert town.rows(query) == [("hand:住院，家中无人", "carer_1")]


def test_a_collection_repeated_raises_and_tells_nothing_more(town: Town) -> None:
    two_of_the_sealed_estate(town)
    before = (tasks(town), town.bodies("visit_wanted"))
    town.run("collect_needs", "16:05")
    town.run("collect_needs", "16:30")
    assert (tasks(town), town.bodies("visit_wanted")) == before
