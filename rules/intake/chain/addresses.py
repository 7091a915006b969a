"""Which numbers are an address and where it ends: 3-2-501, 样本庄1号; amounts, ranges and dates are none."""

import re
from collections.abc import Callable

from rules.intake.chain.households import (
    ADDRESS,
    ARABIC,
    HAN,
    JOINT,
    LAST,
    NUMBERS,
    SUFFIX,
    household,
)
from rules.intake.chain.lexicon import KIN, PERSON, PLACE_END
from rules.intake.chain.model import Who
from rules.intake.chain.persons import HANWORD, skip
from rules.intake.chain.split import PHONE


class Addresses:
    """The reader of addresses for one vocabulary."""

    def __init__(self, units: frozenset[str], is_goods: Callable[[str], bool]) -> None:
        unit = "|".join(sorted((re.escape(u) for u in units), key=lambda u: (-len(u), u)))
        #: A number with a unit behind it is an amount, a decimal or a range no address.
        self._amount = re.compile(
            rf"(?:{unit}|\.[0-9]|~|[*x][0-9]|元|块|点|月|日|年|时|天|人|岁|%)|\s(?:{unit})(?=[\s,、;。]|$)|\s?[*x]\s?[0-9]"
        )
        self._is_goods = is_goods

    def read(self, plain: str, at: int, end: int) -> tuple[Who, int] | None:
        """The address at a place and where it ends."""
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
        return (Who(words, "", home), stop) if not place or not self._is_goods(place) else None

    @staticmethod
    def _placed(plain: str, stop: int) -> bool:
        """西坪1号 吕演示: with a person's name behind the address, the words before it are the place."""
        found = HANWORD.match(plain, skip(plain, stop, len(plain)))
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
