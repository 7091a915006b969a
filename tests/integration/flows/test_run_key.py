"""A run's key: which day it is about, and which moment counts as now."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.process import at_present, open_run
from schemas.words import Process
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
