"""The last step of sharing: orders to the stores that take them over HTTP; the others have theirs by notice."""

from tasks.confirmations import hand_order
from tasks.intake.fetch import not_fetched
from tasks.intake.http_client import SourceFault
from tasks.runs import Work


def hand_orders(work: Work) -> None:
    """Every such store's open order, once.

    A store that does not take its order is told of as a source that fails; the others have theirs.
    """
    takers = [source for source in work.run.plan.sources.values() if source.kind == "order_confirmations"]
    for source in [] if work.run.dry_run else takers:
        try:
            hand_order(work, source)
        except SourceFault as fault:
            not_fetched(work, source, fault.reason)
