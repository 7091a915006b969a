"""When an officer is told what: digests at the plan's hours, and no more messages in a day than his role's budget.

Policy. A notice is sent at once or waits for the next digest. The day's digests are taken out of the budget first, so
that what is sent at once can never use up the place of the morning's sign of life. Where nothing is left, a notice
that was to be sent at once goes into the next digest instead, marked as such. Stages beyond the budget (danger to life)
always go. A message counts for whoever may have got it: sent, or cut off on the way; also when it was meant for
somebody else and came to him as the deputy.

With fewer messages a day than digests the first digest stays, and then the last ones. A budget below one counts as one.

Drawback: on a day with many urgent matters the later ones wait for the next digest, at worst for the next morning.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

#: The hour of a plan that names none: its officers still see that the system is alive.
MORNING = time(8, 30)
#: A digest longer than this is not read on a phone; the rest is counted.
ITEMS_PER_GROUP = 8

Kind = Literal["beyond", "digest", "now"]
Mark = Literal["", "folded", "again", "late"]


@dataclass(frozen=True)
class Timetable:
    """The plan's digest hours (ascending) in its zone."""

    digest_at: tuple[time, ...]
    zone: ZoneInfo

    def slots(self, day: date) -> list[datetime]:
        """The digests of a day, as aware moments."""
        return [datetime.combine(day, at, tzinfo=self.zone) for at in sorted(set(self.digest_at)) or [MORNING]]

    def day_of(self, now: datetime) -> date:
        """The day that a budget is for."""
        return now.astimezone(self.zone).date()


@dataclass(frozen=True)
class Tally:
    """One officer's day so far: `received` may have reached him, `owed` are digests made or still to come."""

    budget: int
    received: int
    owed: int


@dataclass(frozen=True)
class Slot:
    """A digest to be made; the first of the day goes out even with nothing in it."""

    at: datetime
    first: bool


@dataclass(frozen=True)
class Item:
    """A notice that is told inside a digest: folded for want of budget, told again after a doubtful send, or late."""

    notice_id: str
    stage: str
    text: str
    mark: Mark = ""


@dataclass(frozen=True)
class Group:
    """A stage's items in a digest; `more` were left out of `items`."""

    stage: str
    items: tuple[Item, ...]
    count: int

    @property
    def more(self) -> int:
        """How many are only counted."""
        return self.count - len(self.items)


def budget_of(role: str, daily: int, by_role: dict[str, int]) -> int:
    """Messages a day for a role."""
    return max(1, by_role.get(role, daily))


def next_slot(now: datetime, table: Timetable) -> datetime:
    """The first digest later than `now`."""
    day = table.day_of(now)
    ahead = [*table.slots(day), *table.slots(day + timedelta(days=1))]
    return next(slot for slot in ahead if slot > now)


def kept_slots(day: date, table: Timetable, budget: int) -> list[datetime]:
    """The day's digests that fit into the budget: the first, and then the last ones."""
    slots = table.slots(day)
    return slots[:1] + slots[1:][-(budget - 1) :] if budget > 1 else slots[:1]


def slots_ahead(now: datetime, table: Timetable, budget: int) -> int:
    """How many of today's digests are still to come."""
    return sum(slot > now for slot in kept_slots(table.day_of(now), table, budget))


def admits(tally: Tally, kind: Kind) -> bool:
    """Whether one more message of this kind stays within the day's budget."""
    if kind == "beyond":
        return True
    return tally.received + (0 if kind == "digest" else tally.owed) < tally.budget


def digest_due(now: datetime, table: Timetable, tally: Tally, made: Collection[datetime], waiting: int) -> Slot | None:
    """The digest that an officer is due at `now`, if any.

    Args:
        tally: `owed` without the slots still ahead, since they are counted here.
        made: today's slots for which he already has a digest.
        waiting: notices that wait to be told in it.
    """
    passed = [slot for slot in kept_slots(table.day_of(now), table, tally.budget) if slot <= now]
    if not passed or passed[-1] in made or not (waiting or not made):
        return None
    ahead = slots_ahead(now, table, tally.budget)
    if not admits(Tally(tally.budget, tally.received, tally.owed + ahead), "now"):
        return None
    return Slot(passed[-1], first=not made)


def merge(items: Iterable[Item], stages: Sequence[str]) -> list[Group]:
    """One group per stage, in the order of `stages`; inside it what is marked comes first, then the order given."""
    by_stage: dict[str, list[Item]] = {}
    for item in items:
        by_stage.setdefault(item.stage, []).append(item)
    order = [s for s in stages if s in by_stage] + sorted(set(by_stage) - set(stages))
    ranked = {stage: sorted(by_stage[stage], key=lambda item: item.mark == "") for stage in order}
    return [Group(stage, tuple(found[:ITEMS_PER_GROUP]), len(found)) for stage, found in ranked.items()]
