"""What a person does from the command line: run a flow, approve, confirm, inspect, answer a duty, trace a household."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from importlib import import_module
from typing import Any

import orjson

from schemas.words import BUILT, Decision, Process
from tasks.words import say

#: The duty that a community owes when it has put the list into its group (A-03, C-04).
POSTED = "catalog_posted"


def refused(words: str) -> int:
    """One line for whoever typed it, and exit code 1."""
    print(words, file=sys.stderr)
    return 1


def run_flow(name: str, plan: str, on: date | None, now: datetime | None, dry_run: bool) -> int:
    """Run one flow for a plan and a date, as the schedule would; prints its summary."""
    known = sorted(p.value for p in BUILT)
    if name not in known:
        return refused(say("There is no flow {name}. Flows: {known}", name=name, known=", ".join(known)))
    through_prefect = _server_is_up()
    flow = getattr(import_module(f"flows.{name}"), name)
    given: dict[str, Any] = {"now": now, "dry_run": dry_run}
    given |= {"plans": [plan]} if name == Process.WATCH_DUTIES else {"plan": plan, "business_date": on}

    def act() -> Any:
        from tasks.plans import load_plan

        load_plan(plan)  # before the run begins: a plan's faults are lines for a person, not the log of a failed run
        return (flow if through_prefect else flow.fn)(**given)

    return acted(act)


def _server_is_up() -> bool:
    """Whether our server answers, so that the run is to be seen in its UI; asked before Prefect is imported.

    Without one the flow is called as a function, which is safe since no business state lives in Prefect: it would else
    start a server of its own for each run, slow on a quiet machine and too late on a busy one.
    """
    import httpx

    from deployments.launch import POOL
    from deployments.server_api import ServerApi
    from deployments.server_checks import api_url
    from tasks.settings import settings

    auth = settings().auth
    with ServerApi(api_url(), auth) as api:
        try:
            api.pool_limit(POOL)  # some other project's server on this port has no such pool
        except httpx.HTTPError:
            return False
    os.environ.setdefault("PREFECT_API_URL", api_url())
    if auth:
        os.environ.setdefault("PREFECT_API_AUTH_STRING", auth)
    return True


def acted(act: Callable[[], Any]) -> int:
    """Do it and print what came of it; a fault that a person can mend is one line and exit code 1."""
    from tasks.approval import NotAccepted
    from tasks.arrivals import NotInspected
    from tasks.database import DatabaseAway, engine
    from tasks.duties import NotConfirmed
    from tasks.household_tasks import NoTask
    from tasks.intake.entered import NotEntered
    from tasks.leases import LeaseHeld
    from tasks.plans import PlanFaults

    try:
        engine()  # first of all, so that a database that is away is one line and not a failed run's log
        found = act()
    except LeaseHeld as held:
        until = held.until.astimezone().strftime("%H:%M:%S")
        return refused(say("Another run is at work on this; wait, or try again after {until}.", until=until))
    except (NotAccepted, NotInspected, NotConfirmed, NotEntered, NoTask, PlanFaults, DatabaseAway) as fault:
        return refused(str(fault))
    print(orjson.dumps(found, default=str, option=orjson.OPT_INDENT_2).decode())
    return 0


def run_at(plan_id: str, process: Process, on: date | None, now: datetime | None) -> Any:
    """The run that a hand works on."""
    from tasks.plans import load_plan
    from tasks.runs import Run

    zone = load_plan(plan_id).zone
    moment = (now.replace(tzinfo=zone) if now.tzinfo is None else now) if now else datetime.now(zone)
    return Run(plan_id, process, on or moment.astimezone(zone).date(), moment)


def approve_purchase(
    plan: str, on: date | None, by: str, decision: str, changes: str, reason: str, now: datetime | None
) -> int:
    """Answer a purchase proposal from the command line."""
    from tasks.approval import Answer, record_approval
    from tasks.purchase import of_purchase_day
    from tasks.runs import working

    def act() -> Mapping[str, Any]:
        run = of_purchase_day(run_at(plan, Process.PURCHASE_SUPPLIES, on, now))
        with working(run) as work:
            return record_approval(work, Answer(Decision(decision), by, "command", changes, reason)).model_dump()

    if decision not in set(Decision):
        return refused(say("Decision must be one of {known}.", known=", ".join(Decision)))
    return acted(act)


def confirm_delivery(
    plan: str,
    on: date | None,
    by: str,
    community: str,
    households: Sequence[str],
    undelivered: str,
    now: datetime | None,
) -> int:
    """Confirm parcels of a community or of single households."""
    from tasks.handover import Confirmation, confirm, parcels_on
    from tasks.runs import working

    def act() -> Mapping[str, int]:
        run = run_at(plan, Process.DELIVER_ORDERS, on, now)
        with working(run) as work:
            chosen = list(households) or parcels_on(run, community)
            return {"parcels": confirm(work, chosen, Confirmation(_officer(plan, by), not undelivered, undelivered))}

    if not community and not households:
        return refused(say("Say whose parcels: --community or --household."))
    return acted(act)


def _officer(plan_id: str, by: str) -> str:
    """The officer's id behind a name or id; a claimed name is checked against the plan."""
    from rules.claims import claimed
    from tasks.approval import NotAccepted
    from tasks.plans import load_plan

    officer_id = claimed(by, load_plan(plan_id).officers.values())
    if officer_id is None:
        raise NotAccepted(say("{by} is no officer of this plan, or the name of several: give the officer id.", by=by))
    return officer_id


