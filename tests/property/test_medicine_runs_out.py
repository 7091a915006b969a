"""When a medicine is used up (B-04): every day before has its whole dose, and that day has not."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.medicine import Refill, Use, days_left, in_force, order_due, packs_for, runs_out_on

COUNTED = date(2022, 4, 21)
DOSES = st.integers(1, 5000)
LEFT = st.integers(0, 200_000)
DAYS = st.integers(0, 40).map(lambda n: COUNTED + timedelta(days=n))
#: What came before it was counted is in the count already.
CAME = st.integers(-5, 40).map(lambda n: COUNTED + timedelta(days=n))
REFILLS = st.lists(st.builds(Refill, CAME, st.integers(0, 100_000)), max_size=4)
UNTIL = st.none() | DAYS


def use(daily: int, left: int, until: date | None = None, as_of: date = COUNTED, pack: int = 28) -> Use:
    return Use("h2", "amlodipine", "pharmacy", daily, left, pack, as_of, until, "RX-1")


def taken_day_by_day(daily: int, left: int, refills: list[Refill], start: date) -> date:
    """The slow way: every morning what came is put in the box, every day takes its dose."""
    day, box = COUNTED, left
    while True:
        box += sum(r.milli for r in refills if r.on == day)
        if box < daily and day >= start:
            return day
        box -= daily if box >= daily else 0
        day += timedelta(days=1)


@given(DOSES, LEFT, REFILLS, DAYS)
def test_it_is_used_up_on_the_day_that_a_box_emptied_day_by_day_tells(
    daily: int, left: int, refills: list[Refill], today: date
) -> None:
    daily = max(daily, 500)  # so that the slow way ends
    assert runs_out_on(use(daily, left), refills, today) == taken_day_by_day(daily, left, refills, today)


@given(DOSES, LEFT)
def test_what_is_left_covers_every_day_before_and_not_that_one(daily: int, left: int) -> None:
    days = (runs_out_on(use(daily, left)) - COUNTED).days
    assert days * daily <= left < (days + 1) * daily


@given(DOSES, LEFT, REFILLS, st.integers(0, 100_000))
def test_more_in_the_box_never_ends_sooner(daily: int, left: int, refills: list[Refill], more: int) -> None:
    assert runs_out_on(use(daily, left + more), refills) >= runs_out_on(use(daily, left), refills)


@given(DOSES, LEFT, UNTIL, st.integers(0, 7), DAYS)
def test_an_order_once_due_stays_due_until_something_comes_or_the_treatment_ends(
    daily: int, left: int, until: date | None, days: int, today: date
) -> None:
    mine = use(daily, left, until)
    tomorrow = today + timedelta(days=1)
    if order_due(mine, (), today, days) and (until is None or until >= tomorrow):
        assert order_due(mine, (), tomorrow, days)


@given(DOSES, LEFT, st.integers(1, 7), DAYS)
def test_an_order_is_due_before_less_than_its_days_are_left(daily: int, left: int, days: int, today: date) -> None:
    mine = use(daily, left)
    if days_left(mine, (), today) < days:
        assert order_due(mine, (), today, days)


@given(DOSES, st.integers(1, 100), st.integers(1, 30))
def test_packs_cover_the_days_and_one_pack_less_would_not(daily: int, pack: int, days: int) -> None:
    packs = packs_for(use(daily, 0, pack=pack), days, COUNTED)
    assert packs * pack * 1000 >= daily * days
    assert packs == 1 or (packs - 1) * pack * 1000 < daily * days


@given(st.lists(st.tuples(DAYS, LEFT), min_size=1, max_size=6))
def test_the_latest_count_holds_and_of_one_day_the_later_word(counts: list[tuple[date, int]]) -> None:
    (held,) = in_force(use(1000, left, as_of=on) for on, left in counts).values()
    newest = max(on for on, _ in counts)
    assert (held.as_of, held.left_milli) == (newest, [left for on, left in counts if on == newest][-1])


def test_a_treatment_that_ends_before_its_medicine_needs_no_order() -> None:
    until = COUNTED + timedelta(days=9)
    assert not order_due(use(1000, 10_000, until), (), until, 3)
    assert order_due(use(1000, 9_000, until), (), until - timedelta(days=2), 3)
