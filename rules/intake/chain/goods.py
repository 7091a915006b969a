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

from rules.intake.chain.elements import MEASURES, PARTS, Element
from rules.intake.chain.lexicon import CONDITION, GOODS, SAME, VARIETIES
from rules.intake.chain.model import Line, Op
from rules.intake.chain.plain import plain
from rules.intake.chain.words import (
    BEFORE,
    BEHIND,
    LETTER,
    ONE_BEFORE,
    ONE_BEHIND,
    Good,
    Said,
    Words,
    bare,
    glued_goods,
    item_faults,
    moved,
    reduced,
)
from schemas.text import Text

_WORD = re.compile(
    r"(?:\([^()\n]{0,60}\)|\[[^\[\]\n]{0,60}\]|(?<=\S)\s?[*x]\s?(?=[0-9一二两三四五六七八九十])|[:=]\s?(?=[0-9半一二两三四五六七八九十])|"
    r"\+\s?(?=(?:[0-9.]{1,5}|[一二两三四五六七八九十]{1,3})[一-龥a-z]{0,2}(?:[\s,、;。!+)]|$))|\.(?=[0-9])|/(?![一-龥]{2})|[^\s,、;。!|+.~/]|(?<=[0-9])~(?=[0-9]))+"
)
_STRONG = re.compile(r"[,、;。!|+.~/\n\r]")
_APART = re.compile(r"和|与|跟|及|/")
PHONE = re.compile(
    r"(?:电话|手机|tel)?:?(?:\+?86-?)?(?:1[0-9]{2}[- ]?[0-9]{4}[- ]?[0-9]{4}|0[0-9]{2,3}-?[0-9]{7,8}|000-?[0-9]{4}-?[0-9]{4})(?![0-9])"
)
_DIGITS = re.compile(r"[0-9]{3}[- ]?[0-9]{4}|[0-9]:[0-9]{2}")
_NOT_GOODS = re.compile(rf"{PHONE.pattern}|(?<![0-9一-龥])(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?![0-9])")
_STARTS = ("斤", "公斤", "kg", "袋", "箱", "板", "个", "盒", "瓶", "桶", "包", "颗", "份")
_SIZES = ("ml", "毫升", "l", "升", "g", "克", "kg", "公斤")
_CHANGES = re.compile(r"换成|换为|改换")


