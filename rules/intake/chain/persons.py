"""A plain name of somebody, where it may be no goods: 张三, 王阿姨; and a nickname where it can only be one."""

import re
from collections.abc import Callable

from rules.intake.chain.lexicon import FOOD, GOODS, KIN, NO_PERSON, PERSON, PLACE_END, SAME, SURNAME

_BLANKS = re.compile(r"[\s,:;、。.]*")
#: Words of Chinese characters, among which a name is.
HANWORD = re.compile(r"[一-龥a-z*·]{1,12}")
_ACT = re.compile(
    r"(?:\s*[+＋]|改(?:成|为|到)|不要了|不要|取消|再要|再加|还要|另加|我?要|想要|需要|订|加|退了|[:：]|不需要|无需求|的)"
)


class Persons:
    """The reader of names for one vocabulary."""

    def __init__(self, units: frozenset[str], items: frozenset[str]) -> None:
        unit = "|".join(sorted((re.escape(u) for u in units), key=lambda u: (-len(u), u)))
        self._spelled = re.compile(rf"[半一二两三四五六七八九十]{{1,3}}(?:{unit})")
        self._items = items

    def is_goods(self, word: str) -> bool:
        """Whether a word may be goods."""
        if word in self._items or word in GOODS:
            return True
        return any(word[:n] in GOODS or word[:n] in self._items for n in range(2, len(word))) or any(
            word[-n:] in GOODS or word[-n:] in self._items for n in range(2, len(word))
        )

    def name(self, plain: str, at: int, end: int) -> tuple[str, int] | None:
        """A plain name at a place, and where it ends."""
        found = HANWORD.match(plain, at, end)
        if found is None:
            return None
        word = found[0]
        if NO_PERSON.match(word) or SAME.match(plain, at, end):
            return None
        act = _ACT.search(word, 1)
        for stop in [len(word), *([act.start()] if act else [])]:
            name = word[:stop]
            if self._is_name(name) and (stop < len(word) or not self._amount_glued(plain, at + stop, end)):
                return name, at + stop
        return self._glued_name(word, at)

    def _glued_name(self, word: str, at: int) -> tuple[str, int] | None:
        """A name with goods directly behind it, where those are known: 张三土豆3斤."""
        kin = KIN.match(word)
        if kin and not self.is_goods(kin[0]) and (kin.end() == len(word) or self._goods_behind(word[kin.end() :])):
            return kin[0], at + kin.end()
        for stop in (3, 2):
            name, rest = word[:stop], word[stop:]
            if rest and self._is_name(name) and self._goods_behind(rest) and not self.is_goods(word):
                return name, at + stop
            if rest and self._is_name(name) and rest in self._items and word not in self._items:
                return name, at + stop
        return None

    def _amount_glued(self, plain: str, at: int, end: int) -> bool:
        """土豆3斤: a number directly behind the word; 张三+1 is none."""
        return (
            at < end
            and (plain[at].isdigit() or plain[at] in "(*")
            and not re.match(r"[0-9]+-[0-9]|[0-9]{1,3}(?:栋|幢|号楼|单元|弄)", plain[at:end])
        )

    def _goods_behind(self, rest: str) -> bool:
        rest = re.sub(r"^(?:的|要|买|订|想要|需要)", "", rest)
        return not rest or rest in self._items or rest in GOODS or bool(self._spelled.match(rest))

    def _is_name(self, word: str) -> bool:
        if self.is_goods(word) or NO_PERSON.match(word) or word[0] in "给为替帮代":
            return False
        if KIN.fullmatch(word):
            return True
        if PLACE_END.search(word) or FOOD.search(word, 1):
            return False
        return PERSON.fullmatch(word) is not None and not (word[0] in "小老阿" and word[1] not in SURNAME)


def nickname(plain: str, start: int, end: int, is_goods: Callable[[str], bool]) -> tuple[str, int] | None:
    """The first word of an entry where it can only be a name: no goods, no amount in it, something behind it."""
    at = skip(plain, start, end)
    found = re.compile(r"[一-龥a-z·*_'-]{1,12}").match(plain, at, end)
    if found is None or found.end() >= end or plain[found.end()] not in " :":
        return None
    word = found[0]
    if (
        is_goods(word)
        or re.search("^[给为我]|[代帮替]", word)
        or re.search("[菜肉鸡鸭鱼虾蛋奶面油盐糖醋酱瓜椒葱蒜笋菇饼糕饺馒粥酒茶药纸巾液粉膏箱袋斤盒]", word)
    ):
        return None
    return word, found.end()


def skip(plain: str, at: int, end: int) -> int:
    """Where the words behind blanks and signs begin."""
    found = _BLANKS.match(plain, at, end)
    return found.end() if found else at
