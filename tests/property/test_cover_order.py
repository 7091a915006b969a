"""Cover never rises when stock falls or demand rises; the norm loses nobody."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.area_cover import area_cover
from rules.cover import days_of_cover
from rules.demand import norm_prior, of_stores
from schemas.frames.base import frame_of
from schemas.frames.supply import CommunityDemand
from tests.supply_town import community, demand_of, item, on_shelf, sheet, store, town

TODAY = date(2022, 4, 21)
TOWN = town([community("c1")], [store("s1")], [item("rice"), item("flour", weight_g=490)])
LEVELS = {"out": 0, "low": 1, "ok": 2, "no_demand": 3}
stocks = st.fixed_dictionaries({"rice": st.integers(0, 10**6), "flour": st.integers(0, 10**6)})
demands = st.fixed_dictionaries({"rice": st.floats(0, 1e5), "flour": st.floats(0, 1e5)})


def cover(stock: dict[str, int], demand: dict[str, float], coming: dict[str, int] | None = None) -> pl.DataFrame:
    shelves = on_shelf({("s1", i): q for i, q in stock.items()}, {("s1", i): q for i, q in (coming or {}).items()})
    asked = demand_of({("s1", i): d for i, d in demand.items()})
    frame = days_of_cover(shelves, asked, {("s1", "rice"): 0.5}, TOWN, TODAY)
    days = [pl.col(name).fill_null(1e300) for name in ("cover_days", "cover_coming_days")]
    return frame.with_columns(*days, rank=pl.col("level").replace_strict(LEVELS))


@given(stocks, demands, stocks, stocks, demands)
@settings(max_examples=60)
def test_less_stock_or_more_demand_never_raises_cover(
    stock: dict[str, int],
    demand: dict[str, float],
    coming: dict[str, int],
    less: dict[str, int],
    more: dict[str, float],
) -> None:
    before = cover(stock, demand, coming)
    fewer = {i: q - min(q, less[i]) for i, q in stock.items()}
    after = cover(fewer, {i: d + more[i] for i, d in demand.items()}, coming)
    for earlier, later in zip(before.rows(named=True), after.rows(named=True), strict=True):
        assert later["cover_days"] <= earlier["cover_days"]
        assert later["cover_coming_days"] <= earlier["cover_coming_days"]
        assert later["missing_base"] >= earlier["missing_base"]
        assert later["rank"] <= earlier["rank"]


@given(stocks, demands, stocks)
@settings(max_examples=60)
def test_what_is_on_its_way_never_lowers_cover_and_changes_no_level(
    stock: dict[str, int], demand: dict[str, float], coming: dict[str, int]
) -> None:
    alone, more = cover(stock, demand), cover(stock, demand, coming)
    assert (more["cover_coming_days"] >= more["cover_days"]).all()
    same = ["level", "cover_days", "missing_base", "runs_out_on"]
    assert alone.select(same).equals(more.select(same))


@given(st.integers(1, 20), st.integers(0, 10**5), st.floats(100, 1e4))
@settings(max_examples=60)
def test_cover_is_the_same_in_whatever_unit_the_goods_are_counted(times: int, stock: int, demand: float) -> None:
    """A bottle counted in millilitres or in half litres: days are days, and the category weighs the same."""
    large = item("oil", unit_base=500 * times, step_base=500 * times, weight_g=460)
    small = item("oil", unit_base=500, step_base=500, weight_g=460)
    found = []
    for one, factor in ((large, times), (small, 1)):
        plan = town([community("c1")], [store("s1")], [one])
        shelf = on_shelf({("s1", "oil"): stock * factor})
        cover = days_of_cover(shelf, demand_of({("s1", "oil"): demand * factor}), {}, plan, TODAY)
        found.append(cover.select("item_id", "cover_days").rows())
    for one, other in zip(*found, strict=True):
        assert one[1] == pytest.approx(other[1], abs=0.02), "whole grams of a category are rounded down"


@given(demands)
@settings(max_examples=30)
def test_nobody_asks_is_a_level_of_its_own_and_never_an_endless_number(demand: dict[str, float]) -> None:
    for row in cover({"rice": 10**6, "flour": 0}, demand).rows(named=True):
        assert (row["level"] == "no_demand") == (row["cover_days"] == 1e300) == (row["demand_base_per_day"] <= 1e-6)


@given(st.lists(st.tuples(st.integers(0, 10**5), st.floats(1, 1e4), st.floats(0, 1)), min_size=1, max_size=4))
@settings(max_examples=60)
def test_the_stock_of_the_stores_is_shared_out_among_their_communities_and_no_more(
    shelves: list[tuple[int, float, float]],
) -> None:
    """Each store serves two communities, which share its stock by their demand; the township has all of it."""
    stores = [store(f"s{n}") for n in range(len(shelves))]
    plan = town([community("c1"), community("c2")], stores, [item("rice")])
    asked = [
        {"community_id": who, "item_id": "rice", "store_id": f"s{n}"}
        | dict.fromkeys(("demand_base_per_day", "low_base_per_day", "high_base_per_day"), demand * part)
        for n, (_, demand, share) in enumerate(shelves[:1])
        for who, part in (("c1", share), ("c2", 1 - share))
    ]
    demand = frame_of(CommunityDemand, asked)
    held = on_shelf({(f"s{n}", "rice"): qty for n, (qty, _, _) in enumerate(shelves)})
    cover = days_of_cover(held, of_stores(demand), {}, plan, TODAY)
    areas = area_cover(cover, demand, plan, TODAY)
    of_all = areas.filter(community_id="", item_id="")["stock_base"].item()
    assert of_all == sum(qty for qty, _, _ in shelves)
    shared = areas.filter(pl.col("community_id") != "")["stock_base"].sum()
    assert shelves[0][0] - 2 <= shared <= shelves[0][0]


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(["rice", "flour", "cabbage"]), st.integers(0, 50)),
        min_size=1,
        unique_by=lambda t: t[:2],
    )
)
@settings(max_examples=60)
def test_whoever_sells_what_the_norm_of_a_category_is_shared_out_in_full(rows: list[tuple[int, str, int]]) -> None:
    items = [item("rice"), item("flour", weight_g=490), item("cabbage", "vegetables")]
    places = [community(f"c{n}", lon=116 + n / 5, population=100 + n) for n in range(3)]
    plan = town(
        places, [store(f"s{n}", 116 + n / 4) for n in range(3)], items, [sheet(f"s{s}", i, q) for s, i, q in rows]
    )
    prior = norm_prior(plan)
    for category, norm in (("grain", 350), ("vegetables", 400)):
        sold = [i for i in plan.items.values() if i.category == category and i.item_id in prior["item_id"]]
        grams = sum(
            d * plan.items[i].weight_g / 500
            for i, d in prior.select("item_id", "demand_base_per_day").iter_rows()
            if plan.items[i] in sold
        )
        assert grams == pytest.approx(303 * norm if sold else 0)
