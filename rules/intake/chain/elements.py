r"""A word between separators -> its elements, each in its place.

    size    = measure { "*" number [unit] } | number unit "装" | number unit "/" unit      600ml*24瓶, 24罐装, 5斤/袋
    amount  = number unit ["半"] [number smaller]      3斤, 1.5斤, 半斤, 1斤半, 2斤3两, 1/2个
    vague   = two numerals or numbers that make a range, or 几, 左右 … beside an amount      两三斤, 2-3斤, 3斤左右
    times   = ("*" | "x") number [unit]      *2, x2份
    plus    = ("+" | "-") number [unit]      +1
    price   = number ("元" | "块钱" …) | "¥" number
    bracket = "(" … ")" | "[" … "]"
    each    = "各" | "每样" | "每种", before an amount
    change  = "改成" | "改为" …
    odd     = ".5", a lone minus
    goods   = any other run of characters

两 is the number two before a unit (两斤) and 50 g behind a number (二两); the greedy number gives way to the unit.
Names of goods that hold numerals (五花肉, 84消毒液, the words of the plan) are found first and never cut.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from rules.intake.chain.lexicon import NAMED
from rules.intake.lines import Vocabulary
from rules.intake.quantities import HALF, parse_number

Kind = Literal[
    "goods", "amount", "vague", "size", "times", "plus", "price", "bracket", "each", "change", "number", "odd"
]
#: Base units of one, where a smaller unit may follow the larger: 2斤3两.
PARTS = {
    ("斤", "两"): 10,
    ("公斤", "两"): 20,
    ("公斤", "斤"): 2,
    ("公斤", "克"): 1000,
    ("斤", "克"): 500,
    ("kg", "g"): 1000,
}
MEASURES = ("千克", "公斤", "市斤", "毫升", "kg", "ml", "斤", "两", "克", "升", "g", "l")
#: Units that hold what other units count.
CONTAINERS = frozenset(["箱", "件", "提", "包", "袋", "盒", "板", "组", "套", "桶", "捆", "扎", "排", "条", "打", "筐"])
#: Group of the pattern -> kind of element, for those that are their text and no more.
_KINDS: dict[str, Kind] = {"named": "goods", "pack": "size", "number": "number", "bracket": "bracket", "price": "price"}
_KINDS |= {"vague": "vague", "each": "each", "change": "change"}
_NUMERAL = "零〇一二三四五六七八九十百千两廿"
_DECIMAL = r"[0-9]{1,6}(?:\.[0-9]{1,4})?"
_NUMBER = rf"(?:[0-9]{{1,2}}又)?[0-9]{{1,3}}/[0-9]{{1,3}}|[½¼¾]|{_DECIMAL}|半|[{_NUMERAL}]+(?!(?<=千)克)"
_FRACTIONS = {"½": HALF, "¼": Decimal("0.25"), "¾": Decimal("0.75")}
#: 3/4斤 may be three quarters or three to four.
_PLAIN_FRACTIONS = {"1/2": HALF, "1/4": Decimal("0.25"), "1/5": Decimal("0.2")}
_ABOUT = r"约|大约|大概|差不多|至少|最多|不超过"
_MORE = r"左右|上下|以上|以内|多(?![0-9])|来(?![0-9])|几(?![0-9])"


class Element(NamedTuple):
    """An element of a word. `number` and `unit` of an amount, of times and plus; places count within the word."""

    kind: Kind
    start: int
    end: int
    text: str
    number: Decimal | None = None
    unit: str = ""


def number_of(text: str) -> Decimal | None:
    """The number that a folded text says, fractions that can be read in one way included."""
    if text in _FRACTIONS:
        return _FRACTIONS[text]
    if "/" in text:
        return _PLAIN_FRACTIONS.get(text)
    return parse_number(text.replace("廿", "二十"))


def _pattern(vocabulary: Vocabulary) -> re.Pattern[str]:
    units = "|".join(re.escape(u) for u in vocabulary.units_longest_first)
    unit = rf"(?:[大小](?=[袋包瓶盒桶罐把颗根份箱筐捆]))?(?:{units})"
    measure = "|".join(MEASURES)
    held = sorted((w for w in vocabulary.items if re.search(rf"[0-9{_NUMERAL}半]", w)), key=lambda w: (-len(w), w))
    named = "|".join([*(re.escape(w) for w in held), NAMED.pattern])
    number = rf"(?:{_NUMBER})"
    factor = rf"[*x/]\s?(?:{_DECIMAL}|[{_NUMERAL}]+)(?:{unit}|(?![0-9]))"
    return re.compile(
        rf"(?P<named>{named})"
        r"|(?P<dotted>\.+[0-9]+)"  # .5 or … 5: nobody can tell
        r"|(?P<bracket>\([^()]*\)|\[[^\[\]]*\])"
        r"|(?P<price>[¥$￥][0-9]{1,5}(?:\.[0-9]{1,2})?(?:元)?(?:/[^0-9\s]{1,2})?|共?[0-9]{1,5}(?:\.[0-9]{1,2})?(?:元|块钱|rmb|圆)(?:/[^0-9\s]{1,2})?|[一二三四五六七八九十百]{1,4}(?:元|块钱)(?:/[^0-9\s]{1,2})?)"
        rf"|(?P<pack>(?:每?{number})(?:{unit})装|{number}(?:{unit})/(?:{unit})|{number}(?:{measure})(?:{factor})+(?:/(?:{unit}))?)"
        rf"|(?P<vague>(?:{_ABOUT}){number}(?:{unit})|{number}(?:{_MORE})(?:{unit})|{number}(?:{unit})(?:{_MORE})|几(?:十|百)?(?:{unit})"
        rf"|(?:{_DECIMAL}|[{_NUMERAL}]{{1,3}})(?:{unit})?(?:-|~|到|至|或)(?:{_DECIMAL}|[{_NUMERAL}]{{1,3}})(?:{unit}))"
        rf"|(?P<times>[*x]\s?(?P<n1>{_DECIMAL}|[{_NUMERAL}]+)(?P<u1>{unit})?(?![0-9a-z.]))"
        rf"|(?P<plus>[+](?P<n2>{_DECIMAL}|[{_NUMERAL}]+)(?P<u2>{unit})?(?![0-9a-z.]))"
        rf"|(?P<minus>(?<![:=0-9])-[0-9]{{1,3}}(?:{unit})?(?![0-9a-z.-]))"
        rf"|(?P<each>(?:分别)?(?:各要?|每样|每种|每个品种)(?=\s?{number}|[*x][0-9]))"
        rf"|(?P<change>改(?:成|为|到|要)?|变成)(?=\s?{number})"
        rf"|(?P<amount>(?P<n>{number})(?P<u>{unit})(?P<h>半)?(?:(?:(?<=斤)|(?<=kg))(?P<n3>[0-9]|[一二三四五六七八九])(?P<u3>两|斤|克|g)(?![0-9装]))?)"
        rf"|(?P<number>{_DECIMAL})"
        r"|(?P<joint>[:=]\s?)"
    )


class Elements:
    """The reader of words for one vocabulary; what it has read it remembers, since goods come again and again."""

    _LIMIT = 50_000

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._pattern = _pattern(vocabulary)
        self._units = vocabulary.units
        self._known: dict[str, tuple[Element, ...]] = {}

    def of(self, word: str) -> tuple[Element, ...]:
        """The elements of a folded word; together they cover it but for a colon between goods and amount."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= self._LIMIT:
                self._known.clear()
            found = self._known[word] = tuple(_joined(list(self._read(word)), word))
        return found

    def _read(self, word: str) -> Iterator[Element]:
        at = 0
        for match in self._pattern.finditer(word):
            kind = match.lastgroup
            if match.start() > at:
                yield Element("goods", at, match.start(), word[at : match.start()])
            if kind != "joint":
                yield self._element(match)
            at = match.end()
        if at < len(word):
            yield Element("goods", at, len(word), word[at:])

    def _element(self, match: re.Match[str]) -> Element:
        start, end, text = match.start(), match.end(), match[0]
        if match["amount"]:
            return _amount(match)
        if match["minus"]:
            return _dashed(match, self._units)
        if match["times"] or match["plus"]:
            number, unit = (match["n1"], match["u1"]) if match["times"] else (match["n2"], match["u2"])
            return Element("times" if match["times"] else "plus", start, end, text, number_of(number), unit or "")
        kind: Kind = next((kind for group, kind in _KINDS.items() if match[group]), "odd")
        return Element(kind, start, end, text, number_of(text) if kind == "number" else None)


