"""The household of a row: one cell, or the parts of an address in cells of their own."""

import re
from collections.abc import Sequence

from rules.intake.headings import COLUMN
from rules.intake.layouts import Row
from rules.intake.table import Header
from rules.intake.who import is_address
from schemas.text import Text

#: Parts of an address in their order.
_PARTS = ("lane", "building", "entrance", "room")
#: What a cell of a part says where a house has no such part.
_ABSENT = frozenset({"无", "-", "/", "—", "0"})


def household_of(row: Row, header: Header) -> tuple[str, tuple[Text, ...]]:
    """The words of the household, and what speaks against them: of parts put together none may be missing."""
    who, community = row.text("who"), row.text("community")
    parts = [name for name in _PARTS if name in header.columns.values()]
    if set(parts) - {"room"} and not re.search(r"[0-9][^0-9]+[0-9]", who):
        return _composed(row, parts, who)
    who = who or row.text("room")
    # Another community's name before an address keeps it from being taken for the same address here.
    if community and is_address(who) and not re.match("[a-z]", who):
        who = who if who.startswith(community) else f"{community}{who}"
    return who, ()


def _composed(row: Row, parts: Sequence[str], room: str) -> tuple[str, tuple[Text, ...]]:
    told = {name: row.text(name) for name in parts}
    told["room"] = told.get("room") or room
    if not any(told.values()):
        return "", ()
    who = "-".join(text for text in told.values() if text and text not in _ABSENT)
    missing = "、".join(COLUMN[name] for name, text in told.items() if not text)
    return who, (Text("address_part_missing", {"who": who, "columns": missing}),) if missing else ()
