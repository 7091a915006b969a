"""交接单: the sheet on which sender, driver and receiver sign for a place's parcels of a day (A-08, B-02, C-06)."""

from schemas.tables import CommunityRow
from tasks.documents.labels import MODES, ZONES, day_words, store_label, with_note, word
from tasks.documents.load import Load
from tasks.documents.workbook import Column, Sheet, Table, Value
from tasks.words import say


def handover_sheet(load: Load, name: str, above: list[str]) -> Sheet:
    """What is handed over, from which stores, and who signs for it."""
    tables, title = [_facts(load), _sources(load)], say("Hand-over sheet: {place}", place=name)
    return Sheet(say("Hand-over sheet"), title, above, tables, _notes(), [_signatures()])


def _facts(load: Load) -> Table:
    columns = [Column(say("Particular"), width=20), Column(say("Content"), span=3)]
    facts = [
        (say("Delivery point"), "\n".join(_points(load))),
        (say("Zone"), "、".join(sorted({word(ZONES, row.zone) for row in _communities(load)}))),
        (say("Way of delivery"), word(MODES, load.mode)),
        (say("Leaves at"), f"{day_words(load.deliver_on)} {load.plan.file.delivery.depart_at.value:%H:%M}"),
        (say("Parcels"), say("{count} parcels", count=len(load.parcels))),
        (say("Amount"), say("{amount} yuan", amount=f"{load.amount_fen / 100:,.2f}")),
        (say("Short lines"), _short(load)),
    ]
    return Table(columns, [list(fact) for fact in facts])


def _short(load: Load) -> str:
    return say("{count} lines, see the sheet of shortages", count=len(load.short)) if load.short else say("none")


def _communities(load: Load) -> list[CommunityRow]:
    return [load.register.communities[c] for c in load.communities]


def _points(load: Load) -> list[str]:
    known = [load.plan.communities[c] for c in load.communities if c in load.plan.communities]
    return [with_note(c.delivery_point, c.sign) for c in known]


def _sources(load: Load) -> Table:
    columns = [Column(say("Store"), span=2), Column(say("Goods"), "centre"), Column(say("Parcels"), "centre")]
    body: list[list[Value]] = []
    for store_id in sorted({x.store_id for x in load.lines}):
        of_store = [x for x in load.lines if x.store_id == store_id]
        kinds = say("{count} kinds", count=len({x.item_id for x in of_store}))
        body.append([store_label(load.plan, store_id), kinds, len({(x.cycle, x.household_id) for x in of_store})])
    return Table(columns, body, caption=say("From"))


def _signatures() -> Table:
    columns = [
        Column(say("Role"), width=20),
        Column(say("Name and signature"), width=36),
        Column(say("Parcels"), width=14),
        Column(say("Time"), width=16),
    ]
    roles = (say("Sender (store)"), say("Driver"), say("Receiver"), say("Inspector"))
    return Table(columns, [[role, "", "", ""] for role in roles], caption=say("Signatures"), tall=34)


def _notes() -> list[str]:
    return [
        say("Count the parcels before signing; write missing or damaged ones beside the signature."),
        say("Handed over means delivered, unconfirmed, until somebody named has signed."),
    ]
