"""A row that says that a whole community needs nothing (零报告)."""

import re
from collections.abc import Iterable

from rules.intake.chain.rows import mark
from rules.intake.lines import NOTHING

_FILLER = re.compile(
    r"[0-9]{1,4}[年月日号/-]|今日|今天|今|本社区|本小区|本村|我村|我社区|全村|全部|居民|均|都|暂|[\s,、;。!.:()]"
)


def is_zero(folded: str, names: Iterable[str]) -> bool:
    """Nothing but the words of a zero report, once number, date, place and filler are taken away."""
    if len(folded) > 60:  # noqa: PLR2004 - nobody says nothing at such length
        return False
    marker = mark(folded, 0, len(folded))
    rest = folded[marker[1] :] if marker else folded
    for name in names:
        rest = rest.replace(name, "")
    return _FILLER.sub("", rest) in NOTHING - {"无"}
