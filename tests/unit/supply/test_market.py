"""Figures of the daily report."""

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from rules.cover import days_of_cover
from rules.market import Figures, Market, figures
from schemas.frames.base import frame_of
from schemas.frames.supply import Demand, Quantities, StockOnHand, StockReports
from schemas.plan import Plan
from tests.supply_town import CATEGORIES, community, item, store, town

TODAY = date(2022, 4, 21)
ITEMS = [
    item("rice", name="大米"),
    item("flour", name="面粉"),
    item("cabbage", "vegetables", name="白菜"),
    item("pills", "medicine", name="退烧药", measure="piece", unit="盒", unit_base=24, weight_g=20, medicine=True),
]
PLAN = town([community("c1")], [store("s1"), store("s2")], ITEMS)
Report = dict[tuple[str, str], tuple[int, int]]


def reports(lines: Report, sold: int | None = None) -> pl.DataFrame:
    rows = [
        {"store_id": s, "item_id": i, "qty_base": qty, "price_fen": price, "sold_base": sold}
        for (s, i), (qty, price) in lines.items()
    ]
    return frame_of(StockReports, rows)


def amounts(lines: dict[tuple[str, str], int]) -> pl.DataFrame:
    return frame_of(Quantities, [{"store_id": s, "item_id": i, "qty_base": q} for (s, i), q in lines.items()])


def market(
    today: Report,
    before: Report | None = None,
    per_day: dict[tuple[str, str], float] | None = None,
    plan: Plan = PLAN,
    on: date = TODAY,
    sold: int | None = None,
    **more: Any,
) -> Market:
    held = [{"store_id": s, "item_id": i, "qty_base": q, "estimated": False} for (s, i), (q, _) in today.items()]
    asked = [{"store_id": s, "item_id": i, "demand_base_per_day": d} for (s, i), d in (per_day or {}).items()]
    cover = days_of_cover(frame_of(StockOnHand, held), frame_of(Demand, asked), plan, on)
    needs, arrivals = amounts(more.get("needs", {})), amounts(more.get("arrivals", {}))
    return figures(plan, on, reports(today, sold), reports(before or {}), needs, arrivals, cover)


def of(rows: list[Figures], category: str = "", store_id: str = "") -> Figures:
    return next(row for row in rows if (row["category"], row["store_id"]) == (category, store_id))


def test_stock_needs_sales_and_arrivals_are_told_in_kilograms_per_category_and_store() -> None:
    found = market(
        {("s1", "rice"): (10_000, 300), ("s1", "flour"): (5_000, 250), ("s2", "rice"): (1_000, 300)},
        needs={("s1", "rice"): 2_500},
        arrivals={("s2", "flour"): 4_000},
        sold=500,
    )
    grain = of(found["categories"], "grain")
    assert (grain["stock_kg"], grain["needs_kg"], grain["arrivals_kg"], grain["sold_kg"]) == (16, 2.5, 4, 1.5)
    assert of(found["stores"], store_id="s2")["stock_kg"] == 1
    assert of(found["cells"], "grain", "s1")["stock_kg"] == 15


def test_sales_that_nobody_reported_are_unknown_and_not_nought() -> None:
    assert of(market({("s1", "rice"): (500, 300)})["categories"], "grain")["sold_kg"] is None


def test_stock_that_nobody_reported_is_unknown_and_not_nought() -> None:
    found = market({("s1", "rice"): (500, 300)}, needs={("s2", "cabbage"): 500})
    assert of(found["categories"], "vegetables")["stock_kg"] is None
    assert of(found["stores"], store_id="s2")["stock_kg"] is None
    assert of(found["stores"], store_id="s1")["stock_kg"] == 0.5


def test_a_change_of_sales_rests_on_what_was_counted_on_both_days() -> None:
    today = reports({("s1", "rice"): (500, 300), ("s1", "flour"): (500, 300)}, sold=600)
    before = reports({("s1", "rice"): (500, 300)}, sold=500)
    nothing, cover = amounts({}), days_of_cover(frame_of(StockOnHand, []), frame_of(Demand, []), PLAN, TODAY)
    found = figures(PLAN, TODAY, today, before, nothing, nothing, cover)
    assert of(found["categories"], "grain")["sold_change_pct"] == 20.0
    assert of(market({("s1", "rice"): (500, 300)})["categories"], "grain")["sold_change_pct"] is None


def test_a_silent_store_is_named_and_does_not_look_like_an_empty_one() -> None:
    found = market({("s1", "rice"): (11_000, 300)}, {("s1", "rice"): (10_000, 300), ("s2", "rice"): (90_000, 300)})
    assert (found["missing"], found["stores_reported"]) == (["s2"], ["s1"])
    assert of(found["categories"], "grain")["stock_change_pct"] == 10.0


def test_the_mean_price_is_per_kilogram_and_its_change_rests_on_what_was_priced_on_both_days() -> None:
    found = market(
        {("s1", "rice"): (1, 330), ("s1", "flour"): (1, 200), ("s2", "rice"): (1, 900)},
        {("s1", "rice"): (1, 300), ("s1", "flour"): (1, 200)},
    )
    grain = of(found["categories"], "grain")
    assert grain["price_fen_per_kg"] == round((660 + 400 + 1800) / 3)
    assert grain["price_change_pct"] == pytest.approx(6.0)
    assert of(found["stores"], store_id="s1")["price_fen_per_kg"] is None


