"""What of residents' medicine must be fetched today, what is nearly used up, and what nobody has asked back (B-04)."""

from datetime import date, datetime, timedelta
from math import ceil

from sqlalchemy.orm import Session

from rules.calendar import moment
from rules.household_tasks import Raised, next_officer
from rules.medicine import MILLI, Refill, Use, days_left, order_due, packs_for, runs_out_on, still_taken
from schemas.plan import Plan
from schemas.tables import HouseholdTask
from schemas.words import Stage, TaskKind
from tasks.database import reading
from tasks.documents.medicine_orders import medicine_order, medicine_orders_of
from tasks.documents.store import all_saved, path_of, save_all
from tasks.household_tasks import Answered, batch_of, close, raise_tasks, standing
from tasks.medicine_register import Refills, Register, refills, register
from tasks.notices.outbox import tell
from tasks.notices.task_notices import medicine_name, overseers, still_undecided, want_medicine
from tasks.runs import Run
from tasks.visits import settle_medicine

ORDER = frozenset({TaskKind.MEDICINE_ORDER})
LINE = frozenset({TaskKind.MEDICINE_LINE})
#: An order to a pharmacy is never corrected: what is ordered later is another order.
SHEET_REVISION = 1


def watch_medicines(session: Session, run: Run) -> dict[str, int]:
    """Answer orders that are under way, raise those that are due today, and tell at once of what is nearly used up."""
    settle_medicine(session, run)
    uses = register(session, run.plan, run.now)
    if not uses:
        return {"medicine_orders": 0, "medicine_low": 0}
    came = refills(session, run.plan, uses)
    waiting = standing(session, run.plan_id, ORDER)
    close(session, waiting, lambda task: _under_way(uses, came, task, run.now))
    opens = moment(run.plan, run.business_date, run.plan.file.medicines.open_at.value)
    if run.now < opens or run.business_date < run.plan.file.plan.start_date:
        return {"medicine_orders": 0, "medicine_low": 0}
    return {
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


def keep_order_sheets(run: Run) -> None:
    """The sheets of the day's orders, after the commit: the notice names them, and a run that was killed before it
    leaves them to the next watch."""
    with reading() as session:
        orders = medicine_orders_of(session, run.plan, run.business_date)
        paths = {order: path_of("medicine_order", run.plan, run.business_date, *order) for order in orders}
        missing = [order for order in orders if not all_saved(run, SHEET_REVISION, [paths[order]])]
        made = [medicine_order(session, run.plan, run.business_date, *order) for order in missing]
    if made:
        save_all(run, SHEET_REVISION, made)


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


def tell_undecided(session: Session, run: Run) -> int:
    """With each digest: lines that may be medicine, are overdue and that nobody has decided on.

    After `watch_tasks`, which may have handed a line on at this very moment. One that was handed on after the digest's
    hour has been told by that, and stands in the next digest.
    """
    slots = run.plan.file.notices.digest_at.value
    passed = [at for clock in sorted(slots) if (at := moment(run.plan, run.business_date, clock)) <= run.now]
    if not passed:
        return 0
    slot = passed[-1]
    late = [
        task
        for task in standing(session, run.plan_id, LINE)
        if task.due_at <= slot and (task.escalated_at is None or task.escalated_at <= slot)
    ]
    return still_undecided(session, run, late, slot) if late else 0


def next_opening(plan: Plan, after: datetime) -> datetime | None:
    """When the orders of a day are raised next; None where the plan has no register of its own."""
    if not plan.medicines:
        return None
    today = after.astimezone(plan.zone).date()
    opens = [moment(plan, today + timedelta(days=n), plan.file.medicines.open_at.value) for n in (0, 1)]
    return next(at for at in opens if at > after)
