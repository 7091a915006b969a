"""Figures of the daily report of the market (B-12): supply, stock, demand and prices, per category, store and both.

Stock, sales, needs and arrivals are kilograms with one decimal, so that 袋, 板 and 斤 add up. A change is reckoned over
the stores that reported on both days, or a silent store would look like an empty one; stock and sales that nobody
reported are null, not nought. The average price of a category is the plain mean over its items and stores, fen per
kilogram; its change, that mean over what was priced on both days. Medicine, and what has no norm per person (masks),
has no price by weight (null). Cover of a category is all stores' stock over all stores' demand; that of a store is its
category with the fewest days.

Verdict: `gaps` (断档) where a category that is asked for is gone from every store, or a life-line category from any;
`tight` where a category is below its minimum over all stores, or gone from one; else `sufficient`; `unknown` where no
cover of anything is known. Stores that did not report stand in `missing`: with names there, the verdict rests on stock
carried on.

Known drawback: a plain mean lets a dear item that one store drops move the category's price.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, TypedDict

import polars as pl

from rules.demand import grams_per_base, per_item
from rules.geography import serving_stores
from rules.prices import Mover, PriceAlert, change_pct, counts, movers, price_alerts, price_pairs
from schemas.frames.base import checked
from schemas.frames.supply import Cover, Quantities, StockReports
from schemas.plan import Plan

KEYS = ["store_id", "item_id"]
TOLD_MOVERS = 5

Verdict = Literal["sufficient", "tight", "gaps", "unknown"]


class Figures(TypedDict):
    """What is told of a category, a store, or a category at a store; `store_id` or `category` empty: over all."""

    store_id: str
    category: str
    name: str
    stock_kg: float | None
    stock_change_pct: float | None
    sold_kg: float | None
    sold_change_pct: float | None
    needs_kg: float
    arrivals_kg: float
    demand_kg_per_day: float
    cover_days: float | None
    min_cover_days: float | None
    level: str
    price_fen_per_kg: int | None
    price_change_pct: float | None


class PriceCounts(TypedDict):
    """Kinds of goods by how their mean price moved."""

    risen: int
    same: int
    fallen: int


class Market(TypedDict):
    """The day, ready for JSON: dates as ISO text, kilograms, fen, per cent with one decimal."""

    business_date: str
    stores_due: list[str]
    stores_reported: list[str]
    missing: list[str]
    verdict: Verdict
    categories_out: list[str]
    categories_low: list[str]
    items_out: list[dict[str, str]]
    categories: list[Figures]
    stores: list[Figures]
    cells: list[Figures]
    price_counts: PriceCounts
    movers: list[Mover]
    price_alerts: list[PriceAlert]


def figures(
    plan: Plan,
    business_date: date,
    today: pl.DataFrame,
    before: pl.DataFrame,
    needs: pl.DataFrame,
    arrivals: pl.DataFrame,
    cover: pl.DataFrame,
    due: Sequence[str] | None = None,
) -> Market:
    """The report's figures from `StockReports` of the day and the day before, `Quantities` x 2 and `Cover`.

    `due`: stores that had to report, by default all that serve residents.
    """
    reported = sorted(today["store_id"].unique().to_list())
    wanted = sorted(due if due is not None else [store.store_id for store in serving_stores(plan)])
    lines, groups = _lines(plan, today, before, needs, arrivals), checked(Cover, cover)
    by_category = _figures(plan, lines, groups, ["category"])
    cells = _figures(plan, lines, groups, ["store_id", "category"])
    pairs = price_pairs(today, before)
    moved = movers(pairs, plan)
    risen, same, fallen = counts(moved)
    return {
        "business_date": business_date.isoformat(),
        "stores_due": wanted,
        "stores_reported": reported,
        "missing": [store_id for store_id in wanted if store_id not in reported],
        "verdict": _verdict(plan, by_category, cells),
        "categories_out": [c["category"] for c in by_category if c["level"] == "out"],
        "categories_low": [c["category"] for c in by_category if c["level"] == "low"],
        "items_out": _items_out(groups),
        "categories": by_category,
        "stores": _figures(plan, lines, groups, ["store_id"]),
        "cells": cells,
        "price_counts": {"risen": risen, "same": same, "fallen": fallen},
        "movers": [mover for mover in moved if mover["change_pct"]][:TOLD_MOVERS],
        "price_alerts": price_alerts(pairs, plan, business_date),
    }


def _lines(
    plan: Plan, today: pl.DataFrame, before: pl.DataFrame, needs: pl.DataFrame, arrivals: pl.DataFrame
) -> pl.DataFrame:
    """One row per store and item: kilograms, and fen per kilogram where the item is sold by weight."""
    kilograms = per_item({i: grams_per_base(item) / 1000 for i, item in plan.items.items()}, pl.Float64)
    per_unit = per_item({i: _unit_kg(plan, i) for i in plan.items}, pl.Float64)
    now, then = checked(StockReports, today), checked(StockReports, before)
    parts = [
        now.select(*KEYS, stock=pl.col("qty_base"), sold=pl.col("sold_base"), price=pl.col("price_fen") / per_unit),
        then.select(
            *KEYS,
            stock_before=pl.col("qty_base"),
            sold_before=pl.col("sold_base"),
            price_before=pl.col("price_fen") / per_unit,
        ),
        checked(Quantities, needs).select(*KEYS, needs=pl.col("qty_base")),
        checked(Quantities, arrivals).select(*KEYS, arrivals=pl.col("qty_base")),
    ]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.join(part, on=KEYS, how="full", coalesce=True)
    both_days = pl.col("store_id").is_in(now["store_id"].unique().to_list()) & pl.col("store_id").is_in(
        then["store_id"].unique().to_list()
    )
    weighed = [pl.col(c) * kilograms for c in ("stock", "stock_before", "sold", "sold_before", "needs", "arrivals")]
    return joined.with_columns(
        *weighed, both_days=both_days, category=per_item({i: v.category for i, v in plan.items.items()}, pl.String)
    ).sort(KEYS)


def _unit_kg(plan: Plan, item_id: str) -> float | None:
    """Kilograms in a sale unit; null for what nobody eats by weight: medicine, and categories without a norm."""
    item = plan.items[item_id]
    return None if item.medicine or not plan.categories[item.category].norm_g else item.weight_g / 1000


def _figures(plan: Plan, lines: pl.DataFrame, cover: pl.DataFrame, by: list[str]) -> list[Figures]:
    """Rows of the report for one grouping, in the order of the plan's categories and then of store ids."""
    both = pl.col("both_days")
    priced, counted = (pl.col(c).is_not_null() & pl.col(f"{c}_before").is_not_null() for c in ("price", "sold"))
    sums = lines.group_by(by).agg(
        pl.col("needs", "arrivals").sum(),
        *[pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()).alias(c) for c in ("stock", "sold")],
        stock_both=pl.col("stock").filter(both).sum(),
        stock_before=pl.col("stock_before").filter(both).sum(),
        sold_both=pl.col("sold").filter(counted).sum(),
        sold_before=pl.col("sold_before").filter(counted).sum(),
        price=pl.col("price").mean(),
        price_both=pl.col("price").filter(priced).mean(),
        price_before=pl.col("price_before").filter(priced).mean(),
    )
    rows = {_key(row): row for row in sums.iter_rows(named=True)}
    covers = {_key(row): row for row in _cover(plan, cover, by)}
    places = ["", *plan.categories]
    keys = sorted(rows.keys() | covers.keys(), key=lambda key: (key[0], places.index(key[1])))
    return [_row(plan, *key, rows.get(key, {}), covers.get(key, {})) for key in keys]


