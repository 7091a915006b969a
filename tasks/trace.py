"""A household's story: its words as they were sent, what was made of them, and where the goods are now."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from schemas.plan import Plan
from schemas.tables import (
    Allocation,
    AllocationSource,
    Handover,
    HouseholdRow,
    NeedLine,
    Notice,
    Parcel,
    ParcelLine,
    RejectedLine,
    StoreOrder,
    Submission,
    Undelivered,
)
from schemas.text import N_
from schemas.units import sale_quantity
from schemas.words import Stage
from tasks.database import reading, table_of
from tasks.documents.labels import reason_words, reasons_words, store_label, with_note
from tasks.documents.returned import place_words
from tasks.intake.rejected import rejected_of
from tasks.notices.templates import TEMPLATES
from tasks.plans import load_plan
from tasks.words import say

HANDOVER = {
    "delivered_unconfirmed": N_("delivered, to be confirmed"),
    "signed": N_("signed for"),
    "undelivered": N_("not delivered"),
}
#: So many households are offered where the one asked for is not there.
ALIKE = 10
LINE = {"accepted": N_("accepted"), "superseded": N_("superseded"), "withdrawn": N_("withdrawn")}


def story(plan_id: str, household_id: str, on: date | None = None) -> dict[str, Any] | None:
    """Everything about one household, per cycle (all of them, or that of one date); None where it is unknown."""
    plan = load_plan(plan_id)
    with reading() as session:
        home = session.get(HouseholdRow, (plan_id, household_id))
        if home is None:
            return None
        returned = rejected_of(session, plan, home)
        said = {line.cycle for line in _rows(session, NeedLine, plan_id, household_id)}
        cycles = sorted(said | {line.cycle for line, _ in returned})
        chosen = [c for c in cycles if on is None or c == on]
        return {
            "plan": plan_id,
            "household": household_id,
            "community": plan.communities[home.community_id].name if home.community_id in plan.communities else "",
            "provisional": home.provisional,
            "cycles": [
                _cycle(session, plan, home, c) | {"returned": [_returned(*x) for x in returned if x[0].cycle == c]}
                for c in chosen
            ],
        }


def alike(plan_id: str, words: str) -> list[str]:
    """Households that somebody may have meant, as `id (address)`: the end of an id, an address, or a part of one."""
    id_, address = col(HouseholdRow.household_id), col(HouseholdRow.address)
    meant = sa.or_(id_.endswith(words, autoescape=True), address.contains(words, autoescape=True))
    query = sa.select(id_, address).where(col(HouseholdRow.plan_id) == plan_id, meant).order_by(id_).limit(ALIKE)
    with reading() as session:
        return [with_note(household, where) for household, where in session.execute(query)]


def _rows(
    session: Session, model: type[SQLModel], plan_id: str, household_id: str, cycle: date | None = None
) -> list[Any]:
    table = table_of(model)
    columns = table.columns
    query = sa.select(model).where(columns.plan_id == plan_id, columns.household_id == household_id)
    query = query if cycle is None else query.where(columns.cycle == cycle)
    return list(session.execute(query.order_by(*table.primary_key)).scalars())


def _cycle(session: Session, plan: Plan, home: HouseholdRow, cycle: date) -> dict[str, Any]:
    key = (plan.id, home.household_id, cycle)
    newest = max((a.revision for a in _rows(session, Allocation, *key)), default=0)
    sources = [s for s in _rows(session, AllocationSource, *key) if s.revision == newest]
    handovers, parcels = _rows(session, Handover, *key), _rows(session, Parcel, *key)
    return {
        "cycle": cycle.isoformat(),
        "said": [_said(session, plan, line) for line in _rows(session, NeedLine, *key)],
        "allocated": [_allocated(plan, a, sources) for a in _rows(session, Allocation, *key) if a.revision == newest],
        "orders": _ordered(session, plan, cycle, newest, {s.store_id for s in sources}),
        "parcel": [{"deliver_on": p.deliver_on, "mode": p.mode, "amount_fen": p.amount_fen} for p in parcels],
        "goods": [
            {"item": _item(plan, x.item_id), "quantity": _quantity(plan, x.item_id, x.qty_base), "batch": x.batch_id}
            for x in _rows(session, ParcelLine, *key)
        ],
        "not_delivered": [
            {
                "item": _item(plan, x.item_id),
                "quantity": _quantity(plan, x.item_id, x.qty_base),
                "reason": reason_words(x.reason, {}),
            }
            for x in _rows(session, Undelivered, *key)
        ],
        "handover": [
            {"state": h.state, "handed_at": h.handed_at, "confirmed_by": h.confirmed_by, "reason": h.reason}
            | {"by": _name(plan, h.confirmed_by)}
            for h in handovers
        ],
        "notices": _notices(session, plan, home, cycle, max((p.deliver_on for p in parcels), default=cycle)),
    }


def _returned(line: RejectedLine, sent: Submission) -> dict[str, Any]:
    return {
        "number": line.number,
        "words": line.words,
        "file": sent.source_name,
        "place": place_words(line.place),
        "state": line.state,
        "reasons": reasons_words(line.reasons),
        "answer": line.answer,
        "answered_by": line.answered_by,
    }


def _said(session: Session, plan: Plan, line: NeedLine) -> dict[str, Any]:
    sent = session.get(Submission, line.submission_id)
    return {
        "words": line.words,
        "file": sent.source_name if sent else "",
        "channel": sent.channel if sent else "",
        "received_at": sent.received_at.astimezone(plan.zone) if sent else None,
        "place": place_words(line.place),
        "item": _item(plan, line.item_id),
        "quantity": _quantity(plan, line.item_id, line.qty_base),
        "state": line.state,
    }


def _item(plan: Plan, item_id: str | None) -> str:
    return plan.items[item_id].name if item_id in plan.items else item_id or ""


def _name(plan: Plan, officer_id: str | None) -> str:
    """Who that is, as people call them; empty for nobody."""
    return plan.officers[officer_id].name if officer_id in plan.officers else officer_id or ""


def _quantity(plan: Plan, item_id: str | None, qty_base: int) -> str:
    if item_id is None or item_id not in plan.items:
        return str(qty_base) if qty_base else ""
    item = plan.items[item_id]
    return f"{sale_quantity(qty_base, item.unit_base)}{item.unit}"


def _allocated(plan: Plan, line: Allocation, sources: list[AllocationSource]) -> dict[str, Any]:
    mine = [s for s in sources if s.item_id == line.item_id]
    why = line.why.get("reason")
    return {
        "item": _item(plan, line.item_id),
        "needed": _quantity(plan, line.item_id, line.needed_base),
        "allocated": _quantity(plan, line.item_id, line.allocated_base),
        "short": _quantity(plan, line.item_id, line.short_base),
        "tier": line.tier,
        "from": {store_label(plan, s.store_id): _quantity(plan, s.item_id, s.qty_base) for s in mine},
        "reason": _reason(line.reason, why),
        "why": line.why,
    }


def _reason(code: str, why: object) -> str:
    args = why.get("args", {}) if isinstance(why, Mapping) else {}
    return reason_words(code, args) if code else ""


def _ordered(session: Session, plan: Plan, cycle: date, revision: int, stores: set[str]) -> list[dict[str, Any]]:
    orders = [session.get(StoreOrder, (plan.id, cycle, revision, s)) for s in sorted(stores)]
    return [{"store": store_label(plan, o.store_id), "state": o.state, "deliver_on": o.deliver_on} for o in orders if o]


def _notices(session: Session, plan: Plan, home: HouseholdRow, cycle: date, until: date) -> list[dict[str, Any]]:
    """Notices from the cycle to the delivery that those who serve the household's community, or it alone, were sent."""
    contact = plan.communities[home.community_id].contact if home.community_id in plan.communities else ""
    query = sa.select(Notice).where(
        col(Notice.plan_id) == plan.id,
        col(Notice.business_date).between(cycle, until),
        col(Notice.officer_id).in_([o for o in (contact, home.carer) if o]),
        col(Notice.stage).in_(("goods_out", "delivered", "lines_returned", "household_unknown")),
    )
    rows = session.execute(query.order_by(col(Notice.created_at), col(Notice.notice_id)).limit(20)).scalars()
    return [
        {
            "stage": n.stage,
            "to": n.officer_id,
            "state": n.state,
            "at": n.sent_at,
            "on": n.business_date,
            "name": _name(plan, n.officer_id),
            "title": say(TEMPLATES[Stage(n.stage)].title),
        }
        for n in rows
    ]


