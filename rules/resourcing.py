"""Where the rest of an order comes from when its supplier cannot bring all of it (B-07, C-05).

Policy. The next source is the cheapest of those that deliver to the store and have not been tried for this item in this
purchase, then the nearest; its price is its own, and where no source states one, what the store's own sheet says
(`rules.purchase` chooses the first source by the same rule). The order goes out without asking where a pack costs no
more than was approved and `receiving.max_price_rise_pct` on top, and the whole purchase stays within what was approved.
Anything else goes back to those who approve.

Drawback: a source is thought to have everything it lists, so the second may be short as well; the third is tried then.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rules.geography import sources_for
from schemas.plan import Plan


@dataclass(frozen=True, slots=True)
class Source:
    """Who would bring it, and what a pack costs there."""

    supplier_id: str
    pack_price_fen: int


def next_source(
    plan: Plan, store_id: str, item_id: str, costs: Mapping[tuple[str, str], int], tried: Collection[str]
) -> Source | None:
    """The next source of an item for a store; None where nobody is left. `costs`: (supplier, item) -> sale unit's."""
    sources = sources_for(plan, store_id)
    priced = [(costs[s, item_id], rank, s) for rank, s in enumerate(sources) if (s, item_id) in costs]
    if not priced:
        own = (r.cost_fen for r in plan.stock if (r.store_id, r.item_id) == (store_id, item_id))
        priced = [(cost, rank, s) for cost in own for rank, s in enumerate(sources)]
    left = [found for found in priced if found[2] not in tried]
    if not left:
        return None
    cost, _, supplier_id = min(left)
    return Source(supplier_id, cost * plan.items[item_id].pack_units)


def within_price_rule(plan: Plan, approved_fen: int, offered_fen: int) -> bool:
    """Whether a pack costs no more than was approved and the rise that the plan lets pass."""
    return offered_fen * 100 <= approved_fen * (100 + plan.file.receiving.max_price_rise_pct.value)


def without_asking(plan: Plan, packs: int, prices: tuple[int, int], committed_fen: int, approved_fen: int) -> bool:
    """Whether packs may be ordered within what was approved.

    Args:
        prices: of a pack, as approved and as it would be.
        committed_fen: what the purchase's orders cost without these packs.
        approved_fen: what the purchase may cost.
    """
    fits = committed_fen + packs * prices[1] <= approved_fen
    return fits and within_price_rule(plan, *prices)
