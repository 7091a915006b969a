"""What an inspector writes into the form: one line a batch, its code and what was found (C-07).

`0423-1=合格`, `0423-2=不合格 包装破损`, `0423-3=价格不合格 高于限价`. All of the lines are taken or none: a line
that is not understood is named with its number, since nobody can tell which batch it was meant for.
"""

import re
from collections import Counter
from dataclasses import dataclass

from rules.intake.quantities import fold
from schemas.text import Text

PASSED = frozenset({"合格", "通过", "pass"})
FAILED = ("不合格", "未通过", "fail")
OVERPRICED = ("价格不合格", "价格不符", "价高", "overpriced")
_LINE = re.compile(r"\s*(?P<batch>[^=\s]+)\s*=\s*(?P<found>[^\s,;:，；：]+)[\s,;:，；：]*(?P<reason>.*?)\s*")


@dataclass(frozen=True)
class Result:
    """What was found of a batch, by its code or id."""

    batch: str
    passed: bool
    reason: str = ""
    price: bool = False


def read_results(text: str) -> tuple[list[Result], list[Text]]:
    """(results in the order of the lines, what could not be understood). With any fault no result may be taken."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    read = [_read(number, line) for number, line in lines]
    results = [one for one in read if isinstance(one, Result)]
    faults = [one for one in read if isinstance(one, Text)]
    twice = [batch for batch, times in Counter(r.batch for r in results).items() if times > 1]
    return results, faults + [Text("result_twice", {"batch": batch}) for batch in twice]


def _read(number: int, line: str) -> Result | Text:
    found = _LINE.fullmatch(fold(line))
    if found is None:
        return Text("result_unreadable", {"number": number, "words": line.strip()[:80]})
    batch, word, reason = found["batch"], found["found"].casefold(), found["reason"]
    if word in PASSED and not reason:
        return Result(batch, passed=True)
    for words, price in ((OVERPRICED, True), (FAILED, False)):
        if word in words:
            return Result(batch, False, reason, price) if reason else Text("result_no_reason", {"number": number})
    return Text("result_unreadable", {"number": number, "words": line.strip()[:80]})
