"""Stores with a server of their own in the sample week: the same lists as the others send, kept where they are fetched.

On the fourth day such a server is broken while stock is to be checked, and the coordinator runs the check again; on
about every third day it can pack but one unit of a few items.
"""

import os
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from deployments.demo.chance import Chance
from deployments.demo.lists import price_grid
from deployments.demo.store_server import Line, StoreServer
from deployments.demo.stores import Counter, stock_grid
from schemas.plan import Plan, Store

#: The day, counted from 0, on which the servers are broken, for how long, and when the check is run again.
BROKEN_ON, BROKEN_FOR = 3, timedelta(minutes=12)
#: Part of the days on which it runs short, and of how many items then.
SHORT_DAYS, SCARCE = 0.3, 12


def fetched(store: Store) -> bool:
    """Whether its lists are fetched instead of sent."""
    return store.channel == "http"


def open_counters(plan: Plan, servers: StoreServer) -> None:
    """A counter for every such store of the plan, and its address in the environment."""
    servers.shops.clear()
    for source in plan.file.source:
        if source.store is not None:
            servers.shop(source.store)
            os.environ[f"BAOGONG_ENDPOINT_{source.endpoint.upper()}"] = servers.base(source.store)


def put_stock(servers: StoreServer, desk: Counter, store: Store, now: datetime) -> None:
    """The store has counted (B-06)."""
    rows = [
        {"item": item, "quantity": qty, "unit": unit, "price_fen": _fen(price), "sold": sold}
        for item, qty, unit, price, sold in stock_grid(desk, store).rows
    ]
    servers.shop(store.store_id).lists["stock"] = (now, rows)


def put_prices(servers: StoreServer, desk: Counter, store: Store, now: datetime) -> None:
    """The store has written its list (A-02), and knows of what it will run short."""
    rows: Sequence[Line] = [
        {"item": item, "unit": unit, "price_fen": _fen(price), "available": there == "有货"}
        for item, unit, price, there in price_grid(desk, store).rows
    ]
    shop = servers.shop(store.store_id)
    shop.lists["catalog"] = (now, rows)
    shop.can_pack = _scarce(desk.seed, desk.plan.id, desk.on, store, rows)


def _scarce(seed: int, plan_id: str, on: date, store: Store, rows: Sequence[Line]) -> dict[str, int]:
    chance = Chance(seed, plan_id, on, store.store_id, "scarce")
    return {chance.one(rows)["item"]: 1 for _ in range(SCARCE)} if rows and chance.happens(SHORT_DAYS) else {}


def _fen(yuan: object) -> int:
    return int(Decimal(str(yuan)) * 100)
