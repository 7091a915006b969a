"""What the lines above the entries offer: the one thing that a chain is about, or a menu with its codes.

`A. 土豆5斤装 20元` makes `A` a code; a reply such as `A2 B1` or `A*2` is read by it. Where the title names exactly one
thing (半个南瓜 等会送来 共20份), an entry that is only a count counts that. Two things and no codes: nobody can tell.
"""

import re
from dataclasses import dataclass, field

from rules.intake.chain.elements import number_of
from rules.intake.chain.lexicon import TITLE_WORDS
from rules.intake.lines import Vocabulary

_CODED = re.compile(
    r"\s*(?:套餐|组合|[(\[])?(?P<code>[a-z]|[0-9]{1,2}|[①-⑳]|[一二三四五六七八九十](?=[、.:]))(?:套餐|组合|款|号|[)\]])?\s*(?:[.、:)：，]|\s+|(?=[一-龥]))\s*(?P<goods>[^\s,:;]+)"
)
_PRICE = re.compile(r"[¥￥]\s?[0-9]|[0-9](?:\.[0-9]+)?\s?(?:元|块|rmb)")
_BEFORE = re.compile(
    r"^(?:#?接龙|今天|今日|明天|明日|本次|团购|团|预订|预定|订购?|有|新到|新鲜|现有|出|一起团|求购|代购|采购|\[[^\]]*\])+[:：]?"
)
_BEHIND = re.compile(
    r"(?:接龙|团购|报名|登记|预订|预定|订购|的?(?:可以|请)?接龙|需要的.*|要的.*|来了|到了|[0-9.]+元.*|[0-9.]+块.*|¥.*)+$"
)
#: 土豆5斤装, 鸡蛋(30枚): one portion of the thing.
_SIZED = re.compile(r"(?P<name>[一-龥]{2,8}?)(?P<size>[0-9]{1,4}(?:\.[0-9])?(?:斤|公斤|kg|克|g|两|个|枚|只|颗|根)装?)$")
_SPLIT = re.compile(r"[\s,、;。!|:()\[\]~]+")
LONGEST = 10


@dataclass(slots=True)
class Menu:
    """What is offered. `single`: place of the one thing that the title names, None where it is not one."""

    codes: dict[str, str] = field(default_factory=dict)
    things: list[tuple[int, int]] = field(default_factory=list)
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def single(self) -> tuple[int, int] | None:
        """The one thing, where nothing else is offered."""
        return self.things[0] if len(self.things) == 1 and not self.codes else None

    def learn(self, plain: str, start: int, end: int, vocabulary: Vocabulary) -> None:
        """Take in a row that stands above the entries."""
        coded = _CODED.match(plain, start, end)
        if coded and _PRICE.search(plain, coded.end("code"), end):
            goods = re.split(r"[¥￥0-9(\[]", coded["goods"])[0]
            self.codes[coded["code"]] = goods
            return
        for start_at, stop in _chunks(plain, start, end):
            self._thing(plain, start_at, stop, vocabulary)

    def _thing(self, plain: str, at: int, to: int, vocabulary: Vocabulary) -> None:
        """Take in a word of a title where it can only be goods."""
        before, behind = _BEFORE.match(plain[at:to]), _BEHIND.search(plain[at:to])
        start = at + (before.end() if before else 0)
        stop = max(start, at + behind.start()) if behind else to
        sized = _SIZED.match(plain, start, stop)
        if sized:
            self.sizes[start] = sized.span("size")
            stop = sized.end("name")
        word = plain[start:stop]
        plausible = len(word) <= LONGEST and re.search("[一-龥]{2}", word) and not re.search("[0-9]", word)
        named = word in vocabulary.items or (plausible and not TITLE_WORDS.search(word))
        if named and word not in {plain[a:b] for a, b in self.things}:
            self.things.append((start, stop))

    def coded(self, plain: str, start: int, end: int, units: str) -> list[tuple[int, int, int, int, str, str]] | None:
        """(start, end, code's start and end, number, unit) of a body that speaks in codes throughout, or None."""
        if not self.codes:
            return None
        code = "|".join(re.escape(c) for c in sorted(self.codes, key=len, reverse=True))
        digits = r"(?:号|款|[*x:])" if any(c.isdecimal() for c in self.codes) else r"(?:号|款|套餐|[*x:+])?"
        one = re.compile(
            rf"[\s,、;。+]*(?:套餐)?(?P<code>{code}){digits}\s?[*x]?\s?(?P<n>[0-9]{{1,3}}|[一二两三四五六七八九十])(?P<u>{units})?(?![0-9a-z.])"
        )
        found, at = [], start
        while at < end and plain[at:end].strip(" ,、;。!"):
            match = one.match(plain, at, end)
            if match is None:
                return None
            number = number_of(match["n"])
            begin = match.start() + len(match[0]) - len(match[0].lstrip(" ,、;。+"))
            found.append((begin, match.end(), *match.span("code"), str(number), match["u"] or ""))
            at = match.end()
        return found or None


def _chunks(plain: str, start: int, end: int) -> list[tuple[int, int]]:
    out, at = [], start
    for match in _SPLIT.finditer(plain, start, end):
        if match.start() > at:
            out.append((at, match.start()))
        at = match.end()
    if at < end:
        out.append((at, end))
    return out
