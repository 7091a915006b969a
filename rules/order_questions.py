"""Yes or no to what suppliers ask back, as text: `3=是`, or with a reason `4=否 太贵`, one a line (C-05, B-10).

Either every line is understood or nothing is answered. Who may say yes: to another price within the rise that the
plan lets pass, and to more than was ordered, the buyer; to anything beyond that, those who approve purchases, and they
to all of it.
"""

import re
from collections.abc import Collection

from rules.intake.quantities import fold
from rules.resourcing import within_price_rule
from schemas.plan import Plan
from schemas.text import Text

_ANSWER = re.compile(r"(?P<number>[0-9]{1,4})=(?P<word>是|否|yes|no)(?P<reason>.*)")
_YES = ("是", "yes")


def read_answers(text: str, waiting: Collection[int]) -> dict[int, tuple[bool, str]] | tuple[Text, ...]:
    """Number -> (yes, reason), or every line that is not understood."""
    answers: dict[int, tuple[bool, str]] = {}
    faults: list[Text] = []
    for line, words in enumerate(fold(text).splitlines(), start=1):
        for part in (p.strip() for p in words.split(";") if p.strip()):
            found = _ANSWER.fullmatch(re.sub(r"\s*=\s*", "=", part))
            told = {"line": line, "words": part}
            if found is None:
                faults.append(Text("question_unreadable", told))
            elif int(found["number"]) not in waiting:
                faults.append(Text("question_unknown", told))
            elif int(found["number"]) in answers:
                faults.append(Text("change_twice", told))
            else:
                answers[int(found["number"])] = (found["word"] in _YES, found["reason"].strip())
    return tuple(faults) or answers


def buyer_may(plan: Plan, kind: str, approved_fen: int, offered_fen: int) -> bool:
    """Whether the buyer may decide by himself."""
    return kind == "more" or (kind == "price" and within_price_rule(plan, approved_fen, offered_fen))
