"""Goods that a store has taken off its list after it was published: whoever had ordered them is told (A-03, C-04).

The needs stay as they are, since another store may have the goods. Allocation promises nothing from a store that took
them off, and a need that no other store can serve is short for that reason (`withdrawn_by_store`). The list may be
revised before or after the orders are collected: both look, and the notice's key keeps the second from saying it again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import moment
from schemas.plan import Plan
from schemas.tables import HouseholdRow, Need, NeedLine
from schemas.words import Stage
from tasks.catalog_lists import listed_now, withdrawn_in
from tasks.documents.catalog import cutoff_day
from tasks.notices.outbox import tell
from tasks.runs import Run


def tell_withdrawn(session: Session, run: Run) -> int:
    """Tell the person of each community where such goods are ordered in the open cycle; how many households it is.

    Args:
        run: of the list's day or of the cycle; both lead to the cycle that the list is ordered by.
    """
    plan, cycle = run.plan, cutoff_day(run.plan, run.business_date)
    gone = withdrawn_in(session, plan, cycle)
    if not gone:
        return 0
    stores: dict[str, list[str]] = {}
    for store_id, item_id in gone:
        stores.setdefault(item_id, []).append(plan.stores[store_id].name if store_id in plan.stores else store_id)
    others, homes = listed_now(session, plan, cycle), 0
    about = replace(run, business_date=cycle)
    for (community_id, item_id), ordered in _ordered(session, plan, cycle, list(stores)).items():
        homes += len(ordered)
        values = {"goods": plan.items[item_id].name, "by": stores[item_id], "elsewhere": item_id in others}
        _tell(session, about, community_id, item_id, ordered, values)
    return homes


def _tell(
    session: Session,
    run: Run,
    community_id: str,
    item_id: str,
    ordered: Sequence[Mapping[str, Any]],
    told: Mapping[str, Any],
) -> None:
    plan = run.plan
    community = plan.communities[community_id]
    values = {"community": community.name, "goods": told["goods"], "by": told["by"], "count": len(ordered)}
    values["household"] = [row["address"] for row in ordered]
    values["others" if told["elsewhere"] else "none_left"] = told["goods"]
    lines = [str(place) for row in ordered if (place := row["place"].get("line", row["place"].get("row")))]
    values |= {"lines": lines} if lines else {}
    # Who orders it later makes another notice, with all of them; who was told of already makes none.
    mark = hashlib.sha256("|".join(row["household_id"] for row in ordered).encode()).hexdigest()[:8]
    until = moment(plan, run.business_date, plan.file.needs.cutoff.value)
    subject = f"{community_id}:{item_id}:{mark}"
    tell(session, run, Stage.GOODS_WITHDRAWN, subject, 1, values, to=[community.contact], by=until)


def _ordered(
    session: Session, plan: Plan, cycle: date, item_ids: Sequence[str]
) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """(community, item) -> the households that need it as last collected, with where they said so."""
    newest = sa.select(sa.func.max(Need.revision)).where(col(Need.plan_id) == plan.id, col(Need.cycle) == cycle)
    home = sa.and_(
        col(HouseholdRow.plan_id) == col(Need.plan_id), col(HouseholdRow.household_id) == col(Need.household_id)
    )
    line = sa.and_(col(NeedLine.submission_id) == col(Need.submission_id), col(NeedLine.line_no) == col(Need.line_no))
    query = (
        sa.select(
            col(HouseholdRow.community_id),
            col(Need.item_id),
            col(HouseholdRow.household_id),
            col(HouseholdRow.address),
            col(NeedLine.place),
        )
        .join(HouseholdRow, home)
        .join(NeedLine, line)
        .where(col(Need.plan_id) == plan.id, col(Need.cycle) == cycle, col(Need.item_id).in_(item_ids))
        .where(col(Need.revision) == newest.scalar_subquery())
        .order_by(col(HouseholdRow.community_id), col(Need.item_id), col(HouseholdRow.household_id))
    )
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in session.execute(query).mappings():
        if row["community_id"] in plan.communities and row["item_id"] in plan.items:
            found.setdefault((row["community_id"], row["item_id"]), []).append(dict(row))
    return found
