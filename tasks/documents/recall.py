"""召回清单: every household that was given some of a batch, for whoever must go there and take it back (C-07)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from rules.batches import batch_code
from schemas.plan import Plan
from schemas.tables import Batch
from schemas.units import sale_quantity
from tasks.documents.labels import HANDOVERS, community_label, day_words, store_label, subtitle, word
from tasks.documents.made import Made, place
from tasks.documents.workbook import Column, Sheet, Table, Value, workbook
from tasks.notices.masking import masked_name
from tasks.recipients import Recipient, recipients
from tasks.words import say


def recall_path(plan: Plan, on: date, number: int, batch: str, community_id: str = "") -> str:
    """Where the list of a batch is kept, of one community or (empty) of all."""
    where = [community_label(plan, community_id)] if community_id else []
    return place(on, say("Recall"), batch, *where, revision=number)


def recall_sheets(session: Session, plan: Plan, batch: Batch, at: datetime, number: int, why: str) -> list[Made]:
    """The list of all households, and one for each of their communities that shows nobody else's.

    Args:
        at: when it was called back: hand-overs are told as they stood then, so that the same list is made again.
        number: of the decision that called it back.
    """
    found = recipients(session, batch, at)
    on = at.astimezone(plan.zone).date()
    communities = sorted({r.community_id for r in found})
    parts = [("", found), *((c, [r for r in found if r.community_id == c]) for c in communities)]
    return [_made(plan, batch, on, number, why, community, part) for community, part in parts]


def _made(
    plan: Plan, batch: Batch, on: date, number: int, why: str, community_id: str, found: Sequence[Recipient]
) -> Made:
    name = batch.batch_id if batch.number is None else batch_code(batch.arrived_on, batch.number)
    item = plan.items.get(batch.item_id)
    goods = item.name if item else batch.item_id
    title = say("Recall: {goods} (batch {batch})", goods=goods, batch=name)
    above = [
        *subtitle(plan, day_words(on), None, plan.file.receiving.inspector_roles.clause),
        *_about(plan, batch, why),
    ]
    notes = [
        say("Tell every household today not to use it; take back what is left and write down how much."),
        say("Delivered, unconfirmed: the parcel may still be on its way or at the point; stop it there."),
    ]
    sheet = Sheet(say("Recall"), title, above, [_table(plan, batch, found)], notes)
    return Made(
        recall_path(plan, on, number, name, community_id), f"{title} {on.isoformat()}", on, workbook([sheet], on)
    )


def _about(plan: Plan, batch: Batch, why: str) -> list[str]:
    supplier = store_label(plan, batch.supplier) if batch.supplier else ""
    dates = [
        say("arrived on {day}", day=day_words(batch.arrived_on)),
        *([say("made on {day}", day=day_words(batch.produced_on))] if batch.produced_on else []),
        say("keeps until {day}", day=day_words(batch.expires_on)),
    ]
    source = [say("from {supplier}", supplier=supplier)] if supplier else []
    return [" · ".join([store_label(plan, batch.store_id), *source, *dates]), say("Why: {why}", why=why)]


def _table(plan: Plan, batch: Batch, found: Sequence[Recipient]) -> Table:
    item = plan.items.get(batch.item_id)
    unit, base = (item.unit, item.unit_base) if item else ("", 1)
    columns = [
        Column(say("No."), "centre", 6.5),
        Column(say("Community"), width=16),
        Column(say("Address"), width=20),
        Column(say("Household"), "centre", 10),
        Column(say("Delivered on"), "date", 13),
        Column(say("Quantity"), "centre", 12),
        Column(say("Hand-over"), "centre", 18),
        Column(say("Taken back"), "centre", 12),
    ]
    body: list[list[Value]] = [
        [
            number,
            community_label(plan, r.community_id),
            r.address,
            masked_name(r.head) if r.head else "",
            r.deliver_on,
            f"{sale_quantity(r.qty_base, base)} {unit}",
            word(HANDOVERS, r.state),
            "☐",
        ]
        for number, r in enumerate(found, start=1)
    ]
    sum_base = f"{sale_quantity(sum(r.qty_base for r in found), base)} {unit}"
    return Table(columns, body, total=["", say("Total"), "", "", None, sum_base, "", ""])
