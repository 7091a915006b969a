"""Allocation, case by case; what always holds is in tests/property."""

import json
from typing import Any

import polars as pl

from rules.allocation import Allocated, allocate
from schemas.frames.base import frame_of
from schemas.frames.supply import Needs, Supply
from schemas.plan import Plan
from tests.supply_town import community, item, sheet, store, town


def need(household: str, qty: int, where: str = "c1", what: str = "rice", **more: Any) -> dict[str, Any]:
    row = {"household_id": household, "community_id": where, "item_id": what, "needed_base": qty}
    return row | {"special": False, "persons": 2} | more


def served(plan: Plan, needs: list[dict[str, Any]], supply: dict[tuple[str, str], int]) -> Allocated:
    rows = [{"store_id": s, "item_id": i, "available_base": q} for (s, i), q in supply.items()]
    return allocate(frame_of(Needs, needs), frame_of(Supply, rows), plan)


def amounts(result: Allocated) -> dict[str, int]:
    return dict(result.lines.select("household_id", "allocated_base").iter_rows())


def line(result: Allocated, household: str) -> dict[str, Any]:
    return result.lines.row(by_predicate=pl.col("household_id") == household, named=True)


ONE_STORE = town([community("c1")], [store("s1")], [item("rice")])
THREE_ZONES = town(
    [
        community("iso", "isolation"),
        community("con", "controlled"),
        community("sea", "sealed"),
        community("opn", "open"),
    ],
    [store("s1")],
    [item("rice")],
)
TWO_STORES = town([community("c1", lon=116.0)], [store("far", 116.5), store("near", 116.1)], [item("rice")])


def test_everybody_is_served_in_full_where_stock_suffices() -> None:
    result = served(ONE_STORE, [need("h1", 1000), need("h2", 500)], {("s1", "rice"): 5000})
    assert amounts(result) == {"h1": 1000, "h2": 500}
    assert result.lines["reason"].to_list() == ["", ""]


def test_isolation_points_and_controlled_zones_come_first_both_alike() -> None:
    needs = [need("h1", 2000, "sea"), need("h2", 2000, "con"), need("h3", 2000, "iso")]
    assert amounts(served(THREE_ZONES, needs, {("s1", "rice"): 3000})) == {"h1": 0, "h2": 1500, "h3": 1500}


def test_a_zone_that_the_plan_names_in_no_tier_comes_last() -> None:
    needs = [need("h1", 2000, "opn"), need("h2", 2000, "sea")]
    result = served(THREE_ZONES, needs, {("s1", "rice"): 3000})
    assert amounts(result) == {"h1": 1000, "h2": 2000}
    assert line(result, "h1")["tier"] == 4


def test_special_groups_come_first_inside_a_tier_where_the_plan_says_so() -> None:
    needs = [need("h1", 1000), need("h2", 1000, special=True)]
    assert amounts(served(ONE_STORE, needs, {("s1", "rice"): 1000})) == {"h1": 0, "h2": 1000}
    alike = town([community("c1")], [store("s1")], [item("rice")], allocation__special_groups_first=False)
    result = served(alike, needs, {("s1", "rice"): 1000})
    assert amounts(result) == {"h1": 500, "h2": 500}
    assert line(result, "h2")["special"], "the flag is told even where it changes nothing"


def test_a_special_household_of_a_lower_tier_waits_for_the_tier_above() -> None:
    needs = [need("h1", 1000, "sea", special=True), need("h2", 1000, "iso")]
    assert amounts(served(THREE_ZONES, needs, {("s1", "rice"): 1000})) == {"h1": 0, "h2": 1000}


def test_a_short_item_is_shared_in_equal_proportion() -> None:
    needs = [need("h1", 4000), need("h2", 2000), need("h3", 2000)]
    result = served(ONE_STORE, needs, {("s1", "rice"): 4000})
    assert amounts(result) == {"h1": 2000, "h2": 1000, "h3": 1000}
    why = json.loads(line(result, "h1")["why"])
    assert (why["class_demand_base"], why["class_supply_base"], why["ratio"]) == (8000, 4000, 0.5)
    assert why["clauses"] == ["C-02", "default"]
    assert why["reason"] == {"code": "stock_shared", "args": {"item": "rice", "percent": 50}}


