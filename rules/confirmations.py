"""What a store says it can pack of an order (A-05, B-02) -> amounts per item, or why its answer cannot be used.

Policy. `confirmed` means all of it, whether the lines are repeated or not; `partial` must name every item of the order,
since silence about an item is no promise. More than was ordered, an unknown item or unit, and an amount that is no
number are refused as a whole: nobody packs by an answer that is half understood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.intake.http_json import words
from rules.intake.identify import Directory
from rules.intake.quantities import fold, parse_number
from schemas.plan import Item
from schemas.text import Text

STATES = ("confirmed", "partial", "pending")


@dataclass(frozen=True, slots=True)
class Packed:
    """One item of an order, in base units."""

    item_id: str
    ordered_base: int
    confirmed_base: int
    reason: str = ""


def packed(entry: Mapping[str, Any], ordered: Mapping[str, int], directory: Directory) -> list[Packed] | Text | None:
    """Every ordered item with what is confirmed of it; None while the store has not decided.

    Args:
        entry: an entry of `confirmations`, or the answer to an order (docs/store-api.yaml).
        ordered: item_id -> base units.
    """
    status, lines = entry.get("status"), entry.get("lines") or []
    if status not in STATES or not isinstance(lines, Sequence) or not all(isinstance(x, Mapping) for x in lines):
        return Text("page_not_agreed", {"what": "status"})
    if status == "pending":
        return None
    said: dict[str, Packed] = {}
    for line in lines:
        one = _line(line, ordered, directory)
        if isinstance(one, Text):
            return one
        said[one.item_id] = one
    silent = [item_id for item_id in ordered if item_id not in said]
    if status == "partial" and silent:
        return Text("confirmation_silent", {"items": "、".join(directory.plan.items[i].name for i in silent)})
    return [said.get(i) or Packed(i, base, base) for i, base in ordered.items()]


def _line(line: Mapping[str, Any], ordered: Mapping[str, int], directory: Directory) -> Packed | Text:
    item = directory.item(words(line.get("item")))
    if not isinstance(item, Item):
        return item
    number = parse_number(fold(words(line.get("confirmed"))))
    if number is None or number < 0:
        return Text("quantity_unclear", {"cell": words(line.get("confirmed")) or "?"})
    base = directory.base_units(item, number, words(line.get("unit")))
    if isinstance(base, Text):
        return base
    if base > ordered.get(item.item_id, 0):
        return Text("confirmation_beyond", {"item": item.name})
    return Packed(item.item_id, ordered[item.item_id], base, words(line.get("reason"))[:200])
