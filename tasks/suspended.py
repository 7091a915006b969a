"""Runs of the purchase that Prefect still keeps suspended though the purchase was answered in another way.

Nothing hangs on them: the answer is a row of ours. They are ended so that nobody fills in a form that decides nothing.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from schemas.text import N_
from schemas.words import Process
from tasks.approval import given_approval
from tasks.purchase import of_purchase_day
from tasks.runs import Run
from tasks.words import say

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

ANSWERED_ELSEWHERE = N_("Answered in another way: see the purchase orders")


def end_answered(run: Run) -> int:
    """End the suspended purchase runs of a plan that have their answer; outside of a flow run there is none to ask."""
    from prefect.client.orchestration import get_client
    from prefect.context import FlowRunContext
    from prefect.states import Completed

    if FlowRunContext.get() is None:
        return 0
    with get_client(sync_client=True) as client:
        ended = [one for one in _suspended(client) if _answered(run, one)]
        for one in ended:
            client.set_flow_run_state(one.id, Completed(message=say(ANSWERED_ELSEWHERE)), force=True)
    return len(ended)


def _suspended(client: "SyncPrefectClient") -> "list[FlowRun]":
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType

    waiting = filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=[StateType.PAUSED]))
    buying = filters.FlowFilter(name=filters.FlowFilterName(any_=[Process.PURCHASE_SUPPLIES]))
    return client.read_flow_runs(flow_filter=buying, flow_run_filter=filters.FlowRunFilter(state=waiting))


def _answered(run: Run, one: "FlowRun") -> bool:
    """Whether the purchase of the run's day has its answer: the same key as `open_run` makes of its parameters."""
    given = one.parameters
    if given.get("plan") != run.plan_id:
        return False
    on, now = given.get("business_date"), given.get("now")
    started = datetime.fromisoformat(now) if isinstance(now, str) else one.expected_start_time or datetime.now(UTC)
    local = started.replace(tzinfo=run.plan.zone) if started.tzinfo is None else started.astimezone(run.plan.zone)
    day = datetime.fromisoformat(on).date() if isinstance(on, str) else local.date()
    return given_approval(of_purchase_day(Run(run.plan_id, Process.PURCHASE_SUPPLIES, day, run.now))) is not None