def test_steps_left_over_go_to_the_largest_remainder_then_persons_then_id() -> None:
    by_remainder = [need("h1", 500), need("h2", 1500)]  # 2 of 4 steps: shares 0.5 and 1.5, equal remainders
    assert amounts(served(ONE_STORE, by_remainder, {("s1", "rice"): 1000})) == {"h1": 500, "h2": 500}
    bigger = [need("h1", 500), need("h2", 1000)]  # 2 of 3 steps: shares 0.67 and 1.33
    assert amounts(served(ONE_STORE, bigger, {("s1", "rice"): 1000})) == {"h1": 500, "h2": 500}
    persons = [need("h1", 500), need("h2", 500, persons=5), need("h3", 500)]
    assert amounts(served(ONE_STORE, persons, {("s1", "rice"): 1000})) == {"h1": 500, "h2": 500, "h3": 0}


def test_nobody_gets_less_than_a_sale_step_of_a_shared_item() -> None:
    result = served(ONE_STORE, [need("h1", 1000), need("h2", 1000)], {("s1", "rice"): 1900})
    assert sorted(amounts(result).values()) == [500, 1000]


def test_a_need_that_is_no_whole_number_of_steps_is_served_in_full_where_stock_suffices() -> None:
    result = served(ONE_STORE, [need("h1", 750), need("h2", 750)], {("s1", "rice"): 1500})
    assert amounts(result) == {"h1": 750, "h2": 750}


def test_the_odd_part_of_a_need_waits_for_the_whole_steps_of_its_class() -> None:
    result = served(ONE_STORE, [need("h1", 750), need("h2", 1000)], {("s1", "rice"): 1500})
    assert amounts(result) == {"h1": 500, "h2": 1000}


def test_the_nearest_store_serves_and_the_next_one_when_it_is_out() -> None:
    result = served(TWO_STORES, [need("h1", 1500)], {("near", "rice"): 1000, ("far", "rice"): 1000})
    assert sorted(result.sources.select("store_id", "qty_base").iter_rows()) == [("far", 500), ("near", 1000)]


def test_a_store_that_cannot_pack_more_passes_its_households_to_the_next() -> None:
    plan = town([community("c1")], [store("near", 116.1, 1), store("far", 116.5)], [item("rice"), item("salt")])
    needs = [need("h1", 500), need("h2", 500), need("h1", 500, what="salt")]
    supply = {(s, i): 5000 for s in ("near", "far") for i in ("rice", "salt")}
    sources = served(plan, needs, supply).sources
    assert sorted(sources.select("household_id", "item_id", "store_id").iter_rows()) == [
        ("h1", "rice", "near"),
        ("h1", "salt", "near"),  # its parcel is there already: no further capacity is taken
        ("h2", "rice", "far"),
    ]


def test_stock_that_nobody_can_pack_is_short_for_want_of_capacity() -> None:
    plan = town([community("c1")], [store("s1", capacity=1)], [item("rice")])
    result = served(plan, [need("h1", 500, persons=1), need("h2", 500, persons=4)], {("s1", "rice"): 5000})
    assert amounts(result) == {"h1": 0, "h2": 500}
    assert line(result, "h1")["reason"] == "no_capacity"


def test_what_a_full_store_cannot_pack_leaves_its_share_to_those_it_still_reaches() -> None:
    plan = town([community("c1")], [store("s1", capacity=1)], [item("rice")])
    result = served(plan, [need("h1", 1000), need("h2", 1000)], {("s1", "rice"): 1000})
    assert amounts(result) == {"h1": 1000, "h2": 0}


def test_every_reason_of_a_short_line_says_what_was_missing() -> None:
    plan = town(
        [community("con", "controlled"), community("sea")],
        [store("s1")],
        [item("rice"), item("salt"), item("oil")],
        [sheet("s1", "rice"), sheet("s1", "oil", 0)],
    )
    needs = [
        need("h1", 1000, "con"),
        need("h2", 500, "sea"),
        need("h3", 500, "sea", "salt"),
        need("h4", 500, "sea", "oil"),
    ]
    reasons = dict(served(plan, needs, {("s1", "rice"): 1000}).lines.select("household_id", "reason").iter_rows())
    assert reasons == {"h1": "", "h2": "tier_before", "h3": "not_sold", "h4": "no_stock"}


def test_where_the_plan_says_station_only_the_station_hands_out() -> None:
    stores = [store("shop", 116.0), store("hub", 116.4, kind="station")]
    plan = town([community("c1")], stores, [item("rice")], allocation__source="station")
    result = served(plan, [need("h1", 500)], {("shop", "rice"): 5000, ("hub", "rice"): 5000})
    assert result.sources["store_id"].to_list() == ["hub"]


def test_no_needs_and_no_supply_are_answered_with_empty_frames() -> None:
    result = served(ONE_STORE, [], {})
    assert result.lines.is_empty()
    assert result.sources.is_empty()
