"""An entry that is complete -> its lines, and at the end every character of the text in one piece."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from rules.intake.chain.elements import number_of
from rules.intake.chain.goods import Body, Goods
from rules.intake.chain.lexicon import NOTE
from rules.intake.chain.listed import ByNumber
from rules.intake.chain.menu import Menu
from rules.intake.chain.model import Chain, Entry, Kind, Line, Op, Piece, Unresolved, Who
from rules.intake.chain.plain import plain as plain_text
from rules.intake.chain.who import Head, Heads
from rules.intake.chain.words import Words
from rules.intake.lines import Listed, Vocabulary
from schemas.text import Text

#: 3-2-501和502 白菜2颗: two households share a line.
_AND_ANOTHER = re.compile(r"\s*(?:和|与|跟|、|/|,)\s*[0-9]+(?:-[0-9]+)*(?:[\s室号]|$)")
_WRAPPED = re.compile(r"\s*[(\[](?P<inside>[^()\[\]]*)[)\]]\s*")


@dataclass(slots=True)
class Open:
    """An entry that the next row may go on with."""

    no: int | None
    head: Head | None
    start: int
    body: int
    end: int
    op: Op
    message: bool
    block: bool = False  # the household has a row of its own


class Grammar:
    """Everything that depends on the vocabulary alone; made once for many texts."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.words = Words(vocabulary)
        self.heads = Heads(vocabulary.units, vocabulary.items, vocabulary.households)
        self.units = "|".join(re.escape(u) for u in vocabulary.units_longest_first)
        number = r"[0-9]{1,5}(?:\.[0-9]{1,2})?|[半一二两三四五六七八九十]{1,3}"
        self.count = re.compile(
            rf"\s*(?:我们家|我家|我)?(?P<add>再加|再来|再要|还要|加|补)?(?:要|来|订|需要|想要|报名|需|共)?\s*(?P<change>改(?:成|为|到)?)?\s?(?P<sign>[+*x])?\s?"
            rf"(?P<n>{number})\s?(?P<u>{self.units})?(?P<half>半)?\s*(?P<rest>.*)$"
        )


