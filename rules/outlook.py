"""What is expected to leave each store on which day: the dated demand that a purchase is reckoned from (C-04, C-05).

Confirmed needs go out on the day on which they are to be delivered. What is not asked for yet goes out with the
collections that are still to come: each of them for the days until the next one, on the day on which it is delivered.
Days are counted from today; what should have gone out already goes out today.

Drawback: a collection is taken to be as large as the days that it is for; nobody knows who will miss it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from math import ceil

from rules.calendar import WEEK, cycle_end, cycle_of, deliver_on, next_run_date, runs_on
from schemas.plan import Plan
from schemas.words import Process


def delivered_on(plan: Plan, cycle: date) -> date:
    """When the goods of a collection reach the door: after it was shared out, and after the plan's lag."""
    if Process.ALLOCATE_ORDERS in plan.steps:
        for ahead in range(WEEK + 1):
            day = cycle + timedelta(days=ahead)
            if runs_on(plan, Process.ALLOCATE_ORDERS, day) and cycle_of(plan, Process.ALLOCATE_ORDERS, day) == cycle:
                return deliver_on(plan, day)
    return deliver_on(plan, cycle)


def collections_ahead(plan: Plan, known: date, on: date, last_day: int) -> list[tuple[int, int]]:
    """(day of delivery, days that it is for) of the collections after `known` that are delivered up to `last_day`."""
    found: list[tuple[int, int]] = []
    cycle = known
    while True:
        cycle = next_run_date(plan, Process.COLLECT_NEEDS, cycle)
        day = (delivered_on(plan, cycle) - on).days
        if day > last_day:
            return found
        found.append((max(0, day), (cycle_end(plan, cycle) - cycle).days + 1))


def dated(per_day: float, ahead: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """(day, quantity) of an even demand; rounded so that up to each day no less is expected than is wanted."""
    days, taken = 0, 0
    for day, length in ahead:
        days += length
        wanted = ceil(per_day * days - 1e-6)
        yield day, wanted - taken
        taken = wanted
