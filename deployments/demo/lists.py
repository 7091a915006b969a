"""A store's list of goods on sale in a sample week, and what is odd about it.

On the first day one price is written ten times as high, and the store takes it back when it is asked. On the second one
really jumps (`stores.py`), and the store stands by it. On the third the store that is ordered from most has run out of
an item before noon, and sends its list again.
"""

from datetime import time

from deployments.demo.chance import Chance
from deployments.demo.files import Grid, Letter
from deployments.demo.stores import Counter, Shelf, as_usual, shelves_of
from rules.geography import serving_stores
from schemas.plan import Plan, Store
from schemas.units import yuan

#: Days of the week, counted from 0, and how many times too high the slip is.
SLIP_ON, WITHDRAWN_ON, SLIP_TIMES = 0, 2, 10
#: When the store sends its list again on that day.
WITHDRAWN_AT = time(11, 30)
HEADER = ("商品", "单位", "售价", "是否有货")


def listing(plan: Plan) -> list[Store]:
    """Stores that send a price list of their own; a station sells what its source has, and sends none (C-01)."""
    return [] if plan.file.allocation.source.value == "station" else serving_stores(plan)


def price_list(desk: Counter, store: Store, at: time, without: str = "") -> Letter:
    """A store's list of goods on sale, for the catalogue (A-02, C-04); `without`: an item that has run out."""
    return as_usual(desk, store, at, price_grid(desk, store, without))


def price_grid(desk: Counter, store: Store, without: str = "") -> Grid:
    """Its list before it is put into a form."""
    slip = _slip(desk)
    rows = []
    for shelf in shelves_of(desk, store):
        item = desk.plan.items[shelf[1]]
        there = shelf[1] != without and desk.held.get(shelf, 0) >= item.step_base
        fen = desk.prices[shelf] * (SLIP_TIMES if shelf == slip else 1)
        rows.append((item.name, item.unit, yuan(fen), "有货" if there else "缺货"))
    return Grid(HEADER, rows, f"{store.name} 可售物品清单")


def _slip(desk: Counter) -> Shelf | None:
    """Where the slip of the day stands."""
    written = {store.store_id for store in listing(desk.plan) if store.channel == "inbox"}
    shelves = sorted(shelf for shelf in desk.prices if shelf[0] in written)
    chance = Chance(desk.seed, desk.plan.id, "slip")
    return chance.one(shelves) if shelves and desk.number == SLIP_ON else None


def running_out(desk: Counter) -> tuple[Store, str] | None:
    """The store with files that is ordered from most, by what it hands out today; and what is ordered there most."""
    written = {store.store_id: store for store in listing(desk.plan) if store.channel == "inbox"}
    units = {
        shelf: base / desk.plan.items[shelf[1]].unit_base
        for shelf, base in sorted(desk.sold.items())
        if shelf[0] in written and desk.held.get(shelf, 0) >= desk.plan.items[shelf[1]].step_base
    }
    if not units:
        return None
    of_store = {store_id: sum(n for shelf, n in units.items() if shelf[0] == store_id) for store_id, _ in units}
    busiest = max(of_store, key=lambda store_id: of_store[store_id])
    _, item_id = max((shelf for shelf in units if shelf[0] == busiest), key=lambda shelf: units[shelf])
    return written[busiest], item_id
