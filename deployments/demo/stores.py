"""What stores and suppliers send in of their own accord: daily stock reports, papers of what they bring.

A store counts what the books say it has, now and then a little less; prices move by a few per cent, those of volatile
goods by more, and one of these costs four times as much from the second day on. A supplier brings what was ordered,
now and then less, dearer, unchecked or bad.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

import polars as pl

from deployments.demo.chance import Chance
from deployments.demo.files import GB18030, UTF8_BOM, Grid, Letter, as_csv, as_workbook
from rules.calendar import moment
from rules.geography import serving_stores
from schemas.plan import Plan, Store
from schemas.units import sale_quantity, yuan
from tasks import supply
from tasks.database import reading
from tasks.expected import ExpectedLine, expected_lines, handed_out

#: Parts of all reports, and of all counted or delivered lines.
REPORT_SILENT, REPORT_LATE, MISCOUNT = 0.02, 0.04, 0.02
SHORT, DEARER, FAILED, UNCHECKED = 0.03, 0.015, 0.015, 0.03
#: By how much a price moves from one day to the next, at most, in per cent; and how often one leaps.
DRIFT, VOLATILE_DRIFT, LEAP, LEAP_PERCENT = 2, 6, 0.004, 34
STOCK_HEADER = ("商品", "库存", "单位", "售价", "销量")
ARRIVAL_HEADER = ("采购单号", "商品", "到货数量", "单位", "进价", "生产日期", "检验人", "检验结论")
#: The day, counted from 0, on which a price really jumps, and how many times as high it is then.
JUMP_ON, JUMP_TIMES = 1, 4

Shelf = tuple[str, str]


@dataclass(frozen=True)
class Counter:
    """A store's day: what lies on its shelves, what it asks, what left it."""

    plan: Plan
    seed: int
    on: date
    held: dict[Shelf, int]
    prices: dict[Shelf, int]
    sold: dict[Shelf, int]

    @property
    def number(self) -> int:
        """Which day of the week it is, counted from 0."""
        return day_number(self.plan, self.on)


def day_number(plan: Plan, on: date) -> int:
    """Which day of the plan a date is, counted from 0."""
    return (on - plan.file.plan.start_date).days


def counter(plan: Plan, seed: int, on: date, at: time) -> Counter:
    """The stores as they are at a moment, as each of them knows it of itself."""
    now = moment(plan, on, at)
    with reading() as session:
        batches = supply.batches(session, plan.id, now).filter(pl.col("qty_base") > 0)
        held = batches.group_by("store_id", "item_id").agg(pl.col("qty_base").sum())
        prices = supply.prices(session, plan, on)
        sold = handed_out(session, plan, on)
    asked = _with_jump(plan, seed, on, _by_shelf(prices, "price_fen"))
    return Counter(plan, seed, on, _by_shelf(held, "qty_base"), asked, _by_shelf(sold, "qty_base"))


def _by_shelf(frame: pl.DataFrame, value: str) -> dict[Shelf, int]:
    return {(s, i): amount for s, i, amount in frame.select("store_id", "item_id", value).iter_rows()}


def _with_jump(plan: Plan, seed: int, on: date, prices: dict[Shelf, int]) -> dict[Shelf, int]:
    """What the stores ask; from the day of the jump on one price stays far above the one that the plan began with."""
    written = {store.store_id for store in serving_stores(plan) if store.channel == "inbox"}
    volatile = {item.item_id for item in plan.items.values() if plan.categories[item.category].volatile}
    shelves = sorted(shelf for shelf in prices if shelf[0] in written and shelf[1] in volatile)
    if not shelves or day_number(plan, on) < JUMP_ON:
        return prices
    jumped = Chance(seed, plan.id, "jump").one(shelves)
    began = next(row.price_fen for row in plan.stock if (row.store_id, row.item_id) == jumped)
    return prices | {jumped: max(prices[jumped], began * JUMP_TIMES)}


def shelves_of(desk: Counter, store: Store) -> list[Shelf]:
    """What the store sells."""
    return sorted(shelf for shelf in desk.prices if shelf[0] == store.store_id)


def stock_report(desk: Counter, store: Store, at: time) -> Letter:
    """What a store reports of an afternoon (B-06), in the form that it always uses."""
    return as_usual(desk, store, at, stock_grid(desk, store))


