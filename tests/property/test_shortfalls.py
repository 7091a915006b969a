"""What lacks because goods are held: never more than is held or asked for, and nothing that something else covers."""

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from rules.shortfall import shortfalls
from schemas.frames.base import frame_of
from schemas.frames.supply import Quantities

AMOUNTS = st.dictionaries(
    st.tuples(st.sampled_from(["s1", "s2"]), st.sampled_from(["rice", "oil", "salt"])), st.integers(0, 90)
)


def quantities(amounts: dict[tuple[str, str], int]) -> pl.DataFrame:
    return frame_of(Quantities, ({"store_id": s, "item_id": i, "qty_base": q} for (s, i), q in amounts.items()))


def found(held: Any, wanted: Any, on_hand: Any, on_order: Any) -> dict[tuple[str, str], int]:
    rows = shortfalls(*map(quantities, (held, wanted, on_hand, on_order)))
    return {(s, i): q for s, i, q in rows.select("store_id", "item_id", "missing_base").iter_rows()}


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_missing_is_what_is_asked_for_and_covered_by_nothing_else_and_no_more_than_was_held(
    held: Any, wanted: Any, on_hand: Any, on_order: Any
) -> None:
    missing = found(held, wanted, on_hand, on_order)
    assert set(missing) == {key for key, qty in held.items() if qty > 0}
    for key, qty in missing.items():
        covered = on_hand.get(key, 0) + on_order.get(key, 0)
        assert qty == max(0, min(held[key], wanted.get(key, 0) - covered))


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.integers(0, 50))
def test_more_goods_elsewhere_never_make_more_missing(held: Any, wanted: Any, on_hand: Any, more: int) -> None:
    before = found(held, wanted, on_hand, {})
    after = found(held, wanted, {key: on_hand.get(key, 0) + more for key in {*held, *on_hand}}, {})
    assert all(after[key] <= qty for key, qty in before.items())
