"""What a household asks for as it will stand in a letter: its own words for the goods, slips of the pen and all.

About four lines in a hundred cannot be used, as with real people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from deployments.demo.chance import Chance
from deployments.demo.wishes import Wish
from schemas.plan import Community

#: Parts of all lines, and of all households.
SLIP, UNREGISTERED = 0.04, 0.008
UNKNOWN_GOODS = ("老干妈辣酱", "烤鸭", "铁观音", "奶油蛋糕", "腊肠")


@dataclass(frozen=True)
class Line:
    """What one household asks for of one thing, and the wish behind it."""

    wish: Wish
    who: str
    name: str
    item: str
    number: str
    unit: str


@dataclass(frozen=True)
class Asked:
    """A community's day before it is put into a form."""

    community: Community
    on: date
    cutoff: time
    chance: Chance
    baskets: list[list[Line]]

    def lines(self) -> list[Line]:
        """Of all households."""
        return [line for basket in self.baskets for line in basket]


def basket_lines(chance: Chance, wishes: Sequence[Wish]) -> list[Line]:
    """The lines of one household; now and then of one that is on no register."""
    lines = [wish_line(chance, wish) for wish in wishes]
    if chance.happens(UNREGISTERED):
        # A tenant or a building site: on no register, and hungry all the same.
        stranger = f"{chance.between(60, 99)}号"
        return [replace(line, who=stranger, name="") for line in lines]
    return lines


def wish_line(chance: Chance, wish: Wish) -> Line:
    """A wish in the household's own words."""
    item, home = wish.item, wish.home
    words = chance.one(item.aliases) if item.aliases and chance.happens(0.6) else item.name
    number, unit = str(wish.units), item.unit
    if unit == "斤" and wish.units % 2 == 0 and chance.happens(0.2):
        number, unit = str(wish.units // 2), "公斤"
    plain = Line(wish, home.address, home.head, words, number, unit)
    return _slipped(chance, plain) if chance.happens(SLIP) else plain


def _slipped(chance: Chance, line: Line) -> Line:
    """A slip that nobody can mend but the one who made it."""
    slips: tuple[Callable[[], Line], ...] = (
        lambda: replace(line, item=chance.one(UNKNOWN_GOODS)),
        lambda: replace(line, unit=""),
        lambda: replace(line, number=f"{line.number}000"),
        lambda: replace(line, number="0"),
        lambda: replace(line, unit="箱"),
    )
    return chance.one(slips)()


def another_number(line: Line) -> Line:
    """The line corrected: a little more, or a little less."""
    return replace(line, number="2" if line.number == "1" else "1")
