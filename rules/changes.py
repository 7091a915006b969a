"""An approver's changes to a purchase proposal, as text: `大米=40`, one per line or separated by `;`.

Left of `=` stands the item (id, name or an alias of the plan), with `store/` before it where several stores buy it
(id or name); right of it the packs. Either every line is understood or nothing is changed: half an approval is worse
than none. Full-width signs and digits are read as their plain selves; nothing else is: 10² is no 102.
"""

import re
import unicodedata
from dataclasses import dataclass

import polars as pl

from rules.intake.quantities import fold
from schemas.frames.base import checked
from schemas.frames.supply import ApprovedPacks
from schemas.plan import Plan
from schemas.text import Text

MOST_PACKS = 100_000


class ChangeFault(ValueError):
    """Lines that were not understood; nothing was changed. `faults` has one `Text` for each, in their order."""

    def __init__(self, faults: tuple[Text, ...]) -> None:
        super().__init__("; ".join(f"{fault.code}: {fault.args['words']}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Changed:
    """`lines`: as given, with `approved_packs` set; `changes`: `store_id/item_id` -> packs."""

    lines: pl.DataFrame
    changes: dict[str, int]


def apply_changes(lines: pl.DataFrame, text: str, plan: Plan) -> Changed:
    """Lines of a proposal (at least `ApprovedPacks`) with the packs that the approver wants; 0 packs: not bought.

    Raises:
        ChangeFault: any line of the text is not understood. All that are not are told at once.
    """
    known = [(row[0], row[1]) for row in checked(ApprovedPacks, lines).iter_rows()]
    changes: dict[str, int] = {}
    faults: list[Text] = []
    for words in _written(text):
        found = _read(words, known, plan)
        if isinstance(found, Text):
            faults.append(found)
        elif found[0] in changes:
            faults.append(Text("change_twice", {"words": words}))
        else:
            changes[found[0]] = found[1]
    if faults:
        raise ChangeFault(tuple(faults))
    key = pl.concat_str("store_id", pl.lit("/"), "item_id")
    wanted = key.replace_strict(changes, default=pl.col("approved_packs"), return_dtype=pl.Int64)
    return Changed(lines.with_columns(approved_packs=wanted) if changes else lines, changes)


def _written(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[\n;]", fold(text)) if part.strip()]


def _read(words: str, known: list[tuple[str, str]], plan: Plan) -> tuple[str, int] | Text:
    """`store_id/item_id` and packs of one line, or what is wrong with it."""
    left, sign, right = words.rpartition("=")
    if not sign or not left.strip():
        return Text("change_unreadable", {"words": words})
    count = right.strip()
    if not re.fullmatch(r"[0-9]{1,6}", count) or int(count) > MOST_PACKS:
        return Text("change_no_count", {"words": words})
    lines = [key for key in known if _means(left.strip(), key, plan)]
    if not lines:
        return Text("change_unknown", {"words": words})
    if len(lines) > 1:
        return Text("change_ambiguous", {"words": words, "stores": "、".join(plan.stores[s].name for s, _ in lines)})
    return "/".join(lines[0]), int(count)


def _means(words: str, key: tuple[str, str], plan: Plan) -> bool:
    """Whether the words left of `=` name a line of the proposal."""
    store, item = plan.stores[key[0]], plan.items[key[1]]
    names = {_plain(name) for name in (item.item_id, item.name, *item.aliases)}
    places = {_plain(name) for name in (store.store_id, store.name)}
    where, sign, what = words.partition("/")
    return _plain(words) in names or (bool(sign) and _plain(where) in places and _plain(what) in names)


def _plain(name: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()
