"""Tables of a delivery: parcels by address, what to pick, what is short, who cares for whom."""

from datetime import date
from decimal import Decimal

from schemas.tables import HouseholdRow, Parcel
from schemas.units import sale_quantity
from schemas.words import SpecialGroup
from tasks.documents.labels import GROUPS, community_label, store_label, word
from tasks.documents.load import Load, total
from tasks.documents.workbook import Column, Table, Value
from tasks.notices.masking import masked_name
from tasks.words import say

#: A-09 speaks of the elderly without a smartphone; those who live alone are treated alike.
_PAID_FOR = (SpecialGroup.NO_SMARTPHONE, SpecialGroup.ELDERLY_ALONE)


def payment_code(cycle: date, household_id: str) -> str:
    """What the payer writes beside the money, the same for every revision of a parcel (A-07)."""
    return f"{cycle:%m%d}-{household_id}"


def payment_way(load: Load, home: HouseholdRow) -> str:
    """Collected beforehand, paid in advance for somebody (A-08, A-09), or a box to tick where the plan does not say."""
    if load.plan.file.plan.clauses != "A":
        return say("☐ received")
    return say("advanced, in the ledger") if home.special_group in _PAID_FOR else say("☐ prepaid")


def _paid(load: Load, parcel: Parcel, home: HouseholdRow) -> str:
    """How it is paid, and who pays where somebody else does (A-09)."""
    payer = load.payers.get((parcel.cycle, parcel.household_id))
    way = payment_way(load, home)
    return f"{way}\n{say('paid by {name}', name=payer)}" if payer else way


def care(load: Load, home: HouseholdRow) -> str:
    """The mark of a special group with its carer, and the mark of a household that is not on the register."""
    parts = [f"★{word(GROUPS, home.special_group)}"] if home.special_group else []
    if home.carer:
        parts.append(say("carer: {name}", name=load.register.officer_name(home.carer)))
    if home.provisional:
        parts.append(say("△ to be verified"))
    return "\n".join(parts)


def _address(load: Load, home: HouseholdRow) -> str:
    name = community_label(load.plan, home.community_id)
    alone = len(load.communities) == 1 or home.address.startswith(name)
    return home.address if alone else f"{name} {home.address}"


def parcel_table(load: Load) -> Table:
    """One row per parcel, in the order of addresses; signed at the door."""
    columns = [
        Column(say("No."), "centre", 6.5),
        Column(say("Address"), width=20),
        Column(say("Household"), "centre", 10),
        Column(say("Goods"), width=46),
        Column(say("Amount (yuan)"), "money", 12),
        Column(say("Payment code"), "centre", 17),
        Column(say("Payment"), "centre", 12),
        Column(say("Special care"), width=19),
        Column(say("Signature"), "centre", 12),
    ]
    body = [_parcel_row(load, n, p) for n, p in enumerate(load.parcels, start=1)]
    marks = {n: "care" for n, p in enumerate(load.parcels) if load.homes[p.household_id].special_group}
    count = say("{count} parcels", count=len(load.parcels))
    return Table(
        columns, body, total=["", say("Total"), "", count, load.amount_fen, "", "", "", ""], marks=marks, tall=27
    )


def _parcel_row(load: Load, number: int, parcel: Parcel) -> list[Value]:
    home = load.homes[parcel.household_id]
    mine = [x for x in load.lines if (x.cycle, x.household_id) == (parcel.cycle, parcel.household_id)]
    return [
        number,
        _address(load, home),
        masked_name(home.head),
        load.register.goods(total(mine).items()) or say("(nothing came: see shortages)"),
        parcel.amount_fen,
        payment_code(parcel.cycle, parcel.household_id),
        _paid(load, parcel, home),
        care(load, home),
        "",
    ]


def pick_table(load: Load) -> Table:
    """What the village's person buys together, store by store (B-03)."""
    columns = [
        Column(say("No."), "centre", 6.5),
        Column(say("Store"), width=24),
        Column(say("Item"), width=24),
        Column(say("Quantity"), "quantity", 11),
        Column(say("Unit"), "centre", 8),
        Column(say("Picked"), "centre", 10),
    ]
    found: dict[tuple[str, str], int] = {}
    for line in load.lines:
        key = (line.store_id, line.item_id)
        found[key] = found.get(key, 0) + line.qty_base
    body: list[list[Value]] = []
    for (store_id, item_id), qty in sorted(found.items()):
        item = load.register.items[item_id]
        number = Decimal(sale_quantity(qty, item.unit_base))
        if qty:
            body.append([len(body) + 1, store_label(load.plan, store_id), item.name, number, item.unit, ""])
    count = say("{count} kinds", count=len({item_id for (_, item_id), qty in found.items() if qty}))
    return Table(columns, body, total=["", say("Total"), count, None, "", ""])


def shortage_table(load: Load) -> Table:
    """What each household asked for, gets and misses, with the reason in words."""
    columns = [
        Column(say("No."), "centre", 6.5),
        Column(say("Address"), width=20),
        Column(say("Household"), "centre", 10),
        Column(say("Item"), width=16),
        Column(say("Needed"), "quantity", 12),
        Column(say("Given"), "quantity", 12),
        Column(say("Reason"), width=40),
        Column(say("Told"), "centre", 8),
    ]
    body: list[list[Value]] = []
    for number, short in enumerate(load.short, start=1):
        home, item = load.homes[short.household_id], load.register.items[short.item_id]
        asked, given = (load.register.quantity(short.item_id, q) for q in (short.needed_base, short.given_base))
        body.append([number, _address(load, home), masked_name(home.head), item.name, asked, given, short.reason, "☐"])
    return Table(columns, body)


def carer_table(load: Load, carer: str | None = None) -> Table:
    """Parcels of households with a carer; with `carer`, of his alone, so that he sees the rooms he must go to."""
    columns = [
        Column(say("Carer"), "centre", 12),
        Column(say("Address"), width=24),
        Column(say("Household"), "centre", 10),
        Column(say("Special care"), width=20),
        Column(say("Goods"), width=46),
        Column(say("Delivered at"), "centre", 12),
    ]
    body: list[list[Value]] = []
    for parcel in load.parcels:
        home = load.homes[parcel.household_id]
        if home.carer and carer in (None, home.carer):
            goods = load.register.goods(load.given(home.household_id).items())
            who = load.register.officer_name(home.carer)
            group = word(GROUPS, home.special_group)
            body.append([who, _address(load, home), masked_name(home.head), group, goods, ""])
    return Table(columns, body, tall=27)
