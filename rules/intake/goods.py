"""One token or a few of them -> item words, number and unit; or why they do not split plainly.

A token reads `土豆3斤` (item, number, unit; `土豆:3斤` too) or `五斤西瓜` (number, unit, item). All readings are
listed. One whose item is a word of the plan wins (五花肉2斤, 84消毒液2瓶); otherwise the only reading whose item
holds no number of its own. Two such readings, or a pack size (`盐汽水600ml*24瓶4箱`), are unclear and refused. Bare
tokens side by side pair up only when they alternate throughout: `土豆 3斤 鸡蛋 1板` or `3斤 土豆 1板 鸡蛋`. Drawback:
各 ("each") and pack sizes wait for a person.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from rules.intake.lines import NOTHING, WITHDRAWN, Vocabulary
from rules.intake.quantities import HALF, parse_number

Kind = Literal["goods", "amount", "number", "unit", "item", "counted", "withdraw", "unclear"]
#: No goods are named at such length; longer tokens are junk and would only cost time.
LONGEST = 60
_COUNTED = re.compile(r"(?P<item>[^0-9]+?)[:=]?(?P<number>-?[0-9]+(?:\.[0-9]+)?)")


@dataclass(frozen=True, slots=True)
class Token:
    """What a word between separators is. `leading`: the amount stands before the item."""

    kind: Kind
    item: str = ""
    number: Decimal | None = None
    unit: str = ""
    leading: bool = False


def _amount(text: str, words: Vocabulary) -> tuple[Decimal, str] | None:
    """The whole of a text as number and unit: 3斤, 半斤, 一斤半."""
    half = text.endswith("半") and text != "半"
    body = text[:-1] if half else text
    for unit in words.units_longest_first:
        number = parse_number(body[: -len(unit)]) if body.endswith(unit) else None
        if number is not None and not (half and number != int(number)):
            return (number + HALF if half else number), unit
    return None


def _trailing(text: str, words: Vocabulary) -> Iterator[Token]:
    """Readings with the amount at the end; the longest number first, shorter ones only after a word of the plan."""
    for cut in range(1, len(text)):
        found = _amount(text[cut:], words)
        if found is None or (text[cut - 1] in "0123456789." and text[cut] in "0123456789."):
            continue
        yield Token("goods", text[:cut].rstrip(" :="), *found)


def _leading(text: str, words: Vocabulary) -> Iterator[Token]:
    for cut in range(len(text) - 1, 0, -1):
        found = _amount(text[:cut], words)
        if found is not None:
            yield Token("goods", text[cut:], *found, leading=True)


def _plain(readings: list[Token], words: Vocabulary) -> list[Token]:
    """The longest-number reading of each form, unless its item holds an amount or a digit of its own."""
    firsts = [next((r for r in readings if r.leading is side), None) for side in (False, True)]
    return [r for r in firsts if r and r.item and not re.search("[0-9]", r.item) and not words.amount.search(r.item)]


def _withdrawal(text: str) -> Token | None:
    if text in WITHDRAWN or text in NOTHING:
        return Token("withdraw")
    for word in ("不要了", "取消了", "取消"):
        if text.endswith(word):
            return Token("withdraw", text.removesuffix(word))
    return Token("withdraw", text.removeprefix("取消")) if text.startswith("取消") else None


@lru_cache(maxsize=8192)
def classify(text: str, words: Vocabulary) -> Token:
    """What one folded word between separators is."""
    if len(text) > LONGEST or text in words.items:
        return Token("item" if text in words.items else "unclear", text)
    if text in words.units:  # 两 alone, too: beside a number it is 50 g
        return Token("unit")
    if (cancelled := _withdrawal(text)) is not None:
        return Token("unclear") if re.search("[0-9]", cancelled.item) else cancelled
    if (number := parse_number(text)) is not None:
        return Token("number", number=number)
    amount = _amount(text, words)
    return Token("amount", "", *amount) if amount else _classify_goods(text, words)


def _classify_goods(text: str, words: Vocabulary) -> Token:
    if text.startswith("各") or "/" in text or "~" in text:
        return Token("unclear")
    readings = [*_trailing(text, words), *_leading(text, words)]
    for found in ([r for r in readings if r.item in words.items], _plain(readings, words)):
        if len(found) == 1:
            return found[0]
        if found:
            return Token("unclear")
    if readings or re.search("[0-9]", text):
        counted = _COUNTED.fullmatch(text)
        return Token("counted", counted["item"], Decimal(counted["number"])) if counted else Token("unclear")
    return Token("item", text)
