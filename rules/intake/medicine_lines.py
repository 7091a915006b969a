"""Which of the lines that go back may be medicine, and must not wait over night (B-04).

Policy. A line whose item is on no list and sounds like medicine; a line that names a medicine of the list and goes back
for whatever reason; and a line that was not read at all (nobody knows its sender, it has no number, …) and sounds like
medicine. What sounds like it is guessed wide on purpose: a fish ball asked about costs a telephone call.
"""

import json
from collections.abc import Mapping
from typing import Any

from rules.intake.items import MEDICINE
from rules.intake.quantities import fold
from schemas.plan import Plan

#: Reasons of lines whose goods nobody has looked at.
UNREAD = frozenset(
    {
        "sender_unknown",
        "not_numbered",
        "household_missing",
        "household_unclear",
        "split_unclear",
        "left_over",
        "conditional",
        "same_as_before",
        "line_too_long",
        "zero_with_needs",
    }
)


def medicine_words(plan: Plan) -> frozenset[str]:
    """Folded names of the plan's medicines, as long as a name must be to be found inside other words."""
    names = (w for i in plan.items.values() if i.medicine for w in (i.name, *i.aliases))
    return frozenset(fold(name) for name in names if len(name) > 1)


def may_be_medicine(line: Mapping[str, Any], words: frozenset[str]) -> bool:
    """Whether a rejected line (`words`, `reasons` as JSON) may be a request for medicine."""
    codes = {reason["code"] for reason in json.loads(line["reasons"])}
    told = fold(line["words"])
    if "maybe_medicine" in codes or any(word in told for word in words):
        return True
    return bool(codes & UNREAD) and MEDICINE.search(told) is not None
