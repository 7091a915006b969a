"""Who has a file of the day in the inbox: known by its name alone, before any run has read it."""

from datetime import date

from rules.declarations import carrier_named
from rules.intake.identify import directory_of
from schemas.plan import Plan
from tasks.intake.inbox import names_waiting, sender_of
from tasks.settings import settings


def handed_in(plan: Plan, kind: str, on: date) -> set[str]:
    """`community:<id>`, `store:<id>` and `carrier:<id>` of those whose files of a kind and date lie in the inbox."""
    names = names_waiting(settings().inbox / plan.id, kind, on)
    if not names:
        return set()
    directory = directory_of(plan)
    senders = {sender_of(name, known_senders(plan)) for name in names}
    communities = {f"community:{c}" for s in senders if (c := directory.community(s))}
    carriers = {f"carrier:{c}" for s in senders if (c := carrier_named(plan, s))}
    return communities | carriers | {f"store:{c}" for s in senders if (c := directory.store(s))}


def known_senders(plan: Plan) -> list[str]:
    """Ids and names that a file's name may begin with."""
    places = [(c.community_id, c.name, c.village) for c in plan.communities.values()]
    stores = [(s.store_id, s.name) for s in plan.stores.values()]
    carriers = [(c.carrier_id, c.name) for c in plan.carriers.values()]
    return sorted({word for names in [*places, *stores, *carriers] for word in names})