def stock_grid(desk: Counter, store: Store) -> Grid:
    """Its report before it is put into a form."""
    chance = Chance(desk.seed, desk.plan.id, desk.on, store.store_id, "stock")
    rows = [_stock_row(desk, shelf, chance) for shelf in shelves_of(desk, store)]
    title = f"{store.name} {desk.on.month}月{desk.on.day}日库存日报"
    return Grid(STOCK_HEADER, rows, title)


def _stock_row(desk: Counter, shelf: Shelf, chance: Chance) -> Sequence[str]:
    item = desk.plan.items[shelf[1]]
    counted = desk.held.get(shelf, 0)
    if chance.happens(MISCOUNT):
        counted = max(0, counted - item.step_base * chance.between(1, 3))
    price = _moved(desk.prices[shelf], desk.plan.categories[item.category].volatile, chance)
    sold = sale_quantity(desk.sold.get(shelf, 0), item.unit_base)
    return item.name, sale_quantity(counted, item.unit_base), item.unit, yuan(price), sold


def _moved(fen: int, volatile: bool, chance: Chance) -> int:
    if chance.happens(LEAP):
        return fen * (100 + LEAP_PERCENT) // 100
    if not chance.happens(0.3):
        return fen
    most = VOLATILE_DRIFT if volatile else DRIFT
    return max(1, round(fen * (100 + chance.between(-most, most)) / 100))


def as_usual(desk: Counter, store: Store, at: time, grid: Grid) -> Letter:
    """A store's sheet in the form that it always uses."""
    habit = Chance(desk.seed, desk.plan.id, store.store_id).between(0, 2)
    name = f"{store.name}_{at:%H%M}"
    if habit == 0:
        return Letter(f"{name}.xlsx", at, as_workbook(grid, desk.on))
    plain = Grid(grid.header, grid.rows)
    return Letter(f"{name}.csv", at, as_csv(plain, GB18030 if habit == 1 else UTF8_BOM))


def reporting(plan: Plan, seed: int, on: date) -> list[tuple[Store, time]]:
    """Which stores report on a day, and when: a few forget, a few are late."""
    found = []
    for store in serving_stores(plan):
        chance = Chance(seed, plan.id, on, store.store_id, "reporting")
        if chance.happens(REPORT_SILENT):
            continue
        late = chance.happens(REPORT_LATE)
        minutes = chance.between(13 * 60 + 40, 14 * 60 + 50) if late else chance.between(10 * 60 + 40, 12 * 60 + 50)
        found.append((store, time(minutes // 60, minutes % 60)))
    return found


def arrival_papers(plan: Plan, seed: int, on: date, at: time) -> list[Letter]:
    """The papers that come with the goods due on a day, one file per order (C-06, C-07)."""
    with reading() as session:
        due = expected_lines(session, plan.id, on)
    orders: dict[str, list[ExpectedLine]] = {}
    for line in due:
        orders.setdefault(line.order_id, []).append(line)
    letters = []
    for number, (order_id, lines) in enumerate(orders.items(), start=1):
        chance = Chance(seed, plan.id, on, order_id)
        rows = [row for line in lines if (row := _arrival_row(plan, on, line, chance))]
        supplier = plan.stores[lines[0].supplier_id].name
        name = f"{supplier}_{at:%H%M}_{number}.csv"
        letters.append(Letter(name, at, as_csv(Grid(ARRIVAL_HEADER, rows), UTF8_BOM)))
    return letters


def _arrival_row(plan: Plan, on: date, line: ExpectedLine, chance: Chance) -> Sequence[str] | None:
    item = plan.items[line.item_id]
    packs = line.packs - (1 if chance.happens(SHORT) else 0)
    if packs <= 0:
        return None
    fen = line.pack_price_fen // item.pack_units
    if chance.happens(DEARER):
        fen = fen * 120 // 100
    conclusion = chance.weighted(("不合格", "", "合格"), (FAILED, UNCHECKED, 1 - FAILED - UNCHECKED))
    made = on - timedelta(days=min(1, item.keeps_days // 3))
    who = inspector(plan) if conclusion else ""
    return (
        line.order_id,
        item.name,
        str(packs * item.pack_units),
        item.unit,
        yuan(fen),
        made.isoformat(),
        who,
        conclusion,
    )


def inspector(plan: Plan) -> str:
    """The officer who checks what arrives (C-07), by id: two posts may be one person's."""
    return plan.officers_in(plan.file.receiving.inspector_roles.value)[0].officer_id
