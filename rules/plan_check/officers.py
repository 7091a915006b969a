"""Officers, their roles and those who answer for households (B-01, B-13, C-09, C-12, D-11)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rules.plan_check.circles import circles
from rules.plan_check.draft import Draft, Path, Row, Sheet
from rules.plan_check.faults import Fault
from rules.plan_check.shapes import shown
from schemas.plan import PlanFile
from schemas.words import Process

_CHANNEL = re.compile(r"[a-z][a-z0-9_-]*")
#: (sheet, columns that name an officer)
_NAMING = {
    "communities": ("contact",),
    "households": ("responsible", "carer"),
    "stores": ("contact", "liaison"),
    "officers": ("deputy", "escalates_to"),
    "carriers": ("contact",),
}


def at(sheet: Sheet[Any], row: Row[Any], column: str, code: str, **args: Any) -> Fault:
    """A fault in a cell; `value` defaults to what the cell holds."""
    return Fault(sheet.file, row.line, column, code, {"value": shown(getattr(row.it, column)), **args})


def unknown_officers(draft: Draft) -> Iterator[Fault]:
    """Officers that sheets name and nobody has entered."""
    for name, columns in _NAMING.items():
        sheet: Sheet[Any] = getattr(draft, name)
        for row in sheet:
            for column in columns:
                officer = getattr(row.it, column)
                if officer is not None and draft.officers.lacks(officer):
                    yield at(sheet, row, column, "no_such_officer")


def channels(draft: Draft) -> Iterator[Fault]:
    """Everybody can be reached, by channels that are named and never spelt out."""
    for row in draft.officers:
        if not row.it.channels:
            yield at(draft.officers, row, "channels", "no_channel", value=shown(row.it.officer_id))
        for channel in row.it.channels:
            if "://" in channel:
                # The address may carry a key: only its scheme is shown.
                yield at(draft.officers, row, "channels", "channel_is_address", value=shown(channel.split("://")[0]))
            elif not _CHANNEL.fullmatch(channel):
                yield at(draft.officers, row, "channels", "bad_channel", value=shown(channel))


def chains(draft: Draft) -> Iterator[Fault]:
    """Neither deputies nor escalation come back to where they began."""
    for column, code in (("deputy", "deputy_cycle"), ("escalates_to", "escalation_cycle")):
        follows = {row.it.officer_id: [getattr(row.it, column)] for row in draft.officers if getattr(row.it, column)}
        for circle in circles(follows):
            row = draft.officers.rows[(circle[0],)]
            yield at(draft.officers, row, column, code, value=shown(" → ".join([*circle, circle[0]])))


def places_served(draft: Draft) -> Iterator[Fault]:
    """An officer limited to a place is limited to one that exists."""
    for row in draft.officers:
        place = row.it.serves
        if place is not None and draft.communities.lacks(place) and draft.stores.lacks(place):
            yield at(draft.officers, row, "serves", "serves_nowhere")


def own_roles(draft: Draft) -> Iterator[Fault]:
    """Every officer's role is one of the plan's."""
    roles, file = draft.document.roles, draft.document.file
    for row in draft.officers:
        if file is not None and row.it.role not in roles:
            named = [f"{role} {name}" for role, name in sorted(file.roles.items())]
            yield at(draft.officers, row, "role", "no_such_role", allowed=named)


def special_groups(draft: Draft) -> Iterator[Fault]:
    """One-to-one service: a special group has a named carer (C-09)."""
    for row in draft.households:
        if row.it.special_group and row.it.carer is None:
            yield at(draft.households, row, "carer", "no_carer", value=shown(row.it.household_id))


def _lists_of_roles(file: PlanFile) -> Mapping[Path, list[str]]:
    running = {step.flow for step in file.step}
    named: dict[Path, list[str]] = {
        ("notices", "role_budgets"): list(file.notices.role_budgets.value),
        **{("notices", "to", "value", stage.value): roles for stage, roles in file.notices.to.value.items()},
        **{("duty", d.id, "owed_by"): [d.owed_by[5:]] for d in file.duty if d.owed_by.startswith("role:")},
    }
    if Process.COLLECT_NEEDS in running:
        named[("needs", "reviewer_roles")] = file.needs.reviewer_roles.value
    if Process.PURCHASE_SUPPLIES in running:
        named[("purchase", "approver_roles")] = file.purchase.approver_roles.value
    if Process.RECEIVE_GOODS in running:
        named[("receiving", "inspector_roles")] = file.receiving.inspector_roles.value
    if Process.SUBMIT_REPORT in running:
        named[("report", "to_roles")] = file.report.to_roles.value
    return named


def named_roles(draft: Draft) -> Iterator[Fault]:
    """Every role that a stage, a duty or an approval names exists and somebody has it.

    A section is asked only where the plan's graph runs its process.
    """
    file, document = draft.document.file, draft.document
    if file is None:
        return
    held = {row.it.role for row in draft.officers}
    for path, roles in _lists_of_roles(file).items():
        if not roles and path[0] in ("needs", "purchase", "receiving", "report"):
            yield document.fault(path, "no_role_named")
        for role in roles:
            if role not in document.roles:
                yield document.fault(path, "no_such_role", value=shown(role), allowed=sorted(document.roles))
            elif draft.officers.readable and role not in held and path[1] != "role_budgets":
                yield document.fault(path, "role_of_nobody", value=shown(role))


CHECKS = (unknown_officers, channels, chains, places_served, own_roles, special_groups, named_roles)
