"""Digests and budgets: nobody gets more than his budget in a day, and every morning says that the system is alive."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.digests import (
    Item,
    Tally,
    Timetable,
    admits,
    budget_of,
    digest_due,
    kept_slots,
    merge,
    next_slot,
    slots_ahead,
)
from rules.doubtful_sends import verdict

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2022, 4, 25)
THREE = Timetable((time(8, 30), time(11, 30), time(17, 30)), ZONE)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def test_the_next_digest_after_the_last_one_is_tomorrow_morning() -> None:
    assert next_slot(at(8, 29), THREE) == at(8, 30)
    assert next_slot(at(8, 30), THREE) == at(11, 30)
    assert next_slot(at(17, 30), THREE) == at(8, 30, day=date(2022, 4, 26))


def test_a_plan_without_digest_hours_still_has_a_morning() -> None:
    assert next_slot(at(6), Timetable((), ZONE)) == at(8, 30)


def test_with_a_small_budget_the_first_digest_stays_and_then_the_last_ones() -> None:
    assert kept_slots(DAY, THREE, 1) == [at(8, 30)]
    assert kept_slots(DAY, THREE, 2) == [at(8, 30), at(17, 30)]
    assert kept_slots(DAY, THREE, 9) == THREE.slots(DAY)


def test_a_role_has_its_own_budget_and_no_budget_is_below_one() -> None:
    assert budget_of("carer", 12, {"carer": 6}) == 6
    assert budget_of("supply", 12, {"carer": 6}) == 12
    assert budget_of("carer", 12, {"carer": 0}) == 1


def test_what_is_sent_at_once_leaves_room_for_the_digests_still_to_come() -> None:
    assert admits(Tally(budget=5, received=1, owed=3), "now")
    assert not admits(Tally(budget=5, received=2, owed=3), "now")
    assert admits(Tally(budget=5, received=2, owed=3), "digest")
    assert admits(Tally(budget=5, received=9, owed=3), "beyond")


def test_the_first_digest_of_a_day_is_due_with_nothing_in_it_and_a_later_one_is_not() -> None:
    fresh = Tally(12, 0, 0)
    first = digest_due(at(8, 31), THREE, fresh, set(), waiting=0)
    assert first is not None
    assert (first.at, first.first) == (at(8, 30), True)
    made = {at(8, 30)}
    assert digest_due(at(11, 30), THREE, fresh, made, waiting=0) is None
    assert digest_due(at(11, 30), THREE, fresh, made, waiting=1) is not None
    assert digest_due(at(8, 40), THREE, fresh, made, waiting=1) is None
    assert digest_due(at(8, 29), THREE, fresh, set(), waiting=1) is None


def test_after_a_gap_only_the_latest_digest_is_made() -> None:
    slot = digest_due(at(18), THREE, Tally(12, 0, 0), set(), waiting=5)
    assert slot is not None
    assert (slot.at, slot.first) == (at(17, 30), True)


def test_items_are_grouped_by_stage_with_their_count_and_what_is_marked_first() -> None:
    items = [Item(f"n{i}", "cover_low", f"第{i}条") for i in range(9)]
    items += [Item("late", "cover_low", "迟到", "late"), Item("x", "delivered", "送达")]
    delivered, cover = merge(items, ["delivered", "cover_low"])
    assert (delivered.stage, delivered.count, delivered.more) == ("delivered", 1, 0)
    assert (cover.stage, cover.count, cover.more) == ("cover_low", 10, 2)
    assert cover.items[0].notice_id == "late"


Event = tuple[int, str]  # minute since the first midnight, "now" | "digest" | "beyond"
events = st.lists(st.tuples(st.integers(0, 3 * 24 * 60 - 1), st.sampled_from(["now", "digest", "beyond"])), max_size=80)
minutes_between = st.sampled_from([1, 7, 30, 95, 400])
hours = st.lists(st.times(time(5), time(21)), min_size=0, max_size=4, unique=True)


@given(events, minutes_between, hours, st.integers(1, 12))
def test_no_mix_of_notices_makes_more_messages_in_a_day_than_the_budget(
    told: list[Event], every: int, digest_at: list[time], budget: int
) -> None:
    table, waiting, urgent = Timetable(tuple(digest_at), ZONE), 0, 0
    received: Counter[date] = Counter()
    made: dict[date, set[datetime]] = {}
    queue = sorted(told)
    for minute in range(0, 3 * 24 * 60, every):
        now = at(0) + timedelta(minutes=minute)
        today = table.day_of(now)
        while queue and queue[0][0] <= minute:
            kind = queue.pop(0)[1]
            waiting, urgent = waiting + (kind == "digest"), urgent + (kind == "now")
        slots = made.setdefault(today, set())
        slot = digest_due(now, table, Tally(budget, received[today], 0), slots, waiting)
        if slot is not None:
            slots.add(slot.at)
            waiting = 0
            assert admits(Tally(budget, received[today], 0), "digest")
            received[today] += 1
        while urgent:
            urgent -= 1
            if admits(Tally(budget, received[today], slots_ahead(now, table, budget)), "now"):
                received[today] += 1
            else:
                waiting += 1
    assert max(received.values(), default=0) <= budget


@given(events, st.integers(1, 12))
def test_every_day_has_its_sign_of_life_whatever_else_was_sent(told: list[Event], budget: int) -> None:
    received: Counter[date] = Counter()
    urgent = sorted(minute for minute, kind in told if kind == "now")
    for minute in range(0, 3 * 24 * 60, 10):
        now = at(0) + timedelta(minutes=minute)
        today = THREE.day_of(now)
        # As the dispatcher does it: the digests that are due are made before anything else is sent.
        if now.astimezone(ZONE).time() == time(8, 30):
            assert digest_due(now, THREE, Tally(budget, received[today], 0), set(), 0) is not None
            received[today] += 1
        while urgent and urgent[0] <= minute:
            urgent.pop(0)
            received[today] += admits(Tally(budget, received[today], slots_ahead(now, THREE, budget)), "now")


@pytest.mark.parametrize(
    ("honours_key", "urgent", "doubts", "tries_left", "expected"),
    [
        (True, False, 1, 3, "same_key"),
        (True, True, 4, 1, "same_key"),
        (True, True, 4, 0, "leave"),
        (False, True, 1, 3, "marked"),
        (False, True, 2, 3, "leave"),
        (False, False, 1, 3, "leave"),
    ],
)
def test_a_doubtful_send_is_repeated_only_where_that_does_no_harm(
    honours_key: bool, urgent: bool, doubts: int, tries_left: int, expected: str
) -> None:
    assert verdict(honours_key, urgent, doubts, tries_left) == expected
