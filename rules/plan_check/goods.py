"""Items, the words that residents use for them, and what stores hold of them."""

import re
from collections.abc import Iterator
from unicodedata import normalize

from rules.plan_check.draft import Draft, Row
from rules.plan_check.faults import Fault
from rules.plan_check.officers import at
from rules.plan_check.shapes import shown
from schemas.plan import Item
from schemas.units import BASE_PER_UNIT
from schemas.words import Measure

_ALSO = re.compile(r"([^=\s]+)\s*[==]\s*([1-9][0-9]*)", re.ASCII)
Named = dict[str, tuple[str, int]]


def references(draft: Draft) -> Iterator[Fault]:
    """Stock is of stores and items that exist, items are of categories that exist, learnt words of items."""
    known, file = draft.document.categories, draft.document.file
    for row in draft.stock:
        if draft.stores.lacks(row.it.store_id):
            yield at(draft.stock, row, "store_id", "no_such_store")
        if draft.items.lacks(row.it.item_id):
            yield at(draft.stock, row, "item_id", "no_such_item")
    for line in draft.items:
        if file is not None and line.it.category not in known:
            named = sorted(f"{category.id} {category.name}" for category in file.category)
            yield at(draft.items, line, "category", "no_such_category", allowed=named)
    for learnt in draft.aliases:
        if draft.items.lacks(learnt.it.item_id):
            yield at(draft.aliases, learnt, "item_id", "no_such_item")


def folded(word: str) -> str:
    """The word as it is compared: full-width and capital letters do not make another word."""
    return normalize("NFKC", word).casefold().strip()


def words(draft: Draft) -> Iterator[Fault]:
    """One word names one item: what residents write is never guessed."""
    named: Named = {}
    for row in draft.items:
        for column, word in [("name", row.it.name), *(("aliases", alias) for alias in row.it.aliases)]:
            other, first = named.setdefault(folded(word), (row.it.item_id, row.line))
            if other != row.it.item_id:
                yield at(draft.items, row, column, "alias_of_two", value=shown(word), other=other, first=first)
    for learnt in draft.aliases:
        other, first = named.get(folded(learnt.it.alias), (learnt.it.item_id, 0))
        if other != learnt.it.item_id:
            yield at(draft.aliases, learnt, "alias", "alias_of_two", other=other, first=first)


def _size_fault(draft: Draft, row: Row[Item], column: str, unit: str, base: int) -> Iterator[Fault]:
    item = row.it
    expected = BASE_PER_UNIT[item.measure].get(unit.lower())
    if expected is not None and expected != base:
        yield at(draft.items, row, column, "unit_size", unit=unit, expected=expected, value=base)
    elif expected is None and any(unit.lower() in known for known in BASE_PER_UNIT.values()):
        yield at(draft.items, row, column, "unit_of_other_measure", unit=unit, measure=item.measure.value)


def _also_faults(draft: Draft, row: Row[Item]) -> Iterator[Fault]:
    defined = {row.it.unit}
    for entry in row.it.also_units:
        found = _ALSO.fullmatch(entry)
        if found is None:
            yield at(draft.items, row, "also_units", "also_units_form", value=shown(entry))
            continue
        if found[1] in defined:
            yield at(draft.items, row, "also_units", "unit_twice", value=shown(found[1]))
        defined.add(found[1])
        yield from _size_fault(draft, row, "also_units", found[1], int(found[2]))


def units(draft: Draft) -> Iterator[Fault]:
    """斤 is 500 g everywhere; steps fit the sale unit; other units are well-formed."""
    for row in draft.items:
        item = row.it
        yield from _size_fault(draft, row, "unit_base", item.unit, item.unit_base)
        if item.unit_base % item.step_base and item.step_base % item.unit_base:
            yield at(draft.items, row, "step_base", "step_uneven", unit=item.unit_base)
        if item.measure is Measure.GRAM and item.weight_g < item.unit_base:
            yield at(draft.items, row, "weight_g", "lighter_than_content", content=item.unit_base)
        yield from _also_faults(draft, row)


CHECKS = (references, words, units)
