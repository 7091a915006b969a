"""An invented town for the tests of supply: small enough to reckon by hand, every part of it replaceable."""

from datetime import date
from pathlib import Path
from typing import Any

from schemas.plan import Community, Household, Item, Officer, Plan, PlanFile, StockRow, Store

ALL = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def rule(value: Any, clause: str = "default") -> dict[str, Any]:
    return {"value": value, "clause": clause}


def step(flow: str, days: list[str] | None = None, at: str | None = None, clause: str = "B-02") -> dict[str, Any]:
    return {"flow": flow, "days": days or ALL, "at": at, "clause": clause}


DAILY_STEPS = [
    step("collect_needs", at="16:05"),
    step("allocate_orders", at="16:30"),
    step("check_stock", at="10:00", clause="B-06"),
    step("purchase_supplies", at="10:30", clause="B-07"),
]
TWICE_A_WEEK_STEPS = [
    step("collect_needs", ["mon", "fri"], "20:00", "C-04"),
    step("purchase_supplies", ["tue", "sat"], "07:00", "C-05"),
    step("allocate_orders", ["tue", "sat"], "15:00", "C-06"),
]
CATEGORIES = [
    {"id": "grain", "name": "粮食", "norm_g": 350, "lifeline": True, "staple": True, "clause": "B-04"},
    {"id": "vegetables", "name": "蔬菜", "norm_g": 400, "volatile": True, "clause": "B-04"},
    {"id": "eggs", "name": "鸡蛋", "norm_g": 60, "staple": True, "clause": "B-04"},
    {"id": "medicine", "name": "药品", "norm_g": 0, "lifeline": True, "clause": "B-04"},
]


def plan_file(**changed: Any) -> PlanFile:
    """A plan document; `changed` replaces rulings by `section__key` or whole lists by their name."""
    text: dict[str, Any] = {
        "plan": {
            "id": "town",
            "name": "示例乡",
            "authority": "示例",
            "start_date": date(2022, 4, 18),  # a Monday
            "clauses": "B",
        },
        "needs": {
            "cutoff": rule("16:00"),
            "max_per_person": rule(10),
            "file_limit_mb": rule(20),
            "reviewer_roles": rule(["supply"]),
            "review_until": rule("16:15"),
            "review_remind_minutes": rule(30),
        },
        "catalog": {"message_characters": rule(1800), "question_times": rule(3)},
        "visits": {
            "answer_minutes": rule(120),
            "remind_minutes": rule(45),
            "escalate_minutes": rule(30),
            "silent_cycles": rule(2, "C-09"),
        },
        "medicines": {
            "order_days": rule(3, "B-04"),
            "supply_days": rule(14),
            "open_at": rule("08:30"),
            "due_at": rule("17:00"),
            "unclear_by": rule("20:00"),
        },
        "delivery": {"lag_days": rule(1, "B-02"), "modes": rule({"sealed": "address"}), "depart_at": rule("08:00")},
        "allocation": {
            "source": rule("stores"),
            "tiers": rule([["isolation", "controlled"], ["sealed"], ["precaution"]], "C-02"),
            "special_groups_first": rule(True, "C-09"),
        },
        "reserve": {
            "min_cover_days": rule(7, "B-06"),
            "forecast_decay": rule(0.9),
            "forecast_days": rule(14),
            "prior_days": rule(7),
            "stock_out_hours": rule(24),
            "medicine_days": rule(1.0),
        },
        "purchase": {
            "trigger": rule("cycle", "C-05"),
            "budget_fen": rule(10_000_000, "B-10"),
            "lead_days": rule(0),
            "target_cover_days": rule(7),
            "approver_roles": rule(["head"]),
            "approve_below_fen": rule(0),
            "approval_until": rule("18:00"),
        },
        "receiving": {"inspector_roles": rule(["head"], "C-07"), "max_price_rise_pct": rule(10, "C-07")},
        "report": {
            "ready_at": rule("14:30"),
            "due_at": rule("15:00", "B-12"),
            "to_roles": rule(["head"]),
            "endpoint": rule("REPORT"),
        },
        "prices": {
            "blue_pct": rule(30),
            "yellow_pct": rule(50),
            "orange_pct": rule(70),
            "staple_rise_pct": rule(5),
            "since": rule(date(2022, 1, 1)),
        },
        "notices": {
            "digest_at": rule(["08:30"]),
            "daily_budget": rule(20),
            "role_budgets": rule({}),
            "at_once": rule([]),
            "beyond_budget": rule([]),
            "to": rule({}),
            "retry_minutes": rule([1]),
        },
        "roles": {"head": "组长"},
        "category": CATEGORIES,
        "step": DAILY_STEPS,
        "duty": [],
    }
    for name, value in changed.items():
        section, _, key = name.partition("__")
        if key:
            text[section][key] = {**text[section][key], "value": value}
        else:
            text[section] = value
    return PlanFile.model_validate(text)


def community(community_id: str, zone: str = "sealed", lon: float = 116.0, population: int = 100) -> Community:
    """A place on one line of latitude, so that distance is told by `lon` alone."""
    return Community(
        community_id=community_id,
        name=f"{community_id}示例村",
        village="示例村",
        zone=zone,  # type: ignore[arg-type]
        population=population,
        lat=32.0,
        lon=lon,
        delivery_point="村口",
        point_capacity=100,
        contact="o1",
    )


def store(store_id: str, lon: float = 116.0, capacity: int = 1000, **more: Any) -> Store:
    fields = {"kind": "supermarket", "lead_days": 0, "channel": "inbox", "contact": "o1", "liaison": "o1"} | more
    return Store(store_id=store_id, name=f"{store_id}示例店", lat=32.0, lon=lon, capacity_parcels=capacity, **fields)


def item(item_id: str, category: str = "grain", **more: Any) -> Item:
    """Sold by 斤, 10 斤 to the pack."""
    fields: dict[str, Any] = {
        "name": item_id,
        "measure": "g",
        "unit": "斤",
        "unit_base": 500,
        "step_base": 500,
        "pack_units": 10,
        "weight_g": 500,
        "keeps_days": 180,
        "max_units": 100,
    }
    return Item(item_id=item_id, category=category, **(fields | more))


def sheet(store_id: str, item_id: str, units: int = 100, price_fen: int = 300, cost_fen: int = 200) -> StockRow:
    return StockRow(
        store_id=store_id, item_id=item_id, qty_units=units, price_fen=price_fen, cost_fen=cost_fen, checked_by="张示例"
    )


def town(
    communities: list[Community],
    stores: list[Store],
    items: list[Item],
    stock: list[StockRow] | None = None,
    **changed: Any,
) -> Plan:
    """A plan of these parts; without `stock` every store that is not wholesale sells every item."""
    if stock is None:
        stock = [sheet(s.store_id, i.item_id) for s in stores for i in items]
    return Plan(
        folder=Path("town"),
        digest="0",
        file=plan_file(**changed),
        communities={c.community_id: c for c in communities},
        households=dict[str, Household](),
        stores={s.store_id: s for s in stores},
        items={i.item_id: i for i in items},
        stock=stock,
        officers=dict[str, Officer](),
    )