def test_medicine_and_what_has_no_norm_have_no_price_by_weight() -> None:
    assert of(market({("s1", "pills"): (24, 1500)})["categories"], "medicine")["price_fen_per_kg"] is None
    kinds = [*CATEGORIES, {"id": "prevention", "name": "防控物资", "norm_g": 0, "clause": "D-10"}]
    plan = town([community("c1")], [store("s1")], [item("mask", "prevention")], category=kinds)
    assert of(market({("s1", "mask"): (10, 1500)}, plan=plan)["categories"], "prevention")["price_fen_per_kg"] is None


def test_kinds_are_counted_by_how_their_price_moved_and_the_largest_movers_are_named() -> None:
    found = market(
        {("s1", "rice"): (1, 330), ("s1", "flour"): (1, 200), ("s1", "cabbage"): (1, 80), ("s1", "pills"): (1, 900)},
        {("s1", "rice"): (1, 300), ("s1", "flour"): (1, 200), ("s1", "cabbage"): (1, 100)},
    )
    assert found["price_counts"] == {"risen": 1, "same": 1, "fallen": 1}
    assert [(m["name"], m["change_pct"]) for m in found["movers"]] == [("白菜", -20.0), ("大米", 10.0)]


@pytest.mark.parametrize(
    ("what", "now", "level"),
    [
        ("cabbage", 130, None),  # exactly the limit is not above it
        ("cabbage", 131, "blue"),
        ("cabbage", 151, "yellow"),
        ("cabbage", 171, "orange"),
        ("rice", 105, None),
        ("rice", 106, "staple"),
        ("rice", 140, "blue"),
        ("cabbage", 106, None),  # no staple
    ],
)
def test_a_rise_is_told_at_the_highest_limit_that_it_passed(what: str, now: int, level: str | None) -> None:
    alerts = market({("s1", what): (1, now)}, {("s1", what): (1, 100)})["price_alerts"]
    assert [alert["level"] for alert in alerts] == ([level] if level else [])


def test_limits_on_prices_hold_only_from_their_date() -> None:
    moved: tuple[Report, Report] = ({("s1", "rice"): (1, 900)}, {("s1", "rice"): (1, 100)})
    later = town([community("c1")], [store("s1")], ITEMS, prices__since=TODAY + timedelta(days=1))
    assert market(*moved, plan=later)["price_alerts"] == []
    assert len(market(*moved)["price_alerts"]) == 1


def test_cover_of_a_category_is_that_of_all_stores_and_of_a_store_its_lowest() -> None:
    found = market(
        {("s1", "rice"): (1_000, 300), ("s2", "rice"): (19_000, 300), ("s2", "cabbage"): (3_000, 90)},
        per_day={("s1", "rice"): 1_000.0, ("s2", "rice"): 1_000.0, ("s2", "cabbage"): 1_000.0},
    )
    assert of(found["categories"], "grain")["cover_days"] == 10
    assert of(found["cells"], "grain", "s1")["cover_days"] == 1
    assert of(found["stores"], store_id="s2")["cover_days"] == 3
    assert found["categories_low"] == ["vegetables"]


@pytest.mark.parametrize(
    ("rice_1", "rice_2", "cabbage", "verdict"),
    [
        (9_000, 9_000, 9_000, "sufficient"),
        (9_000, 4_000, 9_000, "tight"),  # 6.5 days over both
        (0, 90_000, 9_000, "gaps"),  # a life-line is gone from one store
        (9_000, 9_000, 0, "gaps"),  # a category is gone from all
    ],
)
def test_the_verdict_says_whether_anything_is_short_or_gone(
    rice_1: int, rice_2: int, cabbage: int, verdict: str
) -> None:
    demand = dict.fromkeys([("s1", "rice"), ("s2", "rice"), ("s1", "cabbage")], 1_000.0)
    stock: Report = {("s1", "rice"): (rice_1, 300), ("s2", "rice"): (rice_2, 300), ("s1", "cabbage"): (cabbage, 90)}
    assert market(stock, per_day=demand)["verdict"] == verdict


def test_a_category_that_is_gone_from_one_store_only_is_tight() -> None:
    stock: Report = {("s1", "cabbage"): (0, 90), ("s2", "cabbage"): (90_000, 90)}
    found = market(stock, per_day={("s1", "cabbage"): 1_000.0, ("s2", "cabbage"): 1_000.0})
    assert (found["verdict"], found["items_out"]) == ("tight", [{"store_id": "s1", "item_id": "cabbage"}])


def test_a_day_without_any_report_is_told_as_such() -> None:
    found = market({})
    assert (found["missing"], found["categories"], found["verdict"]) == (["s1", "s2"], [], "unknown")


def test_the_figures_are_plain_json() -> None:
    found = market({("s1", "rice"): (500, 300)}, {("s1", "rice"): (500, 200)}, {("s1", "rice"): 100.0})
    assert json.loads(json.dumps(found, ensure_ascii=False, allow_nan=False)) == found
