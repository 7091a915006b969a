"""`baogong purchase`: what became of a purchase, who approved it, when, and what was changed."""

from datetime import date

import orjson

from deployments.by_hand import refused, run_at
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
