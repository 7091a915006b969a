"""What the plan's list says to a chain: each line's item, and every question about its item, unit, amount and size."""

from dataclasses import replace

from rules.intake.chain.model import Chain, Line
from rules.intake.identify import Directory, off_step, too_much
from schemas.plan import Item
from schemas.text import Text


def checked_by(chain: Chain, directory: Directory) -> Chain:
    """The chain with the list's items and questions on its lines."""
    chain.entries = [replace(e, lines=tuple(_checked(line, directory) for line in e.lines)) for e in chain.entries]
    return chain


def _checked(line: Line, directory: Directory) -> Line:
    item = directory.item(line.stands_for or line.item) if line.item else None
    if item is None or (isinstance(item, Text) and line.faults):
        return line
    if isinstance(item, Text):
        return replace(line, faults=(item,))
    faults = list(line.faults) if line.op == "cancel" else [*line.faults, *_questions(line, item, directory)]
    return replace(line, item_id=item.item_id, faults=tuple(faults))


def _questions(line: Line, item: Item, directory: Directory) -> list[Text]:
    if line.number is None or any(f.code == "unit_missing" for f in line.faults):
        return []
    base = directory.base_units(item, line.number, line.unit)
    if isinstance(base, Text):
        return [base]
    found = []
    if base <= 0:
        found.append(Text("quantity_not_positive", {"words": line.item}))
    if base > item.max_units * item.unit_base:
        found.append(too_much(item))
    if base % item.step_base:
        found.append(off_step(item))
    size = directory.size(item, line.unit, line.variety)
    return [*found, size] if size else found