def _dashed(match: re.Match[str], units: frozenset[str]) -> Element:
    """土豆-3斤: less than nothing, or a dash that joins; nobody can tell, so its number stays negative."""
    number = re.match(r"-[0-9]+", match[0])
    unit = match[0][number.end() :] if number else ""
    kind: Kind = "amount" if number and unit in units else "odd"
    return Element(kind, match.start(), match.end(), match[0], Decimal(number[0]) if number else None, unit)


def _amount(match: re.Match[str]) -> Element:
    number, unit = number_of(match["n"]), match["u"]
    kind: Kind = "amount"
    if match["h"] and number is not None:
        number = number + HALF if number == int(number) else None
    if match["n3"]:
        part = PARTS.get((unit, match["u3"]))
        smaller = number_of(match["n3"])
        whole = number is not None and number == int(number) and not match["h"]
        number = number + smaller / part if whole and part and number is not None and smaller is not None else None
    if number is None:
        kind = "vague"
    return Element(kind, match.start(), match.end(), match[0], number, unit)


def _joined(elements: list[Element], word: str) -> list[Element]:
    """Goods cut by a name that holds numerals are one again: 三全 + 水饺."""
    out: list[Element] = []
    for element in elements:
        last = out[-1] if out else None
        if last and last.kind == "goods" == element.kind and last.end == element.start:
            out[-1] = Element("goods", last.start, element.end, word[last.start : element.end])
        else:
            out.append(element)
    return out
