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

from rules.intake.chain.each import APART, Each
from rules.intake.chain.elements import Element
from rules.intake.chain.lexicon import CONDITION, GOODS, SAME, VARIETIES
from rules.intake.chain.model import Line, Op
from rules.intake.chain.names import item_faults
from rules.intake.chain.plain import plain
from rules.intake.chain.runs import Word, kind_of, runs_of, touched
from rules.intake.chain.sizes import reduced
from rules.intake.chain.split import Split
from rules.intake.chain.words import BEFORE, BEHIND, LETTER, ONE_BEFORE, ONE_BEHIND, Good, Words, bare
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
        self.same = text == folded

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
            for word in part:
                self._whole(word, body)
            return
        runs = list(runs_of(part))
        settled = [self._settled(run) for run in runs]
        bad = touched(runs, settled)
        pending: list[Word] = []
        for run, lines, unclear in zip(runs, settled, bad, strict=True):
            if unclear:
                pending += run
                continue
            self._unclear(pending, body)
            pending = []
            self._take(run, lines or [], body)
        self._unclear(pending, body)

    def _take(self, run: list[Word], lines: list[Line], body: Body) -> None:
        kind = kind_of(run)
        if kind in ("note", "aside"):
            body.asides += [(w.start, w.end) for w in run]
        elif kind == "cancel" and not lines:
            body.everything = (run[0].start, run[-1].end)
        else:
            body.lines += lines

    def _settled(self, run: list[Word]) -> list[Line] | None:
        """The lines of a run; None where it cannot be read; no line where it is an aside."""
        kind = kind_of(run)
        if kind == "goods":
            return [self._line(run[0], good) for good in run[0].said.goods]
        if kind in ("note", "aside"):
            return []
        if kind == "cancel":
            return self._cancelled(run)
        if kind == "open":
            return None
        return self._bare(run)

    def _cancelled(self, run: list[Word]) -> list[Line]:
        word = run[-1]
        a, b = word.said.cancelled
        if a < b and APART.search(word.text, a, b):
            return self._cancelled_each(word, a, b)
        if a < b:
            item = self.text[word.start + a : word.start + b]
            faults = tuple(item_faults(word.text, word.text[a:b], self.words.vocabulary))
            return [Line(item, "", None, "", word.start, word.end, "cancel", faults)]
        if len(run) > 1:  # a name before it
            name = run[-2]
            faults = tuple(item_faults(name.text, name.text, self.words.vocabulary))
            return [Line(self.text[name.start : name.end], "", None, "", name.start, word.end, "cancel", faults)]
        return []

    def _cancelled_each(self, word: Word, a: int, b: int) -> list[Line]:
        """土豆和白菜都不要了: each of them, where each is known."""
        pieces = self.each.pieces(word.start + a, word.start + b)
        known = all(p in GOODS or p in self.words.vocabulary.items for p, _ in pieces)
        starts = [word.start, *(at for _, at in pieces[1:])]
        ends = [*starts[1:], word.end]
        why = () if known else (Text("split_unclear", {"words": word.text[:80]}),)
        names = [self.text[at : at + len(p)] for p, at in pieces]
        return [Line(n, "", None, "", s, e, "cancel", why) for n, s, e in zip(names, starts, ends, strict=True)]

    def _bare(self, run: list[Word]) -> list[Line] | None:
        """Names and amounts side by side; a name alone lacks its amount, a number alone its goods."""
        kinds = {w.said.kind for w in run}
        if kinds == {"name"}:
            return [self._named(word) for word in run]
        if kinds <= {"name", "counted"}:
            return [self._counted(word) if word.said.kind == "counted" else self._named(word) for word in run]
        if "counted" in kinds:
            return None
        base = run[0].start
        elements = [
            e._replace(start=e.start + w.start - base, end=e.end + w.start - base) for w in run for e in w.said.elements
        ]
        elements = reduced(elements, False)
        shape = "".join(LETTER[e.kind] for e in elements)
        said = self.plain[base : run[-1].end]
        for whole, one in ((BEHIND, ONE_BEHIND), (BEFORE, ONE_BEFORE)):
            if whole.fullmatch(shape) and self._one_name_each(shape, one, elements):
                goods = [self.words.good(said, elements[m.start() : m.end()]) for m in one.finditer(shape)]
                return [self._placed(good, base) for good in goods]
        if re.fullmatch(r"[sb]*n[sbr]*d", shape):
            return [self._placed(self.words.good(said, elements), base)]
        return None

    @staticmethod
    def _one_name_each(shape: str, one: re.Pattern[str], elements: list[Element]) -> bool:
        """A name in two parts around a size holds only within a word (蒙牛250ml纯牛奶)."""
        for match in one.finditer(shape):
            names = [elements[i] for i in range(match.start(), match.end()) if elements[i].kind == "goods"]
            if len(names) > 1 and names[1].start != elements[elements.index(names[1]) - 1].end:
                return False
        return True

    def _counted(self, word: Word) -> Line:
        return self._placed(self.words.good(self.plain[word.start : word.end], list(word.said.elements)), word.start)

    def _named(self, word: Word) -> Line:
        faults = item_faults(word.text, word.text, self.words.vocabulary) or [
            Text("quantity_missing", {"words": word.text[:80]})
        ]
        if any(f.code == "split_unclear" for f in faults):
            faults = [Text("quantity_missing", {"words": word.text[:80]})]
        return Line(self.text[word.start : word.end], "", None, "", word.start, word.end, "set", tuple(faults))

    def _unclear(self, words: list[Word], body: Body) -> None:
        """Words that cannot be told apart are one line, for review as a whole."""
        if not words:
            return
        start, end = words[0].start, words[-1].end
        said = self.text[start:end]
        code = "same_as_before" if SAME.search(self.plain, start, end) else "split_unclear"
        if all(w.said.kind == "number" for w in words) or (len(words) == 1 and words[0].said.kind == "amount"):
            code = "goods_missing"
        body.lines.append(Line(said, "", None, "", start, end, "set", (Text(code, {"words": said[:80]}),)))

    # From words to lines.

    def _whole(self, word: Word, body: Body) -> None:
        for good in word.said.goods:
            body.lines.append(self._line(word, good))

    def _line(self, word: Word, good: Good) -> Line:
        start = word.start
        if self.same or self.text[start : word.end] == word.text:
            return Line(
                good.item,
                good.variety,
                good.number,
                good.unit,
                start + good.start,
                start + good.end,
                _op(good),
                good.faults,
            )
        return self._placed(good, word.start)

    def _placed(self, good: Good, base: int) -> Line:
        """The line of goods whose places count from `base`; item and variety in the words as sent."""
        item = "".join(self.text[base + a : base + b] for a, b in good.names)
        variety = " ".join(bare(self.text[base + a : base + b]) for a, b in good.sizes)
        return Line(item, variety, good.number, good.unit, base + good.start, base + good.end, _op(good), good.faults)

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


def _op(good: Good) -> Op:
    return "add" if good.op == "add" else "set"
