"""Notices of tasks for households: one per officer, with the rooms that he must go to, and nobody else's (DESIGN 9)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import HouseholdTask
from schemas.text import N_
from schemas.words import Stage, TaskKind
from tasks.documents.store import path_of
from tasks.notices.masking import masked_room
from tasks.notices.outbox import tell
from tasks.notices.wording import day_text
from tasks.runs import Run
from tasks.words import say

TITLES: dict[str, str] = {
    TaskKind.SPECIAL_SILENT: N_("Asking silent special-care households"),
    TaskKind.HOUSEHOLD_SILENT: N_("Visiting silent households"),
    TaskKind.MEDICINE_ORDER: N_("Fetching medicine for residents"),
    TaskKind.MEDICINE_LINE: N_("Asking back about medicine"),
}
ORDER = N_("{room} {medicine} {packs} packs (prescription {prescription}, used up on {day})")


def clause(plan: Plan, kind: str) -> str:
    """The clause that a kind of task follows."""
    visits, medicines = plan.file.visits, plan.file.medicines
    return {
        TaskKind.SPECIAL_SILENT: visits.answer_minutes.clause,
        TaskKind.HOUSEHOLD_SILENT: visits.silent_cycles.clause,
        TaskKind.MEDICINE_ORDER: medicines.order_days.clause,
        TaskKind.MEDICINE_LINE: medicines.unclear_by.clause,
    }[TaskKind(kind)]


def room_of(plan: Plan, task: HouseholdTask) -> str:
    """Where to go: the address of the household; of a line whose household is unclear, the community's name."""
    home = plan.households.get(task.household_id or "")
    if home is not None:
        return home.address
    if task.household_id:
        return task.household_id.partition("~")[2] or task.household_id
    return plan.communities[task.community_id].name if task.community_id in plan.communities else ""


def by_owner(tasks: Iterable[HouseholdTask], owner: Callable[[HouseholdTask], str]) -> dict[str, list[HouseholdTask]]:
    """Tasks per officer, in the order of the officers' ids."""
    found: dict[str, list[HouseholdTask]] = defaultdict(list)
    for task in tasks:
        found[owner(task)].append(task)
    return dict(sorted(found.items()))


def rooms(plan: Plan, tasks: Iterable[HouseholdTask]) -> list[str]:
    """Where to go for these tasks, each room once; with its community where they are of more than one."""
    listed = list(tasks)
    several = len({task.community_id for task in listed}) > 1
    return list(dict.fromkeys(_placed(plan, task) if several else room_of(plan, task) for task in listed))


def _placed(plan: Plan, task: HouseholdTask) -> str:
    room = room_of(plan, task)
    place = plan.communities[task.community_id].name if task.community_id in plan.communities else ""
    return room if room.startswith(place) else f"{place} {room}"


def want_visits(session: Session, run: Run, tasks: Sequence[HouseholdTask], batch: int) -> int:
    """Ask each carer and each grid worker, in one notice, to see to all of his silent households."""
    plan, told = run.plan, 0
    for officer, mine in by_owner(tasks, lambda t: t.owner).items():
        special = [t for t in mine if t.kind == TaskKind.SPECIAL_SILENT]
        ordinary = [t for t in mine if t.kind == TaskKind.HOUSEHOLD_SILENT]
        values = {
            "special": len(special) or None,
            "special_rooms": rooms(plan, special),
            "ordinary": len(ordinary) or None,
            "cycles": plan.file.visits.silent_cycles.value,
            "ordinary_rooms": rooms(plan, ordinary),
            "due": mine[0].due_at,
            "clause": clause(plan, mine[0].kind),
            "carer": officer,
        }
        # A digest that comes shortly before it is due leaves nobody the time to go there.
        told += tell(session, run, Stage.VISIT_WANTED, officer, batch, values, to=[officer], by=mine[0].remind_at)
    return told


def want_medicine(session: Session, run: Run, tasks: Sequence[HouseholdTask], batch: int) -> int:
    """Ask carers to have medicine fetched, and tell the pharmacies' liaisons, with the order sheet: one notice each."""
    plan, told = run.plan, 0
    for officer, mine in by_owner(tasks, lambda t: t.owner).items():
        values = _orders(plan, mine, own=True) | {"carer": officer}
        told += tell(session, run, Stage.MEDICINE_ORDER, officer, batch, values, to=[officer], by=mine[0].due_at)
    for store_id, mine in by_owner(tasks, lambda t: str(t.detail["pharmacy_id"])).items():
        store = plan.stores[store_id]
        values = _orders(plan, mine, own=False) | {"store": store.name}
        to = [o for o in (store.liaison, store.contact) if o in plan.officers]
        sheet = [path_of("medicine_order", plan, run.business_date, mine[0].opens_at, store_id)]
        told += tell(session, run, Stage.MEDICINE_ORDER, store_id, batch, values, sheet, to=to, by=mine[0].due_at)
    return told


