"""What is expected to go out on which day."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rules.outlook import collections_ahead, dated, delivered_on
from tests.supply_town import DAILY_STEPS, TWICE_A_WEEK_STEPS, community, item, step, store, town

DAILY = town([community("c1")], [store("s1")], [item("rice")])
TWICE = town([community("c1")], [store("s1")], [item("rice")], step=TWICE_A_WEEK_STEPS)
MON, TUE, SAT = date(2022, 4, 25), date(2022, 4, 26), date(2022, 4, 30)


def test_daily_lists_are_shared_out_the_same_evening_and_delivered_the_next_day() -> None:
    assert delivered_on(DAILY, MON) == TUE


def test_mondays_list_is_shared_out_on_tuesday_and_delivered_on_wednesday() -> None:
    assert delivered_on(TWICE, MON) == date(2022, 4, 27)


def test_a_plan_that_shares_nothing_out_delivers_after_its_lag() -> None:
    steps = [one for one in DAILY_STEPS if one["flow"] != "allocate_orders"]
    assert delivered_on(town([community("c1")], [store("s1")], [item("rice")], step=steps), MON) == TUE


def test_every_collection_to_come_stands_on_its_day_for_the_days_that_it_feeds() -> None:
    assert collections_ahead(DAILY, MON, TUE, 3) == [(1, 1), (2, 1), (3, 1)]
    assert collections_ahead(TWICE, MON, TUE, 9) == [(5, 3), (8, 4)], "Friday's for three days on Sunday, then Monday's"


def test_what_the_next_purchase_can_still_bring_is_not_looked_at() -> None:
    assert collections_ahead(TWICE, MON, TUE, 3) == []


def test_what_should_have_gone_out_already_goes_out_today() -> None:
    assert collections_ahead(DAILY, date(2022, 4, 23), TUE, 0) == [(0, 1), (0, 1)]


@given(st.floats(0, 1e5), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 7)), max_size=12))
def test_up_to_every_day_no_less_is_expected_than_is_wanted_and_no_unit_more(
    per_day: float, ahead: list[tuple[int, int]]
) -> None:
    days = total = 0
    for (day, qty), (when, length) in zip(dated(per_day, ahead), ahead, strict=True):
        days, total = days + length, total + qty
        assert (day, qty >= 0) == (when, True)
        assert per_day * days - 1e-5 <= total < per_day * days + 1


def test_a_step_without_a_day_of_its_own_is_no_reason_to_look_for_ever() -> None:
    monthly = [step("collect_needs", ["mon"], "16:00"), step("allocate_orders", ["sun"], "16:30"), *DAILY_STEPS[2:]]
    plan = town([community("c1")], [store("s1")], [item("rice")], step=monthly)
    assert delivered_on(plan, MON) == date(2022, 5, 2)
