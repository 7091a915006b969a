"""Corrections of the ledger of goods: what was booked wrongly is taken back by a move of its own, never edited.

A move is taken back once, whole or down to what was really moved; a correction that was itself wrong is taken back in
turn. What the other place no longer has cannot be taken back from it: then the goods are somewhere, and a count of the
store says where.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.claims import claimed
from schemas.plan import Plan
from schemas.tables import Batch, StockMove
from schemas.text import N_
from schemas.units import sale_quantity
from tasks.database import insert
from tasks.order_arrivals import count_arrived
from tasks.refused import Refused
from tasks.runs import Run, Work, audit, deciding
from tasks.words import say

REVERSAL = "reversal"
NO_MOVE = N_("There is no move {move}; `baogong stock --batch` lists those of a batch.")
NOT_LESS = N_("{right} is not less than the {booked} booked: what was found beyond it is told by a count of the store.")
GONE = N_("{place} has only {left} of it left: first find out where the rest went, by a count.")


@dataclass(frozen=True)
class Correction:
    """What somebody says was booked wrongly. `right`: what was really moved, in sale units; empty: nothing was."""

    move_id: str
    by: str
    reason: str
    right: str = ""


def correct_move(work: Work, said: Correction) -> dict[str, Any]:
    """Take back a move, or the part of it that is too much. Said again, it changes nothing.

    Raises:
        Refused: nobody of that name, no reason, no such move, or goods that are no longer where they would come from.
    """
    run = work.run
    by = claimed(said.by, run.plan.officers.values())
    if by is None:
        raise Refused(say("{by} is no officer of this plan, or the name of several: give the officer id.", by=said.by))
    if not said.reason.strip():
        raise Refused(say("A correction needs a reason."))
    with deciding(work) as session:
        wrong = session.get(StockMove, said.move_id.strip())
        if wrong is None or wrong.plan_id != run.plan_id:
            raise Refused(say(NO_MOVE, move=said.move_id))
        row = _reversal(session, run, wrong, said) | {"entered_by": by, "reason": said.reason.strip()}
        there = session.get(StockMove, row["move_id"])
        if there is not None:
            return _told(there, changed=_same(there, row))
        _still_there(session, run.plan, row)
        insert(session, StockMove, [row])
        _count_order(session, row["batch_id"])
        audit(session, run.plan_id, run.now, by, "corrected_stock", {"move": wrong.move_id, "reason": row["reason"]})
        return _told(StockMove.model_validate(row), changed=True)


def _count_order(session: Session, batch_id: str) -> None:
    """What came of the batch's order is another amount now, where it came of one."""
    batch = session.get(Batch, batch_id)
    count_arrived(session, [batch.origin] if batch else [])


def _same(there: StockMove, row: Mapping[str, Any]) -> bool:
    """False for the very same correction again; another one of the same move is refused."""
    if there.qty_base != row["qty_base"]:
        raise Refused(say("Move {move} was corrected already, by {by}.", move=there.reverses, by=there.entered_by))
    return False


def _told(move: StockMove, changed: bool) -> dict[str, Any]:
    return {"move_id": move.move_id, "reverses": move.reverses, "qty_base": move.qty_base, "changed": changed}


def _reversal(session: Session, run: Run, wrong: StockMove, said: Correction) -> dict[str, Any]:
    right = _right_base(session, run.plan, wrong, said.right)
    return {
        "move_id": f"{REVERSAL}:{wrong.move_id}",
        "plan_id": run.plan_id,
        "moved_at": run.now,
        "batch_id": wrong.batch_id,
        "from_place": wrong.to_place,
        "to_place": wrong.from_place,
        "qty_base": wrong.qty_base - right,
        "cause": REVERSAL,
        "reverses": wrong.move_id,
    }


def _right_base(session: Session, plan: Plan, wrong: StockMove, words: str) -> int:
    if not words.strip():
        return 0
    unit, base = _unit(session, plan, wrong.batch_id)
    try:
        amount = Decimal(words.strip().removesuffix(unit)) * base
    except InvalidOperation:
        raise Refused(say("“{words}” is no amount of {unit}.", words=words, unit=unit)) from None
    if not amount.is_finite() or amount != int(amount) or amount < 0:
        raise Refused(say("“{words}” is no amount of {unit}.", words=words, unit=unit))
    if amount >= wrong.qty_base:
        raise Refused(say(NOT_LESS, right=words, booked=f"{sale_quantity(wrong.qty_base, base)}{unit}"))
    return int(amount)


def _unit(session: Session, plan: Plan, batch_id: str) -> tuple[str, int]:
    batch = session.get(Batch, batch_id)
    item = plan.items.get(batch.item_id) if batch else None
    return (item.unit, item.unit_base) if item else ("", 1)


def _still_there(session: Session, plan: Plan, row: Mapping[str, Any]) -> None:
    """Refuses where the place that must give back has less of the batch than that; the outside has no bottom."""
    place = row["from_place"]
    if not place.startswith(("store:", "household:")):
        return
    inward = sa.case((col(StockMove.to_place) == place, col(StockMove.qty_base)), else_=0)
    outward = sa.case((col(StockMove.from_place) == place, col(StockMove.qty_base)), else_=0)
    left = session.execute(
        sa.select(sa.func.coalesce(sa.func.sum(inward - outward), 0)).where(col(StockMove.batch_id) == row["batch_id"])
    ).scalar_one()
    if left < row["qty_base"]:
        unit, base = _unit(session, plan, row["batch_id"])
        raise Refused(say(GONE, place=place, left=f"{sale_quantity(int(left), base)}{unit}"))
