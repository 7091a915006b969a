r"""The head of an entry -> the household, and where its goods begin.

    who     = ["代" | "帮" | "替"] (address [name] | name [address]) [phone]      ["的" | ":" | "订" …]
    address = [place] part { joint part }         3-2-501, 295-909, 3栋2单元501, 五号楼三零二, 12弄8号302室, 样本庄1号
    part    = number [suffix] | letter [digits] suffix
    name    = surname and one or two characters | … 阿姨, 奶奶, 家 … | a nickname, where goods stand behind it

Chinese numerals count in an address only beside a suffix (丁一 is a name). Numbers are building, unit and room as
their suffixes say, the others by their order: of two, building and room; of three, the unit in the middle. So
12弄8号302 and 12-8-302 are one home. A word is no name where it may be goods.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from rules.intake.chain.households import (
    ADDRESS,
    ARABIC,
    HAN,
    JOINT,
    LAST,
    NUMBERS,
    SUFFIX,
    found_numbers,
    household,
    names_place,
)
from rules.intake.chain.lexicon import FOOD, GOODS, KIN, NO_PERSON, PERSON, PLACE_END, SAME, SURNAME
from rules.intake.chain.model import Who
from rules.intake.chain.split import PHONE

_CARE = re.compile(
    r"(?:帮忙|代替|代|帮|替|为|给)(?:订|买|下单)?\s*|[一-龥]{1,8}?(?:代|帮|替|为|给)\s?(?=[0-9]{1,4}[-#栋幢号弄])"
)
_BLANKS = re.compile(r"[\s,:;、。.]*")
_HANWORD = re.compile(r"[一-龥a-z*·]{1,12}")
_ACT = re.compile(
    r"(?:\s*[+＋]|改(?:成|为|到)|不要了|不要|取消|再要|再加|还要|另加|我?要|想要|需要|订|加|退了|[:：]|不需要|无需求|的)"
)


Inside = TypeVar("Inside")


@dataclass(frozen=True, slots=True)
class Head:
    """Who it is and where the rest begins. `strong`: an address or a plain name, good enough without a marker."""

    who: Who
    end: int
    strong: bool = False


class Heads:
    """The reader of heads for one vocabulary."""

    def __init__(self, units: frozenset[str], items: frozenset[str], homes: frozenset[str]) -> None:
        unit = "|".join(sorted((re.escape(u) for u in units), key=lambda u: (-len(u), u)))
        #: A number with a unit behind it is an amount, a decimal or a range no address.
        self._amount = re.compile(
            rf"(?:{unit}|\.[0-9]|~|[*x][0-9]|元|块|点|月|日|年|时|天|人|岁|%)|\s(?:{unit})(?=[\s,、;。]|$)|\s?[*x]\s?[0-9]"
        )
        self._spelled = re.compile(rf"[半一二两三四五六七八九十]{{1,3}}(?:{unit})")
        self._items, self._homes = items, homes
        self._by_length = sorted({len(h) for h in homes}, reverse=True)

    def is_goods(self, word: str) -> bool:
        """Whether a word may be goods."""
        if word in self._items or word in GOODS:
            return True
        return any(word[:n] in GOODS or word[:n] in self._items for n in range(2, len(word))) or any(
            word[-n:] in GOODS or word[-n:] in self._items for n in range(2, len(word))
        )

    def read(self, plain: str, start: int, end: int) -> Head | None:
        """The head of the text between two places, None where it names nobody plainly."""
        at = _skip(plain, start, end)
        known = self._known(plain, at, end)
        if known:
            return known
        care = _CARE.match(plain, at, end)
        if care:
            head = self._who(plain, care.end(), end)
            if head is not None and head.strong:
                return head
        return self._who(plain, at, end)

    def _known(self, plain: str, at: int, end: int) -> Head | None:
        """A household's id or address as the plan writes it."""
        for length in self._by_length:
            word = plain[at : at + length]
            if (
                at + length <= end
                and word in self._homes
                and (at + length == end or plain[at + length] in " ,:;、，\u3000")
            ):
                found = self._name(plain, _skip(plain, at + length, end), end)
                home = household(found_numbers(word))
                return Head(Who(word, found[0] if found else "", home), found[1] if found else at + length, True)
        return None

    def _who(self, plain: str, at: int, end: int) -> Head | None:
        address = self._address(plain, at, end)
        return self._addressed(plain, *address, end) if address else self._named(plain, at, end)

    def _addressed(self, plain: str, who: Who, at: int, end: int) -> Head:
        """An address, and the name behind it."""
        stop = self._phone(plain, at, end)
        if who.name:
            return Head(who, stop, True)
        found = self._bracketed(plain, stop, end, self._name) or self._name(plain, _skip(plain, stop, end), end)
        if found:
            return Head(Who(who.address, found[0], who.household), self._phone(plain, found[1], end), True)
        return Head(who, stop, True)

    def _named(self, plain: str, at: int, end: int) -> Head | None:
        """A name, and the address behind it."""
        found = self._name(plain, at, end)
        if not found:
            return None
        name, stop = found[0], self._phone(plain, found[1], end)
        inside = self._bracketed(plain, stop, end, self._address)
        if inside:
            return Head(Who(inside[0].address, name, inside[0].household), inside[1], True)
        address = self._address(plain, _skip(plain, stop, end), end)
        if address and not address[0].name and not names_place(address[0]):
            return Head(Who(address[0].address, name, address[0].household), self._phone(plain, address[1], end), True)
        return Head(Who("", name), stop, True)

    @staticmethod
    def _bracketed(
        plain: str, at: int, end: int, read: Callable[[str, int, int], tuple[Inside, int] | None]
    ) -> tuple[Inside, int] | None:
        """赵大爷(1-105), 1-106(周女士): what fills the brackets."""
        opened = re.compile(r"\s*[(\[]\s*").match(plain, at, end)
        found = read(plain, opened.end(), end) if opened else None
        closed = re.compile(r"\s*[)\]]").match(plain, found[1], end) if found else None
        return (found[0], closed.end()) if found and closed else None

    @staticmethod
    def _phone(plain: str, at: int, end: int) -> int:
        found = PHONE.match(plain, _skip(plain, at, end), end)
        return found.end() if found else at

    def _address(self, plain: str, at: int, end: int) -> tuple[Who, int] | None:
        if PHONE.match(plain, at, end):
            return None
        found = NUMBERS.match(plain, at, end) or ADDRESS.match(plain, at, end)
        if found is None:
            return None
        place = found.groupdict().get("place") or ""
        numbers, stop = found["numbers"] if place else found[0], found.end()
        while True:
            if self._is_address(plain, numbers, stop, end, place):
                break
            shorter = re.match(rf"(?P<rest>.*\S)(?:{JOINT})(?:{LAST})$", numbers)
            if shorter is None:
                return None
            stop -= len(numbers) - len(shorter["rest"])
            numbers = shorter["rest"]
        home = household(numbers)
        if home is None or re.search("共|以上|第|每|约|还|剩|限|满", place):
            return None
        words = plain[stop - len(numbers) - len(place) : stop]
        if (
            place
            and not PLACE_END.search(place.strip())
            and (PERSON.fullmatch(place) or KIN.fullmatch(place))
            and not self._placed(plain, stop)
        ):
            return Who(words[len(place) :], place, home), stop
        return (Who(words, "", home), stop) if not place or not self.is_goods(place) else None

    @staticmethod
    def _placed(plain: str, stop: int) -> bool:
        """西坪1号 吕演示: with a person's name behind the address, the words before it are the place."""
        found = _HANWORD.match(plain, _skip(plain, stop, len(plain)))
        return found is not None and PERSON.fullmatch(found[0]) is not None

    def _is_address(self, plain: str, numbers: str, stop: int, end: int, place: str) -> bool:
        after = plain[stop:end]
        plain_room = re.search(rf"(?:[-#/]|{SUFFIX}\s?)[0-9]{{3,4}}[a-z]?$", numbers) or re.search(
            SUFFIX + "$", numbers
        )
        if not plain_room and self._amount.match(after):
            return False  # 2-3斤 is a range, 12号 3 斤 has an amount behind the house
        if re.match(r"[0-9a-z]", after) and not re.search(SUFFIX + "$", numbers):
            return False
        suffixed = re.search(rf"(?:{ARABIC}[a-z]?|{HAN}|[a-z]){SUFFIX}", numbers)
        if place:
            return suffixed is not None or (
                re.search("[0-9]{3}", numbers) is not None and PLACE_END.search(place.strip()) is not None
            )
        if suffixed:
            return not re.match(r"(?:线|段)", after)
        if re.search("[-#/_]", numbers):
            return (
                re.fullmatch(
                    r"[a-z]?[0-9]{1,5}[a-z]?(?:\s?[-#/_]\s?[a-z]?[0-9]{1,5}[a-z]?){1,4}|[a-z](?:-[0-9]{1,5}){1,3}",
                    numbers,
                )
                is not None
            )
        return re.fullmatch(r"[a-z]?[0-9]{3,4}[a-z]?", numbers) is not None

    def _name(self, plain: str, at: int, end: int) -> tuple[str, int] | None:
        """A plain name at a place, and where it ends."""
        found = _HANWORD.match(plain, at, end)
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
    at = _skip(plain, start, end)
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


def _skip(plain: str, at: int, end: int) -> int:
    found = _BLANKS.match(plain, at, end)
    return found.end() if found else at