def _orders(plan: Plan, tasks: Sequence[HouseholdTask], own: bool) -> dict[str, Any]:
    """What is to be fetched; the pharmacy is told the prescription's reference and no room."""
    orders = [order_words(plan, task, own) for task in tasks]
    return {
        "my_orders" if own else "orders": orders,
        "due": tasks[0].due_at,
        "clause": clause(plan, TaskKind.MEDICINE_ORDER),
    }


def order_words(plan: Plan, task: HouseholdTask, own: bool) -> str:
    """`3-2-502 氨氯地平片 1盒(处方 RX-1,4月25日用完)`; for anybody but the one who goes there the room is masked."""
    room, detail = room_of(plan, task), task.detail
    return say(
        ORDER,
        room=room if own else masked_room(room),
        medicine=medicine_name(plan, str(detail["medicine"])),
        packs=detail["packs"],
        prescription=detail["prescription"],
        day=day_text(date.fromisoformat(str(detail["runs_out_on"]))),
    )


def medicine_name(plan: Plan, medicine: str) -> str:
    """The item's name, or the medicine's as written."""
    return plan.items[medicine].name if medicine in plan.items else medicine


def ask_back(session: Session, run: Run, tasks: Sequence[HouseholdTask], batch: int) -> int:
    """Lines that may be medicine: their owners are told at once whom to ask, the others how many there are."""
    plan, told = run.plan, 0
    for officer, mine in by_owner(tasks, lambda t: t.owner).items():
        values = {"count": len(mine), "rooms": rooms(plan, mine), "due": mine[0].due_at, "carer": officer}
        told += tell(session, run, Stage.MEDICINE_UNCLEAR, officer, batch, values, to=[officer])
    owners = {task.owner for task in tasks}
    others = [o for o in overseers(plan, Stage.MEDICINE_UNCLEAR) if o not in owners]
    values = {"count": len(tasks), "due": tasks[0].due_at}
    return told + tell(session, run, Stage.MEDICINE_UNCLEAR, "all", batch, values, to=others)


def overseers(plan: Plan, stage: Stage) -> list[str]:
    """Officers of a stage's roles who are not limited to one place."""
    return [o.officer_id for o in plan.officers_in(plan.file.notices.to.value.get(stage, [])) if o.serves is None]


def still_undecided(session: Session, run: Run, tasks: Sequence[HouseholdTask], slot: datetime) -> int:
    """In a digest: lines that may be medicine and that nobody has decided on, to who must and to who oversees."""
    plan, told = run.plan, 0
    # Dated just before the digest, so that it is told in this one and not in the next.
    then = replace(run, now=slot - timedelta(seconds=1))
    key = f"undecided-{slot:%H%M}"
    for officer, mine in by_owner(tasks, lambda t: t.owner).items():
        values = {"count": len(mine), "rooms": rooms(plan, mine), "carer": officer}
        told += tell(session, then, Stage.MEDICINE_WAITING, f"{key}-{officer}", 1, values, to=[officer])
    owners = {task.owner for task in tasks}
    others = [o for o in overseers(plan, Stage.MEDICINE_UNCLEAR) if o not in owners]
    return told + tell(session, then, Stage.MEDICINE_WAITING, key, 1, {"count": len(tasks)}, to=others)


def remind(session: Session, run: Run, kind: str, on_date: date, tasks: Sequence[HouseholdTask], batch: int) -> int:
    """Tell those who still owe an answer, in time to give it."""
    told, then = 0, replace(run, business_date=on_date)
    for officer, mine in by_owner(tasks, lambda t: t.owner).items():
        values = _late(run.plan, kind, mine) | {"carer": officer}
        key = f"{kind}:{officer}"
        told += tell(session, then, Stage.DUTY_REMINDED, key, batch, values, to=[officer], by=mine[0].due_at)
    return told


def hand_on(session: Session, run: Run, kind: str, on_date: date, tasks: Sequence[HouseholdTask], batch: int) -> int:
    """Tell the next officer what he takes over, with the rooms; the coordinators which places it is about."""
    plan, told, then = run.plan, 0, replace(run, business_date=on_date)
    for officer, mine in by_owner(tasks, lambda t: t.backup).items():
        values = _late(plan, kind, mine) | {"carer": officer, "taken_over": len(mine)}
        told += tell(session, then, Stage.DUTY_ESCALATED, f"{kind}:{officer}", batch, values, to=[officer])
    owners = {task.backup for task in tasks}
    others = [o for o in overseers(plan, Stage.DUTY_ESCALATED) if o not in owners]
    ids = dict.fromkeys(task.community_id for task in tasks)
    places = [plan.communities[c].name for c in ids if c in plan.communities]
    values = {**_late(plan, kind, tasks), "rooms": [], "unanswered": len(tasks), "places": places}
    return told + tell(session, then, Stage.DUTY_ESCALATED, f"{kind}:all", batch, values, to=others)


def _late(plan: Plan, kind: str, tasks: Sequence[HouseholdTask]) -> dict[str, Any]:
    return {
        "duty": say(TITLES[kind]),
        "due": tasks[0].due_at,
        "rooms": rooms(plan, tasks),
        "clause": clause(plan, kind),
    }
