"""What to buy (C-04, C-05, B-07, B-10): the replenishment rule for every receiving store and item, within the means.

Demand is dated (`rules/outlook.py`): needs that were confirmed since the last purchase, and what is expected of the
collections that are delivered before the goods of the next purchase can be there. A confirmed need is bought by the
purchase that takes it, however late it is delivered. Minimum and target are days of expected demand that must be left
then: the category's minimum cover, and `purchase.target_cover_days`, but never more days than the item keeps: of what
spoils, buy more often, not more (B-07). The maximum (`purchase.max_cover_days`) makes the surplus that is offered to
others. A plan that buys in a cycle (C-05) tops every item up every time, so its minimum is its target; one that buys on
low cover buys what falls below the minimum, and then up to the target.

What another store can spare for less than it costs to buy comes first (`rules/transfers.py`); what asked-for goods
cannot wait for is moved whatever it costs. What is moved is not bought. What is on order is a receipt of its day, so
nothing is suggested twice while an order is open. The source is chosen by `rules/sourcing.py`; of goods whose price
swings all offers are told, so that more of them are asked. Money and vehicles are shared out by `rules/spending.py`.

Every line carries its formula: needs + expected until then + target - on hand - on order (with what is moved) =
wanted, on the day on which the level is lowest.

Known drawbacks: no quantity discounts; goods that expire before they are asked for count as there until they do.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

import polars as pl

from rules.cover import ROUNDING
from rules.demand import KEYS
from rules.purchase_lines import Key, Line, Row, Situation, judged_lines
from rules.sourcing import Offer, Offers
from rules.spending import Claim, Means, spend
from rules.transfers import transfers
from schemas.frames.base import frame_of
from schemas.frames.replenishment import Exchanges, Transfers
from schemas.frames.supply import PurchaseLines, Unsourced
from schemas.plan import Plan

SOURCES_TOLD = 3


@dataclass(frozen=True)
class Proposal:
    """What to buy, what to move instead, what nobody sells, and what the means did not reach for.

    `lines`: `PurchaseLines` with something to buy or cut; `moves`: `Transfers`; `unsourced`: `Unsourced`.
    """

    lines: pl.DataFrame
    moves: pl.DataFrame
    unsourced: pl.DataFrame
    amount_fen: int
    budget_fen: int
    cut_fen: int


def propose(now: Situation, offers: Offers, plan: Plan, on: date, budget_fen: int, capacity_g: int | None) -> Proposal:
    """A proposal for a day from what there is; a person is asked to approve it.

    `approved_packs` starts as `proposed_packs`; `capacity_g`: what the vehicles carry, None where nobody knows.
    """
    lines = judged_lines(now, offers, plan, on)
    moves = _moves(lines, offers, plan)
    wants = [line for line in lines if line.wanted > 0]
    sold = [line for line in wants if (line.store_id, line.item_id) in offers]
    claims = [_claim(line, offers[line.store_id, line.item_id][0], plan) for line in sold]
    means = Means(budget_fen, capacity_g)
    spend(claims, means)
    rows = [
        _row(line, claim, offers[line.store_id, line.item_id], plan) for line, claim in zip(sold, claims, strict=True)
    ]
    missing = [{"store_id": w.store_id, "item_id": w.item_id, "wanted_base": w.wanted} for w in wants if w not in sold]
    return Proposal(
        lines=frame_of(PurchaseLines, rows).sort(KEYS),
        moves=moves,
        unsourced=frame_of(Unsourced, missing).sort(KEYS),
        amount_fen=budget_fen - means.fen,
        budget_fen=budget_fen,
        cut_fen=sum((claim.wanted - claim.packs) * claim.fen for claim in claims),
    )


def total_fen(lines: pl.DataFrame) -> int:
    """What the approved packs of `PurchaseLines` cost."""
    return int((lines["approved_packs"] * lines["pack_price_fen"]).sum())


def _moves(lines: Sequence[Line], offers: Offers, plan: Plan) -> pl.DataFrame:
    """What stores give each other, noted on the lines of those who get it."""
    lacking = {line.item_id for line in lines if line.wanted > 0 or line.unmet > 0}
    costs = {(row.store_id, row.item_id): row.cost_fen for row in plan.stock}
    rows = [_exchange(line, offers, costs) for line in lines if line.item_id in lacking]
    found = transfers(frame_of(Exchanges, rows), plan) if rows else frame_of(Transfers)
    by_key = {(line.store_id, line.item_id): line for line in lines}
    for move in found.iter_rows(named=True):
        by_key[move["to_store"], move["item_id"]].moved += move["qty_base"]
    return found


def _exchange(line: Line, offers: Offers, costs: Mapping[Key, int]) -> Row:
    best = offers.get((line.store_id, line.item_id))
    wanted = max(line.wanted, line.unmet)
    # Of what lies there: goods that are late are believed to come, and promised to nobody.
    spare = 0 if wanted else max(0, min(line.on_hand, line.found["lowest"] - line.min_level))
    return {
        "store_id": line.store_id,
        "item_id": line.item_id,
        "spare_base": spare,
        "surplus_base": min(spare, line.found["surplus"]),
        "wanted_base": wanted,
        "urgent_base": line.unmet,
        "wanted_day": line.found["expedite_day"] if line.unmet else line.found["need_by_day"],
        "cost_fen": costs.get((line.store_id, line.item_id)) or (best[0].cost_fen if best else 0),
        "buy_fen": best[0].delivered_fen if best else None,
    }


def _claim(line: Line, offer: Offer, plan: Plan) -> Claim:
    item = plan.items[line.item_id]
    there = line.on_hand + line.upto(line.coming) + line.moved
    tiers = range(1, len(plan.file.allocation.tiers.value) + 2)
    asked = [line.upto((d, q) for d, tier, q in line.needs if tier <= most) - there for most in tiers]
    wanted = -(-line.wanted // line.pack)
    left = there - line.upto((d, q) for d, _, q in line.needs) - line.upto(line.ahead)
    return Claim(
        asked=[min(wanted, -(-max(0, qty) // line.pack)) for qty in asked],
        wanted=wanted,
        lifeline=plan.categories[item.category].lifeline,
        fen=offer.cost_fen * item.pack_units,
        grams=item.pack_units * item.weight_g,
        cover=lambda packs: (left + packs * line.pack) / line.per_day if line.per_day > ROUNDING else inf,
    )


def _row(line: Line, claim: Claim, offers: Sequence[Offer], plan: Plan) -> Row:
    ahead, needs = line.upto(line.ahead), line.upto((d, q) for d, _, q in line.needs)
    return {
        "store_id": line.store_id,
        "item_id": line.item_id,
        "supplier_id": offers[0].supplier_id,
        "needs_base": needs,
        "reserve_gap_base": ahead + line.target,
        "on_hand_base": line.on_hand,
        "on_order_base": line.upto(line.coming) + line.moved,
        "pack_base": line.pack,
        "proposed_packs": claim.packs,
        "approved_packs": claim.packs,
        "cut_packs": claim.wanted - claim.packs,
        "pack_price_fen": claim.fen,
        "why": json.dumps(_why(line, claim, offers, plan, ahead), ensure_ascii=False),
    }


def _why(line: Line, claim: Claim, offers: Sequence[Offer], plan: Plan, ahead: int) -> Row:
    """The numbers of the formula, the sources, and the clauses that each of them follows."""
    rule, category = plan.file.purchase, plan.categories[plan.items[line.item_id].category]
    told = offers[:SOURCES_TOLD] if category.volatile else offers[:1]
    return {
        "demand_base_per_day": round(line.per_day, 3),
        "expected_base": ahead,
        "reserve_days": line.target_days,
        "reserve_base": line.target,
        "min_base": line.min_level,
        "moved_base": line.moved,
        "wanted_base": line.wanted,
        "wanted_packs": claim.wanted,
        "for_needs_packs": claim.asked[-1],
        "lead_days": line.lead,
        "review_days": line.review,
        "need_by_day": line.found["need_by_day"],
        "order_by_day": line.found["order_by_day"],
        "lowest_day": line.found["lowest_day"],
        "unmet_base": line.unmet,
        "cost_fen": offers[0].cost_fen,
        "sources": [
            {"supplier_id": o.supplier_id, "cost_fen": o.cost_fen, "reliability": round(o.reliability, 2)} for o in told
        ],
        "volatile": category.volatile,
        "lifeline": category.lifeline,
        "cut_for": sorted(claim.short),
        "clauses": {
            "cycle": rule.trigger.clause,
            "reserve": rule.target_cover_days.clause,
            "minimum": plan.file.reserve.min_cover_days.clause,
            "budget": rule.budget_fen.clause,
            "category": category.clause,
        },
    }
