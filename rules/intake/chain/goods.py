"""The body of an entry (what stands behind the household) -> its lines, asides and cancellations, each with its place.

    body = part { separator part }      separator = , 、 ; 。 | + or a line's end; words in a part stand apart by blanks

Words that say whole goods stand by themselves. What is left between them must alternate throughout, name amount name
amount … or amount name …; otherwise it goes to review, and so do the goods that touch it without a separator, since
its amount may be theirs. `各` gives its amount to every name before it that has none. A name directly before 不要了 is
what is not wanted; 不要了 alone takes back everything. Nothing of the body is left out: what is no line is an aside.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rules.intake.chain.each import Each
from rules.intake.chain.lexicon import CONDITION, VARIETIES
from rules.intake.chain.model import Line
from rules.intake.chain.plain import plain
from rules.intake.chain.run_lines import RunLines
from rules.intake.chain.runs import Word, kind_of, runs_of, touched
from rules.intake.chain.split import Split
from rules.intake.chain.words import Words
from schemas.text import Text

_CHANGES = re.compile(r"换成|换为|改换")


@dataclass(slots=True)
class Body:
    """What a body says. `everything`: the place of a 不要了 that takes back all."""

    lines: list[Line]
    asides: list[tuple[int, int]]
    everything: tuple[int, int] | None = None


class Goods:
    """The reader of bodies for one vocabulary. `text`: as sent; `folded`: plain, of the same length."""

    def __init__(self, words: Words, text: str, folded: str) -> None:
        self.words, self.text, self.plain = words, text, folded
        self.split, self.each = Split(words, folded), Each(words.vocabulary, text, folded)
        self.run_lines = RunLines(words, self.each, text, folded)

    def read(self, start: int, end: int) -> Body:
        """The body between two places of the text."""
        words, asides = self.split.read(start, end)
        body = Body([], asides)
        words = self._without_each(words, body)
        for part in self._parts(words):
            self._part(part, body)
        if any(CONDITION.search(w.text) or _CHANGES.search(w.text) for w in words):
            why = Text("conditional", {"words": self.text[start:end].strip()[:80]})
            body.lines = [replace(line, faults=(why,)) for line in body.lines]
        body.lines = self._varied(sorted(body.lines, key=lambda line: line.start))
        return body

    def _varied(self, lines: list[Line]) -> list[Line]:
        """面条 宽2把 细1把: a name without its amount, then its varieties with theirs."""
        out: list[Line] = []
        name: Line | None = None
        for line in lines:
            if [f.code for f in line.faults] == ["quantity_missing"] and self.plain[line.start : line.end] == plain(
                line.item
            ):
                out.append(line)
                name = line
                continue
            variety = line.number is not None and plain(line.item) in VARIETIES and len(line.faults) == 1
            if name is None or not variety:
                name = None
                out.append(line)
                continue
            start = out.pop().start if out[-1] is name else line.start
            out.append(replace(line, item=name.item, variety=line.item, start=start, faults=()))
        return out

    def _parts(self, words: Sequence[Word]) -> Iterator[list[Word]]:
        """Words with nothing but blanks between them; the whole body where name and amount alternate by separators."""
        kinds = [w.said.kind for w in words]
        if len(kinds) > 1 and len(kinds) % 2 == 0 and kinds == ["name", "amount"] * (len(kinds) // 2):
            yield list(words)
            return
        part: list[Word] = []
        for word in words:
            if word.apart and part:
                yield part
                part = []
            part.append(word)
        if part:
            yield part

    # One part.

    def _part(self, part: list[Word], body: Body) -> None:
        if all(w.said.kind == "goods" for w in part):
            body.lines += [self.run_lines.line(word, good) for word in part for good in word.said.goods]
            return
        runs = list(runs_of(part))
        settled = [self.run_lines.settled(run) for run in runs]
        bad = touched(runs, settled)
        pending: list[Word] = []
        for run, lines, unclear in zip(runs, settled, bad, strict=True):
            if unclear:
                pending += run
                continue
            if pending:
                body.lines.append(self.run_lines.unclear(pending))
            pending = []
            self._take(run, lines or [], body)
        if pending:
            body.lines.append(self.run_lines.unclear(pending))

    def _take(self, run: list[Word], lines: list[Line], body: Body) -> None:
        kind = kind_of(run)
        if kind in ("note", "aside"):
            body.asides += [(w.start, w.end) for w in run]
        elif kind == "cancel" and not lines:
            body.everything = (run[0].start, run[-1].end)
        else:
            body.lines += lines

    # 各.

    def _without_each(self, words: list[Word], body: Body) -> list[Word]:
        """Words without those that an 各 makes lines of."""
        if not any(w.said.kind == "each" for w in words):
            return words
        left: list[Word] = []
        at, cut = 0, False
        while at < len(words):
            word = words[at]
            if word.said.kind != "each":
                left.append(replace(word, apart=True) if cut else word)
                at, cut = at + 1, False
                continue
            used, cut = 1, True
            if word.said.shape == "e" and at + 1 < len(words) and words[at + 1].said.kind in ("amount", "number"):
                word = self.split.word(word.start, words[at + 1].end, word.apart)
                used = 2
            names: list[Word] = []
            while left and left[-1].said.kind == "name":
                names.insert(0, left.pop())
            body.lines += self.each.shared(names, word)
            at += used
        return left
