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

    def reasons(self, tried: Sequence[tuple[Unclear, str]]) -> list[list[dict[str, Any]]]:
        """Why each of these words cannot be taken for its line; empty where they can. All are judged at once."""
        asked = [
            (replace(line.source, submission_id=str(at)), self.entry(line.who, words))
            for at, (line, words) in enumerate(tried)
        ]
        found: list[list[dict[str, Any]]] = [[] for _ in tried]
        rejected = judge_needs(raw_lines(asked), self.plan, (), self.directory).rejected
        for at, reasons in rejected.select("submission_id", "reasons").iter_rows():
            found[int(at)] += json.loads(reasons)
        return found

    def proposals(self, lines: Sequence[Unclear]) -> list[str]:
        """What each line may have meant; empty where nothing is near, or where it would still be unclear."""
        guesses = [(at, guess) for at, line in enumerate(lines) for guess in self._guesses(line)]
        proposed = [""] * len(lines)
        wrong = self.reasons([(lines[at], guess) for at, guess in guesses])
        for (at, guess), reasons in zip(guesses, wrong, strict=True):
            if not reasons:
                proposed[at] = proposed[at] or guess
        return proposed

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
    said = [found for told in _told(text) for found in _said(told, lines)]
    words = iter(_in_words([one for one in said if isinstance(one, Answer)], at))
    given: dict[int, Answer] = {}
    faults: list[Text] = []
    for one in said:
        told = next(words) if isinstance(one, Answer) else one
        if isinstance(told, Answer):
            given[told.line.number] = told  # said twice: the later word holds
        else:
            faults.append(told)
    return Answers(tuple(given.values()), tuple(faults))


def _told(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[\n;]", unicodedata.normalize("NFKC", text)) if part.strip()]


def _said(told: str, lines: Mapping[int, Unclear]) -> Iterator[Answer | Text]:
    """What one line of the text says, number by number; its words as they stand."""
    found = _ANSWER.fullmatch(told)
    if found is None:
        yield Text("answer_unreadable", {"words": told[:80]})
        return
    for number in map(int, re.findall("[0-9]+", found["numbers"])):
        line = lines.get(number)
        yield Text("answer_no_line", {"number": number}) if line is None else Answer(line, found["words"].strip())


def _in_words(said: Sequence[Answer], at: Desk) -> list[Answer | Text]:
    """What the answers say: 跳过 and 是 put into words, and the others judged."""
    agreed = [one for one in said if one.words.casefold() in YES]
    proposed = dict(zip((one.line.number for one in agreed), at.proposals([o.line for o in agreed]), strict=True))
    meant = [replace(one, words=_meant(one, proposed)) for one in said]
    wrong = iter(at.reasons([(one.line, one.words) for one in meant if one.words]))
    return [_judged(was, one, next(wrong) if one.words else []) for was, one in zip(said, meant, strict=True)]


def _meant(one: Answer, proposed: Mapping[int, str]) -> str:
    if one.words.casefold() in SKIP:
        return ""
    words = proposed[one.line.number] if one.words.casefold() in YES else one.words
    return _taken_back(one.line, words)


def _judged(was: Answer, meant: Answer, wrong: Sequence[Mapping[str, Any]]) -> Answer | Text:
    number = meant.line.number
    if not meant.words and was.words.casefold() in YES:
        return Text("answer_no_proposal", {"number": number})
    if wrong:
        return Text("answer_unclear", {"number": number, "words": meant.words[:80], "reasons": list(wrong)})
    return meant


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
