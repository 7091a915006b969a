"""A plan's sample days, event by event: the world acts at its hours, the flows run at the plan's, the watch in between.

Simulated time goes from event to event. Between two of them `watch_duties` runs at every moment at which a duty or a
digest changes its state; nothing waits for a real clock.
"""

import os
from collections import Counter as Counts
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush
from importlib import import_module
from typing import Any

from deployments.demo import counters, households, people, stores, suppliers
from deployments.demo.desk import Desk
from deployments.demo.letters import Letter
from deployments.demo.store_server import StoreServer
from rules.calendar import cycle_of, moment, runs_on
from schemas.plan import Plan
from schemas.words import Process
from tasks.duties import next_change
from tasks.settings import settings

#: When the papers of the day's arrivals come, before the step that takes them in; and the inspector after it.
PAPERS_BEFORE, INSPECTED_AFTER = timedelta(minutes=25), timedelta(minutes=40)
#: When a coordinator runs a step again after something came in late.
TAKEN_UP_AFTER = timedelta(minutes=5)
#: The receiving desk is down on the third day from half past two for this long.
DOWN_ON, DOWN_FOR = 2, timedelta(minutes=8)
LISTS_AT = time(7, 20)
#: How long a reviewer takes over the lines that are unclear.
ANSWERED_AFTER = timedelta(minutes=20)
#: When questions of suppliers are decided, after the order.
DECIDED_AFTER = timedelta(minutes=75)
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
    desk: Desk
    counters: StoreServer
    show: Callable[[date, str], None]
    told: Told = field(default_factory=Told)
    _events: list[tuple[datetime, int, int, Callable[[datetime], object]]] = field(default_factory=list)
    _numbered: int = 0
    _proposals: int = 0
    _heard: set[str] = field(default_factory=set)

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.days - 1)

    def run(self) -> Told:
        """All of it."""
        for number in range(self.days):
            self._plan_day(self.first + timedelta(days=number), number)
        clock, end = self._at(self.first, time(0)), self._at(self.last + timedelta(days=1), time(0))
        self._flow(Process.WATCH_DUTIES, clock)
        while self._events:
            at, *_ = self._events[0]
            clock = self._watch_until(clock, min(at, end))
            if at > end:
                break
            _, _, _, act = heappop(self._events)
            act(at)
            clock = at
        self._watch_until(clock, end)
        self._flow(Process.WATCH_DUTIES, end)
        return self.told

    def _at(self, on: date, at: time) -> datetime:
        return moment(self.plan, on, at)

    def _later(self, at: datetime, rank: int, act: Callable[[datetime], object]) -> None:
        self._numbered += 1
        heappush(self._events, (at, rank, self._numbered, act))

    def _watch_until(self, clock: datetime, until: datetime) -> datetime:
        while (change := next_change(self.plan.id, clock)) is not None and change < until:
            clock = change.astimezone(self.plan.zone)
            self._flow(Process.WATCH_DUTIES, clock)
        return clock

    # --- a day's events ---------------------------------------------------------------------------------------------

    def _plan_day(self, on: date, number: int) -> None:
        for step in self.plan.file.step:
            if step.at is not None and runs_on(self.plan, step.flow, on) and step.flow in PLANNED:
                PLANNED[step.flow](self, on, self._at(on, step.at))
        for store, at in stores.reporting(self.plan, self.seed, on):
            self._later(self._at(on, at), WORLD, partial(self._stock_report, store))
        for duty in people.hand_duties(self.plan, self.seed, on):
            self._later(duty.at, WORLD, partial(people.record_duty, self.plan, duty, on))
        self._for_households(on)
        if number == DOWN_ON:
            opens = self._at(on, self.plan.file.report.ready_at.value)
            self._later(opens - timedelta(minutes=1), WORLD, lambda _: setattr(self.desk, "down", True))
            self._later(opens + DOWN_FOR, WORLD, lambda _: setattr(self.desk, "down", False))

    def _for_households(self, on: date) -> None:
        """Calls and errands of the day, and what producers and carriers declare."""
        for clock, act in (
            (households.CALLS_AT, households.call_for_others),
            (households.ERRANDS_AT, households.run_errands),
        ):
            self._later(self._at(on, clock), WORLD, partial(act, self.plan, self.seed))
        for kind, letter in households.declarations(self.plan, self.seed, on):
            self._later(self._at(on, letter.at), WORLD, partial(self._drop, kind, letter))

    def _catalog(self, on: date, at: datetime) -> None:
        self._later(self._at(on, LISTS_AT), WORLD, self._price_lists)
        self._later(at, FLOW, lambda now: self._flow(Process.PUBLISH_CATALOG, now, on))

    def _needs(self, cycle: date, at: datetime) -> None:
        latest = at
        for letter in self.post(cycle):
            arrives = self._at(cycle, letter.at)
            latest = max(latest, arrives)
            self._later(arrives, WORLD, partial(self._drop, "needs", letter))
        if latest > at:
            self._later(latest + TAKEN_UP_AFTER, FLOW, lambda now: self._late_needs(cycle, now))
        self._later(at, FLOW, lambda now: self._flow(Process.COLLECT_NEEDS, now, cycle))
        visited = partial(households.visit_silent, self.plan, self.seed)
        self._later(at + households.VISITED_AFTER, WORLD, visited)

    def _review(self, cycle: date, at: datetime) -> None:
        """Somebody looks at what is unclear so far; the answers are read by the collection that follows."""
        self._later(at, FLOW, lambda now: self._flow(Process.REVIEW_INTAKE, now, cycle))
        self._later(at + ANSWERED_AFTER, WORLD, partial(people.answer_unclear, self.plan, cycle))

    def _late_needs(self, cycle: date, now: datetime) -> None:
        """The coordinator, who saw the escalation, has the collection run again, and the sharing if it was done."""
        self._flow(Process.COLLECT_NEEDS, now, cycle)
        step = self.plan.steps[Process.ALLOCATE_ORDERS]
        today = now.date()
        if (
            step.at is not None
            and cycle_of(self.plan, Process.ALLOCATE_ORDERS, today) == cycle
            and runs_on(self.plan, Process.ALLOCATE_ORDERS, today)
            and self._at(today, step.at) < now
        ):
            self._flow(Process.ALLOCATE_ORDERS, now, today)

    def _allocate(self, on: date, at: datetime) -> None:
        self._later(at, FLOW, lambda now: self._flow(Process.ALLOCATE_ORDERS, now, on))

    def _deliver(self, on: date, at: datetime) -> None:
        self._later(at, FLOW, lambda now: self._flow(Process.DELIVER_ORDERS, now, on))
        for community_id, hour in people.confirming(self.plan, self.seed, on):
            signed = partial(people.confirm_parcels, self.plan, self.seed, community_id)
            self._later(self._at(on, hour), WORLD, signed)

    def _receive(self, on: date, at: datetime) -> None:
        self._later(at - PAPERS_BEFORE, WORLD, self._papers)
        self._later(at, FLOW, lambda now: self._flow(Process.RECEIVE_GOODS, now, on))
        self._later(at + INSPECTED_AFTER, WORLD, lambda now: people.inspect_waiting(self.plan, now))

    def _check(self, on: date, at: datetime) -> None:
        if on - self.first == timedelta(days=counters.BROKEN_ON) and self.plan.file.source:
            up_again = at + counters.BROKEN_FOR
            self._later(at - timedelta(minutes=1), WORLD, lambda _: setattr(self.counters, "always", "broken"))
            self._later(up_again, WORLD, lambda _: setattr(self.counters, "always", None))
            self._later(up_again + TAKEN_UP_AFTER, FLOW, lambda now: self._flow(Process.CHECK_STOCK, now, on))
        self._later(at, FLOW, lambda now: self._flow(Process.CHECK_STOCK, now, on))

    def _purchase(self, on: date, at: datetime) -> None:
        self._later(at, FLOW, lambda now: self._propose(on, now))

    def _propose(self, on: date, now: datetime) -> None:
        suppliers.stock_up(self.plan, self.seed, self.counters, on)
        told = self._flow(Process.PURCHASE_SUPPLIES, now, on)
        self._suppliers_answer(on, now, told)
        if told and told["state"] == "awaiting_approval":
            self._proposals += 1
            answered = people.answered_at(self.plan, on, now)
            number = self._proposals
            self._later(answered, WORLD, lambda at: people.answer_proposal(self.plan, on, at, number))
            self._later(answered, FLOW, lambda at: self._order(on, at))

    def _order(self, on: date, now: datetime) -> None:
        self._suppliers_answer(on, now, self._flow(Process.PURCHASE_SUPPLIES, now, on))

    def _suppliers_answer(self, on: date, now: datetime, told: Any) -> None:
        """Suppliers confirm what they are to bring, and somebody decides what they ask back."""
        if not told or told["state"] != "ordered":
            return
        self._confirm(on, now)
        self._later(now + DECIDED_AFTER, WORLD, lambda at: suppliers.decide(self.plan, on, at))
        self._later(now + DECIDED_AFTER, WORLD, lambda at: self._confirm(on, at))

    def _confirm(self, on: date, now: datetime) -> None:
        """Files of those suppliers that have an order and no server; those who bring what others could not, later."""
        for letter in suppliers.confirmations(self.plan, self.seed, on, now, self._heard):
            self._later(self._at(now.date(), letter.at), WORLD, partial(self._drop, "confirmations", letter))

    def _report(self, on: date, at: datetime) -> None:
        self._later(at, FLOW, lambda now: self._flow(Process.SUBMIT_REPORT, now, on))

    # --- the world --------------------------------------------------------------------------------------------------

    def _drop(self, kind: str, letter: Letter, now: datetime) -> None:
        """A file comes to rest in the inbox at its hour of the simulated day."""
        path = settings().inbox / self.plan.id / kind / now.date().isoformat() / letter.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(letter.body)
        os.utime(path, (now.timestamp(), now.timestamp()))

    def _price_lists(self, now: datetime) -> None:
        desk = stores.counter(self.plan, self.seed, now.date(), now.time())
        for store in stores.listing(self.plan):
            if counters.fetched(store):
                counters.put_prices(self.counters, desk, store, now)
            else:
                self._drop("catalog", stores.price_list(desk, store, now.time()), now)

    def _stock_report(self, store: Any, now: datetime) -> None:
        desk = stores.counter(self.plan, self.seed, now.date(), now.time())
        if counters.fetched(store):
            counters.put_stock(self.counters, desk, store, now)
        else:
            self._drop("stock", stores.stock_report(desk, store, now.time()), now)
        check, report = self.plan.steps.get(Process.CHECK_STOCK), self.plan.steps.get(Process.SUBMIT_REPORT)
        if check is None or check.at is None or now <= self._at(now.date(), check.at):
            return
        # It came late: stock is checked again, and a report that was out already is corrected.
        self._later(now + TAKEN_UP_AFTER, FLOW, lambda at: self._flow(Process.CHECK_STOCK, at, at.date()))
        if report is not None and report.at is not None and now > self._at(now.date(), report.at):
            self._later(now + 2 * TAKEN_UP_AFTER, FLOW, lambda at: self._flow(Process.SUBMIT_REPORT, at, at.date()))

    def _papers(self, now: datetime) -> None:
        for letter in stores.arrival_papers(self.plan, self.seed, now.date(), now.time()):
            self._drop("arrivals", letter, now)

    # --- the flows --------------------------------------------------------------------------------------------------

    def _flow(self, process: Process, now: datetime, on: date | None = None) -> Any:
        """Run the real flow as the schedule would; a failure is counted and told, and the day goes on."""
        self.show(now.astimezone(self.plan.zone).date(), process)
        self.counters.clock = now
        flow = getattr(import_module(f"flows.{process}"), process)
        watching = process is Process.WATCH_DUTIES
        given: dict[str, Any] = {"plans": [self.plan.id]} if watching else {"plan": self.plan.id, "business_date": on}
        try:
            told = flow(**given, now=now)
        except Exception as fault:  # whatever it is, the demo's verdict counts it and shows it
            self.told.count(process, "failed")
            self.told.faults.append(f"{process} {now:%m-%d %H:%M}: {type(fault).__name__}: {fault}")
            return None
        self.told.count(process, "completed")
        return told


#: How each step of a process graph is brought into a day.
PLANNED: dict[Process, Callable[[Week, date, datetime], None]] = {
    Process.PUBLISH_CATALOG: Week._catalog,
    Process.COLLECT_NEEDS: Week._needs,
    Process.REVIEW_INTAKE: Week._review,
    Process.ALLOCATE_ORDERS: Week._allocate,
    Process.DELIVER_ORDERS: Week._deliver,
    Process.RECEIVE_GOODS: Week._receive,
    Process.CHECK_STOCK: Week._check,
    Process.PURCHASE_SUPPLIES: Week._purchase,
    Process.SUBMIT_REPORT: Week._report,
}
