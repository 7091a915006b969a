"""Days of cover of the township and of the communities that its stores serve."""

from datetime import date
from typing import Any

import polars as pl

from rules.area_cover import area_cover
from rules.cover import days_of_cover
from rules.demand import of_stores
from schemas.frames.base import frame_of
from schemas.frames.supply import CommunityDemand
from tests.supply_town import community, item, on_shelf, store, town

TODAY = date(2022, 4, 21)
ITEMS = [item("rice"), item("flour"), item("leaf", "vegetables", keeps_days=3)]
TOWN = town([community("west"), community("east")], [store("w"), store("e")], ITEMS)
Demands = dict[tuple[str, str, str], float]


def areas(
    stock: dict[tuple[str, str], int], demand: Demands, coming: dict[tuple[str, str], int] | None = None
) -> pl.DataFrame:
    rows = [
        {"community_id": c, "store_id": s, "item_id": i}
        | dict.fromkeys(("demand_base_per_day", "low_base_per_day", "high_base_per_day"), per_day)
        for (c, s, i), per_day in demand.items()
    ]
    asked = frame_of(CommunityDemand, rows)
    cover = days_of_cover(on_shelf(stock, coming), of_stores(asked), {}, TOWN, TODAY)
    return area_cover(cover, asked, TOWN, TODAY)


def line(found: pl.DataFrame, community_id: str, category: str = "grain", item_id: str = "") -> dict[str, Any]:
    return found.filter(community_id=community_id, category=category, item_id=item_id).row(0, named=True)


def test_the_township_is_all_of_its_stores_together() -> None:
    found = areas({("w", "rice"): 9000, ("e", "rice"): 0}, {("west", "w", "rice"): 500.0, ("east", "e", "rice"): 500.0})
    township = line(found, "", item_id="rice")
    assert (township["cover_days"], township["level"]) == (9, "ok")
    assert line(found, "")["cover_days"] == 9


def test_a_community_has_the_part_of_its_stores_stock_that_its_demand_is_of_all_demand_there() -> None:
    both = {("west", "w", "rice"): 750.0, ("east", "w", "rice"): 250.0}
    found = areas({("w", "rice"): 4000}, both)
    assert [line(found, c)["stock_base"] for c in ("west", "east")] == [3000, 1000]
    assert [line(found, c)["cover_days"] for c in ("west", "east")] == [4, 4]


def test_a_community_whose_store_is_empty_is_out_though_the_township_is_not() -> None:
    found = areas({("w", "rice"): 90_000}, {("west", "w", "rice"): 500.0, ("east", "e", "rice"): 500.0})
    assert (line(found, "east")["level"], line(found, "west")["level"], line(found, "")["level"]) == ("out", "ok", "ok")
    assert line(found, "east")["runs_out_on"] == TODAY


def test_what_is_on_its_way_to_its_store_is_on_its_way_to_the_community() -> None:
    found = areas({("w", "rice"): 1000}, {("west", "w", "rice"): 500.0}, coming={("w", "rice"): 3000})
    assert (line(found, "west")["cover_days"], line(found, "west")["cover_coming_days"]) == (2, 8)
    assert line(found, "", item_id="rice")["coming_base"] == 3000


def test_a_category_covers_for_its_items_and_an_item_that_does_not_keep_need_not_lie_for_long() -> None:
    found = areas(
        {("w", "rice"): 7000, ("w", "leaf"): 1500}, {("west", "w", "flour"): 1000.0, ("west", "w", "leaf"): 500.0}
    )
    assert line(found, "")["level"] == "ok"
    assert line(found, "", item_id="flour")["level"] == "out"
    assert line(found, "", "vegetables", "leaf")["min_cover_days"] == 3


def test_where_nobody_asks_there_is_no_demand_and_no_cover() -> None:
    found = areas({("w", "rice"): 7000}, {("west", "w", "rice"): 0.0})
    for community_id in ("", "west"):
        assert (line(found, community_id)["level"], line(found, community_id)["cover_days"]) == ("no_demand", None)
