"""All goods of an order in one cell -> pieces: `土豆(斤)*2`, `鸡蛋 1板；白菜3斤`, `袋装大米（袋） +1`.

Pieces stand on lines of their own, or apart by ; ； , ， 、 or blanks behind an amount. A count behind `*`, `x`, `×` or
`+` is of what the piece names; its unit must stand in the piece, since a tool's article need not be sold by the unit
of the plan.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rules.intake.goods import classify
from rules.intake.headings import goods_heading
from rules.intake.lines import Vocabulary
from rules.intake.quantities import fold, parse_number

_APART = re.compile(r"[\n;,、]+")
_COUNT = re.compile(r"(?P<item>.+?)\s*[*x×+]\s*(?P<number>[0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(?P<unit>\D{0,3})")


@dataclass(frozen=True, slots=True)
class Piece:
    """One article of an order; `fault` is the code of the reason why it is not plain."""

    words: str
    item: str = ""
    number: Decimal | None = None
    unit: str = ""
    withdrawn: bool = False
    fault: str = ""


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
    return [Piece(part, item, Decimal(found["number"]), behind or unit, fault="split_unclear" if both else "")]


def _spoken(part: str, words: Vocabulary) -> list[Piece]:
    """`土豆3斤`, `土豆 3斤 鸡蛋 1板`: words that pair as item and amount throughout, or one unclear piece."""
    tokens = [(word, classify(word, words)) for word in part.split()]
    pieces: list[Piece] = []
    while tokens:
        word, token = tokens.pop(0)
        if token.kind == "goods":
            pieces.append(Piece(word, token.item, token.number, token.unit))
        elif token.kind == "withdraw" and token.item:
            pieces.append(Piece(word, token.item, withdrawn=True))
        elif token.kind == "item" and tokens and tokens[0][1].kind == "amount":
            amount, second = tokens.pop(0)
            pieces.append(Piece(f"{word} {amount}", token.item or word, second.number, second.unit))
        elif token.kind == "item" and len(tokens) > 1 and parse_number(tokens[0][0]) and tokens[1][0] in words.units:
            number, unit = tokens.pop(0)[0], tokens.pop(0)[0]
            pieces.append(Piece(f"{word} {number}{unit}", token.item or word, parse_number(number), unit))
        else:
            return [Piece(part, fault="split_unclear")]
    return pieces
