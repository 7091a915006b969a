"""Form submissions of KoboToolbox v2 and ODK Central (A-04, B-02, B-03): what was filled in is a need, once."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deployments.demo.form_server import SERVERS, FormServer
from tests.factories.books import books
from tests.factories.sources import form_source
from tests.factories.working_town import Town, at
from tests.integration.sources_town import LATE, point_at, with_sources

NEEDS = """SELECT household_id, item_id, qty_base FROM need WHERE cycle = :c
    AND revision = (SELECT MAX(revision) FROM need n WHERE n.cycle = :c) ORDER BY household_id, item_id"""
CURSOR = "SELECT reached_at FROM source_cursor"
RICE, EGGS, PORK = ("大米", "1", "袋"), ("鸡蛋", "2", "板"), ("猪肉", "1.5", "")


@pytest.fixture(params=list(SERVERS))
def server(town: Town, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[FormServer]:
    """The township's form, in each of the two formats."""
    with_sources(town, form_source(request.param))
    with SERVERS[request.param]() as server:
        point_at(monkeypatch, "form", server.data)
        yield server


def needs(town: Town, cycle: str = "2022-04-21") -> list[tuple[Any, ...]]:
    return town.rows(NEEDS, c=cycle)


def reached(town: Town) -> datetime:
    ((told,),) = town.rows(CURSOR)
    moment = datetime.fromisoformat(str(told))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def test_forms_are_stored_raw_and_their_goods_become_needs(town: Town, server: FormServer) -> None:
    server.fill(1, at("10:00"), "示例家园", "3-2-501", RICE, PORK, payer="网格员示例", note="放门口")
    server.fill(2, at("11:00"), "c_controlled", "h5", EGGS)
    told = town.run("collect_needs", "16:05")
    assert needs(town) == [("h1", "pork", 750), ("h1", "rice", 5000), ("h5", "eggs", 60)]
    assert told["silent"] == ["c_isolation"]
    ((channel, body),) = town.rows("SELECT channel, body FROM submission WHERE kind = 'needs'")
    assert channel == "http"
    assert b"3-2-501" in bytes(body)
    ((place,),) = town.rows("SELECT place FROM need_line WHERE item_id = 'rice'")
    told = place if isinstance(place, dict) else json.loads(place)
    assert (told["payer"], told["note"], told["entry"]) == ("网格员示例", "放门口", 1)


def test_a_form_answers_its_communitys_duty_by_its_own_time(town: Town, server: FormServer) -> None:
    server.fill(1, at("15:50"), "示例家园", "3-2-501", RICE)
    town.run("collect_needs", "16:05")
    duty = "SELECT state FROM duty WHERE duty_id = 'needs_list' AND subject = 'community:c_sealed'"
    assert town.rows(duty) == [("done",)]


def test_a_second_run_changes_nothing(town: Town, server: FormServer) -> None:
    server.page_size = 1
    for number in range(3):
        server.fill(number + 1, at(f"10:0{number}"), "示例家园", f"h{number + 1}", RICE)
    town.run("collect_needs", "16:05")
    before = books(town.engine, "submission")  # a server that is asked from the cursor on gives another page
    town.run("collect_needs", "16:05")
    assert books(town.engine, "submission") == before
    raw = books(town.engine)
    town.run("collect_needs", "16:05")
    assert books(town.engine) == raw
    assert len(needs(town)) == 3


def test_every_page_is_followed_to_the_end_and_the_cursor_stands_at_the_latest_form(
    town: Town, server: FormServer
) -> None:
    server.page_size = 2
    for number in range(5):
        server.fill(
            number + 1, at(f"10:0{number}"), "示例家园", "h1", (("大米", "1", "袋"), ("鸡蛋", "1", "板"))[number % 2]
        )
    town.run("collect_needs", "16:05")
    assert len(server.requests) == 3
    assert needs(town) == [("h1", "eggs", 30), ("h1", "rice", 5000)]
    assert reached(town) == at("10:04")


