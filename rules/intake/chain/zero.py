"""A row that says that a whole community needs nothing (零报告); a household's own 无需求 is none."""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Literal

from rules.intake.chain.rows import mark
from rules.intake.lines import NOTHING

Nothing = Literal["", "zero", "unclear"]
#: 4月21号 is a day; 21号 by itself may be a house.
_FILLER = re.compile(
    r"[0-9]{1,4}[年月日/-]|(?<=月)[0-9]{1,2}号|今日|今天|今|本社区|本小区|本村|我村|我社区|全村|全部|居民|均|都|暂|[\s,、;。!.:()]"
)
_SAID = NOTHING - {"无"}
_DAY_OR_HOUSE = re.compile(rf"(?P<number>[0-9]{{1,2}})号(?:{'|'.join(sorted(_SAID))})")
_LAST_DAY = 31
#: Nobody says nothing at such length.
_LONGEST = 60


def nothing_said(folded: str, names: Iterable[str], homes: AbstractSet[str]) -> Nothing:
    """Whether a row is a community's zero report once number, date, place and filler are taken away.

    `unclear`: the number may be the day of the month or a house (21号 无需求); behind an entry's number, or where the
    plan has such a home, it is a house.
    """
    if len(folded) > _LONGEST or not any(word in folded for word in _SAID):
        return ""
    marker = mark(folded, 0, len(folded))
    rest = folded[marker[1] :] if marker else folded
    if any(rest[:n] in homes for n in range(1, len(rest))):
        return ""
    for name in names:
        rest = rest.replace(name, "")
    left = _FILLER.sub("", rest)
    if left in _SAID:
        return "zero"
    day = _DAY_OR_HOUSE.fullmatch(left)
    return "unclear" if day and marker is None and int(day["number"]) <= _LAST_DAY else ""
