"""The last step of sharing: orders to the stores that take them over HTTP; the others have theirs by notice."""

from tasks.confirmations import hand_order
from tasks.intake.fetch import not_fetched
from tasks.intake.http_client import SourceFault
from tasks.runs import Work
from tasks.step import step


@step("Hand the orders to the stores' servers")
def hand_orders(work: Work) -> None:
    """Every store's open order, once; a store that does not take it is told of as a source that fails."""
    run = work.run
    if run.dry_run:
        return
    for source in run.plan.sources.values():
        if source.kind == "order_confirmations":
            try:
                hand_order(work, source)
            except SourceFault as fault:
                not_fetched(work, source, fault.reason)
