"""What was declared, beside what is proposed to buy (B-08, B-09): shown and warned of, never cut in silence.

A proposal's lines of one source and item together are held against what the source says it can supply on a day. More
than that is a warning on each of the lines; so is a load beyond the vehicles that are ready. A source that declared
nothing is bought from as before.
"""

import json
from dataclasses import dataclass

import polars as pl

from schemas.plan import Plan


@dataclass(frozen=True)
class Load:
    """Vehicles that are ready, what they carry together, and what the proposal weighs, in kilograms."""

    vehicles: int
    capacity_kg: int
    load_kg: int


def with_declared(lines: pl.DataFrame, declared: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """(`PurchaseLines` whose `why` holds what was declared, ids of items of which more is proposed than declared)."""
    offers = {(r["store_id"], r["item_id"]): r for r in declared.iter_rows(named=True)}
    asked: dict[tuple[str, str], int] = {}
    for row in lines.iter_rows(named=True):
        key = (row["supplier_id"], row["item_id"])
        asked[key] = asked.get(key, 0) + row["proposed_packs"] * row["pack_base"]
    why, over = [], set()
    for row in lines.iter_rows(named=True):
        key = (row["supplier_id"], row["item_id"])
        told = _told(offers.get(key), asked[key])
        if told is not None and told["over_base"]:
            over.add(row["item_id"])
        more = {} if told is None else {"declared": told}
        why.append(json.dumps(json.loads(row["why"]) | more, ensure_ascii=False))
    return lines.with_columns(why=pl.Series("why", why, dtype=pl.String)), sorted(over)


def _told(offer: dict[str, object] | None, asked_base: int) -> dict[str, object] | None:
    if offer is None:
        return None
    most = int(str(offer["qty_base_per_day"]))
    return {
        "qty_base_per_day": most,
        "price_fen": offer["price_fen"],
        "until": str(offer["until_date"]),
        "asked_base": asked_base,
        "over_base": max(0, asked_base - most),
    }


def load_of(lines: pl.DataFrame, vehicles: pl.DataFrame, plan: Plan) -> Load:
    """What the proposal weighs, against the vehicles that are ready (one trip each)."""
    grams = sum(
        packs * plan.items[item_id].pack_units * plan.items[item_id].weight_g
        for item_id, packs in lines.select("item_id", "proposed_packs").iter_rows()
    )
    return Load(vehicles.height, int(vehicles["capacity_kg"].sum()), -(-grams // 1000))
