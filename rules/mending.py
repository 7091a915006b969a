"""How a shelf that runs low can be mended: at most three ways, the best first (B-05, B-07).

- *move* what another store can do without, down to its own minimum (`rules/transfers.py`); never from a store whose
  stock is only estimated or doubted. No two shelves are promised the same goods: who runs out first is served first.
- *buy* now, from the best source (`rules/sourcing.py`), in whole packs.
- *substitute* an item of the same category that the store has above its own minimum; never for medicine.

What is there before the shelf is empty comes first, then what comes sooner; of those that come alike, moving or buying
by cost for the part that it mends, and substituting last, since nobody asked for it. The best of each kind stands
before a second one of any kind. A category is mended by what mends its items, measured in grams.

Known drawback: whether one thing can stand for another is for people to judge (milk is no infant formula).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

import polars as pl

from rules.cover import item_min_days
from rules.demand import grams_per_base
from rules.sourcing import Offers
from rules.transfers import transfers
from schemas.frames.base import checked, frame_of
from schemas.frames.replenishment import Exchanges
from schemas.frames.supply import Cover
from schemas.plan import Plan

Key = tuple[str, str, str]  # store, category, item ("": the whole category)
TOLD = 3
KINDS = ("move", "buy", "substitute")


@dataclass(frozen=True)
class Way:
    """One way: what, how much, from whom, what it costs, when it is there, and which part of the missing it mends."""

    kind: str
    source: str
    item_id: str
    qty_base: int
    cost_fen: int
    on: date
    grams: float
    part: float

    def as_json(self) -> dict[str, Any]:
        """For a JSON column."""
        return asdict(self) | {"on": self.on.isoformat(), "part": round(self.part, 3), "grams": round(self.grams)}


def ways_to_mend(cover: pl.DataFrame, offers: Offers, plan: Plan, on: date) -> dict[Key, list[Way]]:
    """Per line of a store's `Cover` that is below its minimum: its best ways; nothing where there is none."""
    lines = {_key(row): row for row in checked(Cover, cover).iter_rows(named=True)}
    low = [row for row in lines.values() if row["missing_base"] > 0]
    items = [row for row in low if row["item_id"]]
    found: dict[Key, list[Way]] = defaultdict(list)
    for told in (
        _moves(items, lines, offers, plan, on),
        _buys(items, offers, plan, on),
        _others(items, lines, plan, on),
    ):
        for way, key in told:
            found[key].append(way)
    for row in low:
        if not row["item_id"]:
            mine = (way for row_ in items if _key(row_)[:2] == _key(row)[:2] for way in found[_key(row_)])
            found[_key(row)] = [_of_category(way, row) for way in mine]
    return {_key(row): best for row in low if (best := _best(found[_key(row)], row["runs_out_on"]))}


def _of_category(way: Way, row: Mapping[str, Any]) -> Way:
    return Way(**asdict(way) | {"part": min(1.0, way.grams / row["missing_base"])})


def _way(kind: str, source: str, item_id: str, qty: int, cost: int, there: date, missing_g: float, plan: Plan) -> Way:
    grams = qty * grams_per_base(plan.items[item_id])
    return Way(kind, source, item_id, qty, cost, there, grams, min(1.0, grams / missing_g))


def _missing_g(row: Mapping[str, Any], plan: Plan) -> float:
    return float(row["missing_base"] * grams_per_base(plan.items[row["item_id"]]))


def _key(row: Mapping[str, Any]) -> Key:
    return row["store_id"], row["category"], row["item_id"]


def spare_base(row: Mapping[str, Any], plan: Plan) -> int:
    """What a shelf holds above its own minimum."""
    kept: int = ceil(item_min_days(plan, row["item_id"]) * row["demand_base_per_day"])
    held: int = row["stock_base"]
    return max(0, held - kept)


def _moves(
    items: list[dict[str, Any]], lines: Mapping[Key, dict[str, Any]], offers: Offers, plan: Plan, on: date
) -> Iterator[tuple[Way, Key]]:
    wanted = {(row["store_id"], row["item_id"]): row for row in items}
    asked = {row["item_id"] for row in items}
    costs = {(r.store_id, r.item_id): r.cost_fen for r in plan.stock}
    rows = []
    for (store_id, _, item_id), line in lines.items():
        if item_id not in asked:
            continue
        lacks = wanted[store_id, item_id]["missing_base"] if (store_id, item_id) in wanted else 0
        sure = not (line["estimated"] or line["doubtful"] or lacks)
        best = offers.get((store_id, item_id))
        amounts: dict[str, int | None] = {"spare_base": spare_base(line, plan) if sure else 0, "surplus_base": 0}
        amounts |= {"wanted_day": int(line["cover_days"] or 0) if lacks else None}
        amounts |= {"wanted_base": lacks, "urgent_base": lacks, "buy_fen": None}
        cost = costs.get((store_id, item_id)) or (best[0].cost_fen if best else 0)
        rows.append({"store_id": store_id, "item_id": item_id, **amounts, "cost_fen": cost})
    for move in transfers(frame_of(Exchanges, rows), plan).iter_rows(named=True):
        row = wanted[move["to_store"], move["item_id"]]
        told = (move["from_store"], move["item_id"], move["qty_base"], move["cost_fen"], on)
        yield _way("move", *told, _missing_g(row, plan), plan), _key(row)


def _buys(items: list[dict[str, Any]], offers: Offers, plan: Plan, on: date) -> Iterator[tuple[Way, Key]]:
    for row in items:
        item = plan.items[row["item_id"]]
        pack = item.pack_units * item.unit_base
        packs = -(-row["missing_base"] // pack)
        for offer in offers.get((row["store_id"], item.item_id), []):
            cost = ceil(packs * item.pack_units * offer.delivered_fen)
            there = on + timedelta(days=offer.lead_days)
            told = (offer.supplier_id, item.item_id, packs * pack, cost, there)
            yield _way("buy", *told, _missing_g(row, plan), plan), _key(row)


def _others(
    items: list[dict[str, Any]], lines: Mapping[Key, dict[str, Any]], plan: Plan, on: date
) -> Iterator[tuple[Way, Key]]:
    """Items of the same category in the same store, as much of each as the missing weighs."""
    beside: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for (store_id, category, item_id), line in lines.items():
        if item_id and not plan.items[item_id].medicine and not line["missing_base"]:
            beside[store_id, category].append(line)
    for row in items:
        if plan.items[row["item_id"]].medicine:
            continue
        for line in beside[row["store_id"], row["category"]]:
            item, missing = plan.items[line["item_id"]], _missing_g(row, plan)
            wanted = min(spare_base(line, plan), ceil(missing / grams_per_base(item)))
            qty = wanted // item.step_base * item.step_base
            if qty > 0:
                yield _way("substitute", row["store_id"], item.item_id, qty, 0, on, missing, plan), _key(row)


def _best(ways: list[Way], runs_out_on: date | None) -> list[Way]:
    """The best of each kind, then whatever is best of the rest."""

    def rank(way: Way) -> tuple[Any, ...]:
        late = max(0, (way.on - runs_out_on).days) if runs_out_on else 0
        per_gram = way.cost_fen / way.grams
        return late, way.kind == "substitute", way.part < 1, per_gram, -way.part, way.source, way.item_id

    ordered = sorted(ways, key=rank)
    first = [next(way for way in ordered if way.kind == kind) for kind in KINDS if any(w.kind == kind for w in ordered)]
    rest = [way for way in ordered if way not in first]
    return sorted([*first, *rest[: TOLD - len(first)]], key=rank)[:TOLD]
