"""A row without a number: the rest of an entry, a message, a title, a closing, chatter, or for review.

a goods row directly under an entry goes on with it; a row with an address or a plain name is an entry of its own,
and so is a message (张三+1, 张三改成3份, 李四不要了, 加王阿姨2份); what asks for nothing is chatter or closing
"""

import re
from collections.abc import Mapping

from rules.intake.chain.entries import Entries
from rules.intake.chain.lexicon import CHATTER, CLOSING, NOTE, OFFER, TITLE_WORDS
from rules.intake.chain.model import Op, Who
from rules.intake.chain.rows import clock
from rules.intake.chain.settling import Grammar, Open
from rules.intake.chain.who import Head
from rules.intake.lines import Listed

_ADDS = re.compile(
    r"\s*(?:再|帮忙|麻烦)?(?:加上|加|补上|补)(?=[^一二两三四五六七八九十半0-9\s]|[0-9]{1,4}(?:[-#]|栋|号楼|幢|单元|弄))"
)
_MINE = re.compile(r"\s*(?:我们家|我家|我|俺家?|本户)?\s*(?:想要|需要|还要|再来|再加|再要|要|来|加|补|改成|订|报名)")
_LABEL = re.compile(r"\s*(?:补充|更正|更改|修改|更新|补单|改单)\s*:\s*(?=\S)")
#: Words by which somebody acts on an order; a title has none of them.
_ACTS = re.compile(r"不要了|取消|改成|不需要|无需求|[+]\s?[0-9]")
#: 2022-04-21 is a date and no home.
_YEAR = re.compile(r"\s*20[0-9]{2}[-/.]")
_TOTAL = re.compile(r"\s*(?:合计|总计|共计|小计|汇总|以上共|总共|累计)")


