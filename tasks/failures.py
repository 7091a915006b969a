"""A run that failed is told to the coordinator, once per plan, process and day."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from schemas.words import Process, Stage
from tasks.database import transaction
from tasks.notices.outbox import tell
from tasks.plans import load_plan, plan_ids
from tasks.runs import Run, audit


def tell_failure(parameters: Mapping[str, Any], process: str, why: str) -> None:
    """Queue the notice; the next dispatch sends it. A plan that cannot be loaded has nobody to tell: the log has it."""
    plan_id = str(parameters.get("plan", ""))
    if plan_id not in plan_ids():
        return
    plan = load_plan(plan_id)
    now = _moment(parameters.get("now"), plan.zone)
    run = Run(plan_id, Process(process), now.date(), now)
    with transaction() as session:
        tell(session, run, Stage.RUN_FAILED, process, 1, {"process": process, "why": why[:300]})
        audit(session, plan_id, now, f"flow:{process}", "failed", {"why": why[:300]})


def _moment(given: object, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(str(given)) if given else datetime.now(zone)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