Part = dict[str, object]


def _key(row: Part) -> tuple[str, str]:
    """store_id and category of a row, empty where it is over all of them."""
    return str(row.get("store_id", "")), str(row.get("category", ""))


def _cover(plan: Plan, cover: pl.DataFrame, by: list[str]) -> Iterable[Part]:
    """Cover per group from the category lines: for a store its lowest category, for a category all stores together."""
    lines = cover.filter(pl.col("item_id") == "")
    if by == ["category"]:
        for category, stock, demand in (
            lines.group_by("category").agg(pl.col("stock_base").sum(), pl.col("demand_base_per_day").sum()).iter_rows()
        ):
            minimum = plan.min_cover_days(category)
            days = stock / demand if demand else None
            yield {
                "category": category,
                "demand": demand,
                "days": days,
                "minimum": minimum,
                "level": _level(days, minimum),
            }
        return
    shaped = lines.select(
        *["store_id", "category"],
        demand="demand_base_per_day",
        days="cover_days",
        minimum="min_cover_days",
        level="level",
    )
    if by == ["store_id"]:
        shaped = (
            shaped.sort(pl.col("days"), nulls_last=True)
            .group_by("store_id", maintain_order=True)
            .agg(pl.col("demand").sum(), pl.col("days", "minimum", "level").first())
        )
    yield from shaped.iter_rows(named=True)


