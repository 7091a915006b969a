"""What happens on a plan's sample days: each step of its process graph, and the people and stores around it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

from deployments.demo import counters, households, lists, people, smartphones, stores
from deployments.demo.files import Letter, sender_of
from deployments.demo.week import FLOW, WORLD, Week
from rules.calendar import cycle_of, runs_on
from schemas.plan import Store
from schemas.words import Process

#: When the papers of the day's arrivals come, before the step that takes them in; and the inspector after it.
PAPERS_BEFORE, INSPECTED_AFTER = timedelta(minutes=25), timedelta(minutes=40)
#: When a coordinator runs a step again after something came in late.
TAKEN_UP_AFTER = timedelta(minutes=5)
#: The receiving desk is down on the third day from half past two for this long.
DOWN_ON, DOWN_FOR = 2, timedelta(minutes=8)
LISTS_AT = time(7, 20)
#: How long a reviewer takes over the lines that are unclear, and a store over a price that was asked back.
ANSWERED_AFTER, PRICE_ANSWERED_AFTER = timedelta(minutes=20), timedelta(minutes=40)


def plan_days(week: Week) -> None:
    """Lay down everything that is known beforehand; the rest follows while the days go by."""
    for number in range(week.days):
        _day(week, week.first + timedelta(days=number), number)


def _day(week: Week, on: date, number: int) -> None:
    for step in week.plan.file.step:
        if step.at is not None and runs_on(week.plan, step.flow, on) and step.flow in PLANNED:
            PLANNED[step.flow](week, on, week.at(on, step.at))
    for store, at in stores.reporting(week.plan, week.seed, on):
        week.later(week.at(on, at), WORLD, partial(_stock_report, week, store))
    for duty in people.hand_duties(week.plan, week.seed, on):
        week.later(duty.at, WORLD, partial(people.record_duty, week.plan, duty, on))
    _households(week, on)
    if number == DOWN_ON:
        desk, opens = week.world.desk, week.at(on, week.plan.file.report.ready_at.value)
        week.later(opens - timedelta(minutes=1), WORLD, lambda _: setattr(desk, "down", True))
        week.later(opens + DOWN_FOR, WORLD, lambda _: setattr(desk, "down", False))


def _households(week: Week, on: date) -> None:
    """Calls and errands of the day, and what producers and carriers declare."""
    for clock, act in (
        (households.CALLS_AT, households.call_for_others),
        (households.ERRANDS_AT, households.run_errands),
    ):
        week.later(week.at(on, clock), WORLD, partial(act, week.plan, week.seed))
    for kind, letter in households.declarations(week.plan, week.seed, on):
        week.later(week.at(on, letter.at), WORLD, partial(week.drop, kind, letter))


# --- steps of a process graph -----------------------------------------------------------------------------------------


def _catalog(week: Week, on: date, at: datetime) -> None:
    week.later(week.at(on, LISTS_AT), WORLD, partial(_lists, week))
    week.later(at, FLOW, lambda now: week.flow(Process.PUBLISH_CATALOG, now, on))
    week.later(at + PRICE_ANSWERED_AFTER, WORLD, partial(people.answer_prices, week.plan, week.seed))
    if stores.day_number(week.plan, on) == lists.WITHDRAWN_ON:
        week.later(week.at(on, lists.WITHDRAWN_AT), WORLD, partial(_withdraw, week))


def _needs(week: Week, cycle: date, at: datetime) -> None:
    post = week.post(cycle)
    late = [letter for letter in post if week.at(cycle, letter.at) > at]
    pasted = next((letter for letter in reversed(late) if letter.name.endswith(".txt")), None)
    for letter in post:
        if letter is not pasted:
            week.later(week.at(cycle, letter.at), WORLD, partial(week.drop, "needs", letter))
    for form in smartphones.forms(week.town, cycle):
        week.later(week.at(cycle, form.at), WORLD, partial(smartphones.fill, week.world.forms, form))
    if late:
        again = max(week.at(cycle, letter.at) for letter in late) + TAKEN_UP_AFTER
        week.later(again, FLOW, lambda now: _late_needs(week, cycle, now, pasted))
    week.later(at, FLOW, lambda now: week.flow(Process.COLLECT_NEEDS, now, cycle))
    visited = partial(households.visit_silent, week.plan, week.seed)
    week.later(at + households.VISITED_AFTER, WORLD, visited)


def _review(week: Week, cycle: date, at: datetime) -> None:
    """Somebody looks at what is unclear so far; the answers are read by the collection that follows."""
    week.later(at, FLOW, lambda now: week.flow(Process.REVIEW_INTAKE, now, cycle))
    week.later(at + ANSWERED_AFTER, WORLD, partial(people.answer_unclear, week.plan, cycle))


def _late_needs(week: Week, cycle: date, now: datetime, pasted: Letter | None) -> None:
    """The coordinator, who saw the escalation, has the collection run again, and the sharing if it was done.

    A chain that was posted late he pastes into the form himself.
    """
    said = {"pasted": pasted.body.decode(), "sender": sender_of(pasted)} if pasted else {}
    week.flow(Process.COLLECT_NEEDS, now, cycle, **said)
    step = week.plan.steps[Process.ALLOCATE_ORDERS]
    today = now.date()
    if (
        step.at is not None
        and cycle_of(week.plan, Process.ALLOCATE_ORDERS, today) == cycle
        and runs_on(week.plan, Process.ALLOCATE_ORDERS, today)
        and week.at(today, step.at) < now
    ):
        week.flow(Process.ALLOCATE_ORDERS, now, today)


def _allocate(week: Week, on: date, at: datetime) -> None:
    week.later(at, FLOW, lambda now: week.flow(Process.ALLOCATE_ORDERS, now, on))


def _deliver(week: Week, on: date, at: datetime) -> None:
    week.later(at, FLOW, lambda now: week.flow(Process.DELIVER_ORDERS, now, on))
    for community_id, hour in people.confirming(week.plan, week.seed, on):
        signed = partial(people.confirm_parcels, week.plan, week.seed, community_id)
        week.later(week.at(on, hour), WORLD, signed)


def _receive(week: Week, on: date, at: datetime) -> None:
    week.later(at - PAPERS_BEFORE, WORLD, partial(_papers, week))
    week.later(at, FLOW, lambda now: week.flow(Process.RECEIVE_GOODS, now, on))
    week.later(at + INSPECTED_AFTER, WORLD, lambda now: people.inspect_waiting(week.plan, now))


def _check(week: Week, on: date, at: datetime) -> None:
    served = any(counters.fetched(store) for store in week.plan.stores.values())
    if on - week.first == timedelta(days=counters.BROKEN_ON) and served:
        servers, up_again = week.world.counters, at + counters.BROKEN_FOR
        week.later(at - timedelta(minutes=1), WORLD, lambda _: setattr(servers, "always", "broken"))
        week.later(up_again, WORLD, lambda _: setattr(servers, "always", None))
        week.later(up_again + TAKEN_UP_AFTER, FLOW, lambda now: week.flow(Process.CHECK_STOCK, now, on))
    week.later(at, FLOW, lambda now: week.flow(Process.CHECK_STOCK, now, on))


def _purchase(week: Week, on: date, at: datetime) -> None:
    week.later(at, FLOW, lambda now: _propose(week, on, now))


def _propose(week: Week, on: date, now: datetime) -> None:
    told = week.flow(Process.PURCHASE_SUPPLIES, now, on)
    if told and told["state"] == "awaiting_approval":
        week.proposals += 1
        answered = people.answered_at(week.plan, on, now)
        number = week.proposals
        week.later(answered, WORLD, lambda at: people.answer_proposal(week.plan, on, at, number))
        week.later(answered, FLOW, lambda at: week.flow(Process.PURCHASE_SUPPLIES, at, on))


def _report(week: Week, on: date, at: datetime) -> None:
    week.later(at, FLOW, lambda now: week.flow(Process.SUBMIT_REPORT, now, on))


#: How each step of a process graph is brought into a day.
PLANNED: dict[Process, Callable[[Week, date, datetime], None]] = {
    Process.PUBLISH_CATALOG: _catalog,
    Process.COLLECT_NEEDS: _needs,
    Process.REVIEW_INTAKE: _review,
    Process.ALLOCATE_ORDERS: _allocate,
    Process.DELIVER_ORDERS: _deliver,
    Process.RECEIVE_GOODS: _receive,
    Process.CHECK_STOCK: _check,
    Process.PURCHASE_SUPPLIES: _purchase,
    Process.SUBMIT_REPORT: _report,
}

# --- what stores and suppliers send in --------------------------------------------------------------------------------


def _lists(week: Week, now: datetime) -> None:
    desk = stores.counter(week.plan, week.seed, now.date(), now.time())
    for store in lists.listing(week.plan):
        if counters.fetched(store):
            counters.put_prices(week.world.counters, desk, store, now)
        else:
            week.drop("catalog", lists.price_list(desk, store, now.time()), now)


def _withdraw(week: Week, now: datetime) -> None:
    """The store that is ordered from most has run out of something before noon, and sends its list again."""
    desk = stores.counter(week.plan, week.seed, now.date(), now.time())
    found = lists.running_out(desk)
    if found is not None:
        store, item_id = found
        week.drop("catalog", lists.price_list(desk, store, now.time(), without=item_id), now)


def _stock_report(week: Week, store: Store, now: datetime) -> None:
    desk = stores.counter(week.plan, week.seed, now.date(), now.time())
    if counters.fetched(store):
        counters.put_stock(week.world.counters, desk, store, now)
    else:
        week.drop("stock", stores.stock_report(desk, store, now.time()), now)
    check, report = week.plan.steps.get(Process.CHECK_STOCK), week.plan.steps.get(Process.SUBMIT_REPORT)
    if check is None or check.at is None or now <= week.at(now.date(), check.at):
        return
    # It came late: stock is checked again, and a report that was out already is corrected.
    week.later(now + TAKEN_UP_AFTER, FLOW, lambda at: week.flow(Process.CHECK_STOCK, at, at.date()))
    if report is not None and report.at is not None and now > week.at(now.date(), report.at):
        week.later(now + 2 * TAKEN_UP_AFTER, FLOW, lambda at: week.flow(Process.SUBMIT_REPORT, at, at.date()))


def _papers(week: Week, now: datetime) -> None:
    for letter in stores.arrival_papers(week.plan, week.seed, now.date(), now.time()):
        week.drop("arrivals", letter, now)
