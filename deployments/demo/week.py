"""A plan's sample days as a clock: the world acts at its hours, the flows run at the plan's, the watch in between.

Simulated time goes from event to event. Between two of them `watch_duties` runs at every moment at which a duty or a
digest changes its state; nothing waits for a real clock. What happens when stands in `days.py`.
"""

import os
from collections import Counter as Counts
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from heapq import heappop, heappush
from importlib import import_module
from typing import Any

from deployments.demo.files import Letter
from deployments.demo.wishes import Town
from deployments.demo.world import World
from rules.calendar import moment
from schemas.plan import Plan
from schemas.words import Process
from tasks.duties import next_change
from tasks.settings import settings

#: What happens at the same moment: people first, then the flows.
WORLD, FLOW = 0, 1

Post = Callable[[date], list[Letter]]


@dataclass
class Told:
    """What ran: flow -> {"completed", "failed"}, and the first words of what failed."""

    runs: dict[str, Counts[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def count(self, flow: str, end: str) -> None:
        """One more run of a flow."""
        self.runs.setdefault(flow, Counts(completed=0, failed=0))[end] += 1


@dataclass
class Week:
    """One plan's days from `first`; `post` gives the letters of a collection, `show` is told of each day and flow."""

    plan: Plan
    seed: int
    first: date
    days: int
    post: Post
    world: World
    show: Callable[[date, str], None]
    told: Told = field(default_factory=Told)
    proposals: int = 0
    _events: list[tuple[datetime, int, int, Callable[[datetime], object]]] = field(default_factory=list)
    _numbered: int = 0

    @cached_property
    def town(self) -> Town:
        """The plan as its residents see it."""
        return Town(self.plan, self.seed)

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.days - 1)

    def run(self) -> Told:
        """Everything that was laid down for these days, and what follows from it."""
        clock, end = self.at(self.first, time(0)), self.at(self.last + timedelta(days=1), time(0))
        self.flow(Process.WATCH_DUTIES, clock)
        while self._events:
            at, *_ = self._events[0]
            clock = self._watch_until(clock, min(at, end))
            if at > end:
                break
            _, _, _, act = heappop(self._events)
            act(at)
            clock = at
        self._watch_until(clock, end)
        self.flow(Process.WATCH_DUTIES, end)
        return self.told

    def at(self, on: date, at: time) -> datetime:
        """An hour of a day in the plan's zone."""
        return moment(self.plan, on, at)

    def later(self, at: datetime, rank: int, act: Callable[[datetime], object]) -> None:
        """Lay down what happens at a moment; it is told the moment."""
        self._numbered += 1
        heappush(self._events, (at, rank, self._numbered, act))

    def _watch_until(self, clock: datetime, until: datetime) -> datetime:
        while (change := next_change(self.plan.id, clock)) is not None and change < until:
            clock = change.astimezone(self.plan.zone)
            self.flow(Process.WATCH_DUTIES, clock)
        return clock

    def drop(self, kind: str, letter: Letter, now: datetime) -> None:
        """A file comes to rest in the inbox at its hour of the simulated day."""
        path = settings().inbox / self.plan.id / kind / now.date().isoformat() / letter.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(letter.body)
        os.utime(path, (now.timestamp(), now.timestamp()))

    def flow(self, process: Process, now: datetime, on: date | None = None, **more: str) -> Any:
        """Run the real flow as the schedule would; a failure is counted and told, and the day goes on.

        Args:
            process: which one.
            now: its moment.
            on: its business date; none for the watch.
            more: what a coordinator fills in besides.
        """
        self.show(now.astimezone(self.plan.zone).date(), process)
        self.world.counters.clock = now
        flow = getattr(import_module(f"flows.{process}"), process)
        watching = process is Process.WATCH_DUTIES
        given: dict[str, Any] = {"plans": [self.plan.id]} if watching else {"plan": self.plan.id, "business_date": on}
        try:
            told = flow(**given, now=now, **more)
        except Exception as fault:  # whatever it is, the demo's verdict counts it and shows it
            self.told.count(process, "failed")
            self.told.faults.append(f"{process} {now:%m-%d %H:%M}: {type(fault).__name__}: {fault}")
            return None
        self.told.count(process, "completed")
        return told
