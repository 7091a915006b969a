"""Goods by their number on the list that the plan published: `3号2份`, `12*2`, `#5 两袋`, `3号改成1份`, `3号不要了`.

    code    = ["第" | "no." | "#"] number "号" | "#" number | number before "*"      A5 is a code of no list of ours
    amount  = ["*" | ":" | "改成" | "+"] number [unit]      without a unit, or with 份, it counts what the list prices

Nothing is taken for a number of the list that may be a house, a size or a date: a code begins its part of the body and
has an amount directly behind it, 3号楼 and 5号电池 are none, and `12*2` behind a name is left to the reader of goods. A
number that is not on the list is a question that names it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from rules.intake.chain.elements import number_of
from rules.intake.chain.goods import Body, Goods
from rules.intake.chain.lexicon import NAMED
from rules.intake.chain.model import Line, Op, Who
from rules.intake.chain.who import Head, Heads
from rules.intake.lines import Listed
from rules.intake.quantities import list_number
from schemas.text import Text

_HAN = "[一二两三四五六七八九十]{1,3}"
_MAY_BE = re.compile(
    rf"(?:[0-9]|{_HAN})\s?号|(?:#|no\.)\s?[0-9]|[0-9]\s?[*x]\s?[0-9一二两三四五六七八九十半]|[a-z][0-9]"
)
_CHUNK = re.compile(r"[^\s,、;。|!~]+")
_BLANK, _STRONG = " \t\u3000", ",、;。|!~\r\n"
#: More of one thing than this has its unit written beside it.
_MOST_BARE = 99
_PORTION = "份"
#: The last part of an address that may be a number of the list: 3栋2单元501室 3号.
_SWALLOWED = re.compile(r"(?:室|户|[0-9]{3,4}[a-z]?)\s+(?P<code>[0-9]{1,4}号|#\s?[0-9]{1,4})$")
_HOUSE = re.compile(r"[0-9]{1,4}号")


@lru_cache(maxsize=16)
def _token(units: str) -> re.Pattern[str]:
    number = rf"[0-9]{{1,4}}(?:\.[0-9]{{1,2}})?|半|{_HAN}"
    return re.compile(
        r"(?P<add>再加|再来|再要|追加|还要|多要|加)?(?:想要|需要|要|来|订)?"
        rf"(?P<code>(?:第|no\.?\s?|#)?(?:[0-9]{{1,4}}|{_HAN})\s?号(?!楼|院|门|线|电池)|(?:#|no\.)\s?[0-9]{{1,4}}|"
        r"(?P<bare>[0-9]{1,4})(?=\s?[*x])|(?P<letter>[a-z][0-9]{1,4}))\s?"
        rf"(?:(?:都|也)?(?P<cancel>不要了?|取消了?)|(?P<how>[*x:]|改(?:成|为|到)|\+|要|来|订)?\s?(?P<n>{number})\s?(?P<u>{units})?)"
        r"(?(u)(?![a-z.*-])|(?![0-9a-z.*-]))"
    )


class ByNumber:
    """The reader of such bodies for one text. `plain`: as the text is read; `goods`: who reads what lies between."""

    def __init__(self, listed: Mapping[int, Listed], units: str, goods: Goods) -> None:
        self.listed, self.goods = listed, goods
        self.text, self.plain = goods.text, goods.plain
        self._one = _token(units)

    def read(self, start: int, end: int) -> Body | None:
        """The body between two places; None where nothing in it is plainly a number of the list."""
        if not self.listed or not _MAY_BE.search(self.plain, start, end):
            return None
        found = list(self._pieces(start, end))
        if not any(isinstance(piece, re.Match) for piece in found):
            return None
        body = Body([], [])
        for piece in found:
            if isinstance(piece, re.Match):
                body.lines.append(self._line(piece))
                continue
            beside = self.goods.read(*piece)
            if beside.everything or (any(line.faults for line in beside.lines) and not self._apart(*piece, start, end)):
                return None
            body.lines += beside.lines
            body.asides += beside.asides
        return body

    def _pieces(self, start: int, end: int) -> Iterator[re.Match[str] | tuple[int, int]]:
        """Codes with their amounts, and the places of what lies between them."""
        at, rest, begins = start, None, True
        while at < end:
            if self.plain[at] in _BLANK + _STRONG:
                begins = begins or self.plain[at] in _STRONG
                at += 1
                continue
            found = self._match(at, end, begins)
            if found is None:
                chunk = _CHUNK.match(self.plain, at, end)
                stop = chunk.end() if chunk else at + 1
                rest, at, begins = (rest[0] if rest else at, stop), stop, False
                continue
            if rest:
                yield rest
            yield found
            at, rest, begins = found.end(), None, True
        if rest:
            yield rest

    def _match(self, at: int, end: int, begins: bool) -> re.Match[str] | None:
        found = self._one.match(self.plain, at, end)
        if found is None or (found["bare"] and not begins) or NAMED.match(found["code"]):
            return None
        if found["code"] in self.goods.words.vocabulary.items:
            return None
        bare = found["n"] and not found["u"]
        if bare and (number_of(found["n"]) or Decimal(0)) > _MOST_BARE:
            return None
        if bare and "#" in found["code"] and not found["how"]:
            return None  # 12#302 is an address
        stop = found.end()
        closed = stop == end or self.plain[stop] in _BLANK + _STRONG + ")"
        return found if closed or self._one.match(self.plain, stop, end) else None

    def _apart(self, at: int, to: int, start: int, end: int) -> bool:
        """Whether more than a blank stands between a piece and the codes beside it."""
        before, behind = self.plain[start:at], self.plain[to:end]
        left = not before.strip(_BLANK) or before.rstrip(_BLANK)[-1] in _STRONG
        return left and (not behind.strip(_BLANK) or behind.lstrip(_BLANK)[0] in _STRONG)

    def _line(self, found: re.Match[str]) -> Line:
        start, end = found.span()
        code, words = self.text[slice(*found.span("code"))].strip(), self.text[start:end]
        number = list_number(code)
        goods = None if number is None else self.listed.get(number)
        faults = () if goods else (Text("menu_number_unknown", {"number": code, "words": words[:80]}),)
        stands_for = goods.item_id if goods else ""
        if found["cancel"]:
            return Line(code, "", None, "", start, end, "cancel", faults, stands_for=stands_for)
        op: Op = "add" if found["add"] or found["how"] == "+" else "set"
        amount, unit = number_of(found["n"]), found["u"] or ""
        if goods:
            unit = goods.unit if not unit else goods.portion if unit == _PORTION else unit
        if amount is not None and amount <= 0:
            faults = (*faults, Text("quantity_not_positive", {"words": words[:80]}))
        return Line(code, "", amount, unit, start, end, op, faults, stands_for=stands_for)

    # Heads.

    def may_be_mine(self, head: Head, end: int) -> bool:
        """3号不要了 in a message: house number 3 takes all back, or somebody takes back number 3 of the list."""
        address = head.who.address
        if not self.listed or head.who.name or not _HOUSE.fullmatch(address) or int(address[:-1]) not in self.listed:
            return False
        return self.goods.read(head.end, end).everything is not None

    def own(self, heads: Heads, head: Head, at: int, end: int) -> Head:
        """The head without a number of the list that was taken for the last part of its address."""
        if not self.listed:
            return head
        cut = _SWALLOWED.search(self.plain[at : head.end])
        if cut and self._one.match(self.plain, at + cut.start("code"), end):
            return heads.read(self.plain, at, at + cut.start("code")) or head
        address = head.who.address
        if head.who.name and _HOUSE.fullmatch(address) and self.plain[at : head.end].endswith(address):
            # 张三 3号2份: a house or a number; 张三 3号2份 5号1份: nobody has two houses.
            begins = head.end - len(address)
            pieces = list(self._pieces(begins, end))
            if len(pieces) > 1 and all(isinstance(piece, re.Match) for piece in pieces):
                return replace(head, who=Who("", head.who.name), end=begins)
        return head
