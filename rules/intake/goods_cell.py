"""All goods of an order in one cell -> pieces: `土豆(斤)*2`, `鸡蛋 1板；白菜3斤`, `袋装大米（袋） +1`.

Pieces stand on lines of their own, or apart by ; ； , ， 、 or blanks behind an amount. A count behind `*`, `x`, `×` or
`+` is of what the piece names; its unit must stand in the piece, since a tool's article need not be sold by the unit
of the plan.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from rules.intake.chain import read_chain
from rules.intake.headings import goods_heading
from rules.intake.lines import Said, Vocabulary
from rules.intake.quantities import fold
from schemas.text import Text

_APART = re.compile(r"[\n;,、]+")
_COUNT = re.compile(r"(?P<item>.+?)\s*[*x×+]\s*(?P<number>[0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(?P<unit>\D{0,3})")


@dataclass(frozen=True, slots=True)
class Piece:
    """One article of an order; `faults` say why it is not plain."""

    words: str
    item: str = ""
    number: Decimal | None = None
    unit: str = ""
    variety: str = ""
    withdrawn: bool = False
    faults: tuple[Text, ...] = ()


def goods_in(text: str, words: Vocabulary) -> Iterator[Piece]:
    """Every piece of a cell, in order."""
    for part in (piece.strip(" 。.") for piece in _APART.split(fold(text))):
        if part:
            yield from _counted(part, words) or _spoken(part, words)


def _counted(part: str, words: Vocabulary) -> list[Piece]:
    found = _COUNT.fullmatch(part)
    if found is None:
        return []
    item, unit = goods_heading(found["item"], words)
    behind = found["unit"].strip()
    if behind and behind not in words.units:
        return []
    both = bool(unit and behind and unit != behind)
    faults = (Text("split_unclear", {"words": part[:80]}),) if both else ()
    return [Piece(part, item, Decimal(found["number"]), behind or unit, faults=faults)]


def _spoken(part: str, words: Vocabulary) -> list[Piece]:
    """`土豆3斤`, `土豆 3斤 鸡蛋 1板`: read as the entry of some household would be."""
    said = without_additions(read_chain(f"1. 1-1-1 {part}", words).said)
    return [Piece(x.words, x.item, x.number, x.unit, x.variety, x.op == "withdraw", x.faults) for x in said]


def without_additions(said: Iterable[Said]) -> list[Said]:
    """What a table adds is asked about: it is sent again as a whole, and would add again each time."""
    return [
        replace(line, op="need", faults=line.faults or (Text("adds_to_order", {"words": line.words[:80]}),))
        if line.op == "add"
        else line
        for line in said
    ]
