"""What one store gives another instead of having it bought."""

from typing import Any

import pytest
from pandera.errors import SchemaErrors

from rules.transfers import haul_fen, transfers
from schemas.frames.base import frame_of
from schemas.frames.replenishment import Exchanges
from tests.supply_town import community, item, store, town

#: On one line of latitude, 9.4 km for each tenth of a degree; an item of 500 g is hauled at 0.15 fen a kilometre.
STORES = [store("a", 116.0), store("b", 116.1), store("c", 116.5), store("d", 119.0)]
TOWN = town([community("c1")], STORES, [item("rice"), item("flour")])


def gives(store_id: str, spare: int, surplus: int = 0, cost: int = 200, item_id: str = "rice") -> dict[str, Any]:
    amounts = {"spare_base": spare, "surplus_base": surplus, "wanted_base": 0, "urgent_base": 0, "wanted_day": None}
    return {"store_id": store_id, "item_id": item_id, **amounts, "cost_fen": cost, "buy_fen": 250.0}


def takes(
    store_id: str, wanted: int, urgent: int = 0, day: int = 2, buy: float | None = 250.0, item_id: str = "rice"
) -> dict[str, Any]:
    amounts = {"spare_base": 0, "surplus_base": 0, "wanted_base": wanted, "urgent_base": urgent, "wanted_day": day}
    return {"store_id": store_id, "item_id": item_id, **amounts, "cost_fen": 200, "buy_fen": buy}


def moved(*rows: dict[str, Any]) -> list[tuple[str, str, int]]:
    found = transfers(frame_of(Exchanges, rows), TOWN)
    return [(x["from_store"], x["to_store"], x["qty_base"]) for x in found.rows(named=True)]


def test_what_costs_less_than_buying_it_is_moved_and_says_what_it_saves() -> None:
    (found,) = transfers(frame_of(Exchanges, [gives("b", 8000), takes("a", 5000)]), TOWN).rows(named=True)
    assert (found["from_store"], found["to_store"], found["qty_base"]) == ("b", "a", 5000)
    delivered = 200 + haul_fen(TOWN, "rice", "b", "a")
    assert found["cost_fen"] == pytest.approx(10 * delivered, abs=1)
    assert found["saves_fen"] == pytest.approx(10 * (250 - delivered), abs=1)


def test_the_haul_is_paid_by_weight_and_distance() -> None:
    assert haul_fen(TOWN, "rice", "a", "b") == pytest.approx(9.43 * 0.15, rel=1e-2)
    assert haul_fen(TOWN, "rice", "a", "c") == pytest.approx(5 * haul_fen(TOWN, "rice", "a", "b"), rel=1e-3)


def test_what_is_dearer_than_buying_it_stays_where_it_is() -> None:
    assert moved(gives("b", 8000, cost=249), takes("a", 5000)) == []
    assert moved(gives("d", 8000, cost=220), takes("a", 5000)) == [], "the way is too long"


def test_nobody_drives_for_a_few_fen() -> None:
    rows = [gives("b", 8000), takes("a", 5000)]
    (plain,) = transfers(frame_of(Exchanges, rows), TOWN).rows(named=True)
    for trip, told in ((plain["saves_fen"] - 1, [1]), (plain["saves_fen"], [])):
        town_ = town([community("c1")], STORES, [item("rice")], purchase__move_fen=trip)
        found = transfers(frame_of(Exchanges, rows), town_)
        assert found["saves_fen"].to_list() == told


def test_what_nothing_bought_brings_in_time_is_moved_whatever_it_costs_and_no_more_than_that() -> None:
    assert moved(gives("d", 8000, cost=900), takes("a", 5000, urgent=2000)) == [("d", "a", 2000)]


def test_what_nobody_sells_is_moved_whatever_it_costs() -> None:
    assert moved(gives("d", 8000, cost=900), takes("a", 5000, buy=None)) == [("d", "a", 5000)]


def test_surplus_is_offered_before_anybody_goes_down_to_his_minimum() -> None:
    rows = (gives("b", 3000, cost=150), gives("c", 3000, surplus=2000, cost=190), takes("a", 6000))
    assert moved(*rows) == [("c", "a", 2000), ("b", "a", 3000), ("c", "a", 1000)]


def test_of_two_givers_the_cheaper_delivered_comes_first() -> None:
    assert moved(gives("b", 3000), gives("c", 3000), takes("a", 4000)) == [("b", "a", 3000), ("c", "a", 1000)]
    cheap = moved(gives("b", 3000), gives("c", 3000, cost=150), takes("a", 4000))
    assert cheap == [("c", "a", 3000), ("b", "a", 1000)]


def test_the_urgent_comes_first_and_then_who_lacks_it_first() -> None:
    rows = (gives("b", 3000), takes("a", 2000, day=5), takes("c", 2000, day=1), takes("d", 1000, urgent=1000, day=9))
    assert moved(*rows) == [("b", "d", 1000), ("b", "c", 2000)]


def test_whole_steps_are_moved_and_never_one_that_the_giver_would_miss() -> None:
    assert moved(gives("b", 1499), takes("a", 1200)) == [("b", "a", 1000)]
    assert moved(gives("b", 9000), takes("a", 1200)) == [("b", "a", 1500)]
    assert moved(gives("b", 499), takes("a", 1200)) == []


def test_who_lacks_it_gives_none_of_it() -> None:
    both = gives("b", 3000) | {"wanted_base": 1000, "wanted_day": 3}
    assert moved(both, takes("a", 5000)) == []


def test_items_are_moved_each_for_itself() -> None:
    rows = (gives("a", 2000), takes("b", 2000), gives("b", 1000, item_id="flour"), takes("a", 1000, item_id="flour"))
    found = transfers(frame_of(Exchanges, rows), TOWN)
    assert found.select("item_id", "from_store", "qty_base").rows() == [("flour", "b", 1000), ("rice", "a", 2000)]


def test_a_store_below_its_minimum_with_something_to_spare_is_a_fault_of_the_caller() -> None:
    with pytest.raises(SchemaErrors):
        moved(takes("a", 2000, urgent=1000) | {"spare_base": 500})
