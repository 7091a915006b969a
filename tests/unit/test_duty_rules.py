"""Who owes what by when, and what follows when nothing comes."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from rules.duties import ROWS, answered_state, expected, next_moment, review
from schemas.plan import Plan
from schemas.words import DutyState
from tasks.plans import load_plan
from tests.factories.plan_folder import entry, plan_document, write_plan

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2022, 4, 25)


def at(clock: str, day: int = 25) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2022, 4, day, int(hour), int(minute), tzinfo=ZONE)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    document = plan_document("town")
    entry(document, "duty", "needs_list").update(owed_in=["sealed"], days=["mon", "fri"])
    return load_plan(write_plan(tmp_path / "town", document))


def rows(plan: Plan, duty_id: str, **cells: Any) -> pl.DataFrame:
    """The duty's rows of Monday, open unless `cells` say otherwise."""
    none = pl.lit(None, dtype=ROWS["reminded_at"])
    values: dict[str, Any] = {"state": "open", "reminded_at": none, "escalated_at": none} | cells
    lit = {k: v if isinstance(v, pl.Expr) else pl.lit(v) for k, v in values.items()}
    return expected(plan, MONDAY).filter(duty_id=duty_id).with_columns(**lit)


def acts(plan: Plan, found: pl.DataFrame, now: datetime) -> list[str]:
    return review(found, now, plan)["act"].to_list()


def test_communities_owe_only_in_the_zones_and_on_the_days_of_the_duty(plan: Plan) -> None:
    owed = expected(plan, MONDAY).filter(duty_id="needs_list")
    assert owed["subject"].to_list() == ["community:c_sealed"]
    assert owed["due_at"].to_list() == [at("16:00")]
    assert expected(plan, MONDAY + timedelta(days=1)).filter(duty_id="needs_list").is_empty()


def test_every_store_that_serves_or_reports_owes_and_a_wholesale_source_does_not(plan: Plan) -> None:
    owed = expected(plan, MONDAY).filter(duty_id="stock_report")
    assert owed["subject"].to_list() == ["store:market", "store:pharmacy"]


def test_a_role_owes_once_whoever_fills_it(plan: Plan) -> None:
    owed = expected(plan, MONDAY).filter(duty_id="market_report")
    assert owed["subject"].to_list() == ["role:market_supervision"]


def test_nothing_is_owed_before_the_first_day_of_the_plan(plan: Plan) -> None:
    assert expected(plan, plan.file.plan.start_date - timedelta(days=1)).is_empty()


def test_silence_is_reminded_before_escalated_after_and_missed_at_the_end_of_the_day(plan: Plan) -> None:
    open_row = rows(plan, "market_report")  # due 15:00, reminder 60 before, escalation 30 after
    assert acts(plan, open_row, at("13:59")) == []
    assert acts(plan, open_row, at("14:00")) == ["remind"]
    reminded = rows(plan, "market_report", reminded_at=at("14:00"))
    assert acts(plan, reminded, at("15:29")) == []
    assert acts(plan, reminded, at("15:30")) == ["escalate"]
    escalated = rows(plan, "market_report", reminded_at=at("14:00"), escalated_at=at("15:30"))
    assert acts(plan, escalated, at("23:59")) == []
    assert acts(plan, escalated, at("00:00", day=26)) == ["miss"]


def test_a_watcher_that_was_down_all_day_escalates_what_it_missed(plan: Plan) -> None:
    assert acts(plan, rows(plan, "market_report"), at("08:00", day=26)) == ["escalate", "miss"]


@pytest.mark.parametrize("state", ["done", "zero", "late", "missed"])
def test_what_is_answered_or_over_is_left_alone(plan: Plan, state: str) -> None:
    assert acts(plan, rows(plan, "market_report", state=state), at("23:00")) == []


def test_a_duty_that_has_left_the_plan_is_only_closed(plan: Plan) -> None:
    gone = rows(plan, "market_report").with_columns(duty_id=pl.lit("no_longer_owed"))
    assert acts(plan, gone, at("23:00")) == []
    assert acts(plan, gone, at("00:00", day=26)) == ["miss"]


@pytest.mark.parametrize(
    ("before", "clock", "zero", "after"),
    [
        ("open", "15:59", False, DutyState.DONE),
        ("open", "16:00", False, DutyState.DONE),
        ("open", "16:01", False, DutyState.LATE),
        ("open", "15:00", True, DutyState.ZERO),
        ("open", "17:00", True, DutyState.LATE),
        ("missed", "17:00", False, DutyState.LATE),
        ("done", "17:00", False, DutyState.DONE),
        ("done", "17:00", True, DutyState.DONE),
        ("late", "15:00", False, DutyState.LATE),
        ("zero", "17:00", True, DutyState.ZERO),
        ("zero", "17:00", False, DutyState.DONE),
    ],
)
def test_the_first_answer_counts_and_none_reported_is_an_answer_of_its_own(
    before: str, clock: str, zero: bool, after: str
) -> None:
    assert answered_state(before, at("16:00"), at(clock), zero) == after


def test_the_next_moment_of_a_duty_is_its_reminder_then_its_escalation_then_the_end_of_the_day(plan: Plan) -> None:
    fresh = rows(plan, "market_report")
    assert next_moment(plan, fresh, at("08:00")) == at("14:00")
    assert next_moment(plan, fresh, at("14:00")) == at("15:30")
    assert next_moment(plan, fresh, at("15:30")) == at("00:00", day=26)
    assert next_moment(plan, rows(plan, "market_report", state="done"), at("08:00")) is None
