"""Days of cover and what is told about them."""

import json
from datetime import date
from typing import Any

import polars as pl
import pytest

from rules.cover import alerts, days_of_cover
from schemas.frames.base import frame_of
from schemas.frames.supply import Demand, StockOnHand
from schemas.plan import Plan
from tests.supply_town import CATEGORIES, community, item, store, town

TODAY = date(2022, 4, 21)
ITEMS = [
    item("rice"),
    item("flour"),
    item("leaf", "vegetables", keeps_days=3),
    item("cabbage", "vegetables"),
    item("pills", "medicine", measure="piece", unit="盒", unit_base=24, step_base=24, weight_g=20, medicine=True),
]
TOWN = town([community("c1")], [store("s1")], ITEMS)


def cover(stock: dict[str, int], demand: dict[str, float], plan: Plan = TOWN, estimated: bool = False) -> pl.DataFrame:
    held = [{"store_id": "s1", "item_id": i, "qty_base": q, "estimated": estimated} for i, q in stock.items()]
    asked = [{"store_id": "s1", "item_id": i, "demand_base_per_day": d} for i, d in demand.items()]
    return days_of_cover(frame_of(StockOnHand, held), frame_of(Demand, asked), plan, TODAY)


def line(frame: pl.DataFrame, item_id: str, category: str = "grain") -> dict[str, Any]:
    return frame.row(by_predicate=(pl.col("item_id") == item_id) & (pl.col("category") == category), named=True)


def told(frame: pl.DataFrame, plan: Plan = TOWN) -> list[tuple[str, str]]:
    return alerts(frame, plan).select("stage", "item_id").rows()


def test_cover_is_stock_over_demand_and_says_when_it_runs_out_and_what_is_missing() -> None:
    found = line(cover({"rice": 25_000}, {"rice": 10_000.0}), "rice")
    assert (found["cover_days"], found["level"], found["missing_base"]) == (2.5, "low", 45_000)
    assert found["runs_out_on"] == date(2022, 4, 23)
    assert json.loads(found["why"])["clause"] == "B-06"


def test_exactly_seven_days_are_enough() -> None:
    assert line(cover({"rice": 2100}, {"rice": 300.0000000001}), "rice")["level"] == "ok"


def test_what_nobody_asks_for_has_no_cover_at_all_rather_than_an_endless_one() -> None:
    found = line(cover({"rice": 5000}, {}), "rice")
    assert (found["cover_days"], found["level"], found["runs_out_on"]) == (None, "no_demand", None)


def test_demand_for_what_a_store_does_not_hold_is_out() -> None:
    found = line(cover({}, {"rice": 100.0}), "rice")
    assert (found["cover_days"], found["level"], found["missing_base"]) == (0, "out", 700)
    assert found["runs_out_on"] == TODAY


def test_a_trickle_of_demand_gives_no_date_rather_than_one_in_a_thousand_years() -> None:
    assert line(cover({"rice": 10**9}, {"rice": 0.001}), "rice")["runs_out_on"] is None


def test_a_category_is_reckoned_in_grams_over_its_items() -> None:
    found = line(cover({"pills": 48, "rice": 7000}, {"pills": 12.0, "flour": 1000.0}), "", "medicine")
    assert (found["stock_base"], found["demand_base_per_day"], found["cover_days"]) == (40, 10, 4)
    grain = line(cover({"rice": 7000}, {"flour": 1000.0}), "")
    assert grain["level"] == "ok", "rice covers for flour in the category"


def test_an_item_need_not_be_held_for_longer_than_it_keeps() -> None:
    found = cover({"leaf": 3000}, {"leaf": 1000.0})
    assert (line(found, "leaf", "vegetables")["min_cover_days"], line(found, "leaf", "vegetables")["level"]) == (
        3,
        "ok",
    )
    assert line(found, "", "vegetables")["level"] == "low", "the category's seven days stand"


def test_a_categorys_own_minimum_comes_before_the_plans() -> None:
    own = [CATEGORIES[0] | {"min_cover_days": 30.0}, *CATEGORIES[1:]]
    plan = town([community("c1")], [store("s1")], ITEMS, category=own)
    assert line(cover({"rice": 8000}, {"rice": 1000.0}, plan), "")["level"] == "low"


def test_stock_carried_on_for_want_of_a_report_is_marked_in_its_category_too() -> None:
    found = cover({"rice": 8000}, {"rice": 1000.0}, estimated=True)
    assert line(found, "rice")["estimated"]
    assert line(found, "")["estimated"]


def test_low_cover_is_told_for_the_category_and_the_items_that_make_it_low() -> None:
    assert told(cover({"rice": 3000, "flour": 9000}, {"rice": 1000.0, "flour": 1000.0})) == [
        ("cover_low", "rice"),
        ("cover_low", ""),
    ]


def test_an_item_whose_category_is_covered_is_not_told() -> None:
    assert told(cover({"rice": 3000, "flour": 90_000}, {"rice": 1000.0, "flour": 1000.0})) == []


def test_a_stock_out_within_a_day_is_told_even_where_the_category_is_covered() -> None:
    assert told(cover({"rice": 1000, "flour": 90_000}, {"rice": 1000.0, "flour": 1000.0})) == [
        ("stock_out_soon", "rice")
    ]


def test_medicine_below_a_day_is_told_as_such_and_only_once() -> None:
    stages = told(cover({"pills": 6}, {"pills": 12.0}))
    assert stages == [("medicine_low", "pills"), ("cover_low", "")]


def test_an_alert_says_when_what_and_under_which_clause() -> None:
    found = alerts(cover({"rice": 500}, {"rice": 1000.0}), TOWN).row(0, named=True)
    assert (found["stage"], found["missing_base"], found["runs_out_on"]) == ("stock_out_soon", 6500, TODAY)
    assert found["clause"] == "default"
    assert found["cover_days"] == pytest.approx(0.5)
