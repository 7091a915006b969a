"""Goods that one store is asked to give another: written with the proposal, told to both, expected in their counts."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.purchase import Proposal
from schemas.tables import Purchase, StoreMove
from schemas.units import sale_quantity
from schemas.words import Stage
from tasks.database import frame, insert
from tasks.notices.outbox import tell
from tasks.runs import Run
from tasks.supply import STOCK

MOVE = ["item_id", "from_store", "to_store"]


def write_moves(session: Session, run: Run, revision: int, proposal: Proposal) -> list[str]:
    """Keep what is to be moved and tell both stores; the moves in words. No money is asked for, so nobody approves."""
    plan = run.plan
    key = {"plan_id": run.plan_id, "cycle": run.business_date, "revision": revision}
    summed = proposal.moves.group_by(MOVE, maintain_order=True).agg(
        pl.col("qty_base").sum(),
        pl.col("cost_fen").sum(),
        saves_fen=pl.when(pl.col("saves_fen").is_not_null().any()).then(pl.col("saves_fen").sum()),
    )
    insert(session, StoreMove, [key | row for row in summed.to_dicts()])
    words: dict[tuple[str, str], list[str]] = {}
    for row in summed.iter_rows(named=True):
        item = plan.items[row["item_id"]]
        amount = f"{item.name}{sale_quantity(row['qty_base'], item.unit_base)}{item.unit}"
        words.setdefault((row["from_store"], row["to_store"]), []).append(amount)
    for (giver, taker), goods in sorted(words.items()):
        stores = (plan.stores[giver], plan.stores[taker])
        readers = [who for store in stores for who in (store.contact, store.liaison)]
        values = {"giver": stores[0].name, "taker": stores[1].name, "goods": goods}
        tell(session, run, Stage.MOVE_WANTED, f"{giver}:{taker}", revision, values, to=list(dict.fromkeys(readers)))
    return [goods for told in words.values() for goods in told]


def moves_on_their_way(session: Session, plan_id: str, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What stores were asked the day before to give and to get (`Quantities` each): a count may show it or not yet."""
    newest = sa.and_(
        col(Purchase.plan_id) == col(StoreMove.plan_id),
        col(Purchase.cycle) == col(StoreMove.cycle),
        col(Purchase.revision) == col(StoreMove.revision),
    )
    found = []
    for store in (col(StoreMove.from_store), col(StoreMove.to_store)):
        total = sa.func.sum(StoreMove.qty_base).label("qty_base")
        query: sa.Select[Any] = (
            sa.select(store.label("store_id"), col(StoreMove.item_id), total)
            .join(Purchase, newest)
            .where(col(StoreMove.plan_id) == plan_id, col(StoreMove.cycle) == on - timedelta(days=1))
            .group_by(store, col(StoreMove.item_id))
            .order_by(store, col(StoreMove.item_id))
        )
        found.append(frame(session, query, STOCK))
    return found[0], found[1]
