"""The ledger of goods: every quantity that changes place is a move; a move is never edited."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import Batch, StockMove
from schemas.words import StoreKind
from tasks.database import insert

OPENING = "opening"
COUNT = "count"


def open_stock(session: Session, plan: Plan) -> None:
    """Book the plan's opening stock (stock.csv) once per store and item; a source outside holds none of ours."""
    ours = [r for r in plan.stock if plan.stores[r.store_id].kind != StoreKind.WHOLESALE and r.qty_units > 0]
    first = plan.file.plan.start_date
    opened = datetime.combine(first, time(), plan.zone)
    made: list[dict[str, Any]] = []
    for row in ours:
        item = plan.items[row.item_id]
        made.append(
            released_batch(
                plan, f"{OPENING}:{plan.id}:{row.store_id}:{row.item_id}", row.store_id, row.item_id,
                row.qty_units * item.unit_base, row.cost_fen, first, row.checked_by,
            )
        )  # fmt: skip
    insert(session, Batch, made)
    insert(
        session, StockMove, [move(b, OPENING, f"store:{b['store_id']}", b["qty_base"], OPENING, opened) for b in made]
    )


def released_batch(
    plan: Plan, batch_id: str, store_id: str, item_id: str, qty_base: int, cost_fen: int, on: date, checked_by: str
) -> dict[str, Any]:
    """A batch that somebody named has checked, expiring after the item's keeping time."""
    return {
        "batch_id": batch_id,
        "plan_id": plan.id,
        "store_id": store_id,
        "item_id": item_id,
        "origin": batch_id.split(":", 1)[0],
        "qty_base": qty_base,
        "cost_fen": cost_fen,
        "arrived_on": on,
        "expires_on": on + timedelta(days=plan.items[item_id].keeps_days),
        "state": "released",
        "released": True,
        "checked_by": checked_by,
    }


def move(
    batch: dict[str, Any], from_place: str, to_place: str, qty_base: int, cause: str, at: datetime, key: str = ""
) -> dict[str, Any]:
    """One entry; its id is made of what caused it, so that the same event is booked once."""
    return {
        "move_id": ":".join(part for part in (cause, batch["batch_id"], to_place, key) if part),
        "plan_id": batch["plan_id"],
        "moved_at": at,
        "batch_id": batch["batch_id"],
        "from_place": from_place,
        "to_place": to_place,
        "qty_base": qty_base,
        "cause": cause,
    }


def book(session: Session, moves: Sequence[dict[str, Any]]) -> None:
    """Add moves; one that is there already stays as it is."""
    insert(session, StockMove, moves)
