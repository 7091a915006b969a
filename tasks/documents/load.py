"""Everything that one place gets on one day, read once: parcels, their lines, what is short and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import Allocation, HouseholdRow, NeedLine, Parcel, ParcelLine, Undelivered
from tasks.documents.labels import reason_words
from tasks.documents.register import Register, natural, rows
from tasks.notices.masking import masked_name

Line = TypeVar("Line", ParcelLine, Undelivered)


@dataclass(frozen=True)
class Short:
    """One item that a household does not get in full: base units asked for, given, and why."""

    household_id: str
    item_id: str
    needed_base: int
    given_base: int
    reason: str


@dataclass(frozen=True)
class Load:
    """A place's goods of a day.

    `parcels` are in the order of their addresses; `homes` also hold those with nothing but shortages; `payers` say who
    pays for a household of a cycle where somebody else does (A-09).
    """

    plan: Plan
    deliver_on: date
    mode: str
    register: Register
    communities: Sequence[str]
    parcels: Sequence[Parcel]
    lines: Sequence[ParcelLine]
    short: Sequence[Short]
    homes: dict[str, HouseholdRow]
    payers: Mapping[tuple[date, str], str] = field(default_factory=dict)

    def given(self, household_id: str) -> dict[str, int]:
        """Base units per item in a household's parcels."""
        return total(x for x in self.lines if x.household_id == household_id)

    @property
    def amount_fen(self) -> int:
        """Fen of all parcels."""
        return sum(p.amount_fen for p in self.parcels)


def total(lines: Iterable[ParcelLine]) -> dict[str, int]:
    """Base units per item."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.item_id] = found.get(line.item_id, 0) + line.qty_base
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Day:
    """Everything of one day of a plan, read once for the sheets of all its places."""

    plan: Plan
    deliver_on: date
    register: Register
    parcels: Sequence[Parcel]
    lines: Mapping[tuple[date, str], Sequence[ParcelLine]]
    left_out: Mapping[tuple[date, str], Sequence[Undelivered]]
    allocations: Sequence[Allocation]
    homes: Mapping[str, HouseholdRow]
    payers: Mapping[tuple[date, str], str]

    @property
    def short_communities(self) -> set[str]:
        """Communities with a shortage in the allocations that the parcels carry."""
        return {self.homes[a.household_id].community_id for a in self.allocations}

    def load(self, communities: Sequence[str], mode: str) -> Load:
        """What these communities get in this mode (an empty mode: in any)."""
        homes = {k: h for k, h in self.homes.items() if h.community_id in communities}
        parcels = [p for p in self.parcels if p.community_id in communities and mode in ("", p.mode)]
        parcels.sort(key=lambda p: (p.community_id, natural(homes[p.household_id].address), p.household_id, p.cycle))
        keys = sorted({(p.cycle, p.household_id) for p in parcels})
        lines = [x for key in keys for x in self.lines.get(key, ())]
        short = [_allocated_short(a) for a in self.allocations if a.household_id in homes]
        left_out = [x for key in keys for x in self.left_out.get(key, ())]
        short += [_undelivered(self.register, homes[x.household_id], lines, x) for x in left_out]
        short.sort(
            key=lambda s: (homes[s.household_id].community_id, natural(homes[s.household_id].address), s.item_id)
        )
        payers = {key: self.payers[key] for key in keys if key in self.payers}
        on = self.deliver_on
        return Load(self.plan, on, mode, self.register, communities, parcels, lines, short, homes, payers)


def day_of(session: Session, plan: Plan, deliver_on: date) -> Day:
    """The day's parcels with all that belongs to them."""
    register = Register(session, plan.id)
    mine = (col(Parcel.plan_id) == plan.id, col(Parcel.deliver_on) == deliver_on)
    parcels = rows(session, Parcel, *mine)
    allocations = _short_allocations(session, plan.id, parcels)
    homes = register.households([*(p.household_id for p in parcels), *(a.household_id for a in allocations)])
    lines = _of_parcels(session, ParcelLine, plan.id, parcels)
    left_out = _of_parcels(session, Undelivered, plan.id, parcels)
    payers = _payers(session, plan, register, parcels)
    return Day(plan, deliver_on, register, parcels, lines, left_out, allocations, homes, payers)


def _short_allocations(session: Session, plan_id: str, parcels: Iterable[Parcel]) -> list[Allocation]:
    """Short lines of the allocations that these parcels carry, for every household of the plan."""
    found: list[Allocation] = []
    for cycle, revision in sorted({(p.cycle, p.revision) for p in parcels}):
        version = (col(Allocation.cycle) == cycle, col(Allocation.revision) == revision)
        short = col(Allocation.short_base) > 0
        found += rows(session, Allocation, col(Allocation.plan_id) == plan_id, *version, short)
    return found


def _payers(session: Session, plan: Plan, register: Register, parcels: Sequence[Parcel]) -> dict[tuple[date, str], str]:
    """Who pays, by cycle and household: an officer by name, anybody else by the first sign only."""
    cycles = sorted({p.cycle for p in parcels})
    query = sa.select(col(NeedLine.cycle), col(NeedLine.household_id), col(NeedLine.payer)).where(
        col(NeedLine.plan_id) == plan.id,
        col(NeedLine.cycle).in_(cycles),
        col(NeedLine.payer) != "",
        col(NeedLine.state) == "accepted",
    )
    found: dict[tuple[date, str], dict[str, None]] = {}
    for cycle, household_id, payer in session.execute(query.order_by(col(NeedLine.submission_id))):
        name = register.officer_name(payer) if payer in plan.officers else masked_name(payer)
        found.setdefault((cycle, household_id), {})[name] = None
    return {key: "、".join(names) for key, names in found.items()}


def _of_parcels(
    session: Session, model: type[Line], plan_id: str, parcels: Sequence[Parcel]
) -> dict[tuple[date, str], list[Line]]:
    # By cycle and not by parcel: a day has one or two cycles and many parcels; a statement binds only so many values.
    found: dict[tuple[date, str], list[Line]] = {(p.cycle, p.household_id): [] for p in parcels}
    cycles = sorted({p.cycle for p in parcels})
    for x in rows(session, model, sa.column("plan_id") == plan_id, sa.column("cycle", sa.Date).in_(cycles)):
        if (x.cycle, x.household_id) in found:
            found[x.cycle, x.household_id].append(x)
    return found


def _allocated_short(line: Allocation) -> Short:
    kept = line.why.get("reason")
    args = kept.get("args", {}) if isinstance(kept, dict) else {}
    return Short(
        line.household_id, line.item_id, line.needed_base, line.allocated_base, reason_words(line.reason, args)
    )


def _undelivered(register: Register, home: HouseholdRow, lines: Sequence[ParcelLine], line: Undelivered) -> Short:
    known = {
        "item": register.items[line.item_id].name,
        "store": register.stores[line.store_id].name,
        "community": register.communities[home.community_id].name,
    }
    same = (line.cycle, line.household_id, line.item_id, line.store_id)
    given = sum(x.qty_base for x in lines if (x.cycle, x.household_id, x.item_id, x.store_id) == same)
    return Short(line.household_id, line.item_id, given + line.qty_base, given, reason_words(line.reason, known))
