"""What officers do for single households in a sample week: calls for others, visits, medicine; and weekly declarations.

Most carers answer within the hour, a few forget and the task is handed on. About every second household that was silent
turns out to need something.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from deployments.demo.chance import Chance
from deployments.demo.files import GB18030, UTF8_BOM, Grid, Letter, as_csv
from deployments.demo.stores import day_number
from rules.duties import PRODUCERS
from schemas.plan import Household, Plan, Store
from schemas.plan.document import Duty
from schemas.plan.values import EVERY_DAY
from schemas.units import yuan
from schemas.words import SpecialGroup, TaskKind
from tasks.database import reading, transaction
from tasks.household_tasks import SILENT, answer_by_hand, standing, task_id
from tasks.intake.entered import Assisted
from tasks.visits import NOTHING, enter

#: Parts of households that are called before the cut-off, of tasks that are forgotten, of visits that find a need.
CALLED, FORGOTTEN, IN_NEED = 0.4, 0.06, 0.5
CALLS_AT, ERRANDS_AT, DECLARED_AT = time(10, 30), time(10, 45), time(9, 20)
#: How long carers take once the collection has told them.
VISITED_AFTER = timedelta(minutes=55)
SUPPLY_HEADER = ("商品", "每日可供", "单位", "供货价", "截止日期")
VEHICLES_HEADER = ("车牌", "载重(公斤)", "驾驶员", "健康码", "截止日期")
MEDICINES_HEADER = ("户号", "药品", "药店", "每日用量", "每盒含量", "剩余", "清点日期", "用到", "处方编号")
#: The day, counted from 0, on which communities count what is left of residents' medicine.
COUNTED_ON = 1
DRIVERS = ("赵示例", "钱示例", "孙示例", "李示例")


def call_for_others(plan: Plan, seed: int, at: datetime) -> None:
    """Grid workers telephone elderly people without a smartphone and write down what they need (A-09)."""
    for home in plan.households.values():
        chance = Chance(seed, plan.id, at.date(), home.household_id, "call")
        if home.special_group is SpecialGroup.NO_SMARTPHONE and chance.happens(CALLED):
            words, by = _want(plan, home, chance), home.responsible
            enter(plan, Assisted(words, by, home.household_id, payer=by, channel="phone"), at)


def _want(plan: Plan, home: Household, chance: Chance) -> str:
    staples = [i for i in plan.items.values() if plan.categories[i.category].staple]
    item = chance.one(staples or list(plan.items.values()))
    return f"{item.name} {max(1, min(item.max_units, home.persons) // 2)}{item.unit}"


def visit_silent(plan: Plan, seed: int, at: datetime) -> None:
    """Carers and grid workers ask who was silent, and say what came of it (C-09)."""
    with reading() as session:
        waiting = standing(session, plan.id, SILENT)
    for task in waiting:
        home = plan.households[str(task.household_id)]
        chance = Chance(seed, plan.id, task.on_date, home.household_id, "visit")
        if not chance.happens(FORGOTTEN):
            words = _want(plan, home, chance) if chance.happens(IN_NEED) else NOTHING
            enter(plan, Assisted(words, task.owner, home.household_id), at)


def run_errands(plan: Plan, seed: int, at: datetime) -> None:
    """Medicine is fetched, and lines that may be medicine are asked back (B-04)."""
    with transaction() as session:
        for task in standing(session, plan.id, frozenset({TaskKind.MEDICINE_ORDER, TaskKind.MEDICINE_LINE})):
            chance = Chance(seed, plan.id, at.date(), task.subject, "errand")
            if not chance.happens(FORGOTTEN):
                told = "已到药房代配" if task.kind == TaskKind.MEDICINE_ORDER else "已问清，按药店现有品种代购"
                answer_by_hand(session, plan, task_id(task), task.owner, told, at)


def declarations(plan: Plan, seed: int, on: date) -> Iterator[tuple[str, Letter]]:
    """(kind, letter) of producers and carriers on a day of their weekly duty (B-08, B-09), and of medicine (B-04)."""
    if day_number(plan, on) == COUNTED_ON:
        yield from (("medicines", letter) for letter in _medicines(plan, on))
    if _owed(plan, on, "supply"):
        yield from (("supply", _supply(plan, seed, on, s)) for s in plan.stores.values() if s.kind in PRODUCERS)
    if _owed(plan, on, "vehicles"):
        for carrier in plan.carriers.values():
            chance = Chance(seed, plan.id, on, carrier.carrier_id)
            rows = [_vehicle(on, chance, n) for n in range(chance.between(2, 4))]
            yield "vehicles", Letter(f"{carrier.name}.csv", DECLARED_AT, as_csv(Grid(VEHICLES_HEADER, rows), GB18030))


def _medicines(plan: Plan, on: date) -> Iterator[Letter]:
    """What is left where somebody takes medicine, counted in the morning."""
    rows: dict[str, list[tuple[str, ...]]] = {}
    for use in plan.medicines:
        left = max(use.units_left - use.daily_units * (on - use.as_of).days, Decimal(0))
        end = use.until.isoformat() if use.until else ""
        told = (use.medicine, plan.stores[use.pharmacy].name, f"{use.daily_units:f}", f"{use.pack_units}", f"{left:f}")
        row = (use.household_id, *told, on.isoformat(), end, use.prescription)
        rows.setdefault(plan.households[use.household_id].community_id, []).append(row)
    for community_id, mine in rows.items():
        name = f"{plan.communities[community_id].name}_用药.csv"
        yield Letter(name, DECLARED_AT, as_csv(Grid(MEDICINES_HEADER, mine), UTF8_BOM))


def _owed(plan: Plan, on: date, kind: str) -> bool:
    mine: list[Duty] = [duty for duty in plan.file.duty if duty.fulfilled_by == kind]
    return any(EVERY_DAY[on.weekday()] in duty.days for duty in mine)


def _supply(plan: Plan, seed: int, on: date, store: Store) -> Letter:
    chance = Chance(seed, plan.id, on, store.store_id, "supply")
    until = (on + timedelta(days=6)).isoformat()
    rows = []
    for row in plan.stock:
        item = plan.items[row.item_id]
        if row.store_id == store.store_id:
            daily = item.pack_units * chance.between(2, 40)
            rows.append((item.name, str(daily), item.unit, yuan(row.price_fen), until))
    return Letter(f"{store.name}.csv", DECLARED_AT, as_csv(Grid(SUPPLY_HEADER, rows), GB18030))


def _vehicle(on: date, chance: Chance, number: int) -> tuple[str, ...]:
    green = "黄码" if chance.happens(0.05) else "绿码"
    plate = f"示A{chance.between(0, 9999):04d}{number}"
    tons = chance.one((1500, 3000, 5000))
    return plate, str(tons), chance.one(DRIVERS), green, (on + timedelta(days=6)).isoformat()
