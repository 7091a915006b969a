"""An approver's changes to a purchase proposal, as text: `大米 25kg=40`, one per line or separated by `;`.

Left of `=` stands the item (id, name or an alias of the plan), with `store/` before it where several stores buy it
(id or name), and behind it, if somebody likes, the size of the pack; right of it the packs. A size that is not that of
the pack is refused: 40 of something else would be another purchase. Either every line is understood or nothing is
changed: half an approval is worse than none. Full-width signs and digits are read as their plain selves; nothing else
is: 10² is no 102. Every fault names its line as it stands in the text, empty lines counted.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import polars as pl

from rules.intake.packs import pack_base
from rules.intake.quantities import fold, parse_number
from schemas.frames.base import checked
from schemas.frames.supply import ApprovedPacks
from schemas.plan import Item, Plan
from schemas.text import Text
from schemas.units import BASE_PER_UNIT, sale_quantity
from schemas.words import Measure

MOST_PACKS = 100_000
#: How alike a word and a name must be for the name to be offered, as difflib measures it.
ALIKE = 0.4
Key = tuple[str, str]
Fit = Literal["fits", "other_size"]


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
    for number, words in _written(text):
        found = _read(words, known, plan)
        if isinstance(found, Text):
            faults.append(Text(found.code, {"line": number, "words": words, **found.args}))
        elif found[0] in changes:
            faults.append(Text("change_twice", {"line": number, "words": words}))
        else:
            changes[found[0]] = found[1]
    if faults:
        raise ChangeFault(tuple(faults))
    key = pl.concat_str("store_id", pl.lit("/"), "item_id")
    wanted = key.replace_strict(changes, default=pl.col("approved_packs"), return_dtype=pl.Int64)
    return Changed(lines.with_columns(approved_packs=wanted) if changes else lines, changes)


def _written(text: str) -> Iterator[tuple[int, str]]:
    """Every change with the number of the line on which it stands."""
    for number, line in enumerate(fold(text).splitlines(), start=1):
        yield from ((number, part.strip()) for part in line.split(";") if part.strip())


def _read(words: str, known: Sequence[Key], plan: Plan) -> tuple[str, int] | Text:
    """`store_id/item_id` and packs of one change, or what is wrong with it."""
    left, sign, right = words.rpartition("=")
    if not sign or not left.strip():
        return Text("change_unreadable")
    line = line_meant(left.strip(), known, plan)
    if isinstance(line, Text):
        return line
    count = right.strip()
    if not re.fullmatch(r"[0-9]{1,6}", count) or int(count) > MOST_PACKS:
        return Text("change_no_count")
    return "/".join(line), int(count)


def line_meant(left: str, known: Sequence[Key], plan: Plan) -> Key | Text:
    """The one line (store, item) that words such as `大米 25kg` or `示例超市/大米` mean, or why they mean none."""
    fits = {key: fit for key in known if (fit := _fit(left, key, plan))}
    lines = [key for key, fit in fits.items() if fit == "fits"]
    if not lines:
        return _nothing(left, fits, known, plan)
    if len(lines) > 1:
        return Text("change_ambiguous", {"stores": "、".join(plan.stores[s].name for s, _ in lines)})
    return lines[0]


def _nothing(left: str, fits: Mapping[Key, Fit], known: Sequence[Key], plan: Plan) -> Text:
    """Why the words mean no line: another size than the pack's, or a name that is none, with those that are near."""
    if fits:
        item = plan.items[next(iter(fits))[1]]
        return Text("change_size", {"item": item.name, "pack": _pack_words(item)})
    names = list(dict.fromkeys(plan.items[item_id].name for _, item_id in known))
    near = get_close_matches(_plain(left.rpartition("/")[2]), names, n=3, cutoff=ALIKE)
    return Text("change_unknown_near", {"near": "、".join(near)}) if near else Text("change_unknown")


def _fit(words: str, key: Key, plan: Plan) -> Fit | None:
    """Whether the words left of `=` name a line of the proposal, or its item at a size that is not its pack's."""
    store, item = plan.stores[key[0]], plan.items[key[1]]
    where, sign, what = words.partition("/")
    places = {_plain(name) for name in (store.store_id, store.name)}
    ways = [_item_fit(words, item)]
    if sign and _plain(where) in places:
        ways.append(_item_fit(what, item))
    return "fits" if "fits" in ways else next((way for way in ways if way), None)


def _item_fit(words: str, item: Item) -> Fit | None:
    told = _plain(words)
    sizes = [told.removeprefix(n) for n in map(_plain, (item.item_id, item.name, *item.aliases)) if told.startswith(n)]
    if "" in sizes:
        return "fits"
    bases = [base for size in sizes if (base := _size_base(size.strip("()[]"), item)) is not None]
    if not bases:
        return None
    return "fits" if item.pack_units * item.unit_base in bases else "other_size"


def _size_base(size: str, item: Item) -> int | None:
    """Base units of `25kg`, `5公斤装` or, in the item's own sale unit, `4袋`."""
    own = re.fullmatch(rf"(.+?){re.escape(_plain(item.unit))}", size)
    number = parse_number(own[1]) if own else None
    if number is not None and number == int(number):
        return int(number) * item.unit_base
    return pack_base(size, item.measure)


def _pack_words(item: Item) -> str:
    weight = sale_quantity(item.pack_units * item.unit_base, BASE_PER_UNIT[Measure.GRAM]["公斤"])
    return f"{item.pack_units}{item.unit}" + (f"({weight}公斤)" if item.measure is Measure.GRAM else "")


def _plain(name: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()
