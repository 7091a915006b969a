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
#: An address of two numbers or more says by itself where somebody lives; a lone number may be a part of it.
_WHOLE = re.compile(r"[0-9][^0-9]+[0-9]")


def household_of(row: Row, header: Header) -> tuple[str, tuple[Text, ...]]:
    """The words of the household, and what speaks against them: of parts put together none may be missing."""
    own, who, address = (row.text(name) for name in ("id", "who", "address"))
    parts = [name for name in _PARTS if name in header.columns.values()]
    if own:
        return own, ()
    if _WHOLE.search(address) or not who:
        who, address = address or row.text("room"), ""
    if set(parts) - {"room"} and not _WHOLE.search(who):
        return _composed(row, parts, row.text("who"))
    # Another community's name before an address keeps it from being taken for the same address here.
    community = row.text("community")
    if community and is_address(who) and not re.match("[a-z]", who) and not who.startswith(community):
        who = f"{community}{who}"
    return who, ()


def _composed(row: Row, parts: Sequence[str], room: str) -> tuple[str, tuple[Text, ...]]:
    told = {name: row.text(name) for name in parts}
    told["room"] = told.get("room") or room
    if not any(told.values()):
        return "", ()
    who = "-".join(text for text in told.values() if text and text not in _ABSENT)
    missing = "、".join(COLUMN[name] for name, text in told.items() if not text)
    return who, (Text("address_part_missing", {"who": who, "columns": missing}),) if missing else ()
