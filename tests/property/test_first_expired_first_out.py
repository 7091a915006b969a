"""First expired, first out: what expires sooner is gone before what keeps longer is opened; what expired never goes."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from rules.batches import expired, pick, usable
from schemas.frames.base import frame_of
from schemas.frames.supply import Batches, Quantities

TODAY = date(2022, 4, 21)
KEYS = st.tuples(st.sampled_from(["s1", "s2"]), st.sampled_from(["rice", "oil"]))
SHELF = st.lists(
    st.fixed_dictionaries(
        {
            "key": KEYS,
            "qty": st.integers(0, 50),
            "expires": st.integers(-3, 5),
            "arrived": st.integers(-5, 0),
            "released": st.booleans(),
        }
    ),
    max_size=12,
)
WANTED = st.dictionaries(KEYS, st.integers(0, 120), max_size=4)


def batches(shelf: list[dict[str, Any]]) -> pl.DataFrame:
    return frame_of(
        Batches,
        (
            {
                "batch_id": f"b{n:02d}",
                "store_id": one["key"][0],
                "item_id": one["key"][1],
                "qty_base": one["qty"],
                "arrived_on": TODAY + timedelta(days=one["arrived"]),
                "expires_on": TODAY + timedelta(days=one["expires"]),
                "released": one["released"],
            }
            for n, one in enumerate(shelf)
        ),
    )


def order_of(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["expires_on"], row["arrived_on"], row["batch_id"]


@given(SHELF, WANTED)
def test_nothing_is_taken_of_a_batch_while_one_that_expires_sooner_has_something_left(
    shelf: list[dict[str, Any]], wanted: dict[tuple[str, str], int]
) -> None:
    all_of_it = {row["batch_id"]: row for row in batches(shelf).to_dicts()}
    asked = frame_of(Quantities, ({"store_id": s, "item_id": i, "qty_base": q} for (s, i), q in wanted.items()))
    taken = {b: qty for _, _, b, qty in pick(usable(batches(shelf), TODAY), asked).iter_rows()}
    for batch_id, qty in taken.items():
        row = all_of_it[batch_id]
        assert 0 < qty <= row["qty_base"]
        assert row["released"], "never unchecked"
        assert row["expires_on"] >= TODAY, "never past its last day"
        sooner = [
            other
            for other in all_of_it.values()
            if (other["store_id"], other["item_id"]) == (row["store_id"], row["item_id"])
            and other["released"]
            and other["expires_on"] >= TODAY
            and order_of(other) < order_of(row)
        ]
        assert all(taken.get(other["batch_id"], 0) == other["qty_base"] for other in sooner)


@given(SHELF, WANTED)
def test_all_that_is_wanted_is_taken_or_all_that_may_go(
    shelf: list[dict[str, Any]], wanted: dict[tuple[str, str], int]
) -> None:
    good = usable(batches(shelf), TODAY)
    asked = frame_of(Quantities, ({"store_id": s, "item_id": i, "qty_base": q} for (s, i), q in wanted.items()))
    taken = pick(good, asked)
    for (store_id, item_id), qty in wanted.items():
        there = int(good.filter(store_id=store_id, item_id=item_id)["qty_base"].sum())
        assert int(taken.filter(store_id=store_id, item_id=item_id)["qty_base"].sum()) == min(qty, there)


@given(SHELF)
def test_what_expired_is_told_on_the_day_after_its_last_and_is_what_may_go_no_more(shelf: list[dict[str, Any]]) -> None:
    yesterday = TODAY - timedelta(days=1)
    told = set(expired(batches(shelf), TODAY)["batch_id"].to_list())
    gone = set(usable(batches(shelf), yesterday)["batch_id"].to_list()) - set(
        usable(batches(shelf), TODAY)["batch_id"].to_list()
    )
    assert gone <= told
    assert all(
        row["expires_on"] == yesterday and row["qty_base"] > 0 for row in expired(batches(shelf), TODAY).to_dicts()
    )
