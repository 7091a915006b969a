"""Three towns with the same goods, as plans: fed from its stores (B), through a station (C), and B in words that a
spreadsheet would run.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from typing import Any, NamedTuple

from schemas.plan import Community, Household, Item, Officer, Plan
from tests.supply_town import DAILY_STEPS, TWICE_A_WEEK_STEPS, community, item, step, store, town


class Good(NamedTuple):
    """What is sold: base units in a sale unit, fen per sale unit."""

    id: str
    name: str
    category: str
    unit: str
    base: int
    price: int


GOODS = (
    Good("rice", "大米", "grain", "袋", 5000, 3250),
    Good("flour", "面粉", "grain", "袋", 2500, 1180),
    Good("cabbage", "大白菜", "vegetables", "斤", 500, 250),
    Good("tomato", "西红柿", "vegetables", "斤", 500, 620),
    Good("potato", "土豆", "vegetables", "斤", 500, 280),
    Good("egg", "鸡蛋", "eggs", "板", 1800, 2600),
    Good("ibuprofen", "布洛芬缓释胶囊", "medicine", "盒", 24, 1890),
)
PLACES = {
    "c1": ("sealed", "幸福小区", "幸福路{n}号楼2单元{n}01"),
    "c2": ("controlled", "东王村", "东王村{n}组{n}号"),
    "c3": ("controlled", "西王村", "西王村{n}组{n}号"),
    "c4": ("isolation", "示例宾馆", "示例宾馆{n}0{n}房"),
}
SPECIAL = {3: "elderly_alone", 5: "no_smartphone", 6: "disabled"}
#: How a cell begins that a spreadsheet program takes for a formula or an error, or that nobody can see.
SPELLS = ("=1+", "+", "-", "@", "\t=", "\r=", "#N/A ", "\x07", "\u202e", " =", "=cmd|' /C calc'!A0 ")
PUBLISH = step("publish_catalog", at="08:00", clause="A-02")
REPORT = step("submit_report", at="14:30", clause="B-12")
RULES = {"B": "B-02, B-03", "C": "C-06"}


def households() -> dict[str, Household]:
    """Eight households in each place; three of them in the care of somebody."""
    found = {}
    for place, (_zone, _name, address) in PLACES.items():
        for n in range(1, 9):
            key, special = f"{place}-{n:03d}", SPECIAL.get(n, "")
            row = {"household_id": key, "community_id": place, "address": address.format(n=n), "head": f"张示例{n}"}
            row |= {"persons": 1 + n % 4, "special_group": special, "responsible": "o1", "phone": f"000-0000-010{n}"}
            found[key] = Household.model_validate(row | {"carer": ("o2" if n == 3 else "o3") if special else ""})
    return found


def _officers() -> dict[str, Officer]:
    names = {"o1": "李示例", "o2": "王示例", "o3": "赵示例"}
    shared: dict[str, Any] = {"role": "head", "channels": "dry", "phone": "000-0000-0002"}
    return {k: Officer(officer_id=k, name=n, **shared) for k, n in names.items()}


def seller(plan: Plan, good: Good) -> str:
    """The store that sells it: medicine comes from the pharmacy where there is one."""
    return "s2" if good.category == "medicine" and "s2" in plan.stores else "s1"


def town_b() -> Plan:
    """A sealed place, two controlled ones of one village, an isolation point; three stores and a source."""
    times = {"opens": "07:00", "due": "13:00", "remind_minutes": 30, "escalate_minutes": 60}
    stock = {"id": "stock_list", "title": "上报库存", "owed_by": "stores", "fulfilled_by": "stock", "clause": "B-06"}
    needs = {
        "id": "sealed_list",
        "title": "上报清单",
        "owed_by": "communities",
        "fulfilled_by": "needs",
        "clause": "B-02",
    }
    changes = {
        "delivery__modes": {"sealed": "address", "controlled": "village", "isolation": "station"},
        "duty": [duty | times for duty in (stock, needs)],
        "step": [PUBLISH, *DAILY_STEPS, REPORT],
    }
    stores = {"s1": "每日优鲜示例超市", "s2": "康民示例药店", "s3": "示例果蔬合作社"}
    return _town("B", stores, {"s2": "pharmacy", "s3": "cooperative"}, changes)


def town_c() -> Plan:
    """The same places, all served by one station twice a week."""
    changes = {
        "delivery__modes": dict.fromkeys(("sealed", "controlled", "isolation"), "station"),
        "allocation__source": "station",
        "step": [step("publish_catalog", ["mon", "fri"], "08:00", "C-04"), *TWICE_A_WEEK_STEPS, REPORT],
    }
    return _town("C", {"s1": "示例乡配送站点"}, {"s1": "station"}, changes)


def _town(clauses: str, stores: dict[str, str], kinds: dict[str, str], changes: dict[str, Any]) -> Plan:
    shops = [store(k, kind=kinds.get(k, "supermarket")).model_copy(update={"name": n}) for k, n in stores.items()]
    source = store("w1", kind="wholesale", capacity=0, supplies_to="s1").model_copy(update={"name": "县城示例购物中心"})
    made = town(_places(), [*shops, source], [_item(good) for good in GOODS], **changes)
    about = {"id": f"town_{clauses.lower()}", "name": "示例乡生活物资保供方案", "clauses": clauses}
    modes = made.file.delivery.modes.model_copy(update={"clause": RULES[clauses]})
    file = made.file.model_copy(
        update={
            "plan": made.file.plan.model_copy(update=about),
            "delivery": made.file.delivery.model_copy(update={"modes": modes}),
        }
    )
    return replace(made, file=file, households=households(), officers=_officers())


def _item(good: Good) -> Item:
    piece = {"measure": "piece", "medicine": True} if good.category == "medicine" else {}
    base = {"unit_base": good.base, "step_base": good.base, "weight_g": 30 if piece else good.base}
    return item(good.id, good.category, name=good.name, unit=good.unit, **base, **piece)


def _places() -> list[Community]:
    return [
        community(k, zone).model_copy(
            update={"name": name, "village": "王村" if k in ("c2", "c3") else name, "sign": f"{name}物资存放点"}
        )
        for k, (zone, name, _address) in PLACES.items()
    ]


def spelled(plan: Plan) -> Plan:
    """The plan with every name and address in words that a spreadsheet would run, or that nobody can see."""
    spell = cycle(SPELLS)

    def renamed(models: dict[str, Any], fields: Sequence[str]) -> dict[str, Any]:
        return {
            key: model.model_copy(update={f: f"{next(spell)}{getattr(model, f)}" for f in fields})
            for key, model in models.items()
        }

    about = plan.file.plan.model_copy(update={"id": "town_spelled", "name": f"={plan.file.plan.name}"})
    return replace(
        plan,
        file=plan.file.model_copy(update={"plan": about}),
        communities=renamed(plan.communities, ("name", "delivery_point", "sign")),
        households=renamed(plan.households, ("address", "head")),
        stores=renamed(plan.stores, ("name",)),
        items=renamed(plan.items, ("name", "unit")),
        officers=renamed(plan.officers, ("name",)),
    )
