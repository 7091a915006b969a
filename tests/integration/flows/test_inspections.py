"""到货验收: inspectors asked in turn, a leader's release without a check, the check that is owed then (C-07)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from schemas.words import Process
from tasks.inspection import Inspection, inspect_batch
from tasks.inspection_list import list_words, take_results, waiting_now
from tasks.inspectors import next_inspection_moment
from tasks.refused import Refused
from tasks.runs import Run, working
from tests.factories.plan_folder import change, station_document, station_sheets, write_plan
from tests.factories.working_town import Town, at, on
from tests.integration.flows.test_arrivals_flow import arrive, bought, state, usable

RICE = "大米,8,袋,25,示例批发,2022-04-20,,"
DECIDED = "SELECT act, decided_by, via, reason FROM batch_decision WHERE batch_id LIKE :o ORDER BY batch_id, number"
ASKED = "SELECT purpose, rung, officer_id FROM inspection_request ORDER BY asked_at, purpose, rung"
CODE = "0423-1"


@pytest.fixture
def deputised(database: sa.Engine, data: Path, plans: Path) -> Iterator[Town]:
    """The town as plan C, whose inspector has a deputy of another role."""
    sheets = station_sheets()
    change(sheets, "officers", "market_1", deputy="supply_2")
    write_plan(plans / "station_demo", station_document("station_demo"), sheets)
    made = Town("station_demo", data)
    yield made
    assert made.broken() == {}


def came(town: Town, *lines: str) -> None:
    """Saturday's purchase arrived at 16:00, unchecked where the lines say nothing else."""
    bought(town)
    arrive(town, *(lines or (RICE,)))


def watch(town: Town, clock: str, day: int = 23) -> Any:
    return town.run("watch_duties", clock, day)


def decided(town: Town) -> list[tuple[Any, ...]]:
    return town.rows(DECIDED, o="station_demo:2022-04-23:%")


def form(town: Town, text: str, clock: str = "16:30", key: str = "1", by: str = "监管示例") -> list[str]:
    with working(Run(town.plan_id, Process.RECEIVE_GOODS, on(23), at(clock, 23))) as work:
        return take_results(work, text, by, key)


def waiting(town: Town, clock: str = "16:30", day: int = 23) -> list[dict[str, Any]]:
    return waiting_now(Run(town.plan_id, Process.RECEIVE_GOODS, on(day), at(clock, day)))


def overdue(town: Town) -> list[str]:
    """What the leader who released it hears of a check that was not made."""
    return [body for body in town.bodies("duty_escalated", "leader") if "补检" in body]


def test_the_inspector_is_asked_then_his_deputy_then_the_leaders_each_after_the_others_time(deputised: Town) -> None:
    town = deputised
    came(town)
    assert town.rows(ASKED) == [("release", 1, "market_1")]
    assert next_inspection_moment(town.plan_id, at("16:00", 23)) == at("17:00", 23)
    watch(town, "16:59")
    assert town.rows(ASKED) == [("release", 1, "market_1")]
    watch(town, "17:00")
    assert town.rows(ASKED) == [("release", 1, "market_1"), ("release", 2, "supply_2")]
    assert "大米 8袋" in town.bodies("inspection_wanted", "supply_2")[0]
    watch(town, "18:00")
    watch(town, "18:00")
    assert town.rows(ASKED)[2:] == [("permit", 1, "leader")]
    assert town.told("inspection_wanted") == ["market_1", "supply_2"]
    assert town.told("release_wanted") == ["leader"]
    watch(town, "20:00")
    assert len(town.rows(ASKED)) == 3, "nobody is asked twice"


def test_a_batch_that_was_checked_is_asked_about_no_more(deputised: Town) -> None:
    town = deputised
    came(town)
    town.inspect(CODE, day=23, clock="16:40")
    watch(town, "17:00")
    assert town.rows(ASKED) == [("release", 1, "market_1")]
    assert next_inspection_moment(town.plan_id, at("16:00", 23)) is None


def test_a_deputy_may_check_whether_asked_or_not(deputised: Town) -> None:
    came(deputised)
    assert deputised.inspect(CODE, by="供给副示例", day=23, clock="16:10")
    assert decided(deputised) == [("passed", "supply_2", "command", "")]


