"""The other rows of a trading town's day: lists, stock, purchase, letters that cannot be used, the market report."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session

from rules.market import figures
from schemas import tables
from schemas.frames.base import frame_of
from schemas.frames.supply import Cover
from schemas.plan import Plan
from tasks.database import frame, insert
from tasks.plans import sync_plan
from tests.factories.trading_orders import (
    DAY,
    NEXT,
    NOW,
    of_cycle,
    write_allocations,
    write_batches,
    write_orders,
    write_parcels,
)
from tests.factories.trading_town import GOODS, SPELLS, Good, seller

BEFORE = DAY - timedelta(days=1)
#: Today's price of an item, where it is not yesterday's.
DEARER = {"rice": 3575, "cabbage": 200}
REVISION = 1
LATER = NOW + timedelta(hours=8)
#: (household, medicine, when it was ordered)
MEDICINES = (
    ("c1-003", "ibuprofen", NOW),
    ("c2-005", "ibuprofen", NOW),
    ("c2-005", "=1+左乙拉西坦片", NOW),
    ("c1-006", "ibuprofen", LATER),
)


def write_days(session: Session, plan: Plan) -> None:
    """Everything that documents are made of, up to the proposal's being unanswered."""
    sync_plan(session, plan, NOW)
    for write in (write_allocations, write_orders, write_batches, write_parcels, _buying, _lists, _letters):
        write(session, plan)
    for write in (_stock, _cover, _report, _medicine):
        write(session, plan)


def _on_day(plan: Plan) -> dict[str, Any]:
    return {"plan_id": plan.id, "business_date": DAY, "revision": REVISION}


def _buying(session: Session, plan: Plan) -> None:
    head = {"revision": REVISION, "amount_fen": 0, "budget_fen": 2_000_000}
    key = of_cycle(plan) | {"store_id": "s1", "supplier_id": "w1"}
    rows: list[dict[str, Any]] = []
    for n, good in enumerate(GOODS[:6]):
        wanted = {"needs_base": 30, "reserve_gap_base": 75, "on_hand_base": 20, "on_order_base": 0, "pack_base": 10}
        packs = {"proposed_packs": 9 - n, "cut_packs": n, "approved_packs": 9 - n, "pack_price_fen": good.price * 9}
        rows.append({"item_id": good.id} | {name: units * good.base for name, units in wanted.items()} | packs)
    head["amount_fen"] = sum(row["proposed_packs"] * row["pack_price_fen"] for row in rows)
    insert(session, tables.Purchase, [of_cycle(plan) | head])
    insert(session, tables.PurchaseLine, [key | {"revision": REVISION} | row for row in rows])
    order = {"order_id": f"{plan.id}:{DAY}:w1:s1", "expected_on": NEXT, "placed_at": NOW}
    insert(session, tables.PurchaseOrder, [key | order | {"amount_fen": head["amount_fen"]}])
    bought = [
        {"item_id": r["item_id"], "packs": r["proposed_packs"], "qty_base": r["proposed_packs"] * r["pack_base"]}
        | {"pack_price_fen": r["pack_price_fen"], "order_id": order["order_id"]}
        for r in rows
    ]
    insert(session, tables.PurchaseOrderLine, bought)


def _lists(session: Session, plan: Plan) -> None:
    lines = [
        {"store_id": seller(plan, g), "item_id": g.id, "number": n, "price_fen": g.price, "available": g.id != "tomato"}
        for n, g in enumerate(GOODS, start=1)
    ]
    insert(session, tables.CatalogLine, [_on_day(plan) | line for line in lines])


def _cover(session: Session, plan: Plan) -> None:
    lines: list[dict[str, Any]] = []
    for n, good in enumerate(GOODS):
        lines.append(_covered(plan, good, ("out", "low", "ok", "low")[n % 4]) | {"estimated": n == 1})
    first = {g.category: g for g in reversed(GOODS)}
    for category, level in zip(first, ("ok", "low", "low", "out"), strict=True):
        lines.append(_covered(plan, first[category], level) | {"item_id": ""})
    insert(session, tables.CoverLine, [_on_day(plan) | line for line in lines])


def _covered(plan: Plan, good: Good, level: str) -> dict[str, Any]:
    days = {"out": 0.0, "low": 3.46, "ok": 9.2}[level]
    demand = good.base * 10.25
    line = {"store_id": seller(plan, good), "category": good.category, "item_id": good.id, "level": level}
    line |= {"stock_base": int(demand * days), "demand_base_per_day": demand, "cover_days": days}
    line |= {"min_cover_days": 7.0, "missing_base": max(0, int(demand * (7 - days)))}
    return line | {"runs_out_on": None if level == "ok" else NEXT}


