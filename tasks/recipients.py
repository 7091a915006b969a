"""From a batch to every household that was given some of it: where, when, how much, and whether it has it yet."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.tables import Batch, Handover, HouseholdRow, Parcel, ParcelLine, StockMove
from tasks.documents.register import natural
from tasks.ledger import DELIVERY, move_id

KEY = ("plan_id", "cycle", "household_id")


@dataclass(frozen=True)
class Recipient:
    """One household's goods of a batch in one parcel; `state` of the hand-over as of the moment asked for."""

    community_id: str
    household_id: str
    address: str
    head: str
    deliver_on: date
    qty_base: int
    state: str


def recipients(session: Session, batch: Batch, at: datetime) -> list[Recipient]:
    """Everybody who was given some of a batch, by community, address and day; what was booked wrongly is taken off."""
    found = [_recipient(line, at, _taken_back(session, batch)) for line in _lines(session, batch)]
    given = [one for one in found if one.qty_base > 0]
    return sorted(given, key=lambda r: (r.community_id, natural(r.address), r.household_id, r.deliver_on))


def _lines(session: Session, batch: Batch) -> list[Any]:
    query = (
        sa.select(ParcelLine, Parcel, HouseholdRow, Handover)
        .join(Parcel, _same(Parcel, ParcelLine, *KEY))
        .join(HouseholdRow, _same(HouseholdRow, ParcelLine, "plan_id", "household_id"))
        .outerjoin(Handover, _same(Handover, ParcelLine, *KEY))
        .where(col(ParcelLine.batch_id) == batch.batch_id)
    )
    return list(session.execute(query))


def _same(left: type[Any], right: type[Any], *names: str) -> sa.ColumnElement[bool]:
    return sa.and_(*(getattr(left, name) == getattr(right, name) for name in names))


def _taken_back(session: Session, batch: Batch) -> dict[str, int]:
    """Move -> how much of it was taken back by a correction."""
    query = sa.select(col(StockMove.reverses), col(StockMove.qty_base)).where(
        col(StockMove.batch_id) == batch.batch_id, col(StockMove.reverses).is_not(None)
    )
    back: dict[str, int] = {row[0]: row[1] for row in session.execute(query)}
    return {move: qty - back.get(f"reversal:{move}", 0) for move, qty in back.items()}


def _recipient(row: Any, at: datetime, taken_back: dict[str, int]) -> Recipient:
    line, parcel, home, handover = row
    key = f"{line.cycle}:{line.household_id}:{line.item_id}"
    moved = move_id(DELIVERY, line.batch_id, f"household:{line.household_id}", key)
    answered = handover is not None and handover.confirmed_at is not None and handover.confirmed_at <= at
    return Recipient(
        parcel.community_id,
        line.household_id,
        home.address,
        home.head,
        parcel.deliver_on,
        line.qty_base - taken_back.get(moved, 0),
        handover.state if answered else "delivered_unconfirmed",
    )