def story_text(told: Mapping[str, Any]) -> str:
    """The story in a few lines per cycle, in the reader's language."""
    lines = [say("Household {household} ({community})", household=told["household"], community=told["community"])]
    for cycle in told["cycles"]:
        lines += _cycle_lines(cycle)
    return "\n".join(lines)


def _cycle_lines(cycle: Mapping[str, Any]) -> Iterator[str]:
    yield "\n" + say("Cycle {cycle}", cycle=cycle["cycle"])
    for x in cycle["said"]:
        yield say("  said: “{words}” ({file}, {place}): {state}", **(x | {"state": say(LINE[x["state"]])}))
    for x in cycle["returned"]:
        yield say("  returned: “{words}” ({file}, {place}): {reasons}", **x)
        if x["answered_by"]:
            answer = x["answer"] or say("(left as it is)")
            yield say("  answered by {answered_by}: {answer}", answered_by=x["answered_by"], answer=answer)
    for x in cycle["allocated"]:
        yield _allocation_line(x)
    for x in cycle["orders"]:
        yield say("  ordered from {store}, to be delivered on {deliver_on}", **x)
    for x in cycle["goods"]:
        yield say("  in the parcel: {item} {quantity} (batch {batch})", **x)
    for x in cycle["not_delivered"]:
        yield say("  did not go out: {item} {quantity}: {reason}", **x)
    for x in cycle["handover"]:
        yield say("  hand-over: {state} {by}", state=say(HANDOVER[x["state"]]), by=x["by"]).rstrip()
    for x in cycle["notices"]:
        yield say("  notice of {on} to {name}: {title}", **x)


def _allocation_line(x: Mapping[str, Any]) -> str:
    """Who gives how much; why not all of it."""
    if not x["from"]:
        return say("  not allocated: {item}, needed {needed}: {reason}", **x)
    stores = "、".join(x["from"])
    line = say("  allocated: {item} {allocated} of {needed} from {stores}", **{**x, "stores": stores})
    return line + (say("; {reason}", reason=x["reason"]) if x["reason"] else "")
