"""What came of a run or an answer, for a person: a label and a figure a line, in the reader's language."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.text import N_
from schemas.units import yuan
from tasks.words import say

#: Key of a summary -> its label; sums in fen are shown in yuan.
LABELS = {
    "accepted": N_("Lines taken"),
    "alerts": N_("Stock alerts"),
    "allocated_full": N_("Allocated in full"),
    "allocated_part": N_("Allocated in part"),
    "amount_fen": N_("Amount (yuan)"),
    "approver": N_("Answered by"),
    "batches": N_("Batches arrived"),
    "capacity_kg": N_("Vehicles carry (kg)"),
    "changes": N_("Changes to the proposal"),
    "communities": N_("Communities"),
    "cut_fen": N_("Cut by the budget (yuan)"),
    "cycle": N_("Needs of"),
    "decided_at": N_("Answered at"),
    "decision": N_("Answer"),
    "deliver_on": N_("To be delivered on"),
    "escalated": N_("Duties escalated"),
    "estimated": N_("Stores without a report (stock reckoned)"),
    "held": N_("Held back"),
    "households": N_("Households with needs"),
    "items": N_("Kinds of goods"),
    "late": N_("Inputs that came late or not at all"),
    "lines": N_("Lines"),
    "load_kg": N_("To be carried (kg)"),
    "medicine_low": N_("Medicine that runs out"),
    "medicine_orders": N_("Medicine to be ordered"),
    "medicine_undecided": N_("Medicine that waits for a word"),
    "merged": N_("Notices merged into digests"),
    "message": N_("Text of the report"),
    "min_cover_days": N_("Least days of cover"),
    "missed": N_("Duties missed"),
    "missing": N_("Stores that did not report"),
    "not_run": N_("Steps that did not run"),
    "notices": N_("Notices written"),
    "opened": N_("Duties opened"),
    "orders": N_("Orders placed"),
    "over_declared": N_("More than was declared"),
    "parcels": N_("Parcels counted"),
    "new": N_("New on the list"),
    "gone": N_("Taken off the list"),
    "dearer": N_("Prices that rose"),
    "cheaper": N_("Prices that fell"),
    "withdrawn_from": N_("Orders withdrawn from"),
    "plan_id": N_("Plan"),
    "price_alerts": N_("Rises of prices"),
    "provisional": N_("Households to be verified"),
    "questioned": N_("Prices asked back"),
    "reason": N_("Reason given"),
    "received": N_("Lines received"),
    "rejected": N_("Lines returned"),
    "released": N_("Batches released"),
    "reminded": N_("Duties reminded of"),
    "returned": N_("Returned to the sender"),
    "revision": N_("Revision"),
    "sent": N_("Messages sent"),
    "short": N_("Lines short"),
    "silent": N_("Not heard of"),
    "state": N_("State"),
    "stores": N_("Stores concerned"),
    "superseded": N_("Replaced by a later word"),
    "tasks_answered": N_("Tasks answered"),
    "tasks_escalated": N_("Tasks handed on"),
    "tasks_notices": N_("Notices of tasks"),
    "tasks_reminded": N_("Tasks reminded of"),
    "unclear": N_("Lines that wait for an answer"),
    "uncertain": N_("Messages in doubt"),
    "undelivered": N_("Not delivered or not sent"),
    "unreadable": N_("Files that could not be read"),
    "unsourced": N_("Goods without a supplier"),
    "vehicles": N_("Vehicles ready"),
    "verdict": N_("Supply of the market"),
    "via": N_("Answered by way of"),
    "visits": N_("Visits asked for"),
    "waiting": N_("Wait for the next step"),
    "withdrawn": N_("Taken back"),
    "zero": N_("Reported no need"),
}
#: Words of closed vocabularies that stand as values.
VALUES = {
    "approve": N_("Approve as proposed"),
    "approved": N_("approved"),
    "awaiting_approval": N_("waits for an approval"),
    "awaiting_review": N_("waits for answers"),
    "change": N_("Approve with changes"),
    "command": N_("command"),
    "form": N_("form"),
    "gaps": N_("with gaps"),
    "nothing_to_buy": N_("nothing to buy"),
    "ordered": N_("ordered"),
    "policy": N_("rule of the plan"),
    "proposed": N_("proposed"),
    "reject": N_("Reject"),
    "rejected": N_("rejected"),
    "sufficient": N_("sufficient"),
    "tight": N_("tight"),
    "unknown": N_("not known"),
}
CODED = frozenset({"decision", "state", "verdict", "via"})


def shown(found: Mapping[str, Any], names: Mapping[str, str], indent: str = "") -> Iterator[str]:
    """A line for each figure; what has no label keeps its key, and is told all the same.

    Args:
        names: id -> what people call it: plans, places, goods, officers.
    """
    for key, value in found.items():
        label = say(LABELS[key]) if key in LABELS else names.get(key, key)
        if isinstance(value, Mapping) and value:
            yield say("{indent}{label}:", indent=indent, label=label)
            yield from shown(value, names, indent + "  ")
        else:
            yield say("{indent}{label}: {value}", indent=indent, label=label, value=_words(key, value, names))


def _words(key: str, value: Any, names: Mapping[str, str]) -> str:
    if value is None or value in ("", [], {}, ()):
        return say("none")
    if isinstance(value, list | tuple):
        return "、".join(_words(key, one, names) for one in value)
    if key.endswith("_fen"):
        return yuan(int(value))
    if isinstance(value, bool):
        return say("Yes") if value else say("No")
    if key in CODED and str(value) in VALUES:
        return say(VALUES[str(value)])
    return names.get(str(value), str(value))


def names_in(plan: Any) -> dict[str, str]:
    """What people call the plan, its places, goods and officers."""
    named = [*plan.communities.items(), *plan.stores.items(), *plan.items.items(), *plan.officers.items()]
    return {plan.id: plan.file.plan.name, **{key: one.name for key, one in named}}
