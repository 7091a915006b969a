"""Days of cover of the township, and of each community that the stores serve (B-06).

The township is all of its stores together: what one of them lacks another may have. A community has of every item the
part of its home store's stock that its demand is of all demand there (`rules/demand.py` says which store is expected to
serve whom), and is told by category, in grams. Levels, minimum and dates are those of a store (`rules/cover.py`).

Known drawbacks: a community looks covered by a store that it cannot reach today; stock that nobody is expected to ask
for belongs to no community, though it may be handed out in place of something else.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from rules.cover import item_min_days, measured
from rules.demand import KEYS, grams_per_base, per_item
from schemas.frames.base import checked, frame_of
from schemas.frames.supply import AreaCover, CommunityDemand, Cover
from schemas.plan import Plan

AMOUNTS = ("stock_base", "coming_base", "demand_base_per_day")


def area_cover(cover: pl.DataFrame, demand: pl.DataFrame, plan: Plan, on: date) -> pl.DataFrame:
    """`AreaCover` from the stores' `Cover` and the communities' demand (`CommunityDemand`) behind it."""
    stores = checked(Cover, cover)
    rows = [*_township(stores, plan, on), *_communities(stores, checked(CommunityDemand, demand), plan, on)]
    return frame_of(AreaCover, rows).sort("community_id", "category", "item_id")


def _township(stores: pl.DataFrame, plan: Plan, on: date) -> Iterator[dict[str, Any]]:
    summed = stores.group_by("category", "item_id").agg(pl.col(AMOUNTS).sum())
    for row in summed.iter_rows(named=True):
        item_id, category = row["item_id"], row["category"]
        minimum = item_min_days(plan, item_id) if item_id else plan.min_cover_days(category)
        yield {"community_id": "", **row, **_measured(row, minimum, on)}


def _communities(stores: pl.DataFrame, demand: pl.DataFrame, plan: Plan, on: date) -> Iterator[dict[str, Any]]:
    shelves = stores.filter(pl.col("item_id") != "").select(*KEYS, *AMOUNTS).rename({AMOUNTS[2]: "of_all"})
    joined = demand.join(shelves, on=KEYS).with_columns(
        category=per_item({i: v.category for i, v in plan.items.items()}, pl.String),
        grams=per_item({i: grams_per_base(v) for i, v in plan.items.items()}, pl.Float64),
    )
    share = pl.when(pl.col("of_all") > 0).then(pl.col(AMOUNTS[2]) / pl.col("of_all")).otherwise(0.0)
    mine = [(pl.col(name) * share * pl.col("grams")).sum().floor().cast(pl.Int64).alias(name) for name in AMOUNTS[:2]]
    grams = (pl.col(AMOUNTS[2]) * pl.col("grams")).sum()
    for row in joined.group_by("community_id", "category").agg(*mine, grams).iter_rows(named=True):
        minimum = plan.min_cover_days(row["category"])
        yield {"item_id": "", **row, **_measured(row, minimum, on)}


def _measured(row: dict[str, Any], minimum: float, on: date) -> dict[str, Any]:
    return measured(row["stock_base"], row["coming_base"], row["demand_base_per_day"], minimum, on)
