"""The register of medicines and the list of carriers: known names, and nothing that is not medicine (B-04, B-09)."""

from collections.abc import Iterator

from rules.plan_check.draft import Draft
from rules.plan_check.faults import Fault
from rules.plan_check.goods import folded
from rules.plan_check.officers import at
from rules.plan_check.timing import hhmm
from schemas.words import StoreKind


def households_known(draft: Draft) -> Iterator[Fault]:
    """Medicine is fetched for somebody on the register."""
    for row in draft.medicines:
        if draft.households.lacks(row.it.household_id):
            yield at(draft.medicines, row, "household_id", "no_such_household")


def pharmacies(draft: Draft) -> Iterator[Fault]:
    """It is fetched from a pharmacy of the plan, which has somebody to answer for it."""
    kinds = {row.it.store_id: row.it.kind for row in draft.stores}
    for row in draft.medicines:
        if draft.stores.lacks(row.it.pharmacy):
            yield at(draft.medicines, row, "pharmacy", "no_such_store")
        elif kinds.get(row.it.pharmacy, StoreKind.PHARMACY) is not StoreKind.PHARMACY:
            yield at(draft.medicines, row, "pharmacy", "no_pharmacy")


def really_medicine(draft: Draft) -> Iterator[Fault]:
    """A name that an item has must be that of a medicine: rice is nobody's prescription."""
    named = {folded(w): row.it for row in draft.items for w in (row.it.item_id, row.it.name, *row.it.aliases)}
    for row in draft.medicines:
        item = named.get(folded(row.it.medicine))
        if item is not None and not item.medicine:
            yield at(draft.medicines, row, "medicine", "not_medicine")


def dates(draft: Draft) -> Iterator[Fault]:
    """A treatment does not end before it was counted what is left for it."""
    for row in draft.medicines:
        if row.it.until is not None and row.it.until < row.it.as_of:
            args = {"other": "as_of", "limit": row.it.as_of.isoformat()}
            yield at(draft.medicines, row, "until", "not_after", **args)


def hours(draft: Draft) -> Iterator[Fault]:
    """Orders are told before they are due, and a doubtful line after the needs are closed."""
    file = draft.document.file
    if file is None:
        return
    rule = file.medicines
    if rule.open_at.value >= rule.due_at.value:
        args = {"value": hhmm(rule.open_at.value), "other": "medicines.due_at", "limit": hhmm(rule.due_at.value)}
        yield draft.document.fault(("medicines", "open_at"), "not_before", **args)


def owed_by_somebody(draft: Draft) -> Iterator[Fault]:
    """A duty of the carriers where there are none would never be owed, and nobody would miss it (B-09)."""
    file = draft.document.file
    for duty in file.duty if file is not None else ():
        if duty.owed_by == "carriers" and draft.carriers.readable and not draft.carriers.keys:
            yield draft.document.fault(("duty", duty.id, "owed_by"), "owed_by_nobody", value=duty.owed_by)


CHECKS = (hours, owed_by_somebody, households_known, pharmacies, really_medicine, dates)
