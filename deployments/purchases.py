"""`baogong purchase`, `confirmed`, `decide`: what became of a purchase, what a supplier said, what somebody decides."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson

from deployments.by_hand import acted, refused, run_at
from schemas.words import Process
from tasks.words import say


def tell_purchase(plan: str, on: date | None, as_json: bool) -> int:
    """The purchase that a date belongs to, as JSON or as text."""
    from tasks.database import DatabaseAway
    from tasks.plans import PlanFaults
    from tasks.purchase import of_purchase_day
    from tasks.purchase_story import purchase_story, story_lines

    try:
        run = of_purchase_day(run_at(plan, Process.PURCHASE_SUPPLIES, on, None))
        told = purchase_story(plan, run.business_date)
    except (DatabaseAway, PlanFaults) as fault:
        return refused(str(fault))
    if told is None:
        return refused(say("There is no purchase of {date} in plan {plan}.", date=run.business_date, plan=plan))
    lines = "\n".join(story_lines(plan, told, names=True))
    print(orjson.dumps(told, default=str, option=orjson.OPT_INDENT_2).decode() if as_json else lines)
    return 0


def confirm_order(plan: str, order: str, by: str, lines: Sequence[str], nothing: bool, now: datetime | None) -> int:
    """Write down what a supplier said of an order; without lines all of it is confirmed."""
    from tasks.purchase_orders import ordered
    from tasks.runs import working
    from tasks.supplier_files import refuse_all, write_down

    def act() -> Mapping[str, Any]:
        run = run_at(plan, Process.PURCHASE_SUPPLIES, _cycle_of(plan, order), now)
        with working(run) as work:
            changed = refuse_all(work, order, by) if nothing else write_down(work, order, "\n".join(lines), by)
            return {"order": order, "changed": changed} | ordered(work)

    if nothing and lines:
        return refused(say("Say either what is confirmed or that it is nothing, not both."))
    return acted(act)


def _cycle_of(plan: str, order: str) -> date | None:
    """The cycle that an order's number names; None where it names none, which is told when it is looked for."""
    found = order.removeprefix(f"{plan}:").partition(":")[0]
    try:
        return date.fromisoformat(found)
    except ValueError:
        return None


def decide_questions(plan: str, on: date | None, by: str, answers: Sequence[str], now: datetime | None) -> int:
    """Answer what suppliers ask back, and order what follows."""
    from tasks.order_questions import answer_questions
    from tasks.purchase import of_purchase_day
    from tasks.purchase_orders import ordered
    from tasks.runs import working

    def act() -> Mapping[str, Any]:
        run = of_purchase_day(run_at(plan, Process.PURCHASE_SUPPLIES, on, now))
        with working(run) as work:
            return {"answered": answer_questions(work, "\n".join(answers), by)} | ordered(work)

    return acted(act)
