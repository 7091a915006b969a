"""Who checks a batch, who is asked next, and from when on a leader may release it without a check (C-07).

Policy. Inspectors are asked one after the other: the first of the roles that the plan names, then his deputy and the
deputy's deputy, then the next of these roles; in the order of the roles, then of the officers' sheet. One who is
limited to another store is not asked. Each has `receiving.inspect_minutes`; a batch that is still unchecked then goes
to the next. Whoever may be asked may also check unasked. Once everybody was asked and every time limit has passed, a
leader of `receiving.permit_roles` may release the batch with a reason (应急放行), so that a sealed inspector does not
lock up the town's food; a batch that somebody refused is never released so. Its check is then owed afterwards, within
`receiving.check_after_hours`, by the same inspectors in the same order.

Known drawback: the time limit runs by the clock, also at night.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.plan import Officer, Plan


@dataclass(frozen=True)
class Asked:
    """Somebody was asked; until `until` the next one is not."""

    officer_id: str
    until: datetime


def inspectors(plan: Plan, store_id: str) -> list[Officer]:
    """Who may check what arrives at a store, in the order in which they are asked."""
    chosen: dict[str, Officer] = {}
    for role in plan.file.receiving.inspector_roles.value:
        for officer in plan.officers_in([role], store_id) or plan.officers_in([role]):
            chosen |= {o.officer_id: o for o in _with_deputies(plan, officer) if o.officer_id not in chosen}
    return list(chosen.values())


def _with_deputies(plan: Plan, officer: Officer) -> Iterator[Officer]:
    """Never endless: a plan whose deputies go round in a circle is refused when it is checked."""
    current: Officer | None = officer
    while current is not None:
        yield current
        current = plan.officers.get(current.deputy or "")


def next_to_ask(order: Sequence[Officer], asked: Sequence[Asked], now: datetime) -> Officer | None:
    """Who is asked now; None while the last one still has time, and where everybody was asked."""
    if any(one.until > now for one in asked):
        return None
    before = {one.officer_id for one in asked}
    return next((officer for officer in order if officer.officer_id not in before), None)


def all_tried(order: Sequence[Officer], asked: Sequence[Asked], now: datetime) -> bool:
    """Whether every inspector was asked in vain: then a leader may decide."""
    before = {one.officer_id for one in asked}
    return bool(asked) and all(o.officer_id in before for o in order) and all(one.until <= now for one in asked)
