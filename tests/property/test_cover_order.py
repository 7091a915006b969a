"""Cover never rises when stock falls or demand rises; the norm loses nobody."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.cover import days_of_cover
from rules.demand import norm_prior
from schemas.frames.base import frame_of
from schemas.frames.supply import Demand, StockOnHand
from tests.supply_town import community, item, sheet, store, town

TOWN = town([community("c1")], [store("s1")], [item("rice"), item("flour", weight_g=490)])
LEVELS = {"out": 0, "low": 1, "ok": 2, "no_demand": 3}
stocks = st.fixed_dictionaries({"rice": st.integers(0, 10**6), "flour": st.integers(0, 10**6)})
demands = st.fixed_dictionaries({"rice": st.floats(0, 1e5), "flour": st.floats(0, 1e5)})


def cover(stock: dict[str, int], demand: dict[str, float]) -> list[dict[str, object]]:
    held = [{"store_id": "s1", "item_id": i, "qty_base": q, "estimated": False} for i, q in stock.items()]
    asked = [{"store_id": "s1", "item_id": i, "demand_base_per_day": d} for i, d in demand.items()]
    frame = days_of_cover(frame_of(StockOnHand, held), frame_of(Demand, asked), TOWN, date(2022, 4, 21))
    return frame.with_columns(
        rank=pl.col("level").replace_strict(LEVELS), days=pl.col("cover_days").fill_null(1e300)
    ).rows(named=True)


@given(stocks, demands, stocks, demands)
@settings(max_examples=60)
def test_less_stock_or_more_demand_never_raises_cover(
    stock: dict[str, int], demand: dict[str, float], less: dict[str, int], more: dict[str, float]
) -> None:
    before = cover(stock, demand)
    after = cover({i: q - min(q, less[i]) for i, q in stock.items()}, {i: d + more[i] for i, d in demand.items()})
    for earlier, later in zip(before, after, strict=True):
        assert later["days"] <= earlier["days"]  # type: ignore[operator]
        assert later["missing_base"] >= earlier["missing_base"]  # type: ignore[operator]
        assert later["rank"] <= earlier["rank"]  # type: ignore[operator]


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
        grams = sum(d * plan.items[i].weight_g / 500 for _, i, d in prior.iter_rows() if plan.items[i] in sold)
        assert grams == pytest.approx(303 * norm if sold else 0)
