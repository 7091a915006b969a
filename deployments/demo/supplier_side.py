"""The supplier's half of the example server (docs/store-api.yaml): purchase orders taken once, and answered.

It brings what it can (`can_supply`, in packs), for what it asks (`pack_prices`); more than was ordered where
`gives_more` says so, nothing at once where it is `slow`, and nothing at all where it `refuses`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Entry = dict[str, Any]


@dataclass
class SupplierSide:
    """What a supplier knows; `orders` by the key under which they came."""

    can_supply: dict[str, int] = field(default_factory=dict)
    pack_prices: dict[str, int] = field(default_factory=dict)
    gives_more: dict[str, int] = field(default_factory=dict)
    slow: bool = False
    refuses: bool = False
    orders: dict[str, Entry] = field(default_factory=dict)
    confirmations: list[Entry] = field(default_factory=list)

    def ordered(self, key: str, order: Mapping[str, Any], now: datetime) -> tuple[int, Entry]:
        """Take an order; the same key again is the same order, with the answer that was given."""
        if key in self.orders:
            return 200, self._answer_to(key, order, now)
        self.orders[key] = dict(order)
        if not self.slow:
            self.confirmations.append(self.answer(order, now))
        return 201, self._answer_to(key, order, now)

    def decide(self, now: datetime) -> None:
        """Answer what was left pending."""
        told = {entry["order"] for entry in self.confirmations}
        self.confirmations += [self.answer(order, now) for key, order in self.orders.items() if key not in told]

    def _answer_to(self, key: str, order: Mapping[str, Any], now: datetime) -> Entry:
        told = [entry for entry in self.confirmations if entry["order"] == key]
        return told[-1] if told else self._entry(order, now) | {"status": "pending", "lines": []}

    def answer(self, order: Mapping[str, Any], now: datetime) -> Entry:
        """What it brings of an order."""
        if self.refuses:
            return self._entry(order, now) | {"status": "refused", "reason": "车辆无法通行", "lines": []}
        lines = [self._line(line) for line in order["lines"]]
        whole = all(line["packs"] == there["packs"] for line, there in zip(lines, order["lines"], strict=True))
        return self._entry(order, now) | {"status": "confirmed" if whole else "partial", "lines": lines}

    def _entry(self, order: Mapping[str, Any], now: datetime) -> Entry:
        return {"version": "1", "store": order["store"], "order": order["order"], "confirmed_at": now.isoformat()}

    def _line(self, line: Mapping[str, Any]) -> Entry:
        item, wanted = line["item"], line["packs"]
        packs = min(wanted, self.can_supply.get(item, wanted)) + self.gives_more.get(item, 0)
        price = self.pack_prices.get(item, line["pack_price_fen"])
        return {"item": item, "packs": packs, "pack_price_fen": price, "reason": "" if packs >= wanted else "货源不足"}
