"""How a shelf that runs low can be mended: moving, buying, substituting, the best three."""

from datetime import date, timedelta
from typing import Any

from rules.cover import days_of_cover
from rules.mending import Way, ways_to_mend
from rules.sourcing import offers, opening_prices
from schemas.plan import Plan
from tests.supply_town import community, demand_of, item, on_shelf, sheet, store, town

TODAY = date(2022, 4, 21)
ITEMS = [
    item("rice"),
    item("flour"),
    item("pills", "medicine", measure="piece", unit="盒", unit_base=24, step_base=24, weight_g=20, medicine=True),
    item("drops", "medicine", measure="piece", unit="瓶", unit_base=1, step_base=1, weight_g=20, medicine=True),
]
SHOPS = [store("a", 116.0), store("b", 116.1), store("c", 116.3)]
NEAR = store("near", 116.2, 0, kind="wholesale", lead_days=1)
SLOW = store("slow", 116.2, 0, kind="wholesale", lead_days=9)


def plan_with(*sources: Any) -> Plan:
    sheets = [sheet(s.store_id, i.item_id) for s in SHOPS for i in ITEMS]
    sheets += [sheet(s.store_id, "rice", price_fen=250 - 10 * n) for n, s in enumerate(sources)]
    return town([community("c1")], [*SHOPS, *sources], ITEMS, sheets, purchase__lead_days=1)


TOWN = plan_with(NEAR)
Amounts = dict[tuple[str, str], int]


def ways(
    stock: Amounts, demand: dict[tuple[str, str], float], plan: Plan = TOWN, **marks: bool
) -> dict[Any, list[Way]]:
    cover = days_of_cover(on_shelf(stock, **marks), demand_of(demand), {}, plan, TODAY)
    return ways_to_mend(cover, offers(plan, opening_prices(plan), {}), plan, TODAY)


def kinds(found: list[Way]) -> list[tuple[str, str, int]]:
    return [(way.kind, way.source, way.qty_base) for way in found]


def test_the_three_ways_each_say_how_much_from_whom_at_what_price_and_when() -> None:
    found = ways(
        {("a", "rice"): 2000, ("a", "flour"): 90_000, ("b", "rice"): 60_000},
        {("a", "rice"): 1000.0, ("a", "flour"): 100_000.0 / 7, ("b", "rice"): 1000.0},
    )
    told = found["a", "grain", "rice"]
    assert {way.kind for way in told} == {"move", "buy"}
    move = next(way for way in told if way.kind == "move")
    assert (move.source, move.qty_base, move.part, move.on) == ("b", 5000, 1, TODAY)
    buy = next(way for way in told if way.kind == "buy")
    assert (buy.source, buy.qty_base, buy.on) == ("near", 5000, TODAY + timedelta(days=1))
    assert 2500 < buy.cost_fen < 2600


def low_rice(spare: int = 60_000) -> tuple[Amounts, dict[tuple[str, str], float]]:
    """Rice runs out today at a; flour lies there in plenty and is asked for more than it should be."""
    stock = {("a", "rice"): 0, ("a", "flour"): 22_000, ("b", "rice"): spare}
    return stock, {("a", "rice"): 2000.0, ("a", "flour"): 3000.0, ("b", "rice"): 1000.0}


def test_what_is_there_before_the_shelf_is_empty_comes_first() -> None:
    stock, demand = low_rice()
    found = ways(stock, demand, plan_with(SLOW))["a", "grain", "rice"]
    assert [way.kind for way in found] == ["move", "substitute", "buy"]
    assert found[-1].on == TODAY + timedelta(days=9)


def test_where_all_are_in_time_the_cheaper_comes_first_and_substituting_last() -> None:
    stock, demand = low_rice()
    stock["a", "rice"] = 6000
    found = ways(stock, demand)["a", "grain", "rice"]
    assert [way.kind for way in found] == ["move", "buy", "substitute"]


def test_nobody_is_asked_for_what_he_needs_himself() -> None:
    stock, demand = low_rice(spare=7000)
    assert "move" not in [way.kind for way in ways(stock, demand)["a", "grain", "rice"]]
    stock, demand = low_rice(spare=9000)
    (move,) = [way for way in ways(stock, demand)["a", "grain", "rice"] if way.kind == "move"]
    assert (move.qty_base, round(move.part, 2)) == (2000, 0.14)


def test_a_stock_that_is_only_estimated_or_doubted_is_promised_to_nobody() -> None:
    stock, demand = low_rice()
    for mark in ("estimated", "doubtful"):
        assert "move" not in [way.kind for way in ways(stock, demand, **{mark: True})["a", "grain", "rice"]]


def test_two_shelves_are_not_promised_the_same_goods() -> None:
    stock = {("a", "rice"): 0, ("c", "rice"): 0, ("b", "rice"): 17_000}
    found = ways(stock, {("a", "rice"): 1000.0, ("c", "rice"): 1000.0, ("b", "rice"): 1000.0})
    moved = [
        way.qty_base
        for told in (found["a", "grain", "rice"], found["c", "grain", "rice"])
        for way in told
        if way.kind == "move"
    ]
    assert sum(moved) == 10_000


def test_who_runs_out_first_is_served_first() -> None:
    stock = {("a", "rice"): 5000, ("c", "rice"): 1000, ("b", "rice"): 10_000}
    found = ways(stock, {("a", "rice"): 1000.0, ("c", "rice"): 1000.0, ("b", "rice"): 1000.0})
    moved = {key[0]: way.qty_base for key, told in found.items() if key[2] for way in told if way.kind == "move"}
    assert moved == {"c": 3000}


def test_a_low_item_of_a_covered_category_can_be_mended_too() -> None:
    found = ways({("a", "rice"): 3000, ("a", "flour"): 90_000}, {("a", "rice"): 1000.0, ("a", "flour"): 1000.0})
    assert {way.kind for way in found["a", "grain", "rice"]} == {"buy", "substitute"}


def test_medicine_is_never_substituted() -> None:
    found = ways({("a", "drops"): 10_000}, {("a", "pills"): 48.0, ("a", "drops"): 1.0})
    assert "substitute" not in [way.kind for told in found.values() for way in told]


def test_a_category_is_mended_by_what_mends_its_items() -> None:
    stock, demand = low_rice()
    found = ways(stock, demand)
    category = found["a", "grain", ""]
    assert {way.kind for way in category} == {"move", "buy", "substitute"}
    assert all(0 < way.part <= 1 for way in category)


def test_at_most_three_are_told_and_one_of_each_kind_before_a_second() -> None:
    plan = plan_with(NEAR, store("other", 116.2, 0, kind="wholesale", lead_days=1), SLOW)
    stock, demand = low_rice()
    assert sorted(way.kind for way in ways(stock, demand, plan)["a", "grain", "rice"]) == ["buy", "move", "substitute"]
    alone = ways({("a", "rice"): 0}, {("a", "rice"): 1000.0}, plan)["a", "grain", "rice"]
    assert kinds(alone) == [("buy", "other", 10_000), ("buy", "near", 10_000), ("buy", "slow", 10_000)]


def test_where_nothing_is_missing_nothing_is_to_be_mended() -> None:
    assert ways({("a", "rice"): 90_000}, {("a", "rice"): 1000.0}) == {}
