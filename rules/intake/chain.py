"""A chain (接龙) in the plain numbered form -> lines. What is not plainly said is refused with its reason.

    text   = { line }                 every line is one of:
    header = "#接龙" | "#Group Note" | any line that starts with "#"
    title  = any line before the first entry that names no address
    sample = [number] ("例" | "示例" | "格式" …) …
    zero   = "无需求" | "零报告" | "不需要"        with nothing else but 今日, 本村, the community's name and the like
    entry  = number who goods { goods }      number = "1." | "1、" | "(2)" | "③" | "4)" | "5️⃣"
    who    = address [name] | name [address]      (rules/intake/who.py)
    goods  = item amount | amount item | [item] "不要了" | "无需求"      (rules/intake/goods.py)
    closing = a later line with 截单, 结束, 收到, 谢谢 … and no amount

Words stand apart by blanks or , ， 、 ; ； 。. Any other line after the first entry is refused: it may continue an
entry, add to it or be chatter, and nobody can tell. A household that says 无需求 withdraws everything that it asked
for before.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rules.intake.goods import Token, classify
from rules.intake.lines import NOTHING, Op, Reading, Said, SetAside, Vocabulary, numbered
from rules.intake.pairing import Word, pair
from rules.intake.quantities import fold
from rules.intake.who import Who, glued_address, is_address, is_phone, split_who
from schemas.text import Text

_NUMBER = re.compile(r"\s*(?:\([0-9]{1,3}\)|[0-9]{1,3}\s*[.、)。]|[①-⑳⑴-⒇⒈-⒛㉑-㉟㊱-㊿]|[0-9]\ufe0f?\u20e3)\s*")
_SAMPLE = re.compile(r"\s*(?:例如?|示例|举例|样例|格式|模板)(?:[\s:,、.(]|$)")
_CLOSING = re.compile(r"截单|截止|结束|收单|收到|谢谢|辛苦|接龙完")
_WORD = re.compile(r"[^\s,、;。!]+")
_STRONG = re.compile(r"[,、;。!]")
_FILLER = re.compile(
    r"[0-9]{1,4}[年月日号/-]|今日|今天|今|本社区|本小区|本村|我村|我社区|全村|全部|居民|均|都|暂|[\s,、;。!.:()]"
)
POLITE = frozenset({"谢谢", "谢谢啦", "辛苦了", "麻烦了", "谢谢您", "收到", "👌"})
#: Longer lines are not written by people; they would only cost time.
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    start: int
    end: int
    folded: str

    def place(self, start: int, end: int) -> dict[str, object]:
        return {"line": self.number, "start": start, "end": end}


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    for number, raw in enumerate(text.splitlines(keepends=True), start=1):
        body = raw.rstrip()
        start = at + len(body) - len(body.lstrip())
        yield _Line(number, start, at + len(body), fold(body.lstrip()))
        at += len(raw)


def _words(line: _Line, begin: int, words: Vocabulary) -> list[Word]:
    """The words of an entry behind its number, with their places in the whole text."""
    found: list[Word] = []
    end = begin
    for match in _WORD.finditer(line.folded, begin):
        apart = _STRONG.search(line.folded, end, match.start()) is not None
        cut = glued_address(match[0]) if not found else 0
        for part in (slice(0, cut), slice(cut, None)) if cut else (slice(None),):
            piece = match[0][part]
            start = line.start + match.start() + (part.start or 0)
            found.append(Word(piece, start, start + len(piece), apart, classify(piece, words)))
        end = match.end()
    return found


def _address_words(words: list[Word]) -> int:
    """How many words at the head are one address: 3栋 2单元 501."""
    count = 0
    while count < len(words) and words[count].token.kind != "goods":
        if not is_address(" ".join(w.text for w in words[: count + 1])) or (count and not _goes_on(words, count)):
            break
        count += 1
    return count


def _goes_on(words: list[Word], at: int) -> bool:
    """Whether a number goes on with the address before it: behind 栋 or 单元, and no amount itself (12号 3 斤)."""
    if words[at].token.kind != "number":
        return True
    return not words[at - 1].text[-1].isdigit() and not (at + 1 < len(words) and words[at + 1].token.kind == "unit")


def _is_name(words: list[Word], at: int, vocabulary: Vocabulary) -> bool:
    """A bare word that is no item of the plan and has no amount of its own beside it."""
    if at >= len(words) or words[at].token.kind != "item" or words[at].text in vocabulary.items:
        return False
    return at + 1 < len(words) and (words[at + 1].apart or words[at + 1].token.kind not in ("amount", "number"))


def _head(words: list[Word], vocabulary: Vocabulary) -> int:
    """How many words name the household; 0 where the first is plainly something else."""
    if not words or words[0].text in vocabulary.items:
        return 0
    count = 1 if words[0].text in vocabulary.households else _address_words(words)
    if count:
        return count + _is_name(words, count, vocabulary)
    if words[0].token.kind != "item":
        return 0
    return 1 + _address_words(words[1:])


def _entry(text: str, line: _Line, begin: int, vocabulary: Vocabulary) -> list[Said]:
    """The goods of one entry; an entry whose household is not plain is one refused line as a whole."""
    words = [w for w in _words(line, begin, vocabulary) if not is_phone(w.text) and w.text not in POLITE]
    if not words:
        return []
    whole = (line.start, line.end)
    count = _head(words, vocabulary)
    who = _who(words[:count], vocabulary)
    if who is None:
        return [_refused(text, line, whole, "household_missing", Who())]
    if count == len(words):
        return [_refused(text, line, whole, "goods_missing", who)]
    return [_said(text, line, who, group) for group in pair(words[count:])]


def _who(head: list[Word], vocabulary: Vocabulary) -> Who | None:
    """The household that the words at the head name; an id of the plan counts as an address."""
    if head and head[0].text in vocabulary.households:
        return Who(head[0].text, " ".join(w.text for w in head[1:]))
    return split_who(" ".join(w.text for w in head)) if head else None


def _refused(text: str, line: _Line, span: tuple[int, int], code: str, who: Who) -> Said:
    words = text[slice(*span)]
    place = line.place(*span) | {"who": " ".join(filter(None, (who.address, who.name)))}
    return Said(0, place, words, who=who.address, name=who.name, faults=(Text(code, {"words": words[:80]}),))


def _said(text: str, line: _Line, who: Who, group: tuple[int, int, Token | str]) -> Said:
    start, end, found = group
    if isinstance(found, str):
        return _refused(text, line, (start, end), found, who)
    place = line.place(start, end) | {"who": " ".join(filter(None, (who.address, who.name)))}
    op: Op = "withdraw" if found.kind == "withdraw" else "need"
    return Said(0, place, text[start:end], op, who.address, who.name, found.item, found.number, found.unit)


def _is_zero(folded: str, names: Iterable[str]) -> bool:
    """Nothing but the words of a zero report, once number, date, place and filler are taken away."""
    marker = _NUMBER.match(folded)
    rest = folded[marker.end() :] if marker else folded
    for name in names:
        rest = rest.replace(name, "")
    return len(folded) <= LONGEST and _FILLER.sub("", rest) in NOTHING - {"无"}


class _Chain:
    """One text being read; what a line is depends on whether entries stand before it."""

    def __init__(self, text: str, vocabulary: Vocabulary, names: Iterable[str]) -> None:
        self.text, self.vocabulary = text, vocabulary
        self.lines = [line for line in _lines(text) if line.folded]
        self.zeros = {line.number for line in self.lines if _is_zero(line.folded, names)}
        self.numbered = any(_NUMBER.match(line.folded) for line in self.lines if line.number not in self.zeros)
        self.entered = False

    def read(self) -> Iterator[Said | SetAside]:
        """Every line that is not blank, in order."""
        for line in self.lines:
            yield from self._line(line)

    def _aside(self, line: _Line, code: str) -> list[Said | SetAside]:
        return [SetAside(line.place(line.start, line.end), self.text[line.start : line.end], code)]

    def _refuse(self, line: _Line, code: str) -> list[Said | SetAside]:
        return [_refused(self.text, line, (line.start, line.end), code, Who())]

    def _line(self, line: _Line) -> list[Said | SetAside]:
        if line.folded.startswith("#"):
            return self._aside(line, "header")
        if line.number in self.zeros:
            return [Said(0, line.place(line.start, line.end), self.text[line.start : line.end], "zero")]
        if len(line.folded) > LONGEST:
            return self._refuse(line, "line_too_long")
        marker = _NUMBER.match(line.folded)
        if _SAMPLE.match(line.folded, marker.end() if marker else 0):
            return self._aside(line, "example")
        if not marker:
            return self._unnumbered(line)
        self.entered = True
        return [*_entry(self.text, line, marker.end(), self.vocabulary)] or self._aside(line, "empty_entry")

    def _unnumbered(self, line: _Line) -> list[Said | SetAside]:
        """Title and closing are set aside; a line that may ask for something is refused."""
        amount = self.vocabulary.amount.search(line.folded) is not None
        first = _WORD.search(line.folded)
        addressed = first is not None and (is_address(first[0]) or glued_address(first[0]) > 0)
        if self.numbered and not self.entered and not (amount and addressed):
            return self._aside(line, "title")
        if not amount and _CLOSING.search(line.folded):
            return self._aside(line, "closing")
        if not amount and not self.numbered and self.zeros:
            return self._aside(line, "title")
        return self._refuse(line, "not_numbered")


def read_chain(text: str, vocabulary: Vocabulary, names: Iterable[str] = ()) -> Reading:
    """Lines of a chain. `names`: of its community, which may stand in a zero report.

    Spans are characters of `text` as given: `text[start:end] == words` for every line and everything set aside.
    """
    reading = Reading()
    for found in _Chain(text, vocabulary, [fold(n) for n in names]).read():
        if isinstance(found, Said):
            reading.said.append(found)
        else:
            reading.aside.append(found)
    return numbered(reading)
