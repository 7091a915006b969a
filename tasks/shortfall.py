"""Held goods that somebody waits for: what lacks is told to the buyer, who may get less to the communities' persons.

`held_shortfalls` is the same for all held goods of a plan at a moment, for whoever buys.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import cycle_of
from rules.geography import sources_for
from rules.shortfall import shortfalls
from schemas.plan import Plan
from schemas.tables import AllocationSource, Batch, HouseholdRow, StoreOrder
from schemas.text import Text
from schemas.units import sale_quantity
from schemas.words import Process, Stage, StoreKind
from tasks import supply
from tasks.batch_decisions import last_decision
from tasks.batches import goods_words, held_words
from tasks.new_batches import SURPLUS
from tasks.notices.outbox import tell
from tasks.runs import Run
from tasks.words import reason_text


def held_shortfalls(session: Session, run: Run) -> pl.DataFrame:
    """`Shortfalls` of everything that is held at the run's moment; a surplus was never counted on."""
    batches = supply.batches(session, run.plan_id, run.now)
    held = batches.filter((pl.col("state") == "held") & ~pl.col("batch_id").str.ends_with(SURPLUS))
    return shortfalls(
        held.group_by("store_id", "item_id").agg(pl.col("qty_base").sum()),
        _wanted(session, run),
        supply.on_hand(session, run.plan_id, run.now, run.business_date),
        supply.on_order(session, run.plan_id, run.now),
    )


def _wanted(session: Session, run: Run) -> pl.DataFrame:
    """store_id, item_id, qty_base: ordered and not yet packed, and needs that a station is about to share out."""
    pending = _pending(session, run).group_by("item_id").agg(pl.col("needed_base").sum().alias("qty_base"))
    asked = pending.select(pl.lit(_station(run.plan)).alias("store_id"), "item_id", "qty_base")
    parts = pl.concat([supply.reserved(session, run.plan_id, run.now), asked])
    return parts.group_by("store_id", "item_id").agg(pl.col("qty_base").sum())


def _station(plan: Plan) -> str:
    return next((s.store_id for s in plan.stores.values() if s.kind is StoreKind.STATION), "")


def _pending(session: Session, run: Run) -> pl.DataFrame:
    """Needs of the cycle that is shared out next, where all of them come through a station and none is out yet."""
    plan = run.plan
    cycle = cycle_of(plan, Process.ALLOCATE_ORDERS, run.business_date)
    needs = supply.latest_needs(session, plan.id, cycle)[1]
    waits = plan.file.allocation.source.value == "station" and not supply.allocated_by(session, plan.id, cycle, run.now)
    return needs if waits else needs.clear()


def tell_held(session: Session, run: Run, batch: Batch, reasons: Sequence[Text] = ()) -> None:
    """Whoever must know of a held batch: those who source it again, and the communities that wait for it.

    `reasons`: every reason that a paper gave, where it was held for a paper.
    """
    decision = last_decision(session, batch.batch_id)
    number = decision.number if decision else 1
    told_reasons = "；".join(reason_text(reason.as_json()) for reason in reasons)
    reason = told_reasons or held_words(session, run.plan, batch)
    mine = held_shortfalls(session, run).filter(store_id=batch.store_id, item_id=batch.item_id)
    missing = int(mine["missing_base"].sum())
    values: dict[str, Any] = {"item": _name(run.plan, batch.item_id), "reason": reason}
    if missing:
        values |= {"shortfall": _amount(run.plan, batch.item_id, missing), "sources": _sources(run.plan, batch)}
    receiving, roles = run.plan.file.receiving, run.plan.file.notices.to.value.get(Stage.BATCH_HELD, [])
    told = run.plan.officers_in([*roles, *receiving.buyer_roles.value])
    tell(session, run, Stage.BATCH_HELD, batch.batch_id, number, values, to=[o.officer_id for o in told])
    if missing:
        _tell_communities(session, run, batch, number, reason)


def _name(plan: Plan, item_id: str) -> str:
    return plan.items[item_id].name if item_id in plan.items else item_id


def _amount(plan: Plan, item_id: str, qty_base: int) -> str:
    item = plan.items.get(item_id)
    return f"{item.name} {sale_quantity(qty_base, item.unit_base)}{item.unit}" if item else f"{item_id} {qty_base}"


def _sources(plan: Plan, batch: Batch) -> list[str]:
    """Where else it may come from, nearest first."""
    return [plan.stores[s].name for s in sources_for(plan, batch.store_id) if s != batch.supplier]


def _tell_communities(session: Session, run: Run, batch: Batch, number: int, reason: str) -> None:
    plan = run.plan
    for community_id, waiting in sorted(_waiting(session, run, batch).items()):
        community = plan.communities.get(community_id)
        if community is None or community.contact not in plan.officers:
            continue
        values = {"community": community.name, "goods": goods_words(plan, batch), "waiting": waiting, "reason": reason}
        subject = f"{batch.batch_id}:{community_id}"
        tell(session, run, Stage.SUPPLY_DELAYED, subject, number, values, to=[community.contact])


def _waiting(session: Session, run: Run, batch: Batch) -> Counter[str]:
    """Households per community that asked for the item and have not got it out of this store yet."""
    query = (
        sa.select(col(HouseholdRow.community_id), sa.func.count(sa.distinct(col(HouseholdRow.household_id))))
        .join(
            AllocationSource,
            sa.and_(
                col(AllocationSource.plan_id) == col(HouseholdRow.plan_id),
                col(AllocationSource.household_id) == col(HouseholdRow.household_id),
            ),
        )
        .join(
            StoreOrder,
            sa.and_(
                *(
                    getattr(StoreOrder, name) == getattr(AllocationSource, name)
                    for name in ("plan_id", "cycle", "revision", "store_id")
                )
            ),
        )
        .where(
            col(StoreOrder.plan_id) == run.plan_id,
            col(StoreOrder.state) == "placed",
            col(StoreOrder.store_id) == batch.store_id,
            col(AllocationSource.item_id) == batch.item_id,
        )
        .group_by(col(HouseholdRow.community_id))
    )
    found = Counter({community: int(count) for community, count in session.execute(query)})
    if batch.store_id == _station(run.plan):
        pending = _pending(session, run).filter(pl.col("item_id") == batch.item_id)
        found.update(pending["community_id"].to_list())
    return found