def test_a_form_that_was_edited_replaces_what_it_said(town: Town, server: FormServer) -> None:
    server.fill(1, at("10:00"), "示例家园", "3-2-501", RICE, EGGS)
    town.run("collect_needs", "15:00")
    assert needs(town) == [("h1", "eggs", 60), ("h1", "rice", 5000)]
    server.fill(1, at("15:30"), "示例家园", "3-2-501", ("大米", "3", "袋"))
    town.run("collect_needs", "16:05")
    assert needs(town) == [("h1", "rice", 15000)]
    states = "SELECT item_id, state, qty_base FROM need_line ORDER BY item_id, state, qty_base"
    assert ("eggs", "withdrawn", 60) in town.rows(states)


def test_a_form_that_was_edited_before_anybody_read_it_says_only_what_it_says_now(
    town: Town, server: FormServer
) -> None:
    server.fill(1, at("10:00"), "示例家园", "3-2-501", RICE)
    server.fill(1, at("11:00"), "示例家园", "3-2-501", EGGS)
    town.run("collect_needs", "16:05")
    assert needs(town) == [("h1", "eggs", 60)]


def test_a_later_word_of_another_channel_holds(town: Town, server: FormServer) -> None:
    server.fill(1, at("10:00"), "示例家园", "3-2-501", ("大米", "2", "袋"))
    town.run("collect_needs", "15:00", pasted="1. 3-2-501 大米1袋", sender="示例家园")
    assert needs(town) == [("h1", "rice", 5000)]


def test_a_form_is_taken_by_the_collection_that_saw_it_first_and_never_again(town: Town, server: FormServer) -> None:
    server.fill(1, at("15:59"), "示例家园", "h1", RICE)
    town.run("collect_needs", "16:05")
    server.fill(2, at("17:00"), "示例家园", "h3", EGGS)  # after the cut-off, and nobody runs the collection again
    town.run("collect_needs", "16:05", 22)
    assert needs(town) == [("h1", "rice", 5000)]
    assert needs(town, "2022-04-22") == [("h3", "eggs", 60)]


def test_a_form_edited_after_its_collection_goes_to_a_person(town: Town, server: FormServer) -> None:
    server.fill(1, at("15:30"), "示例家园", "h1", RICE)
    town.run("collect_needs", "16:05")
    server.fill(1, at("09:00", 22), "示例家园", "h1", ("大米", "3", "袋"))
    server.fill(2, at("10:00", 22), "示例家园", "h3", EGGS)
    town.run("collect_needs", "16:05", 22)
    assert needs(town, "2022-04-22") == [("h3", "eggs", 60)]
    assert [codes for _, codes in town.reasons()] == [["form_edited_late"]]


def test_a_day_without_the_server_is_made_up_for_by_the_next(town: Town, server: FormServer) -> None:
    server.fill(1, at("10:00", 21), "示例家园", "h2", EGGS)
    town.run("collect_needs", "16:05", 21)
    server.fill(2, at("10:00", 22), "示例家园", "h1", RICE)
    server.always = "closed"
    town.run("collect_needs", "16:05", 22)
    server.always = None
    town.run("collect_needs", "16:05", 23)
    assert needs(town, "2022-04-23") == [("h1", "rice", 5000)]


def test_a_day_run_again_later_leaves_the_next_days_forms_to_their_own_collection(
    town: Town, server: FormServer
) -> None:
    server.fill(1, at("10:00"), "示例家园", "h1", RICE)
    server.fill(2, at("10:00", 22), "示例家园", "h3", EGGS)
    town.run("collect_needs", "16:05", 21)
    assert needs(town) == [("h1", "rice", 5000)]
    assert reached(town) <= at("16:05")
    town.run("collect_needs", "16:05", 22)
    assert needs(town, "2022-04-22") == [("h3", "eggs", 60)]


@pytest.mark.parametrize("fault", ["half", "busy", "broken"])
def test_a_page_that_fails_once_is_asked_for_again(town: Town, server: FormServer, fault: str) -> None:
    server.page_size = 1
    server.fill(1, at("10:00"), "示例家园", "h1", RICE)
    server.fill(2, at("11:00"), "示例家园", "h3", EGGS)
    server.faults = [None, fault]
    town.run("collect_needs", "16:05")
    assert len(needs(town)) == 2
    assert len(server.requests) == 3
    assert town.rows(LATE) == []


