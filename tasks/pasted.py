"""Runs that carry people's words, a pasted chain or a reviewer's answers: Prefect forgets them a day after their end.

A run tags itself when it begins. One that never began (cancelled, crashed at the start) has no tag, and is found among
those that did not succeed. The text itself is stored raw in our own database.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from schemas.words import Process

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

KEPT = timedelta(hours=24)
#: The tag, and the parameter that holds the text.
PASTED = "pasted"


def mark_pasted() -> None:
    """Tag the flow run in progress, so that it is found again; nothing to do without one."""
    from prefect.client.orchestration import get_client
    from prefect.context import FlowRunContext

    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return
    with get_client(sync_client=True) as client:
        client.update_flow_run(context.flow_run.id, tags=[*context.flow_run.tags, PASTED])


def forget_pasted(now: datetime) -> int:
    """Delete such runs from Prefect that ended a day before `now`; outside of a flow run there is no Prefect to ask."""
    from prefect.client.orchestration import get_client
    from prefect.context import FlowRunContext

    if FlowRunContext.get() is None:
        return 0
    with get_client(sync_client=True) as client:
        found = set(_carrying(client, now - KEPT))
        for run_id in found:
            client.delete_flow_run(run_id)
    return len(found)


def _carrying(client: "SyncPrefectClient", before: datetime) -> Iterable[UUID]:
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType
    from prefect.client.schemas.sorting import FlowRunSort

    unhappy = filters.FlowRunFilterStateType(any_=[StateType.FAILED, StateType.CRASHED, StateType.CANCELLED])
    ended = filters.FlowRunFilterEndTime(before_=before)
    tagged = filters.FlowRunFilter(end_time=ended, tags=filters.FlowRunFilterTags(all_=[PASTED]))
    broken = filters.FlowRunFilter(end_time=ended, state=filters.FlowRunFilterState(type=unhappy))
    collecting = filters.FlowFilter(name=filters.FlowFilterName(any_=[Process.COLLECT_NEEDS, Process.REVIEW_INTAKE]))
    for wanted in (tagged, broken):
        newest = FlowRunSort.END_TIME_DESC  # what is beyond the page was looked at when it was new
        for run in client.read_flow_runs(flow_filter=collecting, flow_run_filter=wanted, sort=newest):
            if wanted is tagged or run.parameters.get(PASTED):
                yield run.id
