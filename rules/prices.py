"""How prices moved since the day before (B-12), and which rises must be told (A-10, C-07).

A movement is told only for a store and item with a price on both days, so that a store that is silent or new moves
nothing. An item's change is that of its mean price over those stores.

Alerts follow `prices` of the plan (local law, valid from `prices.since`): above `blue`, `yellow`, `orange` per cent
over the day before; below those, for staple categories, above `staple_rise_pct` (level `staple`). One alert per store
and item, the gravest. Known drawback: only day on day; a rise spread over a week is not seen here.
"""

from datetime import date
from typing import TypedDict

import polars as pl

from schemas.frames.base import checked
from schemas.frames.supply import StockReports
from schemas.plan import Plan

KEYS = ["store_id", "item_id"]
SAME_BELOW_PCT = 0.05  # half of the last figure that is told


class Mover(TypedDict):
    """An item whose mean price changed, in per cent with one decimal."""

    item_id: str
    name: str
    category: str
    change_pct: float


class PriceAlert(TypedDict):
    """A rise that must be told. Prices in fen per sale unit; `level`: blue, yellow, orange or staple."""

    store_id: str
    item_id: str
    category: str
    level: str
    rise_pct: float
    price_fen: int
    before_fen: int
    limit_pct: int
    clause: str


def change_pct(now: float, before: float) -> float | None:
    """Per cent with one decimal; null where there was nothing before."""
    return round((now / before - 1) * 100, 1) if before else None


def price_pairs(today: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """store_id, item_id, price_fen, before_fen: where both `StockReports` state a price."""
    earlier = checked(StockReports, before).select(*KEYS, before_fen="price_fen")
    return checked(StockReports, today).select(*KEYS, "price_fen").join(earlier, on=KEYS).sort(KEYS)


def movers(pairs: pl.DataFrame, plan: Plan) -> list[Mover]:
    """Every item of `price_pairs` with its change, the largest rise or fall first; ties by item."""
    means = pairs.group_by("item_id").agg(pl.col("price_fen").mean(), pl.col("before_fen").mean())
    found: list[Mover] = []
    for item_id, now, before in means.iter_rows():
        item = plan.items[item_id]
        change = change_pct(now, before) or 0.0
        found.append({"item_id": item_id, "name": item.name, "category": item.category, "change_pct": change})
    return sorted(found, key=lambda mover: (-abs(mover["change_pct"]), mover["item_id"]))


def counts(moved: list[Mover]) -> tuple[int, int, int]:
    """How many kinds rose, stayed and fell."""
    risen = sum(mover["change_pct"] > SAME_BELOW_PCT for mover in moved)
    fallen = sum(mover["change_pct"] < -SAME_BELOW_PCT for mover in moved)
    return risen, len(moved) - risen - fallen, fallen


def price_alerts(pairs: pl.DataFrame, plan: Plan, business_date: date) -> list[PriceAlert]:
    """Rises above the plan's limits, the steepest first; none before the date from which they hold."""
    if business_date < plan.file.prices.since.value:
        return []
    found = []
    for store_id, item_id, now, before in pairs.iter_rows():
        category = plan.items[item_id].category
        limit = _limit(now, before, plan.categories[category].staple, plan)
        if limit is not None:
            level, percent, clause = limit
            alert: PriceAlert = {
                "store_id": store_id,
                "item_id": item_id,
                "category": category,
                "level": level,
                "rise_pct": change_pct(now, before) or 0.0,
                "price_fen": now,
                "before_fen": before,
                "limit_pct": percent,
                "clause": clause,
            }
            found.append(alert)
    return sorted(found, key=lambda alert: (-alert["rise_pct"], alert["store_id"], alert["item_id"]))


def _limit(now: int, before: int, staple: bool, plan: Plan) -> tuple[str, int, str] | None:
    """The highest limit that a price has passed; in integers, so that a rise of exactly the limit has not passed it."""
    rule = plan.file.prices
    limits = [("orange", rule.orange_pct), ("yellow", rule.yellow_pct), ("blue", rule.blue_pct)]
    if staple:
        limits.append(("staple", rule.staple_rise_pct))
    passed = ((level, r.value, r.clause) for level, r in limits if now * 100 > before * (100 + r.value))
    return next(passed, None)
