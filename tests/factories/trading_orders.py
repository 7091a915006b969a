"""A cycle of a trading town as rows: what was allocated, ordered from the stores, packed and left behind."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from schemas import tables
from schemas.plan import Plan
from schemas.units import amount_fen
from tasks.database import insert
from tests.factories.trading_town import GOODS, Good, households, seller

DAY, NEXT = date(2022, 4, 21), date(2022, 4, 22)
NOW = datetime(2022, 4, 21, 8, 30, tzinfo=UTC)
EGG = next(g for g in GOODS if g.id == "egg")
#: A household whose rice was allocated and not on the shelf.
LEFT_OUT = ("c1-002", "rice")


@cache
def wishes() -> tuple[tuple[str, Good, int], ...]:
    """(household, good, base units) that everybody gets."""
    found = []
    for n, home in enumerate(households()):
        for k, good in enumerate(GOODS):
            if (n + k) % 3 and good != EGG:
                found.append((home, good, int(good.base * (1 + (n * k) % 4 * 0.5))))
    return tuple(found)


def fen(good: Good, qty_base: int) -> int:
    """What an amount of it costs."""
    return amount_fen(qty_base, good.price, good.base)


def of_cycle(plan: Plan) -> dict[str, Any]:
    """The columns that every row of the cycle begins with."""
    return {"plan_id": plan.id, "cycle": DAY}


def write_allocations(session: Session, plan: Plan) -> None:
    """Everybody gets all that he asked for but eggs, of which every fifth household gets none."""
    key = of_cycle(plan) | {"revision": 1, "tier": 1, "need_revision": 1}
    rows: list[dict[str, Any]] = [
        {"household_id": h, "item_id": g.id, "needed_base": qty, "allocated_base": qty, "short_base": 0}
        for h, g, qty in wishes()
    ]
    why = {"reason": {"code": "stock_shared", "args": {"item": plan.items["egg"].name, "percent": 40}}}
    short = {"needed_base": 3600, "allocated_base": 0, "short_base": 3600, "reason": "stock_shared", "why": why}
    rows += [short | {"household_id": home, "item_id": "egg"} for home in list(households())[::5]]
    insert(session, tables.Allocation, [key | row for row in rows])


def write_orders(session: Session, plan: Plan) -> None:
    """An order to each store that sells something: an older revision that was superseded, and the one in force."""
    lines: Counter[tuple[str, str, Good]] = Counter()
    for home, good, qty in wishes():
        lines[seller(plan, good), home[:2], good] += qty
    amounts: Counter[str] = Counter()
    for (shop, _place, good), qty in lines.items():
        amounts[shop] += fen(good, qty)
    for revision, state in ((1, "superseded"), (2, "placed")):
        key = of_cycle(plan) | {"revision": revision}
        dated = {"deliver_on": NEXT, "placed_at": NOW, "state": state}
        heads = [key | dated | {"store_id": shop, "amount_fen": amount} for shop, amount in amounts.items()]
        insert(session, tables.StoreOrder, heads)
        bodies = [
            {"store_id": s, "community_id": c, "item_id": g.id, "qty_base": qty, "price_fen": g.price}
            for (s, c, g), qty in lines.items()
        ]
        insert(session, tables.StoreOrderLine, [key | body for body in bodies])


def write_batches(session: Session, plan: Plan) -> None:
    """A released batch of everything that was there, and flour that came in on the day."""
    key: dict[str, Any] = {"plan_id": plan.id, "arrived_on": DAY, "expires_on": NEXT, "cost_fen": 100}
    key |= {"state": "released", "released": True, "checked_by": "o1", "checked_at": NOW}
    rows = [
        {
            "batch_id": batch_of(plan, g),
            "store_id": seller(plan, g),
            "item_id": g.id,
            "qty_base": 10**6,
            "origin": "opening",
        }
        for g in GOODS
    ]
    came = {"batch_id": f"{plan.id}-came", "store_id": "s1", "item_id": "flour", "qty_base": 250_000}
    insert(session, tables.Batch, [key | row for row in [*rows, came | {"origin": f"{plan.id}:order"}]])


def batch_of(plan: Plan, good: Good) -> str:
    """The batch from which it is packed."""
    return f"{plan.id}-{good.id}"


def write_parcels(session: Session, plan: Plan) -> None:
    """A parcel for every household, and what was left out of one."""
    amounts: defaultdict[str, int] = defaultdict(int)
    for home, good, qty in wishes():
        amounts[home] += 0 if (home, good.id) == LEFT_OUT else fen(good, qty)
    heads = [
        {"household_id": h, "community_id": h[:2], "mode": plan.mode(h[:2]), "amount_fen": amounts[h]}
        for h in households()
    ]
    dated = of_cycle(plan) | {"revision": 1, "deliver_on": NEXT}
    insert(session, tables.Parcel, [dated | head for head in heads])
    lines = [
        {
            "household_id": h,
            "item_id": g.id,
            "store_id": seller(plan, g),
            "batch_id": batch_of(plan, g),
            "qty_base": qty,
        }
        for h, g, qty in wishes()
    ]
    packed = [line for line in lines if (line["household_id"], line["item_id"]) != LEFT_OUT]
    insert(session, tables.ParcelLine, [of_cycle(plan) | line for line in packed])
    missing = [line for line in lines if line not in packed]
    left = [{k: v for k, v in line.items() if k != "batch_id"} | {"reason": "not_on_shelf"} for line in missing]
    insert(session, tables.Undelivered, [of_cycle(plan) | row for row in left])