def _submission(plan: Plan, number: int, name: str, **more: Any) -> dict[str, Any]:
    row = {"submission_id": f"{plan.id}-{number}", "plan_id": plan.id, "source_name": name, "sequence": number}
    row |= {"kind": "needs", "channel": "inbox", "sender": "幸福小区", "business_date": DAY, "size": 9, "body": b"x"}
    return row | {"sha256": str(number), "received_at": NOW} | more


def _letters(session: Session, plan: Plan) -> None:
    unknown = {"code": "household_unknown", "args": {"who": "9-9-909", "community": plan.communities["c1"].name}}
    broken = {"state": "unreadable", "reasons": [unknown]}
    files = [_submission(plan, 1, "幸福小区_接龙.txt"), _submission(plan, 2, "=1+1.xlsx", **broken)]
    insert(session, tables.Submission, [*files, _submission(plan, 3, "库存.csv", kind="stock", sender="s1")])
    rows = [
        {
            "submission_id": f"{plan.id}-1",
            "line_no": n,
            "number": n,
            "place": {"row": n},
            "words": f"{spell}9-9-909 大米{n}袋",
        }
        for n, spell in enumerate(SPELLS, start=1)
    ]
    insert(session, tables.RejectedLine, [of_cycle(plan) | row | {"reasons": [unknown]} for row in rows])


def _stock(session: Session, plan: Plan) -> None:
    insert(session, tables.StockReportLine, [line for day in (BEFORE, DAY) for line in _reported(plan, day)])


def _reported(plan: Plan, day: date) -> Iterator[dict[str, Any]]:
    for n, good in enumerate(GOODS):
        price = DEARER.get(good.id, good.price) if day == DAY else good.price
        line = {"plan_id": plan.id, "business_date": day, "submission_id": f"{plan.id}-3", "item_id": good.id}
        line |= {
            "store_id": seller(plan, good),
            "price_fen": price,
            "sold_base": good.base * (4 + n + (day == DAY) * (n % 3)),
        }
        yield line | {"qty_base": good.base * (60 + 7 * n - (day == DAY) * 5 * n)}


def _medicine(session: Session, plan: Plan) -> None:
    """Orders of two moments to the one who sells medicine: of the list, and of what is on no list."""
    shop = seller(plan, next(g for g in GOODS if g.category == "medicine"))
    hours = {"remind_at": LATER, "due_at": LATER, "escalate_at": LATER}
    for n, (home, medicine, opened) in enumerate(MEDICINES):
        detail = {"medicine": medicine, "pharmacy_id": shop, "packs": n + 1, "milli": 1000, "prescription": f"RX-{n}"}
        about = {"subject": f"medicine:{home}:{medicine}", "community_id": home[:2], "household_id": home}
        who = {"owner": "o3", "backup": "o1", "opens_at": opened, **hours}
        row = {"plan_id": plan.id, "kind": "medicine_order", "on_date": DAY, **about, **who}
        detail |= {"as_of": str(BEFORE), "runs_out_on": str(NEXT)}
        insert(session, tables.HouseholdTask, [row | {"detail": detail}])


def _report(session: Session, plan: Plan) -> None:
    body = figures(plan, DAY, *(_reports(session, plan, day) for day in (DAY, BEFORE)), *_moves(session, plan))
    late = [{"duty": "sealed_list", "subject": "community:c1", "came": "late"}]
    late += [{"duty": "stock_list", "subject": "store:s3", "came": "missing"}] if "s3" in plan.stores else []
    row = {"body": {**body, "late": late, "cycle": str(DAY)}, "message": "", "compiled_at": NOW}
    insert(session, tables.MarketReport, [_on_day(plan) | row])


def _reports(session: Session, plan: Plan, day: date) -> pl.DataFrame:
    line = tables.StockReportLine
    query = sa.select(line.store_id, line.item_id, line.qty_base, line.price_fen, line.sold_base)  # type: ignore[call-overload]
    return frame(session, query.where(line.plan_id == plan.id, line.business_date == day))


def _moves(session: Session, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Needs, arrivals and cover of the day, as the report's rules take them."""
    order, batch, cover = tables.StoreOrderLine, tables.Batch, tables.CoverLine
    asked = sa.select(order.store_id, order.item_id, sa.func.sum(order.qty_base).label("qty_base"))  # type: ignore[call-overload]
    asked = asked.where(order.plan_id == plan.id, order.revision == 2).group_by(order.store_id, order.item_id)
    came = sa.select(batch.store_id, batch.item_id, batch.qty_base)  # type: ignore[call-overload]
    came = came.where(batch.plan_id == plan.id, batch.origin != "opening")
    lines = session.execute(sa.select(cover).where(cover.plan_id == plan.id)).scalars()  # type: ignore[arg-type]
    covered = frame_of(Cover, (line.model_dump() | {"why": ""} for line in lines))
    return frame(session, asked), frame(session, came), covered
