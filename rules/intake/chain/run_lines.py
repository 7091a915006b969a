"""A run of words side by side -> its lines: whole goods, names and amounts that alternate, what is not wanted."""

import re

from rules.intake.chain.each import APART, Each
from rules.intake.chain.elements import Element
from rules.intake.chain.lexicon import GOODS, SAME
from rules.intake.chain.model import Line, Op
from rules.intake.chain.names import item_faults
from rules.intake.chain.runs import Word, kind_of
from rules.intake.chain.said import Good, bare
from rules.intake.chain.sizes import reduced
from rules.intake.chain.words import BEFORE, BEHIND, LETTER, ONE_BEFORE, ONE_BEHIND, Words
from schemas.text import Text


class RunLines:
    """The reader of runs for one text. `text`: as sent; `folded`: plain, of the same length."""

    def __init__(self, words: Words, each: Each, text: str, folded: str) -> None:
        self.words, self.each, self.text, self.plain = words, each, text, folded
        self.same = text == folded

    def settled(self, run: list[Word]) -> list[Line] | None:
        """The lines of a run; None where it cannot be read; no line where it is an aside."""
        kind = kind_of(run)
        if kind == "goods":
            return [self.line(run[0], good) for good in run[0].said.goods]
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

    def line(self, word: Word, good: Good) -> Line:
        """The line of goods that are a whole word, or one of several in it."""
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

    def unclear(self, words: list[Word]) -> Line:
        """Words that cannot be told apart are one line, for review as a whole."""
        start, end = words[0].start, words[-1].end
        said = self.text[start:end]
        code = "same_as_before" if SAME.search(self.plain, start, end) else "split_unclear"
        if all(w.said.kind == "number" for w in words) or (len(words) == 1 and words[0].said.kind == "amount"):
            code = "goods_missing"
        return Line(said, "", None, "", start, end, "set", (Text(code, {"words": said[:80]}),))


def _op(good: Good) -> Op:
    return "add" if good.op == "add" else "set"