class Unmarked(Entries):
    """Reads rows without a number.

    `speaker`: whose words the rows are, where a time stamp says so; `in_header`: the row began with #接龙.
    """

    def __init__(self, text: str, grammar: Grammar, listed: Mapping[int, Listed]) -> None:
        super().__init__(text, grammar, listed)
        self.speaker = ""
        self.after_blank = self.headed = self.in_header = False

    def _unmarked(self, start: int, end: int) -> None:
        at = clock(self.plain, start, end)
        label = _LABEL.match(self.plain, at, end)
        at = label.end() if label else at
        if at > start:
            self._aside(start, at, "chatter")
            if at >= end:
                return
        if self._spoke(at, end):
            return
        added = _ADDS.match(self.plain, at, end)
        if added:
            head = self.grammar.heads.read(self.plain, added.end(), end)
            if head and not self._is_rest_chatter(head.end, end):
                self._message(at, end, head, "add")
                return
        head = self.grammar.heads.read(self.plain, at, end)
        head = self.by_number.own(self.grammar.heads, head, at, end) if head else None
        if head is None:
            self._headless(at, end)
        elif self.numbered and not self.entered and not self._orders(head, at, end):
            self._above(at, head.end, end)
        elif self._is_rest_chatter(head.end, end):
            self._aside(at, end, "chatter")
        elif self.by_number.may_be_mine(head, end):
            self._refuse(at, end, "menu_or_house")
        else:
            self._message(at, end, head, "set")

    def _spoke(self, start: int, end: int) -> bool:
        """`张三 22:14` above a message: who speaks in the rows below."""
        found = re.match(
            r"(?P<who>\S{1,12})\s+(?=[0-9年月日/:\-\s上中下晚午早]*[0-9]{1,2}:[0-9]{2})", self.plain[start:end]
        )
        if not found or clock(self.plain, start + found.end(), end) < end:
            return False
        self._aside(start, end, "chatter")
        self.speaker = found["who"]
        return True

    def _is_rest_chatter(self, at: int, end: int) -> bool:
        rest = self.plain[at:end].strip(" ,:、。!")
        if not rest or self._has_amount(at, end) or re.search(r"不要|取消|不需要|改|退|撤|无需求|[+*]\s?[0-9]", rest):
            return False
        return bool(NOTE.fullmatch(rest) or CHATTER.search(rest)) or (
            not re.search("[0-9]", rest) and not self._foodlike(rest)
        )

    def _foodlike(self, words: str) -> bool:
        return any(self.grammar.heads.is_goods(w) for w in re.split(r"[\s,、;。:]+", words) if w)

    def _has_amount(self, start: int, end: int) -> bool:
        return self.grammar.vocabulary.amount.search(self.plain, start, end) is not None

    def _message(self, start: int, end: int, head: Head, op: Op) -> None:
        self._close()
        home = head.who.household
        bare = not self.plain[head.end : end].strip(" ,、.。:;!-")
        if bare and home and home.room is None and not head.who.name and re.search("[栋幢座楼元]$", head.who.address):
            self.part = head.who
            self.claims.append((start, end, "who"))
            return
        head = self._in_part(head)
        self.entered = True
        body = self._body_at(head.end, end)
        self.open = Open(None, head, start, body, end, op, True, body >= end)

    def _orders(self, head: Head, start: int, end: int) -> bool:
        """Whether a row above the first number is an entry all the same: a home, and something that it asks for."""
        if not head.who.address:
            return False
        if self._has_amount(start, end):
            return True
        home, rest = head.who.household, self.plain[head.end : end].strip(" ,:、。!")
        if home is None or home.room is None or _YEAR.match(self.plain, start, end) or TITLE_WORDS.search(rest):
            return False
        return not rest or bool(_ACTS.search(rest)) or self._foodlike(rest)

    def _above(self, start: int, goods: int, end: int) -> None:
        """A row above the first number: a title, unless it may be somebody's order. What it offers is learnt."""
        if self._asks(goods, end):
            self._refuse(start, end, "not_numbered")
            if self.in_header:  # 接龙 鸡蛋1板: the initiator's offer as well as anybody's order
                self.menu.learn(self.plain, start, end, self.grammar.vocabulary)
        else:
            self._title(start, end)

    def _asks(self, start: int, end: int) -> bool:
        """Whether words ask for goods as an order does, with no price, limit or word of an offer beside them."""
        words = self.plain[start:end]
        if OFFER.search(words):
            return False
        return bool(_ACTS.search(words)) or self._has_amount(start, end)

    def _title(self, start: int, end: int) -> None:
        self._aside(start, end, "title")
        self.menu.learn(self.plain, start, end, self.grammar.vocabulary)
        if not self.chain.title:
            self.chain.title = self.text[start:end]

    def _headless(self, start: int, end: int) -> None:
        """A row that names nobody."""
        words = self.plain[start:end]
        amount = self._has_amount(start, end)
        if not _TOTAL.match(words) and self._goes_on(start, end):
            self.open.end = end  # type: ignore[union-attr]
        elif _TOTAL.match(words) or (not amount and CLOSING.search(words)):
            self._aside(start, end, "closing")
        elif not self.entered and (self.numbered or self.headed or not amount) and not self.speaker:
            self._above(start, start, end)
        elif self.speaker and (amount or re.search(r"[+]\s?[0-9]|不要了|取消|改成", words)):
            self._message(start, end, Head(Who("", self.speaker), start), "set")
        elif _MINE.match(words) and amount:
            self._close()
            self.open = Open(None, None, start, start, end, "set", True)
        elif not amount and (
            CHATTER.search(words) or not (self._foodlike(words) or re.search(r"不要|取消|[+]\s?[0-9]", words))
        ):
            self._aside(start, end, "chatter")
        elif not self.entered and not self.numbered and not amount:
            self._title(start, end)
        else:
            self._refuse(start, end, "not_numbered")

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether a row is the rest of the entry directly above it: nothing but goods."""
        above = self.open
        if above is None or self.after_blank or above.head is None:
            return False
        words = self.plain[start:end]
        if above.message and not above.block and not self.plain[:start].rstrip("\r\n ").endswith((",", "、", ";")):
            return False
        if re.match(r"再|还|另|我|加|改|换|@", words) or CLOSING.search(words) or re.search("[?？]", words):
            return False
        body = self._numbers(start, end) or self.goods.read(start, end)
        return (
            bool(body.lines)
            and body.everything is None
            and (not any(line.faults for line in body.lines) or (above.body < above.end and self._broken(above.end)))
        )

    def _broken(self, end: int) -> bool:
        return self.plain[end - 1] in ",、;+"
