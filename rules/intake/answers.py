"""A reviewer's answers to lines that were unclear: `3=鸡蛋 1板`, `5=跳过`, `4=是`, one a line or separated by `;`.

Left of `=` stands the line's number on the list, several numbers separated by commas. Right of it: 跳过 leaves the line
as it is and asks nobody any more; 是 takes what was proposed; anything else is what the entry should have said: goods,
and before them the household where the line names none or the wrong one (`7=3-2-501 鸡蛋 1板`). It is read by the
reader of chains and judged as every line is, so an answer can neither say more than a resident can nor bring in what
is unclear. Of what is missing from a chain posted again 是 says that it is still wanted, 不要了 that it is not, and
跳过 leaves it standing.

What is proposed is a guess, and so never taken by itself: the goods of the list whose name is most alike, or the unit
in which they are sold. It is offered only where the line would then be clear.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz import fuzz, process

from rules.intake.chain import read_chain
from rules.intake.identify import Directory
from rules.intake.lines import WITHDRAWN, Reading, Source, Vocabulary
from rules.needs import judge_needs, raw_lines
from schemas.plan import Plan
from schemas.text import Text

SKIP = frozenset({"跳过", "忽略", "不处理", "skip"})
YES = frozenset({"是", "对", "好", "同意", "采用", "yes"})
_ANSWER = re.compile(r"(?P<numbers>[0-9]{1,6}(?:\s*[,、]\s*[0-9]{1,6})*)\s*[=:]\s*(?P<words>.+)")
#: Goods less alike than this (of 100) are proposed to nobody.
ALIKE = 60
#: Reasons whose proposal is what stands.
STANDS = frozenset({"missing_in_repost", "reverted_in_repost", "differs_in_chain", "adds_again", "adds_other_unit"})


@dataclass(frozen=True, slots=True)
class Unclear:
    """A line that waits for an answer, as its row has it. `source`: the submission that it came in.

    `about`: it is a question about what a post lacks, not a line of it.
    """

    number: int
    line_no: int
    source: Source
    who: str
    words: str
    reasons: Sequence[Mapping[str, Any]]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one line should have said; `words` empty: it is left as it is."""

    line: Unclear
    words: str


@dataclass(frozen=True, slots=True)
class Answers:
    """Those that are understood, and why the others are not: number -> reasons, in the order of writing."""

    given: tuple[Answer, ...]
    faults: tuple[Text, ...]


@dataclass(frozen=True)
class Desk:
    """Where answers are read: the plan's words, looked up once."""

    plan: Plan
    directory: Directory
    vocabulary: Vocabulary

    def entry(self, who: str, words: str) -> Reading:
        """What an answer says: of the household that it names itself, else of the line's."""
        own = read_chain(f"1. {words}", self.vocabulary)
        if not who or (own.said and not any(line.faults for line in own.said)):
            return own
        return read_chain(f"1. {who} {words}", self.vocabulary)

    def reasons(self, line: Unclear, words: str) -> list[dict[str, Any]]:
        """Why an answer cannot be taken; empty where it can."""
        judged = judge_needs(raw_lines([(line.source, self.entry(line.who, words))]), self.plan, (), self.directory)
        return [reason for row in judged.rejected.iter_rows(named=True) for reason in json.loads(row["reasons"])]

    def proposal(self, line: Unclear) -> str:
        """What the line may have meant; empty where nothing is near, or where it would still be unclear."""
        for guess in self._guesses(line):
            if not self.reasons(line, guess):
                return guess
        return ""

    def _guesses(self, line: Unclear) -> Iterator[str]:
        if len(line.reasons) != 1:
            return
        code, args = line.reasons[0]["code"], line.reasons[0].get("args") or {}
        if code in STANDS:
            yield str(args.get("stands", ""))
        elif code == "menu_number_unknown":
            yield from self._by_digits(line.words, str(args["number"]))
        elif code in ("item_unknown", "maybe_medicine") and args.get("item"):
            for name in self._alike(str(args["item"])):
                yield line.words.replace(str(args["item"]), name)
        elif code == "unit_missing":
            yield from (f"{line.words}{item.unit}" for item in self._named(line))
        elif code == "unit_unknown":
            yield from (line.words.replace(str(args["unit"]), item.unit) for item in self._named(line))

    def _by_digits(self, words: str, number: str) -> Iterator[str]:
        """A5 两份 on a list that has a number 5."""
        goods = self.vocabulary.listed.get(int("".join(c for c in number if c.isdecimal()) or "0"))
        if goods is not None and not number[0].isdecimal():
            for said in self.entry("1-1-1", words.replace(number, f"{number[1:]}号")).said:
                yield f"{self.plan.items[goods.item_id].name}{said.number}{said.unit}"

    def _alike(self, words: str) -> list[str]:
        names = {word: item.name for item in self.plan.items.values() for word in (item.name, *item.aliases)}
        found = process.extract(words, names.keys(), scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=3)
        return list(dict.fromkeys(names[word] for word, _score, _index in found))

    def _named(self, line: Unclear) -> Iterator[Any]:
        plain = _plain(line.words)
        for item in self.plan.items.values():
            if any(_plain(word) in plain for word in (item.name, *item.aliases)):
                yield item


