"""Rows -> entries, with the memory that a chain needs: what is offered, who spoke last, whose line was broken.

    "#接龙", "#Group Note"   begins a chain; another one in the same text is another chain
    before the first entry   title, menu and example
    marked row               an entry: number who body
    unmarked row             a goods row directly under an entry goes on with it; a row with an address or a plain name
                             is an entry of its own, and so is a message (张三+1, 张三改成3份, 李四不要了, 加王阿姨2份);
                             what asks for nothing is chatter or closing; all else is for review

+1 in a message adds, in a numbered entry it is the entry's count, since the entry says what holds.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from rules.intake.chain.lexicon import CHATTER, CLOSING, FOOD, NOTE, SAMPLE
from rules.intake.chain.menu import Menu
from rules.intake.chain.model import Chain, Op, Who
from rules.intake.chain.plain import plain as plain_text
from rules.intake.chain.rows import Row, clock, mark, rows, weak_mark
from rules.intake.chain.settling import Grammar, Open, Settling
from rules.intake.chain.who import Head, nickname
from rules.intake.lines import NOTHING

_HEADER = re.compile(r"#\s?(?:接龙|group\s?note|solitaire|chain)\s*", re.IGNORECASE)
_FILLER = re.compile(
    r"[0-9]{1,4}[年月日号/-]|今日|今天|今|本社区|本小区|本村|我村|我社区|全村|全部|居民|均|都|暂|[\s,、;。!.:()]"
)
_ADDS = re.compile(
    r"\s*(?:再|帮忙|麻烦)?(?:加上|加|补上|补)(?=[^一二两三四五六七八九十半0-9\s]|[0-9]{1,4}(?:[-#]|栋|号楼|幢|单元|弄))"
)
_MINE = re.compile(r"\s*(?:我们家|我家|我|俺家?|本户)?\s*(?:想要|需要|还要|再来|再加|再要|要|来|加|补|改成|订|报名)")
_LABEL = re.compile(r"\s*(?:补充|更正|更改|修改|更新|补单|改单)\s*:\s*(?=\S)")
_TOTAL = re.compile(r"\s*(?:合计|总计|共计|小计|汇总|以上共|总共|累计)")
_BETWEEN = re.compile(r"\s*(?:的|[:,、;。-])*\s*(?:(?:代|帮忙)?(?:订购|订|购|买)(?=\s|[^\s]))?\s*")
_ROOM_LIKE = 1000
#: Longer rows are not written by people; they would only cost time.
LONGEST = 1000


class _Reader(Settling):
    def __init__(self, text: str, grammar: Grammar, names: Iterable[str]) -> None:
        super().__init__(text, grammar)
        self.names = list(names)
        self.rows = list(rows(self.plain, self._names_somebody))
        self.zeros = {r.start for r in self.rows if _is_zero(self.plain[r.start : r.end], self.names)}
        self.due = 1
        self._renew(0)

    def _names_somebody(self, at: int, end: int) -> bool:
        return self.grammar.heads.read(self.plain, at, end) is not None

    def _renew(self, at: int) -> None:
        """A chain begins: nothing of the one before it holds."""
        self.open, self.menu = None, Menu()
        self.entered, self.due, self.speaker = False, 1, ""
        self.part: Who | None = None  # a row that is only 1栋: the rooms below are in it
        self.after_blank = self.headed = False
        ahead = [r for r in self.rows if r.start >= at and r.start not in self.zeros]
        until = next(
            (n for n, r in enumerate(ahead) if r.start > at and _HEADER.match(self.plain, r.start)), len(ahead)
        )
        self.numbered = any(mark(self.plain, r.start, r.end) for r in ahead[:until])

    # Rows.

    def read(self) -> Chain:
        last = 0
        for row in self.rows:
            self.after_blank = row.number - last > 1
            last = row.number
            self._row(row)
        self._close()
        self._partition()
        return self.chain

    def _row(self, row: Row) -> None:
        start, end = row.start, row.end
        header = _HEADER.match(self.plain, start, end)
        if header or self.plain[start] == "#":
            stop = header.end() if header else end
            self._aside(start, stop, "header")
            self._renew(start + 1)
            self.headed = header is not None
            if stop >= end:
                return
            start = stop
        if start in self.zeros or _is_zero(self.plain[start:end], self.names):
            self._aside(start, end, "zero")
            return
        if end - start > LONGEST:
            self._refuse(start, end, "line_too_long")
            return
        found = self._marked(start, end) or self._counts_on(start, end)
        if SAMPLE.match(self.plain, found[1] if found else start, end):
            self._aside(start, end, "example")
        elif found and not self._offers(found[1], end):
            self._entry(start, end, found)
        else:
            self._unmarked(start, end)

    def _marked(self, start: int, end: int) -> tuple[int, int] | None:
        """The mark of a row. A number of four digits is a room (1203、) unless it comes next or soon after."""
        found = mark(self.plain, start, end)
        return found if found and (found[0] < _ROOM_LIKE or 0 <= found[0] - self.due < _ROOM_LIKE) else None

    def _counts_on(self, start: int, end: int) -> tuple[int, int] | None:
        """`2 张三 …`: the number that comes next, before somebody."""
        found = weak_mark(self.plain, start, end)
        return found if found and found[0] == self.due and self._names_somebody(found[1], end) else None

    def _offers(self, at: int, end: int) -> bool:
        """Whether a marked row before the entries is a line of the menu: goods with a price and nobody's name."""
        priced = re.search(r"[¥￥][0-9]|[0-9]\s?(?:元|块钱?(?:[/一每]|$|\s))", self.plain[at:end])
        return not self.entered and priced is not None and self.grammar.heads.read(self.plain, at, end) is None

    def _entry(self, start: int, end: int, found: tuple[int, int]) -> None:
        """A marked row."""
        self._close()
        no, at = found
        if not self.plain[at:end].strip(" ,、.。:;-"):
            self._aside(start, end, "empty_entry")
            self.due = no + 1
            return
        self.entered = self.numbered = True
        self.due = no + 1
        head = self.grammar.heads.read(self.plain, at, end) or self._nicknamed(at, end)
        head = self._in_part(head) if head else None
        if head and head.who.address and not head.who.name:
            head = self._called(head, end)
        body = self._body_at(head.end if head else at, end)
        self.open = Open(no, head, start, body, end, "set", False)

    def _called(self, head: Head, end: int) -> Head:
        """The nickname behind an address: 2-301 阳光 白菜1颗."""
        found = nickname(self.plain, head.end, end, self.grammar.heads.is_goods)
        if found is None or re.search(r"[0-9a-z区]|不|无|取消|各", found[0]) or self._words_of_goods(found[0]):
            return head
        body = self.goods.read(self._body_at(found[1], end), end)
        plain_goods = body.lines and body.everything is None and not any(line.faults for line in body.lines)
        return replace(head, who=replace(head.who, name=found[0]), end=found[1]) if plain_goods else head

    def _words_of_goods(self, word: str) -> bool:
        return self.grammar.words.of(word).kind != "name" or bool(FOOD.search(word))

    def _body_at(self, at: int, end: int) -> int:
        found = _BETWEEN.match(self.plain, at, end)
        return found.end() if found else at

    def _nicknamed(self, at: int, end: int) -> Head | None:
        """A word that is no plain name and can only be one: sure where everything behind it is plain."""
        found = nickname(self.plain, at, end, self.grammar.heads.is_goods)
        if found is None:
            return None
        home = self.grammar.heads.read(self.plain, found[1], end)
        if home is not None and home.who.address and not home.who.name:
            return Head(replace(home.who, name=found[0]), home.end)
        if self._counted(found[1], end) is None:
            body = self.goods.read(self._body_at(found[1], end), end)
            if not body.lines or any(line.faults for line in body.lines):
                return None
        return Head(Who("", found[0]), found[1])

    # Unmarked rows.

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
        if head is None:
            self._headless(at, end)
        elif self.numbered and not self.entered and not (head.who.address and self._has_amount(at, end)):
            self._title(at, end)
        elif self._is_rest_chatter(head.end, end):
            self._aside(at, end, "chatter")
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

    def _in_part(self, head: Head) -> Head:
        """A room below a row that names its building is in that building."""
        home, part = head.who.household, self.part
        if part is None or part.household is None or home is None or home.building or home.unit:
            return head
        whole = replace(part.household, room=home.room)
        return replace(head, who=replace(head.who, address=part.address + head.who.address, household=whole))

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
            self._title(start, end)
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
        body = self.goods.read(start, end)
        return (
            bool(body.lines)
            and body.everything is None
            and (not any(line.faults for line in body.lines) or (above.body < above.end and self._broken(above.end)))
        )

    def _broken(self, end: int) -> bool:
        return self.plain[end - 1] in ",、;+"

    # Entries.

    # Every character.


def _is_zero(folded: str, names: Iterable[str]) -> bool:
    """Nothing but the words of a zero report, once number, date, place and filler are taken away."""
    if len(folded) > 60:  # noqa: PLR2004 - nobody says nothing at such length
        return False
    marker = mark(folded, 0, len(folded))
    rest = folded[marker[1] :] if marker else folded
    for name in names:
        rest = rest.replace(name, "")
    return _FILLER.sub("", rest) in NOTHING - {"无"}


def read_text(text: str, grammar: Grammar, names: Iterable[str] = ()) -> Chain:
    """Read a chain. `names`: of its community, which may stand in a zero report."""
    return _Reader(text, grammar, [plain_text(n) for n in names]).read()
