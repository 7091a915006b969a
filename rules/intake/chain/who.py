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

from rules.intake.chain.addresses import Addresses
from rules.intake.chain.households import found_numbers, household, names_place
from rules.intake.chain.model import Who
from rules.intake.chain.persons import Persons, skip
from rules.intake.chain.split import PHONE

_CARE = re.compile(
    r"(?:帮忙|代替|代|帮|替|为|给)(?:订|买|下单)?\s*|[一-龥]{1,8}?(?:代|帮|替|为|给)\s?(?=[0-9]{1,4}[-#栋幢号弄])"
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
        self.persons = Persons(units, items)
        self.is_goods = self.persons.is_goods
        self._address = Addresses(units, self.is_goods).read
        self._name = self.persons.name
        self._homes = homes
        self._by_length = sorted({len(h) for h in homes}, reverse=True)

    def read(self, plain: str, start: int, end: int) -> Head | None:
        """The head of the text between two places, None where it names nobody plainly."""
        at = skip(plain, start, end)
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
                found = self._name(plain, skip(plain, at + length, end), end)
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
        found = self._bracketed(plain, stop, end, self._name) or self._name(plain, skip(plain, stop, end), end)
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
        address = self._address(plain, skip(plain, stop, end), end)
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
        found = PHONE.match(plain, skip(plain, at, end), end)
        return found.end() if found else at
