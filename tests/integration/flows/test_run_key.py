"""A run's key: which day it is about, and which moment counts as now."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from deployments.by_hand import confirm_delivery, review_lines, run_flow, tell_story
from deployments.for_others import Writer, enter_need
from flows.process import at_present, open_run
from schemas.tables import Notice
from schemas.words import Process
from tasks.database import reading
from tasks.failures import tell_failure
from tasks.runs import DateRefused
from tests.factories.plan_folder import write_plan

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def small_plan(plans: Path) -> None:
    write_plan(plans / "demo")


def test_the_scheduled_start_keeps_its_zone_when_days_are_taken_from_it() -> None:
    run = open_run(Process.CHECK_STOCK, "demo", None, None)
    assert type(run.now) is datetime
    assert (run.now - timedelta(days=2)).tzinfo == ZONE
    assert run.business_date == run.now.date()


def test_a_start_in_the_evening_of_greenwich_is_about_the_next_day_of_the_plan() -> None:
    run = open_run(Process.CHECK_STOCK, "demo", None, datetime(2022, 4, 21, 20, 30, tzinfo=UTC))
    assert run.business_date == date(2022, 4, 22)
    assert run.now == datetime(2022, 4, 22, 4, 30, tzinfo=ZONE)


def test_a_time_typed_without_a_zone_is_the_plans_own() -> None:
    run = open_run(Process.CHECK_STOCK, "demo", None, datetime(2022, 4, 21, 13, 30))  # noqa: DTZ001 - as typed
    assert run.now == datetime(2022, 4, 21, 13, 30, tzinfo=ZONE)


def test_a_day_that_is_past_is_run_as_of_the_hour_that_the_plan_has_for_it() -> None:
    run = open_run(Process.CHECK_STOCK, "demo", date(2022, 4, 21), None)
    assert run.now == datetime(2022, 4, 21, 13, 30, tzinfo=ZONE)
    assert at_present(run, None) == run


def test_a_moment_that_was_given_stands_also_for_what_a_person_does_later() -> None:
    given = datetime(2022, 4, 21, 13, 50, tzinfo=ZONE)
    run = open_run(Process.PURCHASE_SUPPLIES, "demo", None, given)
    assert at_present(run, given).now == given


LAST, FIRST = date(9999, 12, 31), date(1, 1, 1)


@pytest.mark.parametrize("on", [LAST, FIRST, date(2020, 12, 31), date(2043, 1, 1)])
def test_a_date_that_is_not_of_the_plans_years_is_no_run(on: date) -> None:
    with pytest.raises(DateRefused, match=rf"{on.isoformat()}.*2021 至 2042 年"):
        open_run(Process.COLLECT_NEEDS, "demo", on, None)


@pytest.mark.parametrize("on", [date(2021, 1, 1), date(2042, 12, 31)])
def test_the_plans_years_reach_from_the_one_before_it_begins_to_twenty_after(on: date) -> None:
    assert open_run(Process.COLLECT_NEEDS, "demo", on, None).business_date == on


@pytest.mark.parametrize("now", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
def test_neither_is_a_moment(now: datetime) -> None:
    with pytest.raises(DateRefused):
        open_run(Process.COLLECT_NEEDS, "demo", None, now)


@pytest.mark.parametrize("on", [LAST, FIRST])
def test_every_command_refuses_such_a_date_in_one_line(
    on: date, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_flow("collect_needs", "demo", on, None, False) == 1
    assert run_flow("watch_duties", "demo", None, datetime.combine(on, datetime.min.time()), False) == 1
    assert confirm_delivery("demo", on, "o1", "c1", [], "", None) == 1
    assert review_lines("demo", on, "o1", [], None) == 1
    assert enter_need("demo", on, "h1", ["大米 1袋"], Writer("o1", channel="phone"), None) == 1
    assert tell_story("demo", "h1", on, True) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert [on.isoformat() in line for line in told.err.splitlines()] == [True] * 6


def test_that_a_run_failed_for_its_moment_is_told_as_of_the_clock(data: Path) -> None:
    parameters = {"plan": "demo", "now": "0001-01-01T00:00:00"}
    tell_failure(parameters, "check_stock", "a moment of no year")
    with reading() as session:
        told = session.execute(sa.select(Notice)).scalars().all()
    assert told
    assert all(notice.created_at.year > 1 for notice in told)
