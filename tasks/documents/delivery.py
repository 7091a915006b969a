"""配送清单与交接单: what goes to which door of a place on a day, and the sheet that is signed when it is handed over.

One workbook per place. A place is a community, or, where one person per village buys and distributes, all such
communities of a village together (B-03). Sealed places get a parcel list by address (B-02), an estate its storage point
(A-05, A-06), plan C the station's hand-out list (C-06). Every parcel has address, amount and payment code (A-07).
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.words import DeliveryMode
from tasks.documents.handover import handover_sheet
from tasks.documents.labels import MODES, community_label, day_words, subtitle, word
from tasks.documents.load import Day, Load, day_of
from tasks.documents.made import Made, place
from tasks.documents.parcels import carer_table, parcel_table, pick_table, shortage_table
from tasks.documents.workbook import Sheet, workbook
from tasks.words import say


def delivery_path(plan: Plan, deliver_on: date, revision: int, community_id: str) -> str:
    """Where the workbook of a community (or of its village, where the village's person distributes) is kept."""
    return _path(deliver_on, revision, _place_name(plan, community_id, plan.mode(community_id)))


def _place_name(plan: Plan, community_id: str, mode: str) -> str:
    by_village = mode == DeliveryMode.VILLAGE and community_id in plan.communities
    return plan.communities[community_id].village if by_village else community_label(plan, community_id)


def _path(deliver_on: date, revision: int, name: str) -> str:
    return place(deliver_on, say("Delivery"), name, revision=revision)


def day_sheets(session: Session, plan: Plan, deliver_on: date, revision: int) -> list[Made]:
    """A workbook for every place that gets goods on the day, or that should have got some."""
    day = day_of(session, plan, deliver_on)
    return [_made(day.load(ids, mode), name, revision) for (name, mode), ids in _places(day).items()]


def _places(day: Day) -> dict[tuple[str, str], list[str]]:
    """(name, mode) of every place of the day, and the communities that it takes together."""
    plan = day.plan
    modes = {(p.community_id, p.mode) for p in day.parcels}
    unserved = day.short_communities - {c for c, _ in modes}
    modes |= {(c, str(plan.mode(c))) for c in unserved if c in plan.communities}
    found: dict[tuple[str, str], list[str]] = {}
    for community_id, mode in sorted(modes):
        found.setdefault((_place_name(plan, community_id, mode), mode), []).append(community_id)
    return found


def _made(load: Load, name: str, revision: int) -> Made:
    day = load.deliver_on
    title = say("Delivery {day}: {place}", day=day.isoformat(), place=name)
    return Made(_path(day, revision, name), title, day, workbook(_sheets(load, name, revision), day))


def _sheets(load: Load, name: str, revision: int) -> list[Sheet]:
    day = say("delivery on {day}", day=day_words(load.deliver_on))
    above = [*subtitle(load.plan, day, revision, load.plan.file.delivery.modes.clause), word(MODES, load.mode)]
    sheets = [
        Sheet(
            _list_name(load),
            say("{title}: {place}", title=_list_name(load), place=name),
            above,
            [parcel_table(load)],
            _list_notes(load),
        )
    ]
    if load.mode == DeliveryMode.VILLAGE:
        title = say("Pick list: {place}", place=name)
        sheets.insert(0, Sheet(say("Pick list"), title, above, [pick_table(load)], _pick_notes(load)))
    if load.short:
        title = say("Shortages to be told: {place}", place=name)
        sheets.append(Sheet(say("Shortages"), title, above, [shortage_table(load)], _short_notes()))
    if any(h.carer for h in load.homes.values()):
        title = say("One-to-one service: {place}", place=name)
        sheets.append(Sheet(say("Carers"), title, above, [carer_table(load)]))
    return [*sheets, handover_sheet(load, name, above)]


def _list_name(load: Load) -> str:
    names = {
        DeliveryMode.VILLAGE: say("Distribution list"),
        DeliveryMode.STATION: say("Station hand-out list"),
        DeliveryMode.STORAGE_POINT: say("Storage point list"),
    }
    return names.get(DeliveryMode(load.mode), say("Parcel list"))


def _list_notes(load: Load) -> list[str]:
    notes = [say("★ special group: hand over in person or through the carer. Names are shown by family name only.")]
    if any(h.provisional for h in load.homes.values()):
        notes.append(say("△ not on the register yet: verify at the door."))
    if load.mode == DeliveryMode.STATION:
        notes.append(say("Everything is handed out through the station; nobody collects for himself."))
    return [*notes, say("Handed over means delivered, unconfirmed, until somebody named has signed.")]


def _pick_notes(load: Load) -> list[str]:
    sums = {"count": len(load.parcels), "amount": f"{load.amount_fen / 100:,.2f}"}
    return [
        say("For {count} parcels, {amount} yuan in all.", **sums),
        say("To be bought together at the stores named, then distributed by the distribution list."),
    ]


def _short_notes() -> list[str]:
    return [say("Tell every household before the goods arrive what is missing and why.")]


def carers_of(session: Session, plan: Plan, deliver_on: date) -> Sequence[str]:
    """Ids of the carers whose households get a parcel on the day."""
    return sorted({h.carer for h in _all_of(session, plan, deliver_on).homes.values() if h.carer})


def _all_of(session: Session, plan: Plan, deliver_on: date) -> Load:
    day = day_of(session, plan, deliver_on)
    return day.load(sorted({p.community_id for p in day.parcels}), "")


def carer_sheet(session: Session, plan: Plan, deliver_on: date, revision: int, carer: str) -> Made:
    """What one carer has to bring to whom: the rooms he must go to, and nobody else's (C-09).

    Raises:
        LookupError: none of his households gets a parcel that day.
    """
    load = _all_of(session, plan, deliver_on)
    table = carer_table(load, carer)
    if not table.rows:
        raise LookupError(f"no parcel for {plan.id}/{deliver_on}/{carer}")
    name = load.register.officer_name(carer)
    title = say("One-to-one service: {place}", place=name)
    above = subtitle(plan, say("delivery on {day}", day=day_words(deliver_on)), revision, "")
    path = place(deliver_on, say("Carer"), name, revision=revision)
    return Made(path, title, deliver_on, workbook([Sheet(say("Carers"), title, above, [table])], deliver_on))
