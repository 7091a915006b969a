"""An invented town with a few days of business in the database, for every kind of document."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from schemas import tables
from schemas.plan import Household, Officer, Plan
from schemas.words import Process
from tasks.database import insert, reading, transaction
from tasks.plans import sync_plan
from tasks.runs import Run
from tests.supply_town import community, item, store, town

DAY, NEXT = date(2022, 4, 21), date(2022, 4, 22)
NOW = datetime(2022, 4, 21, 8, 30, tzinfo=UTC)
GOODS = [
    ("大米", "grain", "袋", 5000, 3250),
    ("面粉", "grain", "袋", 2500, 1180),
    ("大白菜", "vegetables", "斤", 500, 250),
    ("西红柿", "vegetables", "斤", 500, 620),
    ("土豆", "vegetables", "斤", 500, 280),
    ("鸡蛋", "eggs", "板", 1800, 2600),
    ("布洛芬缓释胶囊", "medicine", "盒", 24, 1890),
]
STREETS = {
    "c1": "幸福路{n}号楼2单元{n}01",
    "c2": "东王村{n}组{n}号",
    "c3": "西王村{n}组{n}号",
    "c4": "示例宾馆{n}0{n}房",
}


def _households() -> dict[str, Household]:
    found = {}
    for place, address in STREETS.items():
        for n in range(1, 9):
            special = {3: "elderly_alone", 5: "no_smartphone", 6: "disabled"}.get(n, "")
            key = f"{place}-{n:03d}"
            row = {"household_id": key, "community_id": place, "address": address.format(n=n), "head": f"张示例{n}"}
            row |= {"persons": 1 + n % 4, "special_group": special, "responsible": "o1", "phone": "000-0000-0001"}
            found[key] = Household.model_validate(row | {"carer": "o2" if special else ""})
    return found


def _officers() -> dict[str, Officer]:
    names = {"o1": "李示例", "o2": "王示例"}
    return {
        k: Officer(officer_id=k, name=n, role="head", channels="dry", phone="000-0000-0002")  # type: ignore[arg-type]
        for k, n in names.items()
    }


def make_plan(clauses: str = "B") -> Plan:
    """Sealed, controlled (two places of one village) and isolated places, one store and one pharmacy."""
    items = [
        item(
            name,
            category,
            unit=unit,
            unit_base=base,
            step_base=base,
            measure="piece" if category == "medicine" else "g",
        )
        for name, category, unit, base, _price in GOODS
    ]
    zones = {
        "c1": ("sealed", "幸福小区"),
        "c2": ("controlled", "东王村"),
        "c3": ("controlled", "西王村"),
        "c4": ("isolation", "示例宾馆"),
    }
    places = [
        community(k, zone).model_copy(
            update={"name": name, "village": "王村" if k in ("c2", "c3") else name, "sign": "物资存放点"}
        )
        for k, (zone, name) in zones.items()
    ]
    stores = [
        store("s1").model_copy(update={"name": "每日优鲜示例超市"}),
        store("s2", kind="pharmacy").model_copy(update={"name": "康民示例药店"}),
        store("w1", kind="wholesale", capacity=0, supplies_to="s1").model_copy(update={"name": "县城示例购物中心"}),
    ]
    made = town(places, stores, items)
    modes = {"sealed": "address", "controlled": "village", "isolation": "station"}
    file = made.file.model_copy(
        update={
            "plan": made.file.plan.model_copy(update={"name": "示例乡生活物资保供方案", "clauses": clauses}),
            "delivery": made.file.delivery.model_copy(
                update={"modes": made.file.delivery.modes.model_copy(update={"value": modes, "clause": "B-02, B-03"})}
            ),
        }
    )
    return Plan(**{**made.__dict__, "file": file, "households": _households(), "officers": _officers()})


def _base(item_id: str, units: float) -> int:
    return int(next(g[3] for g in GOODS if g[0] == item_id) * units)


def _price(item_id: str) -> int:
    return next(g[4] for g in GOODS if g[0] == item_id)


def _needs() -> list[tuple[str, str, str, float]]:
    """(household, item, store, sale units): what everybody gets."""
    found = []
    for n, home in enumerate(_households()):
        for k, (name, category, *_rest) in enumerate(GOODS):
            if (n + k) % 3 and name != "鸡蛋":
                found.append((home, name, "s2" if category == "medicine" else "s1", 1 + (n * k) % 4 * 0.5))
    return found


def _allocations() -> list[dict[str, Any]]:
    key = {"plan_id": "town", "cycle": DAY, "revision": 1, "tier": 1, "need_revision": 1}
    shared = {"code": "stock_shared", "args": {"item": "鸡蛋", "percent": 40}}
    rows = []
    for home, name, _store, units in _needs():
        qty = _base(name, units)
        rows.append(
            key | {"household_id": home, "item_id": name, "needed_base": qty, "allocated_base": qty, "short_base": 0}
        )
    for home in list(_households())[::5]:
        short = {"needed_base": 3600, "allocated_base": 0, "short_base": 3600, "reason": "stock_shared"}
        rows.append(key | short | {"household_id": home, "item_id": "鸡蛋", "why": {"reason": shared}})
    return rows


def _orders(session: Session) -> None:
    key = {"plan_id": "town", "cycle": DAY, "revision": 1}
    lines: dict[tuple[str, str, str], int] = {}
    for home, name, shop, units in _needs():
        at = (shop, home[:2], name)
        lines[at] = lines.get(at, 0) + _base(name, units)
    units = {g[0]: g[3] for g in GOODS}
    amounts: dict[str, int] = {}
    for (shop, _place, name), qty in lines.items():
        amounts[shop] = amounts.get(shop, 0) + qty * _price(name) // units[name]
    dated = {"deliver_on": NEXT, "placed_at": NOW}
    heads = [key | dated | {"store_id": s, "amount_fen": fen} for s, fen in amounts.items()]
    insert(session, tables.StoreOrder, heads)
    named = [{"store_id": s, "community_id": c, "item_id": i, "qty_base": q} for (s, c, i), q in lines.items()]
    insert(session, tables.StoreOrderLine, [key | row | {"price_fen": _price(row["item_id"])} for row in named])  # type: ignore[arg-type]


def _parcels(session: Session) -> None:
    key = {"plan_id": "town", "cycle": DAY}
    shops = {("s2" if g[1] == "medicine" else "s1", g[0]) for g in GOODS}
    checked = {"state": "released", "released": True, "checked_by": "o1", "checked_at": NOW}
    times = {"arrived_on": DAY, "expires_on": NEXT, "origin": "opening", "cost_fen": 100}
    batches = [
        {"batch_id": f"{s}-{i}", "plan_id": "town", "store_id": s, "item_id": i, "qty_base": 10**6}
        for s, i in sorted(shops)
    ]
    insert(session, tables.Batch, [b | checked | times for b in batches])
    modes = {"c1": "address", "c2": "village", "c3": "village", "c4": "station"}
    heads = [
        key
        | {
            "household_id": h,
            "revision": 1,
            "community_id": h[:2],
            "deliver_on": NEXT,
            "mode": modes[h[:2]],
            "amount_fen": 4280,
        }
        for h in _households()
    ]
    insert(session, tables.Parcel, heads)
    goods = [
        {"household_id": h, "item_id": i, "store_id": s, "batch_id": f"{s}-{i}", "qty_base": _base(i, u)}
        for h, i, s, u in _needs()
    ]
    insert(session, tables.ParcelLine, [key | row for row in goods])
    missing = {
        "household_id": "c1-002",
        "item_id": "大米",
        "store_id": "s1",
        "qty_base": 5000,
        "reason": "not_on_shelf",
    }
    insert(session, tables.Undelivered, [key | missing])


def _buying(session: Session) -> None:
    key = {"plan_id": "town", "cycle": DAY}
    insert(session, tables.Purchase, [key | {"revision": 1, "amount_fen": 1_250_000, "budget_fen": 2_000_000}])
    line = {"revision": 1, "store_id": "s1", "supplier_id": "w1", "on_order_base": 0, "approved_packs": 0}
    rows = []
    for n, (name, _category, _unit, base, price) in enumerate(GOODS[:6]):
        amounts = {
            "needs_base": base * 30,
            "reserve_gap_base": base * 75,
            "on_hand_base": base * 20,
            "pack_base": base * 10,
        }
        packs = {"proposed_packs": 9, "cut_packs": 2 if n == 3 else 0, "pack_price_fen": price * 9}
        rows.append(key | line | {"item_id": name} | amounts | packs)
    insert(session, tables.PurchaseLine, rows)
    order = {"order_id": "town:2022-04-21:w1:s1", "supplier_id": "w1", "store_id": "s1", "expected_on": NEXT}
    insert(session, tables.PurchaseOrder, [key | order | {"amount_fen": 1_250_000, "placed_at": NOW}])
    bought = [
        {"order_id": order["order_id"], "item_id": g[0], "packs": 9, "qty_base": g[3] * 90, "pack_price_fen": g[4] * 9}
        for g in GOODS[:6]
    ]
    insert(session, tables.PurchaseOrderLine, bought)


def _shelves(session: Session) -> None:
    key = {"plan_id": "town", "business_date": DAY, "revision": 1}
    lists = [
        key
        | {
            "store_id": "s2" if g[1] == "medicine" else "s1",
            "item_id": g[0],
            "number": n,
            "price_fen": g[4],
            "available": n != 4,
        }
        for n, g in enumerate(GOODS, start=1)
    ]
    insert(session, tables.CatalogLine, lists)
    cover = []
    for n, (name, category, _unit, base, _price_fen) in enumerate(GOODS):
        level = ("out", "low", "ok", "low")[n % 4]
        days = {"out": 0.0, "low": 3.46, "ok": 9.2}[level]
        line = {"store_id": "s1", "category": category, "item_id": name, "stock_base": int(base * days * 10)}
        line |= {"demand_base_per_day": base * 10.0, "cover_days": days, "min_cover_days": 7.0, "level": level}
        line |= {"missing_base": base * 35, "runs_out_on": NEXT if level != "ok" else None, "estimated": n == 1}
        cover.append(key | line)
    whole = {
        "item_id": "",
        "stock_base": 350_000,
        "demand_base_per_day": 81_000.5,
        "cover_days": 4.3,
        "missing_base": 217_000,
    }
    whole |= {"store_id": "s1", "category": "grain", "min_cover_days": 7.0, "level": "low", "runs_out_on": NEXT}
    insert(session, tables.CoverLine, [*cover, key | whole])


def _letters(session: Session) -> None:
    sent = {"plan_id": "town", "kind": "needs", "channel": "inbox", "sender": "c1", "business_date": DAY, "size": 9}
    read = sent | {
        "submission_id": "x1",
        "source_name": "幸福小区_接龙.txt",
        "sha256": "1",
        "body": b"x",
        "sequence": 1,
    }
    broken = sent | {"submission_id": "x2", "source_name": "=1+1.xlsx", "sha256": "2", "body": b"x", "sequence": 2}
    unknown = {"code": "household_unknown", "args": {"who": "9-9-909", "community": "幸福小区"}}
    broken |= {"state": "unreadable", "reasons": [unknown]}
    insert(session, tables.Submission, [row | {"received_at": NOW} for row in (read, broken)])
    words = [
        '=HYPERLINK("http://example.invalid","点我")',
        "+1 大白菜",
        "-2",
        "@张示例",
        "9-9-909 大米1袋\x07",
        "#N/A",
        "鸡蛋",
    ]
    rows = [
        {"submission_id": "x1", "line_no": n, "plan_id": "town", "cycle": DAY, "words": w}
        for n, w in enumerate(words, 1)
    ]
    insert(session, tables.RejectedLine, [r | {"place": {"row": r["line_no"]}, "reasons": [unknown]} for r in rows])


@pytest.fixture
def plan() -> Plan:
    """The town's plan."""
    return make_plan()


@pytest.fixture
def business(data: object, plan: Plan) -> Iterator[Session]:
    """The town's rows in a database, open for reading."""
    with transaction() as session:
        sync_plan(session, plan, NOW)
        insert(session, tables.Allocation, _allocations())
        for write in (_orders, _parcels, _buying, _shelves, _letters):
            write(session)
    with reading() as session:
        yield session


@pytest.fixture
def run_of() -> Callable[[Process], Run]:
    """A run of a process on the town's day."""
    return lambda process: Run("town", process, DAY, NOW)
