"""Hand-over: delivered is not received until somebody named says so, or why not (A-08, B-02, B-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.tables import Handover, Parcel
from tasks.database import changed_rows, reading
from tasks.duties import answer
from tasks.runs import Run, Work, audit, deciding

#: What answers a duty to confirm deliveries.
DELIVERY = "delivery"


def nothing_to_confirm(session: Session, run: Run) -> None:
    """Where no parcel goes today there is nothing to sign for: a zero report, and nobody is reminded of it."""
    query = sa.select(col(Parcel.community_id)).where(
        col(Parcel.plan_id) == run.plan_id, col(Parcel.deliver_on) == run.business_date
    )
    served = set(session.execute(query.distinct()).scalars())
    idle = {f"community:{c}": run.now for c in run.plan.communities if c not in served}
    answer(session, run.plan_id, DELIVERY, idle, run.business_date, "no parcels", set(idle))


def first_handed_at(run: Run) -> datetime | None:
    """When the first goods of the cycle went out; None while nothing has."""
    query = sa.select(sa.func.min(Handover.handed_at)).where(
        col(Handover.plan_id) == run.plan_id, col(Handover.cycle) == run.business_date
    )
    with reading() as session:
        return session.execute(query).scalar()


@dataclass(frozen=True)
class Confirmation:
    """Who says that parcels arrived, or did not."""

    by: str
    signed: bool
    reason: str = ""


def confirm(work: Work, households: Sequence[str], said: Confirmation) -> int:
    """Mark the parcels delivered on the run's date as signed (已签收) or undelivered (未送达) in a named person's word.

    Returns:
        how many parcels changed; one already answered stays as it is.
    """
    run = work.run
    state = "signed" if said.signed else "undelivered"
    with deciding(work) as session:
        open_parcels = sa.select(col(Parcel.cycle), col(Parcel.household_id)).where(
            col(Parcel.plan_id) == run.plan_id,
            col(Parcel.deliver_on) == run.business_date,
            col(Parcel.household_id).in_(households),
        )
        change = sa.update(Handover).where(
            col(Handover.plan_id) == run.plan_id,
            sa.tuple_(col(Handover.cycle), col(Handover.household_id)).in_(open_parcels),
            col(Handover.state) == "delivered_unconfirmed",
        )
        values = {"state": state, "confirmed_by": said.by, "confirmed_at": run.now, "reason": said.reason}
        changed = changed_rows(session, change.values(values))
        if changed:
            _confirmed(session, run, said, changed)
    return changed


def _confirmed(session: Session, run: Run, said: Confirmation, changed: int) -> None:
    audit(session, run.plan_id, run.now, said.by, "confirmed_delivery", {"parcels": changed, "signed": said.signed})
    of_parcel = [getattr(Handover, name) == getattr(Parcel, name) for name in ("plan_id", "cycle", "household_id")]
    open_left = (
        sa.select(col(Parcel.community_id))
        .join(Handover, sa.and_(*of_parcel))
        .where(
            col(Parcel.plan_id) == run.plan_id,
            col(Parcel.deliver_on) == run.business_date,
            col(Handover.state) == "delivered_unconfirmed",
        )
    )
    waiting = set(session.execute(open_left).scalars())
    done = {f"community:{c}": run.now for c in run.plan.communities if c not in waiting}
    answer(session, run.plan_id, DELIVERY, done, run.business_date, f"confirmed by {said.by}", set())


def parcels_on(run: Run, community: str) -> list[str]:
    """Households of a community (by id or name) with a parcel on the run's date."""
    ids = [c.community_id for c in run.plan.communities.values() if community in (c.community_id, c.name)]
    query = sa.select(col(Parcel.household_id)).where(
        col(Parcel.plan_id) == run.plan_id,
        col(Parcel.deliver_on) == run.business_date,
        col(Parcel.community_id).in_(ids),
    )
    with reading() as session:
        return list(session.execute(query.order_by(col(Parcel.household_id))).scalars())
