"""What lay where at any moment that is past: the ledger's moves up to it, batch by batch and store by store.

On hand is all that the ledger has there. Of it *usable* is what could be handed out at that moment: released and not
past its last day. *Expired* is past it, *held* was refused, *waiting* was not checked yet.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import StockMove
from schemas.units import sale_quantity
from tasks import supply
from tasks.batches import find_batch
from tasks.database import reading, transaction
from tasks.documents.labels import store_label
from tasks.ledger import open_stock
from tasks.plans import sync_plan
from tasks.refused import Refused
from tasks.words import say

PARTS = ("usable", "waiting", "held", "expired")


def open_books(plan: Plan, now: datetime) -> None:
    """Bring the plan's sheets in, where nothing has run for it yet: else its opening stock would not be there."""
    with transaction() as session:
        if sync_plan(session, plan, now):
            open_stock(session, plan)


def stock_at(plan: Plan, at: datetime, store: str = "") -> list[dict[str, Any]]:
    """A row per store and item of which something lay there at a moment; `store`: an id or a name, empty for all.

    Raises:
        Refused: the plan has no such store.
    """
    chosen = _stores(plan, store)
    with reading() as session:
        shelves = supply.batches(session, plan.id, at).filter(
            pl.col("store_id").is_in(chosen) & (pl.col("qty_base") != 0)
        )
    today = at.astimezone(plan.zone).date()
    expired = pl.col("expires_on") < today
    part = (
        pl.when(expired)
        .then(pl.lit("expired"))
        .when(pl.col("released"))
        .then(pl.lit("usable"))
        .when(pl.col("state") == "arrived")
        .then(pl.lit("waiting"))
        .otherwise(pl.lit("held"))
    )
    amounts = [pl.col("qty_base").filter(pl.col("part") == name).sum().alias(name) for name in PARTS]
    summed = shelves.with_columns(part=part).group_by("store_id", "item_id").agg(pl.col("qty_base").sum(), *amounts)
    return [_row(plan, row) for row in summed.sort("store_id", "item_id").iter_rows(named=True)]


def _stores(plan: Plan, words: str) -> list[str]:
    if not words:
        return list(plan.stores)
    found = [s.store_id for s in plan.stores.values() if words in (s.store_id, s.name)]
    if not found:
        raise Refused(say("There is no store {store} in plan {plan}.", store=words, plan=plan.id))
    return found


def _row(plan: Plan, row: Mapping[str, Any]) -> dict[str, Any]:
    item = plan.items.get(row["item_id"])
    unit, base = (item.unit, item.unit_base) if item else ("", 1)
    shown = {"on_hand": row["qty_base"], **{name: row[name] for name in PARTS}}
    return {
        "store_id": row["store_id"],
        "store": store_label(plan, row["store_id"]),
        "item_id": row["item_id"],
        "item": item.name if item else row["item_id"],
        "unit": unit,
        **{name: sale_quantity(amount, base) for name, amount in shown.items()},
        **{f"{name}_base": amount for name, amount in shown.items()},
    }


def stock_text(plan: Plan, at: datetime, rows: list[dict[str, Any]]) -> str:
    """The rows as lines of a terminal."""
    local = f"{at.astimezone(plan.zone):%Y-%m-%d %H:%M}"
    if not rows:
        return say("Nothing lay in any store at {at}.", at=local)
    told = [say("{store}: {item} {on_hand}{unit}, of which usable {usable}", **row) + _not_usable(row) for row in rows]
    return "\n".join([say("Stock at {at}:", at=local), *told])


def _not_usable(row: Mapping[str, Any]) -> str:
    words = {"waiting": say("unchecked"), "held": say("held"), "expired": say("expired")}
    told = [f"{word} {row[name]}" for name, word in words.items() if row[f"{name}_base"]]
    return say(" ({parts})", parts="、".join(told)) if told else ""


def moves_of(plan: Plan, batch: str, at: datetime) -> list[dict[str, Any]]:
    """Every move of a batch up to a moment, the oldest first: what a correction names.

    Raises:
        Refused: there is no such batch.
    """
    with reading() as session:
        found = find_batch(session, plan.id, batch)
        item = plan.items.get(found.item_id)
        return [_move(plan, item.unit_base if item else 1, move) for move in _moves(session, found.batch_id, at)]


def _moves(session: Session, batch_id: str, at: datetime) -> list[StockMove]:
    query = sa.select(StockMove).where(col(StockMove.batch_id) == batch_id, col(StockMove.moved_at) <= at)
    return list(session.execute(query.order_by(col(StockMove.moved_at), col(StockMove.move_id))).scalars())


def _move(plan: Plan, base: int, move: StockMove) -> dict[str, Any]:
    told = {name: getattr(move, name) for name in ("move_id", "cause", "from_place", "to_place", "qty_base")}
    told |= {"quantity": sale_quantity(move.qty_base, base), "at": move.moved_at.astimezone(plan.zone)}
    told |= {name: getattr(move, name) for name in ("entered_by", "reason", "reverses") if getattr(move, name)}
    return told
