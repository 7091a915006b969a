"""Who takes which medicine until when, what came of it, and what must be fetched today (B-04 代配药)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import moment
from rules.declarations import medicine_named
from rules.household_tasks import Raised, next_officer
from rules.intake.identify import Directory
from rules.medicine import MILLI, Refill, Use, days_left, in_force, order_due, packs_for, runs_out_on, still_taken
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
from schemas.words import Stage, TaskKind, TaskState
from tasks.household_tasks import Answered, batch_of, close, raise_tasks, standing
from tasks.notices.outbox import tell
from tasks.notices.task_notices import medicine_name, overseers, still_undecided, want_medicine
from tasks.runs import Run
from tasks.visits import settle_medicine

ORDER = frozenset({TaskKind.MEDICINE_ORDER})
LINE = frozenset({TaskKind.MEDICINE_LINE})
BY_HAND = "hand:"
Register = dict[tuple[str, str], Use]
Refills = Mapping[tuple[str, str], list[Refill]]


def register(session: Session, plan: Plan, now: datetime) -> Register:
    """The plan's sheet, and what was sent in since: per household and medicine the latest count."""
    directory = Directory(plan) if plan.medicines else None
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


def watch_medicines(session: Session, run: Run) -> dict[str, int]:
    """Answer orders that are under way, raise those that are due today, and tell at once of what is nearly used up."""
    settle_medicine(session, run)
    told = {"medicine_undecided": _tell_undecided(session, run)}
    uses = register(session, run.plan, run.now)
    if not uses:
        return told | {"medicine_orders": 0, "medicine_low": 0}
    came = refills(session, run.plan, uses)
    waiting = standing(session, run.plan_id, ORDER)
    close(session, waiting, lambda task: _under_way(uses, came, task, run.now))
    opens = moment(run.plan, run.business_date, run.plan.file.medicines.open_at.value)
    if run.now < opens or run.business_date < run.plan.file.plan.start_date:
        return told | {"medicine_orders": 0, "medicine_low": 0}
    return told | {
        "medicine_orders": _raise_orders(session, run, uses, came),
        "medicine_low": _tell_low(session, run, uses, came),
    }


def _under_way(uses: Register, came: Refills, task: HouseholdTask, now: datetime) -> Answered | None:
    """An order is answered by a parcel or an allocation for it, or by a count that shows enough of it."""
    key = (str(task.household_id), str(task.detail["medicine"]))
    arrived = [r.on for r in came.get(key, ()) if r.on >= task.on_date]
    if arrived:
        return Answered(f"parcel:{min(arrived)}", "", now)
    use = uses.get(key)
    if use is not None and use.as_of > date.fromisoformat(str(task.detail["as_of"])):
        empty = runs_out_on(use, came.get(key, ()), use.as_of)
        if empty > date.fromisoformat(str(task.detail["runs_out_on"])):
            return Answered(f"counted:{use.as_of}", "", now)
    return None


def _raise_orders(session: Session, run: Run, uses: Register, came: Refills) -> int:
    plan, today = run.plan, run.business_date
    rule = plan.file.medicines
    busy = {task.subject for task in standing(session, plan.id, ORDER)}
    due = [
        use
        for use in uses.values()
        if order_due(use, came.get(use.key, ()), today, rule.order_days.value) and _subject(use) not in busy
    ]
    raised = [task for use in due if (task := _order(plan, use, came.get(use.key, ()), today)) is not None]
    new = raise_tasks(session, run, raised, moment(plan, today, rule.due_at.value))
    if new:
        want_medicine(session, run, new, batch_of(session, run, ORDER))
    return len(new)


def _subject(use: Use) -> str:
    return f"medicine:{use.household_id}:{use.medicine}"


def _order(plan: Plan, use: Use, came: list[Refill] | tuple[()], today: date) -> Raised | None:
    home = plan.households.get(use.household_id)
    if home is None or use.pharmacy_id not in plan.stores:
        return None  # gone from the plan's sheets since it was reported
    packs = packs_for(use, plan.file.medicines.supply_days.value, today)
    owner = home.carer or home.responsible
    detail = {
        "medicine": use.medicine,
        "pharmacy_id": use.pharmacy_id,
        "packs": packs,
        "milli": packs * use.pack_units * MILLI,
        "prescription": use.prescription,
        "as_of": use.as_of.isoformat(),
        "runs_out_on": runs_out_on(use, came, today).isoformat(),
    }
    backup = next_officer(plan, home, owner)
    kind = TaskKind.MEDICINE_ORDER
    return Raised(kind, _subject(use), home.community_id, home.household_id, owner, backup, detail)


def _tell_low(session: Session, run: Run, uses: Register, came: Refills) -> int:
    """Medicine that is used up within `reserve.medicine_days` once today's dose is taken: told at once, once a day."""
    plan, today = run.plan, run.business_date
    soon = today + timedelta(days=ceil(plan.file.reserve.medicine_days.value))
    low = 0
    for use in uses.values():
        mine, home = came.get(use.key, ()), plan.households.get(use.household_id)
        if home is None or runs_out_on(use, mine, today) > soon or not still_taken(use, soon):
            continue
        owner = home.carer or home.responsible
        values = {
            "item": medicine_name(plan, use.medicine),
            "household": home.address,
            "cover_days": days_left(use, mine, today),
            "carer": owner,
        }
        to = list(dict.fromkeys([owner, *overseers(plan, Stage.MEDICINE_LOW)]))
        low += min(1, tell(session, run, Stage.MEDICINE_LOW, _subject(use).replace(":", "."), 1, values, to=to))
    return low


def _tell_undecided(session: Session, run: Run) -> int:
    """With each digest: lines that may be medicine, are overdue and that nobody has decided on."""
    slots = run.plan.file.notices.digest_at.value
    passed = [at for clock in sorted(slots) if (at := moment(run.plan, run.business_date, clock)) <= run.now]
    late = [t for t in standing(session, run.plan_id, LINE) if passed and t.due_at <= passed[-1]]
    return still_undecided(session, run, late, passed[-1]) if late else 0


def next_opening(plan: Plan, after: datetime) -> datetime | None:
    """When the orders of a day are raised next; None where the plan has no register of its own."""
    if not plan.medicines:
        return None
    today = after.astimezone(plan.zone).date()
    opens = [moment(plan, today + timedelta(days=n), plan.file.medicines.open_at.value) for n in (0, 1)]
    return next(at for at in opens if at > after)
