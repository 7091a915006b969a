"""What always holds of moves between stores: nobody goes below his minimum, nothing moves that is cheaper bought."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.transfers import haul_fen, transfers
from schemas.frames.base import frame_of
from schemas.frames.replenishment import Exchanges
from tests.supply_town import community, item, store, town

IDS = ("a", "b", "c", "d", "e")
TOWN = town([community("c1")], [store(s, 116 + n / 3) for n, s in enumerate(IDS)], [item("rice", step_base=250)])


@st.composite
def exchange(draw: st.DrawFn, store_id: str) -> dict[str, Any]:
    amount = st.integers(0, 5000)
    lacks = draw(st.booleans())
    spare, wanted = (0, draw(amount)) if lacks else (draw(amount), 0)
    return {
        "store_id": store_id,
        "item_id": "rice",
        "spare_base": spare,
        "surplus_base": draw(st.integers(0, spare)),
        "wanted_base": wanted,
        "urgent_base": draw(st.integers(0, wanted)),
        "wanted_day": draw(st.none() | st.integers(0, 9)),
        "cost_fen": draw(st.integers(0, 400)),
        "buy_fen": draw(st.none() | st.floats(0, 400)),
    }


exchanges = st.tuples(*(exchange(s) for s in IDS)).map(list)


def moved(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return transfers(frame_of(Exchanges, rows), TOWN).rows(named=True)


@given(exchanges)
def test_no_giver_goes_below_its_own_minimum_and_no_taker_gets_more_than_a_step_beyond_what_it_lacks(
    rows: list[dict[str, Any]],
) -> None:
    given_away, taken, surplus = Counter[str](), Counter[str](), Counter[str]()
    for move in moved(rows):
        given_away[move["from_store"]] += move["qty_base"]
        taken[move["to_store"]] += move["qty_base"]
        surplus[move["from_store"]] += move["qty_base"] * move["surplus"]
        assert move["qty_base"] % 250 == 0
    by_store = {row["store_id"]: row for row in rows}
    assert all(qty <= by_store[s]["spare_base"] for s, qty in given_away.items())
    assert all(qty <= by_store[s]["surplus_base"] for s, qty in surplus.items())
    assert all(qty < by_store[s]["wanted_base"] + 250 for s, qty in taken.items())
    assert not given_away.keys() & taken.keys()


@given(exchanges)
def test_what_can_be_bought_in_time_is_moved_only_where_that_costs_less(rows: list[dict[str, Any]]) -> None:
    by_store = {row["store_id"]: row for row in rows}
    for move in moved(rows):
        taker, giver = by_store[move["to_store"]], by_store[move["from_store"]]
        delivered = giver["cost_fen"] + haul_fen(TOWN, "rice", move["from_store"], move["to_store"])
        if not move["urgent"] and taker["buy_fen"] is not None:
            assert delivered < taker["buy_fen"]
            assert move["saves_fen"] >= 0
        assert move["cost_fen"] >= giver["cost_fen"] * move["qty_base"] // 500


@given(exchanges)
def test_what_is_urgent_stays_so_only_where_nobody_has_a_step_left_to_give(rows: list[dict[str, Any]]) -> None:
    found = moved(rows)
    left = {row["store_id"]: row["spare_base"] for row in rows if not row["wanted_base"]}
    got = Counter[str]()
    for move in (m for m in found if m["urgent"]):
        left[move["from_store"]] -= move["qty_base"]
        got[move["to_store"]] += move["qty_base"]
    lacking = [row for row in rows if got[row["store_id"]] < row["urgent_base"]]
    assert not lacking or all(spare < 250 for spare in left.values())


@given(exchanges)
def test_the_order_in_which_the_stores_stand_changes_nothing(rows: list[dict[str, Any]]) -> None:
    assert moved(rows) == moved(rows[::-1])
