"""The numbers that residents reply by (`12号 2份`): which item a number of a list is, and how numbers are given.

Policy. A number belongs to an item for good: what was listed under a number is listed under it again, in every later
list, on the message, the order form and the picture alike, so that somebody who answers an older post is understood.
An item that was never listed takes its place in the plan's sheet where that number is free, else the first number
above all others. Drawback: where items come and go for months, numbers grow and leave gaps.
"""

from collections.abc import Iterable, Mapping

from rules.intake.identify import units_of
from rules.intake.lines import Listed
from rules.intake.quantities import list_number
from schemas.plan import Item


def numbered(item_ids: Iterable[str], known: Mapping[str, int]) -> dict[str, int]:
    """Item -> number.

    Args:
        item_ids: every item of the plan, in the order of its sheet.
        known: item -> number of every item that was listed before, those that have left the plan included.
    """
    numbers, taken = dict(known), set(known.values())
    last = max(taken, default=0)
    ordered = list(item_ids)
    last = max(last, len(ordered))
    for place, item_id in enumerate(ordered, start=1):
        if item_id in numbers:
            continue
        if place in taken:
            last += 1
        numbers[item_id] = last if place in taken else place
        taken.add(numbers[item_id])
    return {item_id: numbers[item_id] for item_id in ordered}


def menu(listed: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Number -> item, from the (number, item) of all lists that were out for a cycle.

    A number that stood for two items is left out: nobody can tell which of them an answer means.
    """
    found: dict[int, set[str]] = {}
    for number, item_id in listed:
        found.setdefault(number, set()).add(item_id)
    return {number: next(iter(items)) for number, items in sorted(found.items()) if len(items) == 1}


def item_numbered(menu: Mapping[int, str], words: str) -> str | None:
    """The item that words such as `12`, `12号` or `#12` name on a menu; None where they are no number of it."""
    number = list_number(words)
    return None if number is None else menu.get(number)


def listed(menu: Mapping[int, str], items: Mapping[str, Item]) -> dict[int, Listed]:
    """What the numbers of a menu stand for in what residents write; 份 is the unit of the list where it is no unit."""
    found = {number: items[item_id] for number, item_id in menu.items() if item_id in items}
    return {
        number: Listed(item.item_id, item.unit, "份" if "份" in units_of(item) else item.unit)
        for number, item in found.items()
    }
