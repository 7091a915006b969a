"""Batches by the names that people call them by, and what is told of them."""

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import batch_code, read_code, rise_percent
from rules.reasons import REASONS
from schemas.plan import Plan
from schemas.tables import Batch, ParcelLine
from schemas.text import N_
from schemas.units import sale_quantity
from tasks.bought_prices import last_prices
from tasks.documents.labels import reason_words, with_note
from tasks.refused import Refused
from tasks.words import say

SEVERAL = N_("“{batch}” are several batches; name one of {ids}.")


def find_batch(session: Session, plan_id: str, words: str) -> Batch:
    """The batch of a plan that somebody means: by its id, or by its code such as `0423-1`.

    Raises:
        Refused: there is none, or the code is that of several years' batches.
    """
    told = words.strip()
    batch = session.get(Batch, told, populate_existing=True)
    found = [batch] if batch is not None and batch.plan_id == plan_id else _of_code(session, plan_id, told)
    if not found:
        raise Refused(say("There is no batch {batch}.", batch=words))
    if len(found) > 1:
        raise Refused(say(SEVERAL, batch=words, ids="、".join(b.batch_id for b in found)))
    return found[0]


def _of_code(session: Session, plan_id: str, told: str) -> list[Batch]:
    code = read_code(told)
    if code is None:
        return []
    month, day, number = code
    query = sa.select(Batch).where(col(Batch.plan_id) == plan_id, col(Batch.number) == number)
    rows = session.execute(query.execution_options(populate_existing=True)).scalars()
    return [b for b in rows if (b.arrived_on.month, b.arrived_on.day) == (month, day)]


def called(batch: Batch) -> str:
    """What a batch is called: its code, else its id."""
    return batch.batch_id if batch.number is None else batch_code(batch.arrived_on, batch.number)


def goods_words(plan: Plan, batch: Batch) -> str:
    """`大米 8袋（0423-1）`."""
    item = plan.items.get(batch.item_id)
    if item is None:
        return with_note(batch.item_id, called(batch))
    return with_note(f"{item.name} {sale_quantity(batch.qty_base, item.unit_base)}{item.unit}", called(batch))


def held_words(session: Session, plan: Plan, batch: Batch) -> str:
    """Why it is held: the words that somebody gave, or those of a rule's reason with the batch's own values in them."""
    item = plan.items.get(batch.item_id)
    if batch.reason not in REASONS or item is None:
        return reason_words(batch.reason, {}) if batch.reason in REASONS else batch.reason
    last = last_prices(session, plan, batch.arrived_on).get(batch.item_id)
    day = batch.produced_on if batch.reason == "batch_made_later" else batch.expires_on
    values = {
        "item": item.name,
        "date": day.isoformat() if day else "",
        "percent": rise_percent(batch.cost_fen, last),
        "limit": plan.file.receiving.max_price_rise_pct.value,
        "surplus": f"{sale_quantity(batch.qty_base, item.unit_base)}{item.unit}",
    }
    return reason_words(batch.reason, values)


def went_out(session: Session, batch_id: str) -> bool:
    """Whether any household was given some of it."""
    query = sa.select(sa.literal(1)).where(col(ParcelLine.batch_id) == batch_id)
    return session.execute(query.limit(1)).first() is not None
