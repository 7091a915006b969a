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


def parcels_of(session: Session, plan_id: str, deliver_on: date) -> list[Parcel]:
    """Every parcel of the day."""
    return rows(session, Parcel, col(Parcel.plan_id) == plan_id, col(Parcel.deliver_on) == deliver_on)


def _versions(parcels: Iterable[Parcel]) -> list[tuple[date, int]]:
    return sorted({(p.cycle, p.revision) for p in parcels})


def _short_allocations(session: Session, plan_id: str, parcels: Iterable[Parcel]) -> list[Allocation]:
    """Short lines of the allocations that these parcels carry, for every household of the plan."""
    found: list[Allocation] = []
    for cycle, revision in _versions(parcels):
        version = (col(Allocation.cycle) == cycle, col(Allocation.revision) == revision)
        short = col(Allocation.short_base) > 0
        found += rows(session, Allocation, col(Allocation.plan_id) == plan_id, *version, short)
    return found


def short_communities(session: Session, plan_id: str, parcels: Iterable[Parcel]) -> set[str]:
    """Communities with a shortage in the allocations that these parcels carry."""
    homes = {a.household_id for a in _short_allocations(session, plan_id, parcels)}
    return {h.community_id for h in Register(session, plan_id).households(homes).values()}


def load_of(session: Session, plan: Plan, deliver_on: date, communities: Sequence[str], mode: str) -> Load:
    """What these communities get on the day in this mode (an empty mode: in any)."""
    register, day = Register(session, plan.id), parcels_of(session, plan.id, deliver_on)
    parcels = [p for p in day if p.community_id in communities and mode in ("", p.mode)]
    allocations = _short_allocations(session, plan.id, day)
    homes = register.households([*(p.household_id for p in parcels), *(a.household_id for a in allocations)])
    homes = {k: h for k, h in homes.items() if h.community_id in communities}
    lines = _of_parcels(session, ParcelLine, plan.id, parcels)
    parcels.sort(key=lambda p: (p.community_id, natural(homes[p.household_id].address), p.household_id, p.cycle))
    short = [_allocated_short(a) for a in allocations if a.household_id in homes]
    left_out = _of_parcels(session, Undelivered, plan.id, parcels)
    short += [_undelivered(register, homes[x.household_id], lines, x) for x in left_out]
    short.sort(key=lambda s: (homes[s.household_id].community_id, natural(homes[s.household_id].address), s.item_id))
    payers = _payers(session, plan, register, parcels)
    return Load(plan, deliver_on, mode, register, communities, parcels, lines, short, homes, payers)


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


def _of_parcels(session: Session, model: type[Line], plan_id: str, parcels: Sequence[Parcel]) -> list[Line]:
    # By cycle and not by parcel: a day has one or two cycles and many parcels; a statement binds only so many values.
    keys = {(p.cycle, p.household_id) for p in parcels}
    cycles = sorted({p.cycle for p in parcels})
    found = rows(session, model, sa.column("plan_id") == plan_id, sa.column("cycle", sa.Date).in_(cycles))
    return [x for x in found if (x.cycle, x.household_id) in keys]


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