class Settling:
    """One text: what was claimed of it so far, the entry that is open, and what is offered."""

    def __init__(self, text: str, grammar: Grammar, listed: Mapping[int, Listed]) -> None:
        self.text, self.grammar = text, grammar
        self.plain = plain_text(text)
        self.goods = Goods(grammar.words, text, self.plain)
        self.by_number = ByNumber(listed, grammar.units, self.goods)
        self.chain = Chain(text)
        self.claims: list[tuple[int, int, Kind]] = []
        self.open: Open | None = None
        self.menu = Menu()

    def _aside(self, start: int, end: int, kind: Kind) -> None:
        self._close()
        self.claims.append((start, end, kind))

    def _refuse(self, start: int, end: int, code: str) -> None:
        self._close()
        words = self.text[start:end]
        self.chain.unresolved.append(Unresolved(start, end, Text(code, {"words": words[:80]})))
        self.claims.append((start, end, "unresolved"))

    def _close(self) -> None:
        """Read the open entry."""
        found, self.open = self.open, None
        if found is None:
            return
        who = found.head.who if found.head else Who()
        wrapped = _WRAPPED.fullmatch(self.plain, found.body, found.end)
        if wrapped:
            found.body, found.end = wrapped.span("inside")
        if not self.plain[found.body : found.end].strip(" ,、.。:;!~"):
            if found.message and not who.address:  # a name alone asks for nothing
                self.claims.append((found.start, found.end, "chatter"))
                return
            self._refuse(found.start, found.end, "goods_missing")
            return
        self.claims.append((found.start, found.body, "who"))
        body = self._codes(found) or self._counted_body(found) or self._numbers(found.body, found.end)
        body = body or self.goods.read(found.body, found.end)
        self.claims += [(a, b, "chatter") for a, b in body.asides]
        if not body.lines and body.everything is None:
            self._nothing(found)
            return
        self._settle(found, who, body)

    def _nothing(self, found: Open) -> None:
        """An entry with asides only."""
        self.claims = [c for c in self.claims if not (c[0] >= found.start and c[1] <= found.end)]
        self._refuse(found.start, found.end, "goods_missing")

    def _settle(self, found: Open, who: Who, body: Body) -> None:
        """Write the entry: one for each of what it does; everything cancelled is an entry without lines."""
        words = self.text[found.start : found.end][:80]
        lines = [self._with_op(line, found) for line in self._doubted(found, who, body)]
        if any(line.op == "set" for line in lines):  # 要土豆3斤，再来鸡蛋1板: one order, said in one breath
            lines = [replace(line, op="set") if line.op == "add" else line for line in lines]
        if found.op == "add":
            lines = [replace(line, op="add") if line.op == "set" else line for line in lines]
        self.claims += [(line.start, line.end, "line") for line in lines]
        if body.everything:
            self._everything(found, who, body.everything, words)
        ops: dict[Op, list[Line]] = {}
        for line in lines:
            ops.setdefault(line.op, []).append(line)
        for op, mine in ops.items():
            name = self._spoken(found, who)
            self.chain.entries.append(Entry(found.no, who, op, tuple(mine), found.start, found.end, name))

    def _doubted(self, found: Open, who: Who, body: Body) -> list[Line]:
        """The lines with what the entry as a whole leaves open."""
        words = self.text[found.start : found.end][:80]
        doubts = []
        if not who:
            doubts.append(Text("household_missing", {"words": words}))
        if _AND_ANOTHER.match(self.plain, found.head.end if found.head else found.body, found.end):
            doubts.append(Text("household_unclear", {"who": words}))
        if body.everything and body.lines:
            doubts.append(Text("split_unclear", {"words": words}))
        return [replace(line, faults=(*line.faults, *doubts)) if doubts else line for line in body.lines]

    def _with_op(self, line: Line, found: Open) -> Line:
        """In a numbered entry +1 is the count that holds."""
        counts = line.op == "add" and not found.message and "+" in self.plain[line.start : line.end]
        return replace(line, op="set") if counts else line

    def _everything(self, found: Open, who: Who, place: tuple[int, int], words: str) -> None:
        """不要了: everything of a household that is named, and said with nothing else."""
        mine = [c for c in self.claims if c[0] >= found.start and c[1] <= found.end and c[2] == "line"]
        if who and not mine:
            self.claims.append((*place, "line"))
            name = self._spoken(found, who)
            self.chain.entries.append(Entry(found.no, who, "cancel", (), found.start, found.end, name))
        elif not mine:
            self.claims = [c for c in self.claims if not (c[0] >= found.start and c[1] <= found.end)]
            self._refuse(found.start, found.end, "household_missing")
        else:
            self.chain.unresolved.append(Unresolved(*place, Text("split_unclear", {"words": words})))
            self.claims.append((*place, "unresolved"))

    def _spoken(self, found: Open, who: Who) -> str:
        """The name in the letters that it was sent in."""
        at = self.plain.find(who.name, found.start, found.body) if who.name else -1
        return self.text[at : at + len(who.name)] if at >= 0 else who.name

    def _counted(self, start: int, end: int) -> re.Match[str] | None:
        """A body that is a count and nothing else."""
        found = self.grammar.count.match(self.plain, start, end)
        if found is None or (found["rest"].strip(" ,。!~") and not NOTE.fullmatch(found["rest"].strip(" ,。"))):
            return None
        return found

    def _counted_body(self, found: Open) -> Body | None:
        count = self._counted(found.body, found.end)
        if count is None:
            return None
        number = number_of(count["n"])
        faults: list[Text] = []
        words = self.text[found.body : found.end][:80]
        single = self.menu.single
        if single is None:
            faults.append(Text("goods_missing_count", {"words": words}))
        if number is None or (count["half"] and number != int(number)):
            faults.append(Text("quantity_range", {"words": words}))
            number = None
        elif count["half"]:
            number += Decimal("0.5")
        if number is not None and number <= 0:
            faults.append(Text("quantity_not_positive", {"words": words}))
        plus = count["add"] or (count["sign"] == "+" and found.message)
        stop = count.start("rest")
        item = self.text[slice(*single)] if single else ""
        size = self.menu.sizes.get(single[0]) if single else None
        variety = self.text[slice(*size)] if size else ""
        start = found.body + len(count[0]) - len(count[0].lstrip())
        end = start + len(self.plain[start:stop].rstrip())
        line = Line(item, variety, number, count["u"] or "", start, end, "add" if plus else "set", tuple(faults))
        asides = [(stop, found.end)] if stop < found.end else []
        return Body([line], asides)

    def _numbers(self, start: int, end: int) -> Body | None:
        """By number of the published list; codes in the text itself are answered by what stands beside them there."""
        return None if self.menu.codes else self.by_number.read(start, end)

    def _codes(self, found: Open) -> Body | None:
        coded = self.menu.coded(self.plain, found.body, found.end, self.grammar.units)
        if coded is None:
            return None
        lines = []
        for a, b, c, d, n, u in coded:
            faults = () if Decimal(n) > 0 else (Text("quantity_not_positive", {"words": self.text[a:b]}),)
            name = self.menu.codes[self.plain[c:d]]
            lines.append(Line(self.text[c:d], "", Decimal(n), u, a, b, faults=faults, stands_for=name))
        return Body(lines, [])

    def _partition(self) -> None:
        """Claims in order without overlap; what lies between is blank, or a piece that nobody has read."""
        pieces: list[Piece] = []
        at = 0
        for begin, end, kind in sorted(self.claims):
            start = max(begin, at)
            if end <= start:
                continue
            pieces += self._between(at, start)
            pieces.append(Piece(start, end, kind))
            at = end
        pieces += self._between(at, len(self.text))
        self.chain.pieces = tuple(pieces)
        self.chain.unresolved.sort(key=lambda u: u.start)

    def _between(self, start: int, end: int) -> Iterator[Piece]:
        if start >= end:
            return
        if re.search(r"\w", self.plain[start:end]):
            words = self.text[start:end]
            self.chain.unresolved.append(Unresolved(start, end, Text("left_over", {"words": words.strip()[:80]})))
            yield Piece(start, end, "unresolved")
        else:
            yield Piece(start, end, "header" if re.search(r"\w", self.text[start:end]) else "blank")  # of an envelope
