"""Which cells of its sheet a refused line was refused for, so that they can be shown in the sender's own file."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from rules.intake.headings import HOUSEHOLD
from rules.intake.layouts import Sheet
from rules.intake.lines import Vocabulary
from rules.intake.needs_table import needs_header
from rules.intake.table import find_header, letter
from schemas.frames.people import MAX_PACK

#: Fields of the reasons that begin so, each tried in turn; the cell of the line itself where its sheet has none.
_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("household_", HOUSEHOLD),
    ("address_part_missing", HOUSEHOLD),
    ("item_", ("item", "medicine")),
    ("maybe_medicine", ("item",)),
    ("not_a_medicine", ("medicine",)),
    ("said_twice", ("item",)),
    ("quantity_", ("qty", "left")),
    ("not_above_zero", ("qty", "capacity", "daily", "pack")),
    ("dose_", ("daily", "left", "pack")),
    ("not_a_step", ("qty",)),
    ("unit_twice", ("qty",)),
    ("unit_", ("unit", "qty")),
    ("price_", ("price",)),
    ("date_unclear", ("produced", "expires", "from", "until", "as_of")),
    ("expires_before_made", ("expires",)),
    ("until_before_from", ("until",)),
    ("window_over", ("until",)),
    ("counted_tomorrow", ("as_of",)),
    ("available_unclear", ("available",)),
    ("order_unknown", ("order",)),
    ("order_in_doubt", ("status",)),
    ("conclusion_unclear", ("conclusion",)),
    ("plate_unclear", ("plate",)),
    ("capacity_", ("capacity",)),
    ("driver_missing", ("driver",)),
    ("health_unclear", ("health",)),
    ("pharmacy_unknown", ("pharmacy",)),
    ("prescription_unclear", ("prescription",)),
)
#: Reasons that name their cell themselves.
_NAMED = ("formula_not_value", "cell_error", "cell_is_date")
_CELL = re.compile("[A-Z]{1,3}[0-9]{1,7}")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
#: Reasons against the whole of a file or cycle, which no cell can be changed for.
_NOWHERE = ("sender_unknown", "cycle_delivered", "table_wanted", "no_lines")


def columns_at(sheet: Sheet, kind: str, words: Vocabulary) -> dict[str, str]:
    """Field -> letter of its column in a sheet of a kind; empty where it has no header."""
    header = needs_header(sheet, words) if kind == "needs" else find_header(sheet, kind)
    return {name: letter(column) for column, name in header.columns.items()} if header else {}


def cells_at_fault(
    place: Mapping[str, Any],
    reasons: Iterable[Mapping[str, Any]],
    columns: Mapping[str, str],
    texts: Mapping[str, str],
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(cell, reason) for every cell that a reason is about; nothing where it is about no cell.

    `texts`: what the cells of the row hold, by which is told which of several dates or doses a reason is about.
    """
    for reason in reasons:
        code, named = str(reason["code"]), str((reason.get("args") or {}).get("cell", ""))
        if code in _NOWHERE or "cell" not in place:
            continue
        if code in _NAMED and _CELL.fullmatch(named):
            yield named, reason
            continue
        fields = next((fields for start, fields in _FIELDS if code.startswith(start)), ())
        found = [f"{columns[name]}{place['row']}" for name in fields if name in columns]
        found = [cell for cell in found if _tells(code, reason, texts.get(cell, ""))] or found
        # A reason about the unit is about one cell, one about the household about all that name it.
        several = fields is HOUSEHOLD or code == "date_unclear"
        yield from ((cell, reason) for cell in (found if several else found[:1]) or [str(place["cell"])])


def _tells(code: str, reason: Mapping[str, Any], text: str) -> bool:
    """Whether a cell may be the one that a reason is about, by what stands in it."""
    if code in ("date_unclear", "dose_unclear"):
        return text == (reason.get("args") or {}).get("words")
    found = _NUMBER.search(text)
    number = Decimal(found[0]) if found else None
    if code == "not_above_zero":
        return number is not None and number <= 0
    return number is not None and number > MAX_PACK if code == "dose_absurd" else True
