"""Days of cover (B-06): stock / expected demand per day, per store and item and per store and category.

A category is reckoned in grams over all of its items, so that storable vegetables cover for leafy ones. Its minimum is
the plan's (`category.min_cover_days`, else `reserve.min_cover_days`); that of an item is never more days than
the item keeps, because more could only be thrown away (B-07).

Levels: `out` nothing left of what is asked for, `low` below the minimum, `ok`, and `no_demand`, where nobody asks:
its cover is unknown (null), never endless. `runs_out_on` is the day on which stock no longer meets the whole day's
demand; null beyond a year. What is bought and on its way is told beside what lies there (`cover_coming_days`) and
changes neither level nor date: it may not come.

What is missing to the minimum is priced at what the cheapest source asks delivered (`rules/sourcing.py`); of a
category at the mean of its items, weighed by their demand.

One alert per line, the most urgent: medicine below `reserve.medicine_days`; an item gone within
`reserve.stock_out_hours`; below the minimum. An item below its minimum is told only while its category is too.

Known drawbacks: days are counted from the report as if it were the start of the day, and demand as if it were even
over the day.
"""

import json
from collections.abc import Iterable, Mapping
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
#: (store, item) -> fen per base unit, delivered; missing where nobody sells it.
Costs = Mapping[tuple[str, str], float]


def item_min_days(plan: Plan, item_id: str) -> float:
    """Minimum cover of an item: its category's, but no more days than it keeps."""
    item = plan.items[item_id]
    return min(plan.min_cover_days(item.category), float(item.keeps_days))


def min_cover_clause(plan: Plan, category_id: str) -> str:
    """The clause behind a category's minimum."""
    own = plan.categories[category_id].min_cover_days
    return plan.file.reserve.min_cover_days.clause if own is None else plan.categories[category_id].clause


def days_of_cover(
    stock: pl.DataFrame, demand: pl.DataFrame, costs: Costs, plan: Plan, business_date: date
) -> pl.DataFrame:
    """`Cover` from `StockOnHand` and `Demand`: a line per store and item in either, and one per store and category.

    Demand without a stock row is stock nought. `estimated` and `doubtful` of a category: of any item in it.
    """
    joined = checked(StockOnHand, stock).join(checked(Demand, demand), on=KEYS, how="full", coalesce=True)
    filled = joined.with_columns(
        pl.col("qty_base", "coming_base").fill_null(0),
        pl.col("demand_base_per_day", "low_base_per_day", "high_base_per_day").fill_null(0.0),
        pl.col("estimated", "doubtful").fill_null(False),
    ).sort(KEYS)
    items = [_item_line(plan, business_date, costs, row) for row in filled.iter_rows(named=True)]
    categories = [
        _category_line(plan, business_date, row) for row in _in_grams(filled, costs, plan).iter_rows(named=True)
    ]
    return frame_of(Cover, items + categories).sort("store_id", "category", "item_id")


def _in_grams(items: pl.DataFrame, costs: Costs, plan: Plan) -> pl.DataFrame:
    """A row per store and category, its amounts in grams and `gram_fen`, the mean price of one of them."""
    priced = items.with_columns(
        category=per_item({i: v.category for i, v in plan.items.items()}, pl.String),
        grams=per_item({i: grams_per_base(v) for i, v in plan.items.items()}, pl.Float64),
        fen=pl.Series([costs.get(key) for key in items.select(KEYS).iter_rows()], dtype=pl.Float64),
    )
    wanted = pl.col("demand_base_per_day") * pl.col("grams")
    known = pl.when(pl.col("fen").is_not_null()).then(wanted)
    grams = [(pl.col(name) * pl.col("grams")).floor().cast(pl.Int64).sum() for name in ("qty_base", "coming_base")]
    bands = [(pl.col(f"{name}_base_per_day") * pl.col("grams")).sum() for name in ("demand", "low", "high")]
    return priced.group_by("store_id", "category", maintain_order=True).agg(
        *grams,
        *bands,
        pl.col("estimated", "doubtful").any(),
        gram_fen=(known * pl.col("fen") / pl.col("grams")).sum() / known.sum(),
    )


def _item_line(plan: Plan, on: date, costs: Costs, row: Row) -> Row:
    item = plan.items[str(row["item_id"])]
    minimum = item_min_days(plan, item.item_id)
    capped: Row = {"keeps_days": item.keeps_days} if minimum < plan.min_cover_days(item.category) else {}
    why: Row = {**capped, "clause": min_cover_clause(plan, item.category)}
    fen = costs.get((str(row["store_id"]), item.item_id))
    return _line(row | {"category": item.category}, minimum, on, fen, why)


def _category_line(plan: Plan, on: date, row: Row) -> Row:
    category = str(row["category"])
    why: Row = {"unit": "g", "clause": min_cover_clause(plan, category)}
    fen = row["gram_fen"]
    priced = float(str(fen)) if fen is not None and fen == fen else None  # 0 / 0 where nothing of it has a price
    return _line(row | {"item_id": ""}, plan.min_cover_days(category), on, priced, why)


def _line(row: Row, minimum: float, on: date, fen: float | None, why: Row) -> Row:
    stock, coming = int(str(row["qty_base"])), int(str(row["coming_base"]))
    found = measured(stock, coming, float(str(row["demand_base_per_day"])), minimum, on)
    missing = int(str(found["missing_base"]))
    band = {name: round(float(str(row[f"{name}_base_per_day"])), 3) for name in ("demand", "low", "high")}
    told: Row = {"stock_base": stock, "coming_base": coming, "min_cover_days": minimum, "on": str(on)}
    told |= {f"{name}_base_per_day": value for name, value in band.items()} | why
    return (
        row
        | found
        | {"missing_fen": None if fen is None else ceil(missing * fen - ROUNDING)}
        | {"why": json.dumps(told, ensure_ascii=False)}
    )


def measured(stock: int, coming: int, demand: float, minimum: float, on: date) -> Row:
    """The figures of one line of cover, of a store or of an area."""
    asked = demand > ROUNDING
    days = stock / demand if asked else None
    missing = max(0, ceil(minimum * demand - stock - ROUNDING))
    return {
        "stock_base": stock,
        "coming_base": coming,
        "demand_base_per_day": demand,
        "cover_days": days,
        "cover_coming_days": (stock + coming) / demand if asked else None,
        "min_cover_days": minimum,
        "missing_base": missing,
        "runs_out_on": on + timedelta(days=int(days)) if days is not None and days <= HORIZON_DAYS else None,
        "level": _level(stock, days, missing),
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
