"""Ways to mend a shelf that runs low, in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.plan import Plan
from schemas.text import N_
from schemas.units import sale_quantity, yuan
from tasks.documents.labels import store_label
from tasks.words import say


def way_words(plan: Plan, way: Mapping[str, Any]) -> str:
    """`从惠民超市调大米12袋（292.50元）`; `way` as it is stored beside the number that it is for."""
    item = plan.items.get(way["item_id"])
    name = item.name if item else way["item_id"]
    amount = f"{sale_quantity(way['qty_base'], item.unit_base)}{item.unit}" if item else way["qty_base"]
    goods = f"{name}{amount}"
    if way["kind"] == "substitute":
        return say(N_("hand out {goods} in its place"), goods=goods)
    told = {"goods": goods, "store": store_label(plan, way["source"]), "yuan": yuan(way["cost_fen"])}
    if way["kind"] == "move":
        return say(N_("move {goods} from {store} ({yuan} yuan)"), **told)
    day = date.fromisoformat(way["on"])
    return say(
        N_("buy {goods} from {store} ({yuan} yuan, there on {month}/{day})"), **told, month=day.month, day=day.day
    )
