"""Cycles and days, from the plan's own steps."""

from datetime import date, time
from typing import Any

import pytest

from rules.calendar import NotInPlan, cycle_end, cycle_of, deliver_on, last_cycles, moment, next_run_date
from schemas.plan import Plan
from schemas.words import Process
from tests.supply_town import DAILY_STEPS, TWICE_A_WEEK_STEPS, community, item, store, town

MON, TUE, WED, FRI, SAT = (date(2022, 4, day) for day in (18, 19, 20, 22, 23))
NEXT_TUE = date(2022, 4, 26)


def plan_b(**changed: Any) -> Plan:
    return town([community("c1")], [store("s1")], [item("rice")], step=DAILY_STEPS, **changed)


def plan_c() -> Plan:
    return town([community("c1")], [store("s1")], [item("rice")], step=TWICE_A_WEEK_STEPS)


def test_allocation_on_tuesday_works_on_mondays_cycle() -> None:
    assert cycle_of(plan_c(), Process.ALLOCATE_ORDERS, TUE) == MON
    assert cycle_of(plan_c(), Process.ALLOCATE_ORDERS, SAT) == FRI


def test_where_needs_are_daily_allocation_works_on_the_same_day() -> None:
    assert cycle_of(plan_b(), Process.ALLOCATE_ORDERS, WED) == WED


def test_a_process_before_the_days_collection_works_on_the_cycle_before() -> None:
    assert cycle_of(plan_b(), Process.PURCHASE_SUPPLIES, WED) == TUE


def test_purchase_on_tuesday_takes_the_cycles_since_saturdays_purchase() -> None:
    assert last_cycles(plan_c(), SAT, NEXT_TUE) == [date(2022, 4, 25)]
    assert last_cycles(plan_c(), TUE, SAT) == [FRI]


def test_the_first_purchase_takes_every_cycle_since_the_plan_began() -> None:
    assert last_cycles(plan_c(), None, SAT) == [MON, FRI]
    assert last_cycles(plan_b(), None, WED) == [MON, TUE]


def test_every_cycle_is_taken_by_exactly_one_purchase_even_when_one_was_left_out() -> None:
    assert last_cycles(plan_c(), TUE, NEXT_TUE) == [FRI, date(2022, 4, 25)]
    assert last_cycles(plan_c(), SAT, SAT) == []


def test_the_next_run_is_never_today() -> None:
    assert next_run_date(plan_c(), Process.PURCHASE_SUPPLIES, TUE) == SAT
    assert next_run_date(plan_b(), Process.COLLECT_NEEDS, TUE) == WED


def test_a_cycle_lasts_until_the_day_before_the_next_collection() -> None:
    assert cycle_end(plan_c(), MON) == date(2022, 4, 21)
    assert cycle_end(plan_b(), MON) == MON


def test_goods_are_delivered_after_the_lag_that_the_plan_states() -> None:
    assert deliver_on(plan_b(), MON) == TUE
    assert deliver_on(plan_b(delivery__lag_days=0), MON) == MON


def test_a_moment_is_in_the_plans_zone() -> None:
    assert moment(plan_b(), MON, time(15, 0)).isoformat() == "2022-04-18T15:00:00+08:00"


def test_a_process_that_the_plan_never_runs_is_named() -> None:
    with pytest.raises(NotInPlan, match="submit_report"):
        next_run_date(plan_c(), Process.SUBMIT_REPORT, MON)
