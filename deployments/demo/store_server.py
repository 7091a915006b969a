"""An example of a store's server, as docs/store-api.yaml has it: price list, stock, orders, confirmations.

Several stores on one address, each below its id. It confirms every order at once, up to what it says it can pack
(`can_pack`), and under one key takes an order once. Faults are those of `JsonServer`, and two of its own: `again`
(every page leads to itself) and `clock_off` (by how much its clock is wrong).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson

from deployments.demo.json_server import JsonServer, Request

Line = dict[str, Any]


@dataclass
class Shop:
    """What a store's server knows; `lists` by `stock` and `catalog`."""

    lists: dict[str, tuple[datetime, Sequence[Line]]] = field(default_factory=dict)
    can_pack: dict[str, int] = field(default_factory=dict)
    orders: dict[str, Line] = field(default_factory=dict)
    confirmations: list[Line] = field(default_factory=list)


class StoreServer(JsonServer):
    """Stores by id; `token` empty: nobody is asked for one. Times are those that it is told: `clock`."""

    def __init__(self, token: str = "", page_size: int = 50) -> None:
        super().__init__()
        self.shops: dict[str, Shop] = {}
        self.token, self.page_size = token, page_size
        self.again = False
        self.clock_off = timedelta()
        self.clock: datetime | None = None

    def shop(self, store_id: str) -> Shop:
        """A store, opened where it is new."""
        return self.shops.setdefault(store_id, Shop())

    def base(self, store_id: str) -> str:
        """The address that goes into the environment."""
        return f"{self.address}/{store_id}"

    def answer(self, request: Request) -> tuple[int, Any]:
        """What the contract says."""
        store_id, _, what = request.path.strip("/").partition("/")
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"error": "token"}
        shop = self.shops.get(store_id)
        if shop is None:
            return 404, {"error": "store"}
        if request.verb == "POST":
            return self._ordered(store_id, shop, request) if what == "orders" else (404, {"error": "path"})
        if what == "confirmations":
            since = datetime.fromisoformat(request.query["since"]) if "since" in request.query else None
            found = [
                c for c in shop.confirmations if since is None or datetime.fromisoformat(c["confirmed_at"]) >= since
            ]
            return 200, self._page(store_id, request, "confirmations", self._now(), found)
        if what not in shop.lists:
            return 404, {"error": "no list"}
        as_of, lines = shop.lists[what]
        return 200, self._page(store_id, request, "lines", as_of, lines)

    def _now(self) -> datetime:
        return self.clock or datetime.now().astimezone()

    def _page(self, store_id: str, request: Request, name: str, as_of: datetime, entries: Sequence[Line]) -> Line:
        number = int(request.query.get("page", "1"))
        start, end = (number - 1) * self.page_size, number * self.page_size
        following = number if self.again else number + 1
        more = end < len(entries) or self.again
        asked = urlencode(request.query | {"page": following})
        return {
            "version": "1",
            "store": store_id,
            "as_of": (as_of + self.clock_off).isoformat(),
            name: list(entries[start:end]),
            "next": f"{self.address}{request.path}?{asked}" if more else None,
        }

    def _ordered(self, store_id: str, shop: Shop, request: Request) -> tuple[int, Any]:
        """Confirm an order, or as much of it as the store can pack; the same key again gets the same answer."""
        key = request.headers.get("Idempotency-Key", "")
        order = orjson.loads(request.body)
        if not key or order.get("order") != key or order.get("store") != store_id:
            return 400, {"error": "order"}
        if key in shop.orders:
            return 200, next(c for c in shop.confirmations if c["order"] == key)
        shop.orders[key] = order
        answer = self._confirmed(shop, order)
        shop.confirmations.append(answer)
        return 201, answer

    def _confirmed(self, shop: Shop, order: Mapping[str, Any]) -> Line:
        wanted: dict[tuple[str, str], float] = {}
        for line in order["lines"]:
            item = line["item"], line["unit"]
            wanted[item] = wanted.get(item, 0) + float(line["quantity"])
        lines = [self._line(shop, item, unit, number) for (item, unit), number in wanted.items()]
        partial = any(line["confirmed"] != line["ordered"] for line in lines)
        return {
            "version": "1",
            "store": order["store"],
            "order": order["order"],
            "status": "partial" if partial else "confirmed",
            "confirmed_at": (self._now() + self.clock_off).isoformat(),
            "lines": lines,
        }

    def _line(self, shop: Shop, item: str, unit: str, wanted: float) -> Line:
        packed = min(wanted, shop.can_pack.get(item, wanted))
        reason = "" if packed == wanted else "备货不足"
        return {"item": item, "unit": unit, "ordered": f"{wanted:g}", "confirmed": f"{packed:g}", "reason": reason}