def test_a_leader_releases_only_after_every_inspector_was_asked_in_vain(deputised: Town) -> None:
    town = deputised
    came(town)
    with pytest.raises(Refused, match="监管示例"):
        town.permit(CODE, clock="16:30")
    with pytest.raises(Refused, match="供给副示例"):
        town.permit(CODE, clock="17:05")
    watch(town, "17:00")
    with pytest.raises(Refused, match="供给副示例"):
        town.permit(CODE, clock="17:59")
    with pytest.raises(Refused, match="领导示例"):
        town.permit(CODE, by="监管示例")
    with pytest.raises(Refused, match="原因"):
        town.permit(CODE, reason=" ")
    before = usable(town, "rice")
    assert town.permit(CODE)["changed"] is True
    assert town.permit(CODE)["changed"] is False
    assert usable(town, "rice") == before + 8 * 5000
    assert decided(town) == [("permitted", "leader", "command", "验收人封控")]
    assert town.told("batch_permitted") == ["coordinator", "coordinator_2", "market_1"]


def test_goods_released_without_a_check_are_handed_out_and_the_check_is_owed_and_escalated(deputised: Town) -> None:
    town = deputised
    came(town)
    watch(town, "17:00")
    town.permit(CODE)
    town.run("allocate_orders", "18:10", day=23)
    town.run("deliver_orders", "07:30", day=24)
    assert town.rows("SELECT 1 FROM parcel_line p JOIN batch b ON b.batch_id = p.batch_id WHERE b.conditional")
    assert [row["state"] for row in waiting(town, day=24)] == ["afterwards"]
    assert any("04-24 18:05前补检" in body for body in town.bodies("inspection_wanted", "market_1"))
    watch(town, "18:04", 24)
    assert overdue(town) == []
    watch(town, "18:05", 24)
    watch(town, "18:05", 24)
    assert town.rows(ASKED)[2:] == [
        ("afterwards", 1, "market_1"),
        ("afterwards", 2, "supply_2"),
        ("overdue", 1, "leader"),
    ]
    assert len(overdue(town)) == 1
    assert "18:05" in overdue(town)[0]
    town.inspect(CODE, day=24, clock="19:00")
    assert [act for act, *_ in decided(town)] == ["permitted", "passed"]
    assert waiting(town, "19:00", 24) == []
    watch(town, "20:00", 24)
    assert len(town.rows(ASKED)) == 5, "what was checked is owed no more"


def test_what_an_inspector_refused_no_leader_releases(deputised: Town) -> None:
    town = deputised
    came(town, "大米,8,袋,25,示例批发,2022-04-20,监管示例,不合格")
    with pytest.raises(Refused, match="重新验收"):
        town.permit(CODE, clock="23:00")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE batch SET state = 'released', released = TRUE, checked_by = 'leader', conditional = TRUE"
            " WHERE number = 1",
            "only by the decision of a leader",
        ),
        (
            "INSERT INTO batch_decision (batch_id, number, plan_id, act, decided_by, decided_at, via, reason, usable,"
            " was_usable) SELECT batch_id, 1, plan_id, 'permitted', 'leader', '2022-04-23 08:30:00', 'command', 'x',"
            " TRUE, FALSE FROM batch WHERE number = 1",
            "only after its inspectors were asked",
        ),
        (
            "INSERT INTO batch_decision (batch_id, number, plan_id, act, decided_by, decided_at, via, reason, usable,"
            " was_usable) SELECT batch_id, 1, plan_id, 'failed', 'leader', '2022-04-23 08:30:00', 'command', '',"
            " FALSE, FALSE FROM batch WHERE number = 1",
            "has_reason",
        ),
    ],
)
def test_the_database_itself_holds_the_conditions_of_a_release(deputised: Town, statement: str, words: str) -> None:
    came(deputised)
    with pytest.raises(Exception, match=words):
        deputised.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE batch_decision SET reason = 'y'", "DELETE FROM batch_decision"])
