"""From a chain to what `collect_needs` judges: one `Said` for every line, one `SetAside` for what asks for nothing."""

from bisect import bisect_right
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from rules.intake.chain.model import Chain, Entry, Line
from rules.intake.chain.plain import plain
from rules.intake.chain.reader import read_text
from rules.intake.chain.settling import Grammar
from rules.intake.lines import Op, Part, Reading, Said, SetAside, Vocabulary, numbered
from schemas.text import Text

#: What an entry does, as a line says it.
_OPS: dict[str, Op] = {"set": "need", "add": "add", "cancel": "withdraw"}


@lru_cache(maxsize=16)
def grammar(vocabulary: Vocabulary) -> Grammar:
    """What depends on the vocabulary alone, made once."""
    return Grammar(vocabulary)


def whole_amount(words: str, vocabulary: Vocabulary) -> tuple[Decimal, str] | None:
    """Number and unit of words that are an amount as a whole (a cell: `5斤`), else None."""
    said = grammar(vocabulary).words.of(plain(words))
    if said.kind != "amount" or said.shape != "q" or said.elements[0].kind != "amount":
        return None
    number = said.elements[0].number
    return None if number is None else (number, said.elements[0].unit)


def parse_chain(text: str, vocabulary: Vocabulary, names: Iterable[str] = ()) -> Chain:
    """Read a chain without judging it by a list. `names`: of its community, which may stand in a zero report."""
    return read_text(text, grammar(vocabulary), names, vocabulary.listed)


def read_chain(text: str, vocabulary: Vocabulary, names: Iterable[str] = ()) -> Reading:
    """Lines of a chain.

    Spans are characters of `text` as given: `text[start:end] == words` for every line and everything set aside.
    """
    chain = parse_chain(text, vocabulary, names)
    return numbered(_Adapter(chain).reading())


class _Adapter:
    """Entries and pieces as lines in the order of the text."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        headed = bool(chain.title) or any(p.kind == "header" for p in chain.pieces)
        self.unnumbered = headed and all(entry.no is None for entry in chain.entries)
        self.starts = [0]
        for line in chain.text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def reading(self) -> Reading:
        said = [self._zero(p.start, p.end) for p in self.chain.pieces if p.kind == "zero"]
        for entry in self.chain.entries:
            said += self._entry(entry)
        said += [self._refused(u.start, u.end, u.why) for u in self.chain.unresolved]
        aside = [
            SetAside(self._place(p.start, p.end), self.chain.text[p.start : p.end], p.kind)
            for p in self.chain.pieces
            if p.kind in ("header", "title", "example", "empty_entry", "closing", "chatter")
        ]
        return Reading(sorted(said, key=lambda s: int(str(s.place["start"]))), aside, self.chain.title)

    def _place(self, start: int, end: int, entry: Entry | None = None) -> dict[str, object]:
        place: dict[str, object] = {"line": bisect_right(self.starts, start), "start": start, "end": end}
        if entry is not None:
            place["who"] = " ".join(filter(None, (entry.who.address, entry.who.name)))
        return place

    def _zero(self, start: int, end: int) -> Said:
        return Said(0, self._place(start, end), self.chain.text[start:end], "zero")

    def _refused(self, start: int, end: int, why: Text) -> Said:
        place = self._place(start, end) | {"who": ""}
        return Said(0, place, self.chain.text[start:end], faults=(why,))

    def _entry(self, entry: Entry) -> list[Said]:
        if not entry.lines:
            words = self.chain.text[entry.start : entry.end]
            place = self._place(entry.start, entry.end, entry)
            part = self._part(entry)
            return [Said(0, place, words, "withdraw", entry.who.address, entry.who.name, part=part)]
        return [self._line(entry, line) for line in entry.lines]

    def _line(self, entry: Entry, line: Line) -> Said:
        words = self.chain.text[line.start : line.end]
        op: Op = _OPS[entry.op]
        item = line.stands_for or line.item
        place = self._place(line.start, line.end, entry)
        who, part = entry.who, self._part(entry)
        amount = (line.number, line.unit, line.variety)
        return Said(0, place, words, op, who.address, who.name, item, *amount, line.faults, part)

    def _part(self, entry: Entry) -> Part:
        """An entry without a number is a message, unless the chain has none at all and is headed as one."""
        return "list" if entry.no is not None or (self.unnumbered and entry.op != "add") else "message"
