"""Days of cover (B-06): stock / expected demand per day, per store and item and per store and category.

A category is reckoned in grams over all of its items, so that storable vegetables cover for leafy ones. Its minimum is
the plan's (`category.min_cover_days`, else `reserve.min_cover_days`); that of an item is never more days than
the item keeps, because more could only be thrown away (B-07).

Levels: `out` nothing left of what is asked for, `low` below the minimum, `ok`, and `no_demand`, where nobody asks:
its cover is unknown (null), never endless. `runs_out_on` is the day on which stock no longer meets the whole day's
demand; null beyond a year.

One alert per line, the most urgent: medicine below `reserve.medicine_days`; an item gone within
`reserve.stock_out_hours`; below the minimum. An item below its minimum is told only while its category is too.

Known drawbacks: days are counted from the report as if it were the start of the day, and demand as if it were even
over the day.
"""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from math import ceil

import polars as pl

from rules.demand import KEYS, grams_per_base, per_item
from schemas.frames.base import checked, frame_of
from schemas.frames.supply import Cover, CoverAlerts, Demand, StockOnHand
from schemas.plan import Plan
from schemas.words import Stage

HORIZON_DAYS = 366
ROUNDING = 1e-6  # of a base unit: less than this is nothing, be it demand or what floating point adds to a product

Row = dict[str, object]


def item_min_days(plan: Plan, item_id: str) -> float:
    """Minimum cover of an item: its category's, but no more days than it keeps."""
    item = plan.items[item_id]
    return min(plan.min_cover_days(item.category), float(item.keeps_days))


def min_cover_clause(plan: Plan, category_id: str) -> str:
    """The clause behind a category's minimum."""
    own = plan.categories[category_id].min_cover_days
    return plan.file.reserve.min_cover_days.clause if own is None else plan.categories[category_id].clause


def days_of_cover(stock: pl.DataFrame, demand: pl.DataFrame, plan: Plan, business_date: date) -> pl.DataFrame:
    """`Cover` from `StockOnHand` and `Demand`: a line per store and item in either, and one per store and category.

    Demand without a stock row is stock nought. `estimated` of a category: of any item in it.
    """
    joined = checked(StockOnHand, stock).join(checked(Demand, demand), on=KEYS, how="full", coalesce=True)
    filled = joined.with_columns(
        pl.col("qty_base").fill_null(0),
        pl.col("demand_base_per_day").fill_null(0.0),
        pl.col("estimated").fill_null(False),
    ).sort(KEYS)
    items = [_item_line(plan, business_date, *row) for row in filled.select(*KEYS, *_MEASURES).iter_rows()]
    in_grams = filled.with_columns(
        category=per_item({i: v.category for i, v in plan.items.items()}, pl.String),
        grams=per_item({i: grams_per_base(v) for i, v in plan.items.items()}, pl.Float64),
    )
    groups = in_grams.group_by("store_id", "category", maintain_order=True).agg(
        (pl.col("qty_base") * pl.col("grams")).floor().cast(pl.Int64).sum(),
        (pl.col("demand_base_per_day") * pl.col("grams")).sum(),
        pl.col("estimated").any(),
    )
    categories = [_category_line(plan, business_date, *row) for row in groups.iter_rows()]
    return frame_of(Cover, items + categories).sort("store_id", "category", "item_id")


_MEASURES = ("qty_base", "demand_base_per_day", "estimated")


def _item_line(plan: Plan, on: date, store_id: str, item_id: str, stock: int, demand: float, estimated: bool) -> Row:
    item, minimum = plan.items[item_id], item_min_days(plan, item_id)
    head = {"store_id": store_id, "category": item.category, "item_id": item_id, "estimated": estimated}
    capped: Row = {"keeps_days": item.keeps_days} if minimum < plan.min_cover_days(item.category) else {}
    return head | _measure(stock, demand, minimum, on, {**capped, "clause": min_cover_clause(plan, item.category)})


def _category_line(
    plan: Plan, on: date, store_id: str, category_id: str, stock_g: int, demand_g: float, estimated: bool
) -> Row:
    head = {"store_id": store_id, "category": category_id, "item_id": "", "estimated": estimated}
    why: Row = {"unit": "g", "clause": min_cover_clause(plan, category_id)}
    return head | _measure(stock_g, demand_g, plan.min_cover_days(category_id), on, why)


def _measure(stock: int, demand: float, minimum: float, on: date, why: Row) -> Row:
    """The figures of one line, and what they were computed from."""
    days = stock / demand if demand > ROUNDING else None
    missing = max(0, ceil(minimum * demand - stock - ROUNDING))
    return {
        "stock_base": stock,
        "demand_base_per_day": demand,
        "cover_days": days,
        "min_cover_days": minimum,
        "missing_base": missing,
        "runs_out_on": on + timedelta(days=int(days)) if days is not None and days <= HORIZON_DAYS else None,
        "level": _level(stock, days, missing),
        "why": json.dumps(
            {"stock_base": stock, "demand_base_per_day": round(demand, 3), "min_cover_days": minimum, "on": str(on)}
            | why,
            ensure_ascii=False,
        ),
    }


def _level(stock: int, days: float | None, missing: int) -> str:
    if days is None:
        return "no_demand"
    if stock == 0:
        return "out"
    return "low" if missing else "ok"


def alerts(cover: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """`CoverAlerts` from `Cover`, the most urgent first; `stage` is a value of `schemas.words.Stage`."""
    lines = checked(Cover, cover).filter(pl.col("level") != "no_demand")
    below = set(
        lines.filter((pl.col("item_id") == "") & pl.col("level").is_in(["low", "out"]))
        .select("store_id", "category")
        .iter_rows()
    )
    told = frame_of(CoverAlerts, _told(lines.iter_rows(named=True), below, plan))
    urgency = [Stage.MEDICINE_LOW, Stage.STOCK_OUT_SOON, Stage.COVER_LOW]
    rank = pl.col("stage").replace_strict({str(s): n for n, s in enumerate(urgency)}, return_dtype=pl.Int64)
    return told.sort(rank, "cover_days", "store_id", "category", "item_id")


def _told(lines: Iterable[Row], below: set[tuple[str, ...]], plan: Plan) -> Iterable[Row]:
    for line in lines:
        found = _stage(line, below, plan)
        if found is not None:
            stage, clause = found
            yield {**line, "stage": str(stage), "clause": clause}


def _stage(line: Row, below: set[tuple[str, ...]], plan: Plan) -> tuple[Stage, str] | None:
    """The most urgent thing to tell of a line, and the clause that asks for it."""
    reserve, item_id, days = plan.file.reserve, str(line["item_id"]), float(str(line["cover_days"]))
    if item_id and plan.items[item_id].medicine and days < reserve.medicine_days.value:
        return Stage.MEDICINE_LOW, reserve.medicine_days.clause
    if item_id and days * 24 <= reserve.stock_out_hours.value:
        return Stage.STOCK_OUT_SOON, reserve.stock_out_hours.clause
    if line["level"] in ("low", "out") and (line["store_id"], line["category"]) in below:
        return Stage.COVER_LOW, min_cover_clause(plan, str(line["category"]))
    return None