@dataclass(frozen=True, slots=True)
class Word:
    """A word in the whole text. `apart`: more than a blank stands before it."""

    text: str
    start: int
    end: int
    apart: bool
    said: Said


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
        self.same = text == folded

    def read(self, start: int, end: int) -> Body:
        """The body between two places of the text."""
        body = Body([], [])
        words = self._each(self._merged(list(self._split(start, end, body))), body)
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

    def _split(self, start: int, end: int, body: Body) -> Iterator[Word]:
        folded, of = self.plain, self.words.of
        if _DIGITS.search(folded, start, end):
            body.asides += [found.span() for found in _NOT_GOODS.finditer(folded, start, end)]
        before = start
        for match in _WORD.finditer(folded, start, end):
            at, to = match.span()
            if any(a < to and at < b for a, b in body.asides):
                continue
            yield Word(
                match[0], at, to, before > start and _STRONG.search(folded, before, at) is not None, of(match[0])
            )
            before = to

    def _merged(self, words: list[Word]) -> list[Word]:
        """`3 斤` is one word; so is `花生油5l 2桶`, unless a name behind it may claim the second amount."""
        out: list[Word] = []
        for at, word in enumerate(words):
            last = out[-1] if out else None
            ahead = words[at + 1] if at + 1 < len(words) else None
            claimed = ahead is not None and not ahead.apart and ahead.said.kind in ("name", "unit")
            if (
                last is not None
                and not word.apart
                and _belongs(last, word)
                and not (claimed and word.said.kind != "unit")
            ):
                out[-1] = self._word(last.start, word.end, last.apart)
            else:
                out.append(word)
            if (
                len(out) > 1
                and not out[-1].apart
                and _belongs(out[-2], out[-1])
                and out[-2].said.kind == out[-1].said.kind
            ):
                out[-2:] = [self._word(out[-2].start, out[-1].end, out[-2].apart)]
        return out

    def _word(self, start: int, end: int, apart: bool) -> Word:
        """Words that belong together, read as one: 3 斤. Places are moved back to where the blanks are."""
        text = self.plain[start:end]
        at = [n for n, c in enumerate(text) if not c.isspace()]
        said = self.words.of("".join(text[n] for n in at))
        return Word(text, start, end, apart, moved(said, lambda n: at[n], lambda n: at[n - 1] + 1))

    def _parts(self, words: Sequence[Word]) -> Iterator[list[Word]]:
        """Words with nothing but blanks between them; all of the body where it alternates name, amount by separators."""
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
        runs = list(_runs(part))
        settled = [self._settled(run, runs, at) for at, run in enumerate(runs)]
        bad = _touched(runs, settled)
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
        kind = _kind(run)
        if kind in ("note", "aside"):
            body.asides += [(w.start, w.end) for w in run]
        elif kind == "cancel" and not lines:
            body.everything = (run[0].start, run[-1].end)
        else:
            body.lines += lines

    def _settled(self, run: list[Word], runs: list[list[Word]], at: int) -> list[Line] | None:
        """The lines of a run; None where it cannot be read; no line where it is an aside."""
        kind = _kind(run)
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
        if a < b and _APART.search(word.text, a, b):
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
        pieces = self._pieces(word.start + a, word.start + b)
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

    def _each(self, words: list[Word], body: Body) -> list[Word]:
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
                word = self._word(word.start, words[at + 1].end, word.apart)
                used = 2
            names: list[Word] = []
            while left and left[-1].said.kind == "name":
                names.insert(0, left.pop())
            body.lines += self._shared(names, word)
            at += used
        return left

    def _shared(self, names: list[Word], word: Word) -> list[Line]:
        pieces = [p for name in names for p in self._pieces(name.start, name.end)]
        elements = word.said.elements
        each = next((i for i, e in enumerate(elements) if e.kind == "each"), 0)
        if each:
            pieces += self._pieces(word.start, word.start + elements[each - 1].end)
        amount = next((e for e in elements[each:] if e.kind in ("amount", "times", "vague", "number")), None)
        start = names[0].start if names else word.start
        said = self.text[start : word.end]
        pairs = self._pairs(pieces)
        if amount is None or len(pairs) < 2:  # noqa: PLR2004 - each of one is no each
            return [Line(said, "", None, "", start, word.end, "set", (Text("each_unclear", {"words": said[:80]}),))]
        lines = []
        for n, (item, variety, at) in enumerate(pairs):
            begin = start if n == 0 else at
            end = pairs[n + 1][2] if n + 1 < len(pairs) else word.end
            faults = item_faults(said, plain(item), self.words.vocabulary)
            if amount.kind == "vague":
                faults.append(Text("quantity_range", {"words": said[:80]}))
            if amount.kind == "number":
                faults.append(Text("unit_missing", {"words": said[:80]}))
            lines.append(Line(item, variety, amount.number, amount.unit, begin, end, "set", tuple(faults)))
        return lines

    def _pieces(self, start: int, end: int) -> list[tuple[str, int]]:
        """Names joined by 和 and the like or glued together, with their places; brackets open into their words."""
        found: list[tuple[str, int]] = []
        for match in re.finditer(r"[^()\[\]\s,、]+", self.plain[start:end]):
            at = 0
            for joint in [*_APART.finditer(match[0]), None]:
                stop = joint.start() if joint else len(match[0])
                if stop > at:
                    found += self._cut(match[0][at:stop], start + match.start() + at)
                at = joint.end() if joint else stop
        return found

    def _cut(self, name: str, at: int) -> list[tuple[str, int]]:
        known = self.words.vocabulary.items
        if name in known or name in GOODS or name in VARIETIES:
            return [(name, at)]
        for cut in range(len(name) - 1, 1, -1):
            if (name[:cut] in GOODS or name[:cut] in known) and all(c in VARIETIES for c in name[cut:]):
                return [(name[:cut], at), *((c, at + cut + n) for n, c in enumerate(name[cut:]))]
        parts = glued_goods(name)
        out = []
        for part in parts or (name,):
            out.append((part, at))
            at += len(part)
        return out

    def _pairs(self, pieces: list[tuple[str, int]]) -> list[tuple[str, str, int]]:
        """(item, variety, place): several goods, or one with its varieties (小番茄 红和黄)."""
        words = [p for p in pieces]
        if len(words) > 2 and words[0][0] not in VARIETIES and all(w in VARIETIES for w, _ in words[1:]):  # noqa: PLR2004
            item = self.text[words[0][1] : words[0][1] + len(words[0][0])]
            return [(item, self.text[at : at + len(w)], at) for w, at in words[1:]]
        return [(self.text[at : at + len(w)], "", at) for w, at in words]


