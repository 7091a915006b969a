"""When a medicine is used up, and when it must be fetched (B-04 代配药).

Policy. What is left is counted on the morning of `as_of`; every day takes its whole dose, and the first day without a
whole dose is the day on which it is used up. What comes in between is added on the day it comes; days without medicine
before it comes are not made up for. An order is due `medicines.order_days` before that day; it is for `supply_days`,
in whole packs. A treatment that ends before its medicine does needs none. What is used up within
`reserve.medicine_days` is told at once.

Known drawbacks: a dose that somebody forgot or doubled is not seen until it is counted again; two medicines for one
illness are two registers.

Doses are integer thousandths of the dose unit (half a tablet = 500); a day is a business date.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MILLI = 1000


@dataclass(frozen=True, slots=True)
class Use:
    """Who takes what: `left_milli` in the morning of `as_of`; `until` is the treatment's last day, None: it goes on."""

    household_id: str
    medicine: str
    pharmacy_id: str
    daily_milli: int
    left_milli: int
    pack_units: int
    as_of: date
    until: date | None
    prescription: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes two of them the same register entry."""
        return self.household_id, self.medicine


@dataclass(frozen=True, slots=True)
class Refill:
    """What came on a day: it can be taken from that day on."""

    on: date
    milli: int


def _stock_on(use: Use, refills: Sequence[Refill], day: date) -> int:
    """Thousandths in the morning of a day, refills of that day included; refills before `as_of` were counted then."""
    at, stock = use.as_of, use.left_milli
    for refill in sorted((r for r in refills if use.as_of <= r.on <= day), key=lambda r: r.on):
        stock = _after(stock, use.daily_milli, (refill.on - at).days) + refill.milli
        at = refill.on
    return _after(stock, use.daily_milli, (day - at).days)


def _after(stock: int, daily: int, days: int) -> int:
    """What is left after so many days of whole doses; a rest that is no whole dose stays."""
    return stock - min(days, stock // daily) * daily


def runs_out_on(use: Use, refills: Sequence[Refill] = (), today: date | None = None) -> date:
    """The first day, from `today` (or `as_of`) on, without a whole dose; what comes on that very day is in time."""
    day = max(today or use.as_of, use.as_of)
    while True:
        empty = day + timedelta(days=_stock_on(use, refills, day) // use.daily_milli)
        ahead = [r.on for r in refills if day < r.on <= empty]
        if not ahead:
            return empty
        day = min(ahead)


def days_left(use: Use, refills: Sequence[Refill], today: date) -> float:
    """Days of doses in the house in the morning of a day, refills of that day included."""
    return _stock_on(use, refills, max(today, use.as_of)) / use.daily_milli


def still_taken(use: Use, on: date) -> bool:
    """Whether the treatment goes on on a day."""
    return use.until is None or on <= use.until


def order_due(use: Use, refills: Sequence[Refill], today: date, order_days: int) -> bool:
    """Whether it must be ordered today: used up within `order_days`, and taken on the day it is used up."""
    empty = runs_out_on(use, refills, today)
    return today >= empty - timedelta(days=order_days) and still_taken(use, max(empty, today))


def packs_for(use: Use, supply_days: int, today: date) -> int:
    """Whole packs for so many days, or for the rest of the treatment; at least one."""
    days = supply_days if use.until is None else min(supply_days, (use.until - today).days + 1)
    return max(1, -(-use.daily_milli * max(1, days) // (use.pack_units * MILLI)))


def in_force(uses: Iterable[Use]) -> dict[tuple[str, str], Use]:
    """Per household and medicine the latest count; of one day the last in the order given: a report beats a sheet."""
    found: dict[tuple[str, str], Use] = {}
    for use in uses:
        known = found.get(use.key)
        if known is None or use.as_of >= known.as_of:
            found[use.key] = use
    return dict(sorted(found.items()))
