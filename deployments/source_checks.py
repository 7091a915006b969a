"""What must be set on this machine so that the plans' sources over HTTP can be asked."""

from deployments.finding import Finding
from deployments.manifest import every_plan
from schemas.text import N_
from tasks.settings import settings
from tasks.words import reason_text, say


def sources_can_be_asked() -> Finding:
    """Every source has an address that the plan allows, and its key; in a dry run files are enough. Nobody is asked."""
    from tasks.intake.pulls import not_ready

    sources = [(plan.id, source) for plan in every_plan() for source in plan.file.source]
    found = [(f"{plan}/{one.id}", not_ready(one)) for plan, one in sources if not settings().dry_run]
    wrong = [f"{name}: {reason_text(reason.as_json())}" for name, reason in found if reason is not None]
    cure = say(N_("Set the addresses and keys that are named, or take the sources out of the plan"))
    return Finding("sources", not wrong, "; ".join(wrong) or str(len(sources)), cure)
