"""The last step of sharing: orders to the stores that take them over HTTP; the others have theirs by notice."""

from collections.abc import Sequence

from schemas.plan.sources import Source
from tasks.confirmations import hand_order
from tasks.intake.fetch import not_fetched
from tasks.intake.http_client import SourceFault
from tasks.runs import Work
from tasks.step import step


def hand_orders(work: Work) -> None:
    """Every such store's open order, once; where no store takes them so, no step is shown."""
    takers = [source for source in work.run.plan.sources.values() if source.kind == "order_confirmations"]
    if takers and not work.run.dry_run:
        _hand_all(work, takers)


@step("Hand the orders to the stores' servers")
def _hand_all(work: Work, takers: Sequence[Source]) -> None:
    """A store that does not take its order is told of as a source that fails; the others have theirs."""
    for source in takers:
        try:
            hand_order(work, source)
        except SourceFault as fault:
            not_fetched(work, source, fault.reason)
