"""What a word says, as values with their places, and how those move with the word."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from rules.intake.chain.elements import Element
from schemas.text import Text


@dataclass(frozen=True, slots=True)
class Good:
    """Goods within a word (or several): places count from its start; `names` are the places of the item's words."""

    start: int
    end: int
    item: str
    variety: str
    number: Decimal | None
    unit: str
    names: tuple[tuple[int, int], ...] = ()
    sizes: tuple[tuple[int, int], ...] = ()
    op: str = "set"
    faults: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a word says. `kind`: goods, name, amount, counted, cancel, note, each, unit, open."""

    kind: str
    shape: str
    elements: tuple[Element, ...]
    goods: tuple[Good, ...] = ()
    leading: bool = False
    cancelled: tuple[int, int] = (0, 0)


def moved(said: Said, start: Callable[[int], int], end: Callable[[int], int]) -> Said:
    """The same with its places moved; a place in which something ends moves as its last character does."""
    elements = tuple(e._replace(start=start(e.start), end=end(e.end)) for e in said.elements)
    goods = tuple(
        replace(
            good,
            start=start(good.start),
            end=end(good.end),
            names=tuple((start(a), end(b)) for a, b in good.names),
            sizes=tuple((start(a), end(b)) for a, b in good.sizes),
        )
        for good in said.goods
    )
    a, b = said.cancelled
    return replace(said, elements=elements, goods=goods, cancelled=(start(a), end(b)) if b else (0, 0))


def after(said: Said, by: int, added: bool) -> Said:
    """What stands behind a verb, moved to its place; the verb belongs to the first of it."""
    said = moved(said, lambda n: n + by, lambda n: n + by)
    goods = tuple(replace(g, start=g.start if n else 0, op="add" if added else g.op) for n, g in enumerate(said.goods))
    bare_amount = said.kind in ("amount", "number") and not added
    elements = (said.elements[0]._replace(start=0), *said.elements[1:]) if bare_amount else said.elements
    return replace(said, kind=said.kind if goods or bare_amount else "open", elements=elements, goods=goods)


def bare(words: str) -> str:
    """Without the brackets around it."""
    return words[1:-1].strip() if words[:1] in "([（【〔[" and len(words) > 1 else words