def read_answers(text: str, lines: Mapping[int, Unclear], at: Desk) -> Answers:
    """Answers of a text to the lines that wait. Each stands for itself: one that is wrong keeps none of the others."""
    given: dict[int, Answer] = {}
    faults: list[Text] = []
    for told in _told(text):
        found = _ANSWER.fullmatch(told)
        if found is None:
            faults.append(Text("answer_unreadable", {"words": told[:80]}))
            continue
        for number in map(int, re.findall("[0-9]+", found["numbers"])):
            answer = _answer(number, found["words"].strip(), lines, at)
            if isinstance(answer, Answer):
                given[number] = answer  # said twice: the later word holds
            else:
                faults += answer
    return Answers(tuple(given.values()), tuple(faults))


def _told(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[\n;]", unicodedata.normalize("NFKC", text)) if part.strip()]


def _answer(number: int, words: str, lines: Mapping[int, Unclear], at: Desk) -> Answer | list[Text]:
    line = lines.get(number)
    if line is None:
        return [Text("answer_no_line", {"number": number})]
    if words.casefold() in SKIP:
        return Answer(line, "")
    if words.casefold() in YES:
        words = at.proposal(line)
        if not words:
            return [Text("answer_no_proposal", {"number": number})]
    words = _taken_back(line, words)
    wrong = at.reasons(line, words)
    if wrong:
        return [Text("answer_unclear", {"number": number, "words": words[:80], "reasons": wrong})]
    return Answer(line, words)


def _taken_back(line: Unclear, words: str) -> str:
    """不要了 said to what is missing from a post is said of that, and of nothing else of its household."""
    names = (line.reasons[0].get("args") or {}).get("names") if line.about and line.reasons else None
    return "，".join(f"{name}不要了" for name in str(names).split("、")) if names and words in WITHDRAWN else words


def answered(reading: Reading, answers: Mapping[int, str]) -> Reading:
    """A source without the lines whose answer says what they should have said; a line left as it is stays in it."""
    return replace(reading, said=[line for line in reading.said if not answers.get(line.line_no)])


def as_said(at: Desk, who: str, words: str, place: Mapping[str, object], after: int) -> Reading:
    """The lines of an answer, numbered after `after`; their place is the answer."""
    read = at.entry(who, words)
    said = [
        replace(line, line_no=after + n, place={**place, "who": line.place.get("who", "")})
        for n, line in enumerate(read.said, start=1)
    ]
    return Reading(said, read.aside)


def _plain(words: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", words)).casefold()
