"""Words that a reviewer's answer gave a meaning: what may be learnt of it, and what of that holds for a collection.

Learnt is a word only where the answer is the line itself with an item of the list in its place, everything else being
the same: household, amount, unit. 洋山芋 3斤 answered with 土豆 3斤 says what 洋山芋 is; answered with 土豆 5斤 it says
what the household gets and nothing about the word. Not learnt is what may be medicine (one medicine in the place of
another for one patient is no name of it), what is no plain word, and what names goods or a unit already.

A learnt word holds from the day after the cycle in which it was learnt, so that a collection that is repeated reads
what it read. It never holds against the plan: a word that the sheets give to any item means that item alone. A word
that was accepted for two items means neither until one of them is refused; what was refused for an item is never learnt
for it again, and can be written into the plan's own sheet. Drawback: whoever answers with other goods because the shelf
is empty teaches a wrong name; the command that takes the answer says what was learnt, and it can be refused.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from rules.intake.answers import Answer, Desk, Unclear
from rules.intake.chain.plain import plain
from rules.intake.items import MEDICINE, Published
from rules.intake.lines import NOTHING, WITHDRAWN
from rules.needs import judge_needs, raw_lines
from schemas.plan import Plan

#: Reasons that are about a word that names no item of the list.
NAMELESS = ("item_unknown", "item_near")
SHORTEST, LONGEST = 2, 20
Verdict = Literal["accepted", "refused"]


@dataclass(frozen=True, slots=True)
class Alias:
    """A word and the item that it was said to mean. `word` is compared, `words` shown."""

    word: str
    words: str
    item_id: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody said of an alias, and from which day on it counts."""

    alias: Alias
    verdict: Verdict
    from_date: date


def compared(words: str) -> str:
    """The form in which two words are the same word."""
    return plain(words.strip())


def learnable(answer: Answer, at: Desk) -> Alias | None:
    """The alias that an answer teaches; None where it says nothing certain about a word."""
    told, line = _nameless(answer.line), answer.line
    if not answer.words or not _plain_word(told, at):
        return None
    meant = _meant(at, line, answer.words)
    if len(meant) != 1:
        return None
    item = at.plan.items[meant[0][0]]
    same = _meant(at, line, line.words.replace(told, item.name)) == meant
    return Alias(compared(told), told, item.item_id) if same else None


def _nameless(line: Unclear) -> str:
    """The one word that keeps the line from being clear, where it stands in it once; else nothing."""
    codes = [str(reason["code"]) for reason in line.reasons]
    if len(codes) != 1 or codes[0] not in NAMELESS:
        return ""
    told = str((line.reasons[0].get("args") or {}).get("item", "")).strip()
    return told if told and line.words.count(told) == 1 else ""


def _plain_word(told: str, at: Desk) -> bool:
    word, words = compared(told), at.vocabulary
    # A digit may be a number on the list, of a house, or an amount.
    if not SHORTEST <= len(word) <= LONGEST or not word.isalnum() or re.search("[0-9]", word) or MEDICINE.search(word):
        return False
    taken = word in words.units or word in WITHDRAWN or word in NOTHING or words.amount.search(word)
    return not taken and word not in Published(at.plan).words


def _meant(at: Desk, line: Unclear, words: str) -> list[tuple[str, tuple[str, int]]]:
    """(item, (household, quantity)) of every line of an answer; nothing where any of it is unclear or no need."""
    judged = judge_needs(raw_lines([(line.source, at.entry(line.who, words))]), at.plan, (), at.directory)
    rows = list(judged.accepted.iter_rows(named=True))
    if judged.rejected.height or any(row["op"] != "need" for row in rows):
        return []
    return [(row["item_id"], (row["household_id"], row["qty_base"])) for row in rows]


def standing(said: Iterable[Judgement]) -> list[Alias]:
    """Aliases that were accepted and not refused, each word of one item only, in the order of learning."""
    accepted: dict[str, dict[str, Alias]] = defaultdict(dict)
    refused = set()
    for one in said:
        if one.verdict == "accepted":
            accepted[one.alias.word].setdefault(one.alias.item_id, one.alias)
        else:
            refused.add((one.alias.word, one.alias.item_id))
    left = [[a for a in items.values() if (a.word, a.item_id) not in refused] for items in accepted.values()]
    return [items[0] for items in left if len(items) == 1]


def holding(said: Iterable[Judgement], plan: Plan, on: date) -> dict[str, str]:
    """Word -> item for a cycle: what stands as of its day and is no word of the plan's own sheets."""
    known = [a for a in standing(one for one in said if one.from_date <= on) if a.item_id in plan.items]
    own = Published(plan).words if known else {}
    return {a.words: a.item_id for a in known if a.word not in own}


def with_learnt(plan: Plan, learnt: Mapping[str, str]) -> Plan:
    """The plan with words learnt beside those of its sheet, which go before."""
    return _taught(plan, tuple(sorted(learnt.items()))) if learnt else plan


@lru_cache(maxsize=8)
def _taught(plan: Plan, learnt: tuple[tuple[str, str], ...]) -> Plan:
    # The same plan for the same words, so that its look-ups are made once.
    return replace(plan, learnt_aliases=dict(learnt) | plan.learnt_aliases)
