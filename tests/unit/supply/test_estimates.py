"""What a store that did not report is thought to have."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from rules.estimates import carried_on, estimate
from schemas.frames.base import frame_of
from schemas.frames.supply import Quantities
from tests.supply_town import demand_of


def amounts(of: dict[tuple[str, str], int]) -> pl.DataFrame:
    return frame_of(Quantities, [{"store_id": s, "item_id": i, "qty_base": q} for (s, i), q in of.items()])


def test_the_last_known_stock_decays_by_what_was_wanted_since() -> None:
    assert estimate(10_000, 0, 1000.0, 3) == 7000


def test_what_was_handed_out_for_us_is_off_the_books_already() -> None:
    assert estimate(8000, 2000, 1000.0, 3) == 7000
    assert estimate(5000, 5000, 1000.0, 3) == 5000, "more went out than was expected"


def test_nothing_is_less_than_nothing() -> None:
    assert estimate(1000, 0, 1000.0, 30) == 0


def test_only_stores_that_were_silent_are_estimated_each_since_its_own_count() -> None:
    books = amounts({("s1", "rice"): 9000, ("s2", "rice"): 9000, ("s3", "rice"): 9000})
    demand = demand_of({("s1", "rice"): 1000.0, ("s2", "rice"): 1000.0, ("s3", "rice"): 1000.0})
    found = carried_on(books, amounts({("s2", "rice"): 500}), demand, {"s1": 1, "s2": 4})
    assert found.rows() == [("s1", "rice", 8000), ("s2", "rice", 5500)]


@given(st.integers(0, 10**6), st.integers(0, 10**5), st.floats(0, 1e4), st.integers(0, 30))
def test_an_estimate_is_never_more_than_the_books_and_never_rises_with_time(
    books: int, left: int, per_day: float, days: int
) -> None:
    assert 0 <= estimate(books, left, per_day, days + 1) <= estimate(books, left, per_day, days) <= books
