"""Who takes which medicine until when, and what of it came or is on its way (B-04)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.intake.identify import Directory, directory_of
from rules.medicine import MILLI, Refill, Use, in_force
from rules.medicine_intake import medicine_named
from schemas.plan import MedicineUse, Plan
from schemas.tables import (
    AllocationSource,
    Handover,
    HouseholdTask,
    MedicineReport,
    Parcel,
    ParcelLine,
    StoreOrder,
)
from schemas.words import TaskKind, TaskState

#: Begins the answer of a task that somebody settled by hand.
BY_HAND = "hand:"
Register = dict[tuple[str, str], Use]
Refills = Mapping[tuple[str, str], list[Refill]]


def register(session: Session, plan: Plan, now: datetime) -> Register:
    """The plan's sheet, and what was sent in since: per household and medicine the latest count."""
    directory = directory_of(plan) if plan.medicines else None
    sheet = [_of_sheet(directory, row) for row in plan.medicines] if directory else []
    query = sa.select(MedicineReport).where(
        col(MedicineReport.plan_id) == plan.id, col(MedicineReport.reported_at) <= now
    )
    order = (col(MedicineReport.as_of), col(MedicineReport.household_id), col(MedicineReport.medicine))
    reports = [_of_report(row) for row in session.execute(query.order_by(*order)).scalars()]
    return in_force([*sheet, *reports])


def _of_sheet(directory: Directory, row: MedicineUse) -> Use:
    named = medicine_named(directory, row.medicine)
    return Use(
        row.household_id,
        named if isinstance(named, str) else row.medicine,
        row.pharmacy,
        _milli(row.daily_units),
        _milli(row.units_left),
        row.pack_units,
        row.as_of,
        row.until,
        row.prescription,
    )


def _milli(units: Decimal) -> int:
    return int(units * MILLI)


def _of_report(row: MedicineReport) -> Use:
    return Use(
        row.household_id,
        row.medicine,
        row.pharmacy_id,
        row.daily_milli,
        row.left_milli,
        row.pack_units,
        row.as_of,
        row.until,
        row.prescription,
    )


def refills(session: Session, plan: Plan, uses: Register) -> dict[tuple[str, str], list[Refill]]:
    """What came, or is on its way, for the register's medicines: parcels, orders placed, and orders seen to by hand."""
    found: dict[tuple[str, str], list[Refill]] = defaultdict(list)
    for household_id, item_id, on, qty in [*_in_parcels(session, plan), *_ordered(session, plan)]:
        use = uses.get((household_id, item_id))
        if use is not None:
            packs = qty // plan.items[item_id].unit_base
            found[use.key].append(Refill(on, packs * use.pack_units * MILLI))
    for key, raised, refill in _by_hand(session, plan):
        # Somebody said that it is seen to, and a parcel brought it: that is one supply and not two.
        if not any(other.on >= raised for other in found[key]):
            found[key].append(refill)
    return dict(found)


Moved = Iterable[tuple[str, str, date, int]]


def _in_parcels(session: Session, plan: Plan) -> Moved:
    """household, item, day, base units of medicine in parcels that were not brought back."""
    medicines = [i.item_id for i in plan.items.values() if i.medicine]
    brought_back = sa.exists().where(
        col(Handover.plan_id) == col(Parcel.plan_id),
        col(Handover.cycle) == col(Parcel.cycle),
        col(Handover.household_id) == col(Parcel.household_id),
        col(Handover.state) == "undelivered",
    )
    same = sa.and_(
        col(ParcelLine.plan_id) == col(Parcel.plan_id),
        col(ParcelLine.cycle) == col(Parcel.cycle),
        col(ParcelLine.household_id) == col(Parcel.household_id),
    )
    query = (
        sa.select(col(Parcel.household_id), col(ParcelLine.item_id), col(Parcel.deliver_on), col(ParcelLine.qty_base))
        .join(ParcelLine, same)
        .where(col(Parcel.plan_id) == plan.id, col(ParcelLine.item_id).in_(medicines), ~brought_back)
    )
    return [(home, item_id, on, qty) for home, item_id, on, qty in session.execute(query)]


def _ordered(session: Session, plan: Plan) -> Moved:
    """The same of allocations whose order is placed and not packed yet."""
    medicines = [i.item_id for i in plan.items.values() if i.medicine]
    same = sa.and_(
        col(StoreOrder.plan_id) == col(AllocationSource.plan_id),
        col(StoreOrder.cycle) == col(AllocationSource.cycle),
        col(StoreOrder.revision) == col(AllocationSource.revision),
        col(StoreOrder.store_id) == col(AllocationSource.store_id),
    )
    query = (
        sa.select(
            col(AllocationSource.household_id),
            col(AllocationSource.item_id),
            col(StoreOrder.deliver_on),
            col(AllocationSource.qty_base),
        )
        .join(StoreOrder, same)
        .where(
            col(AllocationSource.plan_id) == plan.id,
            col(AllocationSource.item_id).in_(medicines),
            col(StoreOrder.state) == "placed",
        )
    )
    return [(home, item_id, on, qty) for home, item_id, on, qty in session.execute(query)]


def _by_hand(session: Session, plan: Plan) -> list[tuple[tuple[str, str], date, Refill]]:
    """(key, day it was raised, refill) of orders that somebody said are seen to: so many packs as were ordered."""
    query = sa.select(HouseholdTask).where(
        col(HouseholdTask.plan_id) == plan.id,
        col(HouseholdTask.kind) == TaskKind.MEDICINE_ORDER,
        col(HouseholdTask.state) == TaskState.DONE,
        col(HouseholdTask.answer).startswith(BY_HAND),
    )
    order = (col(HouseholdTask.on_date), col(HouseholdTask.subject))
    found = []
    for task in session.execute(query.order_by(*order)).scalars():
        assert task.answered_at is not None  # noqa: S101 - the table's own check
        on = task.answered_at.astimezone(plan.zone).date()
        key = (str(task.household_id), str(task.detail["medicine"]))
        found.append((key, task.on_date, Refill(on, int(str(task.detail["milli"])))))
    return found
