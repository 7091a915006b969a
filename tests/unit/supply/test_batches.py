"""First expired first out, and what is held at the door."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.batches import Arrival, count_gaps, judge_batch, pick, usable
from schemas.frames.base import frame_of
from schemas.frames.supply import Batches, Quantities
from tests.supply_town import community, item, store, town

TODAY = date(2022, 4, 21)
PLAN = town([community("c1")], [store("s1")], [item("rice", name="大米")])


def batch(batch_id: str, left: int, expires: int = 9, arrived: int = -1, released: bool = True) -> dict[str, Any]:
    days = {"expires_on": TODAY + timedelta(days=expires), "arrived_on": TODAY + timedelta(days=arrived)}
    return {"batch_id": batch_id, "store_id": "s1", "item_id": "rice", "qty_base": left, "released": released} | days


def picked(batches: list[dict[str, Any]], wanted: int) -> list[tuple[str, int]]:
    return pick(usable(frame_of(Batches, batches), TODAY), rice(wanted)).select("batch_id", "qty_base").rows()  # type: ignore[return-value]


def rice(wanted: int) -> pl.DataFrame:
    return frame_of(Quantities, [{"store_id": "s1", "item_id": "rice", "qty_base": wanted}])


def test_what_expires_first_goes_out_first_then_what_came_first_then_the_lower_id() -> None:
    shelf = [batch("d", 1, 5), batch("c", 1, 5), batch("b", 1, 5, -3), batch("a", 1, 9), batch("e", 1, 2)]
    assert [batch_id for batch_id, _ in picked(shelf, 5)] == ["e", "b", "c", "d", "a"]


def test_the_next_batch_is_opened_only_when_the_one_before_is_empty() -> None:
    shelf = [batch("a", 700, 1), batch("b", 800, 2), batch("c", 900, 3)]
    assert picked(shelf, 500) == [("a", 500)]
    assert picked(shelf, 1000) == [("a", 700), ("b", 300)]
    assert picked(shelf, 0) == []


def test_no_batch_is_handed_out_unchecked_or_expired() -> None:
    shelf = [batch("held", 5000, released=False), batch("old", 5000, -1), batch("last_day", 300, 0)]
    assert picked(shelf, 500) == [("last_day", 300)]
    assert pick(frame_of(Batches, shelf[:1]), rice(500)).is_empty(), "not even where the caller forgot to ask"


def test_every_shelf_is_picked_by_itself() -> None:
    shelf = [batch("a", 300), batch("b", 300) | {"store_id": "s2"}, batch("c", 300) | {"item_id": "flour"}]
    wanted = [{"store_id": s, "item_id": i, "qty_base": 200} for s, i in (("s2", "rice"), ("s1", "rice"))]
    taken = pick(frame_of(Batches, shelf), frame_of(Quantities, wanted))
    assert taken.rows() == [("s1", "rice", "a", 200), ("s2", "rice", "b", 200)]


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(-2, 4), st.booleans()), max_size=6), st.integers(0, 4000))
@settings(max_examples=50)
def test_all_that_is_wanted_or_all_that_is_good_is_picked(shelf: list[tuple[int, int, bool]], wanted: int) -> None:
    batches = [batch(f"b{n}", left, expires, -3, released) for n, (left, expires, released) in enumerate(shelf)]
    good = {b["batch_id"]: b["qty_base"] for b in batches if b["released"] and b["expires_on"] >= TODAY}
    taken = picked(batches, wanted)
    assert sum(qty for _, qty in taken) == min(wanted, sum(good.values()))
    assert all(0 < qty <= good[batch_id] for batch_id, qty in taken)


def quantities(**amounts: int) -> pl.DataFrame:
    return frame_of(Quantities, [{"store_id": "s1", "item_id": i, "qty_base": q} for i, q in amounts.items()])


def test_a_count_is_compared_only_where_something_was_counted() -> None:
    gaps = count_gaps(quantities(rice=500, salt=700, oil=900), quantities(rice=400, salt=700, eggs=30))
    assert gaps.select("item_id", "gap_base").rows() == [("eggs", 30), ("rice", -100)]


def arrival(**more: Any) -> Arrival:
    fields: dict[str, Any] = {"item_id": "rice", "qty_base": 5000, "cost_fen": 200, "ordered_base": 5000}
    return Arrival(**(fields | {"arrived_on": TODAY, "expires_on": TODAY + timedelta(days=9)} | more))


@pytest.mark.parametrize(
    ("goods", "last_price", "code"),
    [
        (arrival(expires_on=TODAY - timedelta(days=1)), 200, "batch_expired"),
        (arrival(produced_on=TODAY + timedelta(days=1)), 200, "batch_made_later"),
        (arrival(cost_fen=221), 200, "batch_price_rise"),
        (arrival(qty_base=5001), 200, "batch_more_than_ordered"),
    ],
)
def test_a_batch_is_held_with_its_reason(goods: Arrival, last_price: int, code: str) -> None:
    found = judge_batch(goods, last_price, PLAN)
    assert (found.released, [reason.code for reason in found.reasons], found.clause) == (False, [code], "C-07")


@pytest.mark.parametrize(
    ("goods", "last_price"),
    [
        (arrival(), 200),
        (arrival(cost_fen=220), 200),  # exactly the limit
        (arrival(cost_fen=900), None),  # the first of its kind
        (arrival(expires_on=TODAY, qty_base=4000, produced_on=TODAY), 200),
        (arrival(ordered_base=None, qty_base=90_000), 200),
    ],
)
def test_a_batch_in_order_is_released(goods: Arrival, last_price: int | None) -> None:
    assert judge_batch(goods, last_price, PLAN).released


def test_every_reason_to_hold_is_told_at_once() -> None:
    goods = arrival(cost_fen=300, qty_base=6000, expires_on=TODAY - timedelta(days=1))
    assert len(judge_batch(goods, 200, PLAN).reasons) == 3
    assert judge_batch(goods, 200, PLAN).reasons[2].args["surplus"] == "2斤"
