"""Runs that carry a pasted chain: their parameters hold people's words, so Prefect forgets them a day after the end."""

from datetime import UTC, datetime, timedelta

KEPT = timedelta(hours=24)
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


def forget_pasted() -> int:
    """Delete such runs from Prefect once they ended a day ago; the text itself is stored raw in our own database."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterEndTime, FlowRunFilterTags
    from prefect.context import FlowRunContext

    if FlowRunContext.get() is None:
        return 0
    ended = FlowRunFilterEndTime(before_=datetime.now(UTC) - KEPT)
    wanted = FlowRunFilter(tags=FlowRunFilterTags(all_=[PASTED]), end_time=ended)
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=wanted)
        for run in runs:
            client.delete_flow_run(run.id)
    return len(runs)