@pytest.mark.parametrize("fault", ["half", "cut", "busy_long", "broken", "hang"])
def test_a_server_that_fails_in_the_middle_leaves_the_cursor_and_the_rest_for_the_next_run(
    town: Town, server: FormServer, fault: str
) -> None:
    server.page_size = 1
    server.fill(1, at("10:00"), "示例家园", "h1", RICE)
    server.fill(2, at("11:00"), "示例家园", "h3", EGGS)
    server.faults = [None, fault, fault, fault]
    town.put("needs", "样本庄.txt", "1. h4 土豆2斤")
    town.run("collect_needs", "16:05")
    assert len(needs(town)) == 2  # the file, and the page that came whole
    assert town.rows(CURSOR) == []
    assert [row[:2] for row in town.rows(LATE)] == [("source_needs_form", "open")]
    server.faults = []
    town.run("collect_needs", "16:20")
    assert len(needs(town)) == 3
    assert reached(town) == at("11:00")
    assert [row[1] for row in town.rows(LATE)] == ["late"]


def test_a_page_that_holds_less_than_it_counts_is_half_a_page(town: Town, server: FormServer) -> None:
    server.fill(1, at("10:00"), "示例家园", "h1", RICE)
    server.hidden = 2
    town.run("collect_needs", "16:05")
    ((_, state, reason),) = town.rows(LATE)
    assert state == "open"
    assert "共 3 条，只取到 1 条" in reason
    assert town.rows(CURSOR) == []


def test_forms_that_a_checker_refused_do_not_count(town: Town, server: FormServer) -> None:
    refused = {"status": "rejected" if "svc" in server.path else "validation_status_not_approved"}
    server.fill(1, at("10:00"), "示例家园", "h1", RICE, **refused)
    server.fill(2, at("10:01"), "示例家园", "h3", EGGS)
    town.run("collect_needs", "15:00")
    assert needs(town) == [("h3", "eggs", 60)]
    server.fill(2, at("15:30"), "示例家园", "h3", EGGS, **refused)
    told = town.run("collect_needs", "16:05")
    assert (told["households"], told["accepted"], told["withdrawn"]) == (0, 0, 2)


def test_what_a_form_says_unclearly_goes_back_with_its_reason(town: Town, server: FormServer) -> None:
    server.fill(1, at("10:00"), "示例家园", "h1", ("火箭", "1", "枚"), RICE)
    server.fill(2, at("10:01"), "无名村", "h4", EGGS)
    server.fill(3, at("10:02"), "示例家园", "h3")
    server.fill(4, at("10:03"), "示例家园", "h2", ("鸡蛋", "很多", "板"))
    town.run("collect_needs", "16:05")
    assert needs(town) == [("h1", "rice", 5000)]
    codes = sorted(code for _, codes in town.reasons() for code in codes)
    assert codes == ["goods_missing", "item_unknown", "quantity_unclear", "sender_unknown"]


def test_a_form_may_take_everything_back(town: Town, server: FormServer) -> None:
    server.fill(1, at("10:00"), "示例家园", "h1", RICE)
    server.fill(2, at("12:00"), "示例家园", "h1", note="不要了")
    town.run("collect_needs", "16:05")
    assert needs(town) == []


def test_one_question_for_each_item_is_read_in_the_items_own_unit(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = {"household": "place/house", "wide": {"rice": "rice"}}
    with_sources(town, form_source(mapping=wide, community="c_sealed"))
    with SERVERS["kobo_v2"]() as server:
        point_at(monkeypatch, "form", server.data)
        server.fill(1, at("10:00"), "", "h1", rice="2")
        server.fill(2, at("10:01"), "", "h3", rice="0", note="")
        town.run("collect_needs", "16:05")
    assert needs(town) == [("h1", "rice", 10000)]


def test_a_server_whose_clock_runs_ahead_loses_nothing(town: Town, server: FormServer) -> None:
    server.fill(1, at("16:00") + timedelta(days=300), "示例家园", "h1", RICE)
    server.fill(2, at("16:00"), "示例家园", "h3", EGGS)
    town.run("collect_needs", "16:05")
    assert needs(town) == [("h3", "eggs", 60)]
    assert reached(town) == at("16:05")
    server.fill(3, at("16:10"), "示例家园", "h2", EGGS)
    town.run("collect_needs", "16:30")
    assert ("h2", "eggs", 60) in needs(town)