def test_what_was_decided_about_a_batch_stays_said(deputised: Town, statement: str) -> None:
    came(deputised)
    deputised.inspect(CODE, day=23)
    with pytest.raises(Exception, match="append-only"):
        deputised.execute(statement)


def test_stock_of_a_moment_knows_a_batch_as_it_stood_then(station_town: Town) -> None:
    town = station_town
    came(town)
    town.inspect(CODE, day=23, clock="17:00")
    town.inspect(CODE, failed="受潮", day=23, clock="18:00")
    town.inspect(CODE, day=23, clock="19:00")
    from tasks.stock_at import stock_at

    plan = Run(town.plan_id, Process.CHECK_STOCK, on(23), at("20:00", 23)).plan
    stood = []
    for clock in ("16:30", "17:00", "18:30", "19:00"):
        (row,) = [r for r in stock_at(plan, at(clock, 23), "station") if r["item_id"] == "rice"]
        stood.append((row["waiting"], row["held"]))
    assert stood == [("8", "0"), ("0", "0"), ("0", "8"), ("0", "0")]


def test_a_decision_is_not_dated_before_the_last_one(station_town: Town) -> None:
    came(station_town)
    station_town.inspect(CODE, day=23, clock="17:00")
    with pytest.raises(Refused, match="17:00"):
        station_town.inspect(CODE, failed="受潮", day=23, clock="16:30")


def test_a_batch_past_its_last_day_is_not_released(station_town: Town) -> None:
    came(station_town, "大米,8,袋,25,示例批发,2021-01-01,,")
    with pytest.raises(Refused, match="过期"):
        station_town.inspect(CODE, day=23)


def test_the_form_lists_what_waits_with_its_price_and_takes_all_lines_or_none(station_town: Town) -> None:
    town = station_town
    came(town, RICE, "大米,2,袋,40,示例批发,,监管示例,合格", "面粉,8,袋,12,示例批发,,,")
    rows = waiting(town)
    assert [(r["batch"], r["state"], r["rise_pct"]) for r in rows] == [
        ("0423-1", "arrived", 0.0),
        ("0423-2", "held", 60.0),
        ("0423-3", "arrived", 0.0),
    ]
    words = list_words(rows)
    assert "0423-2：大米 2袋，每袋40.00元（上次25.00元，+60.0%），供货：示例批发" in words
    assert "大米比上次贵60.0%，上限为10%" in words
    with pytest.raises(Refused, match="第 3 行"):
        form(town, "0423-1=合格\n0423-2=价格不合格 高于限价\n0423-3=还行")
    assert [row[1] for row in state(town)] == ["arrived", "arrived", "held"]
    assert form(town, "0423-1=合格\n0423-2=价格不合格 高于限价\n0423-3=不合格 受潮") == ["0423-1", "0423-2", "0423-3"]
    assert [d[0] for d in decided(town)] == ["failed", "passed", "held", "overpriced"]
    assert waiting(town) == []


def test_a_form_given_again_by_a_run_that_starts_anew_does_not_undo_what_was_found_since(station_town: Town) -> None:
    town = station_town
    came(town)
    form(town, f"{CODE}=合格", key="run:1")
    town.inspect(CODE, failed="受潮", day=23, clock="17:00")
    assert form(town, f"{CODE}=合格", clock="17:30", key="run:1") == []
    assert [d[0] for d in decided(town)] == ["passed", "failed"]
    assert town.rows("SELECT channel, sender FROM submission WHERE kind = 'inspections'") == [("form", "监管示例")]


def test_a_form_of_somebody_who_may_not_inspect_changes_nothing(station_town: Town) -> None:
    came(station_town)
    with pytest.raises(Refused, match="店长甲示例"):
        form(station_town, f"{CODE}=合格", by="店长甲示例")
    assert decided(station_town) == []


def test_quality_and_price_are_refused_by_command_each_with_its_reason(station_town: Town) -> None:
    came(station_town)
    with working(Run(station_town.plan_id, Process.RECEIVE_GOODS, on(23), at("17:00", 23))) as work:
        assert inspect_batch(work, CODE, Inspection("监管示例", False, "高于限价", price=True))
    assert decided(station_town) == [("overpriced", "market_1", "command", "高于限价")]
