"""代配药订单: what one pharmacy prepares at one moment, as totals and per prescription (B-04).

The pharmacy reads the prescription's reference and who comes for it. No room and no resident's name stand on it: the
carer who fetches it knows where it goes.
"""

from collections import Counter
from datetime import date, datetime

from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import HouseholdTask
from schemas.words import TaskKind
from tasks.documents.labels import community_label, day_words, store_label, subtitle
from tasks.documents.made import Made, place
from tasks.documents.register import Register, rows
from tasks.documents.workbook import Column, Sheet, Table, Value, workbook
from tasks.notices.masking import masked_room
from tasks.words import say


def medicine_order_path(plan: Plan, day: date, opened: datetime, store_id: str) -> str:
    """Where the order of a moment to one pharmacy is kept, known before it is made; orders of a day are apart by it."""
    clock = opened.astimezone(plan.zone).strftime("%H%M%S")
    return place(day, say("Medicine order"), store_label(plan, store_id), clock)


def medicine_orders_of(session: Session, plan: Plan, day: date) -> list[tuple[datetime, str]]:
    """(moment, pharmacy) of every order of a day."""
    return sorted({(task.opens_at, _pharmacy(task)) for task in _tasks(session, plan, day)})


def medicine_order(session: Session, plan: Plan, day: date, opened: datetime, store_id: str) -> Made:
    """The order of a moment to one pharmacy.

    Raises:
        LookupError: there is no such order.
    """
    tasks = [t for t in _tasks(session, plan, day) if (t.opens_at, _pharmacy(t)) == (opened, store_id)]
    if not tasks:
        raise LookupError(f"no medicine ordered {plan.id}/{opened}/{store_id}")
    register = Register(session, plan.id)
    title = say("Medicine order: {store}", store=store_label(plan, store_id))
    above = subtitle(plan, day_words(day), None, plan.file.medicines.order_days.clause)
    due = tasks[0].due_at.astimezone(plan.zone)
    above.append(say("To be ready by {time}", time=f"{due:%H:%M}"))
    sheets = [
        Sheet(say("Totals to pick"), title, above, [_totals(register, tasks)], _notes()),
        Sheet(say("Per prescription"), title, above, [_prescriptions(plan, register, tasks)]),
    ]
    path = medicine_order_path(plan, day, opened, store_id)
    return Made(path, f"{title} {day.isoformat()}", day, workbook(sheets, day))


def _tasks(session: Session, plan: Plan, day: date) -> list[HouseholdTask]:
    order = (col(HouseholdTask.kind) == TaskKind.MEDICINE_ORDER, col(HouseholdTask.on_date) == day)
    return rows(session, HouseholdTask, col(HouseholdTask.plan_id) == plan.id, *order)


def _pharmacy(task: HouseholdTask) -> str:
    return str(task.detail["pharmacy_id"])


def _medicine(register: Register, task: HouseholdTask) -> str:
    """The item's name, or the medicine's as written."""
    named = str(task.detail["medicine"])
    return register.items[named].name if named in register.items else named


def _boxes(task: HouseholdTask) -> int:
    return int(str(task.detail["packs"]))


def _notes() -> list[str]:
    return [
        say("Hand it out against the prescription only. Say at once what cannot be had, so that it is found elsewhere.")
    ]


def _totals(register: Register, tasks: list[HouseholdTask]) -> Table:
    columns = [
        Column(say("No."), "centre", 6.5),
        Column(say("Medicine"), width=34),
        Column(say("Boxes"), "count", 10),
        Column(say("Picked"), "centre", 9),
    ]
    wanted: Counter[str] = Counter()
    for task in tasks:
        wanted[_medicine(register, task)] += _boxes(task)
    body: list[list[Value]] = [[n, name, wanted[name], ""] for n, name in enumerate(sorted(wanted), start=1)]
    return Table(columns, body, total=["", say("Total"), wanted.total(), ""])


def _prescriptions(plan: Plan, register: Register, tasks: list[HouseholdTask]) -> Table:
    columns = [
        Column(say("No."), "centre", 6.5),
        Column(say("Prescription"), "centre", 16),
        Column(say("Medicine"), width=28),
        Column(say("Boxes"), "count", 8),
        Column(say("Used up on"), "date", 12),
        Column(say("Community"), width=18),
        Column(say("Building"), "centre", 10),
        Column(say("Fetched by"), "centre", 12),
        Column(say("Signature"), "centre", 12),
    ]
    homes = register.households(str(task.household_id) for task in tasks)
    body: list[list[Value]] = []
    for number, task in enumerate(tasks, start=1):
        home = homes[str(task.household_id)]
        body.append(
            [
                number,
                str(task.detail["prescription"]),
                _medicine(register, task),
                _boxes(task),
                date.fromisoformat(str(task.detail["runs_out_on"])),
                community_label(plan, home.community_id),
                masked_room(home.address),
                register.officer_name(task.owner),
                "",
            ]
        )
    return Table(columns, body, tall=27)