def inspect_goods(plan: str, batch: str, by: str, failed: str, now: datetime | None) -> int:
    """Release a batch, or hold it with a reason."""
    from tasks.arrivals import Inspection, inspect_batch
    from tasks.runs import working

    def act() -> Mapping[str, Any]:
        with working(run_at(plan, Process.RECEIVE_GOODS, None, now)) as work:
            return {"batch": batch, "changed": inspect_batch(work, batch, Inspection(by, not failed, failed))}

    return acted(act)


def review_lines(plan: str, on: date | None, by: str, answers: Sequence[str], now: datetime | None) -> int:
    """Show the lines that wait for an answer, or answer them; the answers are read at once."""
    from tasks.intake.take import Pasted
    from tasks.needs import collect
    from tasks.review import record_answers
    from tasks.review_list import list_words
    from tasks.runs import of_cycle, working

    def act() -> Mapping[str, Any]:
        run = of_cycle(run_at(plan, Process.COLLECT_NEEDS, on, now))
        with working(run) as work:
            recorded = record_answers(work, "\n".join(answers), by, "command")
            collect(work, Pasted())
        return {"taken": recorded.taken, "faults": recorded.faults, "learnt": recorded.learnt}

    if answers:
        return acted(act)
    print(list_words(of_cycle(run_at(plan, Process.COLLECT_NEEDS, on, now))))
    return 0


def fulfil_duty(plan: str, duty: str, subject: str, on: date | None, by: str, now: datetime | None) -> int:
    """Record that somebody did what leaves no paper."""
    from tasks.database import transaction
    from tasks.duties import confirm

    def act() -> Mapping[str, bool]:
        run = run_at(plan, Process.WATCH_DUTIES, on, now)
        with transaction() as session:
            return {"changed": confirm(session, plan, duty, subject, run.business_date, _officer(plan, by), run.now)}

    return acted(act)


def posted_list(plan: str, community: str, on: date | None, by: str, now: datetime | None) -> int:
    """Record that the list was put into a community's group; without a community, into that of whose person says so."""
    from tasks.database import transaction
    from tasks.duties import NotConfirmed, confirm
    from tasks.plans import load_plan

    def act() -> Mapping[str, Any]:
        run, officer = run_at(plan, Process.WATCH_DUTIES, on, now), _officer(plan, by)
        places = load_plan(plan).communities.values()
        mine = [c for c in places if (community in (c.community_id, c.name) if community else c.contact == officer)]
        if not mine:
            raise NotConfirmed(say("Say which community: --community with its id or name."))
        with transaction() as session:
            changed = {
                c.name: confirm(
                    session, plan, POSTED, f"community:{c.community_id}", run.business_date, officer, run.now
                )
                for c in mine
            }
        return {"changed": changed}

    return acted(act)


def answer_price(
    plan: str, store: str, item: str, by: str, refused: bool, on: date | None, now: datetime | None
) -> int:
    """Confirm or refuse a price that was asked back, and publish the list anew."""
    from tasks.catalog import published
    from tasks.price_answers import PriceAnswer
    from tasks.price_answers import answer_price as record
    from tasks.runs import last_outcome, working

    def act() -> Mapping[str, Any]:
        run = run_at(plan, Process.PUBLISH_CATALOG, on, now)
        with working(run) as work:
            told = record(work, PriceAnswer(store, item, by, not refused))
            # A day that has no list (yet) gets it at its hour, with the answer in it.
            again = published(work).revision if last_outcome(run) else None
        return {**told, "revision": again}

    return acted(act)


def tell_story(plan: str, household: str, on: date | None, as_json: bool) -> int:
    """A household's story, as JSON or as text."""
    from tasks.database import DatabaseAway
    from tasks.plans import PlanFaults
    from tasks.trace import alike, story, story_text

    try:
        told = story(plan, household, on)
        meant = alike(plan, household) if told is None else []
    except (DatabaseAway, PlanFaults) as fault:
        return refused(str(fault))
    if told is None:
        none = say("There is no household {household} in plan {plan}.", household=household, plan=plan)
        return refused(
            none + (say(" Did you mean one of: {households}?", households="、".join(meant)) if meant else "")
        )
    print(orjson.dumps(told, default=str, option=orjson.OPT_INDENT_2).decode() if as_json else story_text(told))
    return 0