def _belongs(last: Word, word: Word) -> bool:
    """`3 斤`, and `花生油5l 2桶`, where the first amount is the size."""
    if word.said.kind == "unit":
        spelled = last.said.kind == "name" and last.text[-1] in "一二两三四五六七八九十半" and len(last.text) > 1
        return last.said.kind in ("number", "counted") or spelled or last.text == "两"
    if last.said.kind == "number" and word.said.kind == "name":  # 3 斤土豆
        return any(word.text.startswith(u) and len(word.text) > len(u) for u in _STARTS)
    if last.said.kind == word.said.kind == "amount":  # 1斤 2两
        return (last.said.elements[0].unit, word.said.elements[0].unit) in PARTS
    sized = last.said.kind == "goods" and len(last.said.goods) == 1 and last.said.goods[0].unit in _SIZES
    return sized and word.said.kind == "amount" and word.said.elements[0].unit not in MEASURES


def _op(good: Good) -> Op:
    return "add" if good.op == "add" else "set"


def _runs(part: list[Word]) -> Iterator[list[Word]]:
    """Bare words side by side; every other word alone, a name with the 不要了 behind it."""
    run: list[Word] = []
    for word in part:
        kind = word.said.kind
        if kind in ("name", "amount", "number", "counted", "unit") or (kind == "aside" and run):
            run.append(word)
            continue
        if kind == "cancel" and word.said.cancelled == (0, 0) and run and run[-1].said.kind == "name":
            if run[:-1]:
                yield run[:-1]
            yield [run[-1], word]
            run = []
            continue
        if run:
            yield run
            run = []
        yield [word]
    if run:
        yield run


def _touched(runs: list[list[Word]], settled: list[list[Line] | None]) -> list[bool]:
    """Runs that cannot be read, and those whose amount or name they may claim."""
    unclear = [found is None for found in settled]
    for at in range(len(runs)):
        run = runs[at]
        if run[0].said.kind == "goods" and run[0].said.leading and at and _hangs(runs[at - 1]):
            unclear[at - 1] = unclear[at] = True  # 鸡蛋 3斤土豆
        if (
            run[0].said.kind == "cancel"
            and len(run) == 1
            and run[0].said.cancelled == (0, 0)
            and at
            and runs[at - 1][0].said.kind == "goods"
        ):
            unclear[at - 1] = unclear[at] = True  # 土豆3斤 不要了
    return [any(unclear[max(0, at - 1) : at + 2]) and not _still(runs[at], unclear[at]) for at in range(len(runs))]


def _kind(run: list[Word]) -> str:
    return "cancel" if run[-1].said.kind == "cancel" else run[0].said.kind


def _still(run: list[Word], unclear: bool) -> bool:
    """Asides are drawn into nothing."""
    return not unclear and run[0].said.kind == "note"


def _hangs(run: list[Word]) -> bool:
    return run[-1].said.kind == "name"
