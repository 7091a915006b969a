"""Who takes which medicine until when, as communities and pharmacies send it in (B-04).

Policy. A count is of a household on the register, sent by its own community or by a pharmacy; of a medicine by its name
on the list, or by the name as written; and of a prescription by its reference alone: what tells of an illness goes back
and is told to nobody. Doses are plain numbers of the dose unit.

Drawback: a medicine that is on no list is known by its spelling; two spellings are two medicines.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from rules.declarations import Declaration, Judged, judge, written
from rules.intake.identify import Directory
from rules.intake.layouts import Row
from rules.intake.quantities import fold, parse_number
from rules.intake.stores import day
from schemas.frames.people import MedicineLine
from schemas.plan import Item
from schemas.plan.values import PRESCRIPTION
from schemas.text import Text
from schemas.words import StoreKind

_DOSE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]{1,3})?)\s*\D{0,4}")


def judge_medicines(lists: Iterable[Declaration], directory: Directory) -> Judged:
    """Lists of who takes what -> `MedicineLine`; sent by a community about its own households, or by a pharmacy."""

    def read(source: Declaration, row: Row) -> dict[str, Any]:
        end, counted = day(row, "until"), day(row, "as_of")
        counted = source.on if counted is None else counted
        values: dict[str, Any] = {
            "household_id": _household(directory, source.sender, row),
            "medicine": medicine_named(directory, written(row, "medicine")),
            "pharmacy_id": _pharmacy(directory, row),
            "daily_milli": _milli(row, "daily"),
            "left_milli": _milli(row, "left"),
            "pack_units": _pack(row),
            "as_of": counted,
            "until": end,
            "prescription": _reference(row),
        }
        if isinstance(counted, date):
            values["days_ahead"] = (counted - source.on).days
            values |= {"window_days": (end - counted).days} if isinstance(end, date) else {}
        return values

    return judge("medicines", read, lists, MedicineLine)


def _household(directory: Directory, sender: str, row: Row) -> str | Text:
    """A household on the register, of the sender's own community; a pharmacy may name any by its id."""
    who, plan = row.text("who"), directory.plan
    community_id = directory.community(sender)
    if community_id is None:
        own = next((h for h in plan.households if fold(h) == fold(who)), None)
        from_pharmacy = directory.store(sender) is not None
        return Text("sender_unknown") if not from_pharmacy else own or Text("household_unclear", {"who": who})
    found = directory.household(community_id, who, row.text("name"))
    if isinstance(found, Text):
        return found
    unknown = Text("household_unclear", {"who": who or row.text("name")})
    return unknown if found.provisional else found.household_id


def medicine_named(directory: Directory, words: str) -> str | Text:
    """The item's id where an item has this name, else the name as written: not every medicine is on a list."""
    told = words.strip()
    if not told:
        return Text("item_missing")
    item = directory.item(told)
    if isinstance(item, Item):
        return item.item_id if item.medicine else Text("not_a_medicine", {"item": item.name})
    return item if item.code == "item_ambiguous" else told


def _pharmacy(directory: Directory, row: Row) -> str | Text:
    store_id = directory.store(row.text("pharmacy"))
    known = store_id is not None and directory.plan.stores[store_id].kind is StoreKind.PHARMACY
    return store_id if known and store_id else Text("pharmacy_unknown", {"words": row.text("pharmacy")})


def _milli(row: Row, name: str) -> int | Text:
    """Thousandths of a dose unit: `2`, `0.5片`."""
    found = _DOSE.fullmatch(row.text(name))
    return int(Decimal(found["number"]) * 1000) if found else Text("dose_unclear", {"words": row.text(name)})


def _pack(row: Row) -> int | Text:
    found = _DOSE.fullmatch(row.text("pack"))
    number = parse_number(found["number"]) if found else None
    whole = number is not None and number == int(number)
    return int(number) if number is not None and whole else Text("dose_unclear", {"words": row.text("pack")})


def _reference(row: Row) -> str | Text:
    """The prescription's reference as written, and nothing that tells of an illness."""
    told = written(row, "prescription")
    return told if re.fullmatch(PRESCRIPTION, told) else Text("prescription_unclear", {"words": told[:40]})