def _level(days: float | None, minimum: float) -> str:
    if days is None:
        return "no_demand"
    if days == 0:
        return "out"
    return "low" if days < minimum else "ok"


def _row(plan: Plan, store_id: str, category: str, sums: Part, cover: Part) -> Figures:
    by_price = bool(category)  # over all goods of a store a mean price says nothing
    return {
        "store_id": store_id,
        "category": category,
        "name": plan.categories[category].name if category else plan.stores[store_id].name,
        "stock_kg": _kg(sums.get("stock")),
        "stock_change_pct": change_pct(_number(sums.get("stock_both")), _number(sums.get("stock_before"))),
        "sold_kg": _kg(sums.get("sold")),
        "sold_change_pct": change_pct(_number(sums.get("sold_both")), _number(sums.get("sold_before"))),
        "needs_kg": _kg(sums.get("needs")) or 0.0,
        "arrivals_kg": _kg(sums.get("arrivals")) or 0.0,
        "demand_kg_per_day": round(_number(cover.get("demand")) / 1000, 1),
        "cover_days": None if cover.get("days") is None else round(_number(cover["days"]), 1),
        "min_cover_days": None if cover.get("minimum") is None else _number(cover["minimum"]),
        "level": str(cover.get("level", "no_demand")),
        "price_fen_per_kg": round(_number(sums["price"])) if by_price and sums.get("price") else None,
        "price_change_pct": change_pct(_number(sums.get("price_both")), _number(sums.get("price_before")))
        if by_price
        else None,
    }


def _number(value: object) -> float:
    return 0.0 if value is None else float(str(value))


def _kg(value: object) -> float | None:
    return None if value is None else round(_number(value), 1)


def _verdict(plan: Plan, categories: list[Figures], cells: list[Figures]) -> Verdict:
    lifelines = {c.id for c in plan.categories.values() if c.lifeline}
    if all(c["cover_days"] is None for c in categories):
        return "unknown"
    gone = [cell["category"] for cell in cells if cell["level"] == "out"]
    if any(c["level"] == "out" for c in categories) or lifelines.intersection(gone):
        return "gaps"
    return "tight" if gone or any(c["level"] == "low" for c in categories) else "sufficient"


def _items_out(cover: pl.DataFrame) -> list[dict[str, str]]:
    """What is asked for and gone, by store and item."""
    gone = cover.filter((pl.col("item_id") != "") & (pl.col("level") == "out")).sort("store_id", "item_id")
    return [
        {"store_id": store_id, "item_id": item_id}
        for store_id, item_id in gone.select("store_id", "item_id").iter_rows()
    ]
