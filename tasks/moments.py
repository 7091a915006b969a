"""How a batch stood at a moment, and what came of a line of an order by it: parts of queries that others build upon."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from schemas.tables import Batch, BatchDecision, PurchaseOrderLine, PurchaseRest, StockMove
from schemas.words import BatchAct
from tasks.ledger import ARRIVAL


def by_then(column: Any, at: datetime) -> sa.ColumnElement[bool]:
    """It had happened by a moment; a null happened before anybody kept time."""
    return sa.or_(col(column).is_(None), col(column) <= at)


def not_by_then(column: Any, at: datetime) -> sa.ColumnElement[bool]:
    """It had not happened by a moment; a null has not happened yet."""
    return sa.or_(col(column).is_(None), col(column) > at)


def standing_at(at: datetime) -> tuple[sa.Label[bool], sa.Label[str]]:
    """Whether a batch could be handed out at a moment, and its state then: by its last decision up to it.

    Before the first decision it stood as that found it; without any it stands as it was booked.
    """
    mine = sa.select(BatchDecision).where(col(BatchDecision.batch_id) == col(Batch.batch_id)).correlate(Batch)
    last = mine.where(col(BatchDecision.decided_at) <= at).order_by(col(BatchDecision.number).desc()).limit(1)
    first = mine.order_by(col(BatchDecision.number)).limit(1)
    act = last.with_only_columns(col(BatchDecision.act)).scalar_subquery()
    before = first.with_only_columns(col(BatchDecision.was_usable)).scalar_subquery()
    booked = sa.and_(col(Batch.released), by_then(Batch.checked_at, at))
    usable = last.with_only_columns(col(BatchDecision.usable)).scalar_subquery()
    released = sa.func.coalesce(usable, before, booked)
    state = sa.case(
        (act == BatchAct.ACCEPTED.value, "arrived"),
        (sa.and_(act.is_not(None), sa.not_(released)), "held"),
        (released, "released"),
        (before.is_not(None), "arrived"),
        else_=col(Batch.state),
    )
    return released.label("released"), state.label("state")


def came_of_line(at: datetime | None = None) -> sa.ScalarSelect[int]:
    """What came of a line of a purchase order, by a moment: arrivals less what went back to the supplier."""
    inward = sa.case((col(StockMove.cause) == ARRIVAL, col(StockMove.qty_base)), else_=0)
    back = sa.case((col(StockMove.to_place).startswith("supplier:"), col(StockMove.qty_base)), else_=0)
    query = (
        sa.select(sa.func.coalesce(sa.func.sum(inward - back), 0))
        .join(Batch, col(Batch.batch_id) == col(StockMove.batch_id))
        .where(
            col(Batch.origin) == col(PurchaseOrderLine.order_id), col(Batch.item_id) == col(PurchaseOrderLine.item_id)
        )
    )
    if at is not None:
        query = query.where(col(StockMove.moved_at) <= at)
    return query.correlate(PurchaseOrderLine).scalar_subquery()


def refused_of_line(at: datetime | None = None) -> sa.ScalarSelect[int]:
    """What a supplier had said by a moment that he does not bring of a line of a purchase order."""
    query = sa.select(sa.func.coalesce(sa.func.sum(PurchaseRest.qty_base), 0)).where(
        col(PurchaseRest.order_id) == col(PurchaseOrderLine.order_id),
        col(PurchaseRest.item_id) == col(PurchaseOrderLine.item_id),
    )
    if at is not None:
        query = query.where(col(PurchaseRest.cut_at) <= at)
    return query.correlate(PurchaseOrderLine).scalar_subquery()
