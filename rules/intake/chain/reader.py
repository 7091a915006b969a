"""Rows -> entries, with the memory that a chain needs: what is offered, who spoke last, whose line was broken.

    "#接龙", "#Group Note"   begins a chain; another one in the same text is another chain
    before the first entry   title, menu and example
    marked row               an entry: number who body
    unmarked row             see unmarked.py

+1 in a message adds, in a numbered entry it is the entry's count, since the entry says what holds.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rules.intake.chain.lexicon import SAMPLE
from rules.intake.chain.menu import Menu
from rules.intake.chain.model import Chain
from rules.intake.chain.plain import plain as plain_text
from rules.intake.chain.rows import Row, mark, rows, weak_mark
from rules.intake.chain.settling import Grammar
from rules.intake.chain.unmarked import Unmarked
from rules.intake.chain.zero import Nothing, nothing_said
from rules.intake.lines import Listed

_HEADER = re.compile(r"#\s?(?:接龙|group\s?note|solitaire|chain)\s*", re.IGNORECASE)
_ROOM_LIKE = 1000
#: Longer rows are not written by people; they would only cost time.
LONGEST = 1000


class _Reader(Unmarked):
    def __init__(self, text: str, grammar: Grammar, names: Iterable[str], listed: Mapping[int, Listed]) -> None:
        super().__init__(text, grammar, listed)
        self.names = list(names)
        self.rows = list(rows(self.plain, self._names_somebody))
        self.zeros = {r.start for r in self.rows if self._nothing_said(r.start, r.end)}
        self.due = 1
        self._renew(0)

    def _names_somebody(self, at: int, end: int) -> bool:
        return self.grammar.heads.read(self.plain, at, end) is not None

    def _nothing_said(self, start: int, end: int) -> Nothing:
        return nothing_said(self.plain[start:end], self.names, self.grammar.vocabulary.households)

    def _renew(self, at: int) -> None:
        """A chain begins: nothing of the one before it holds."""
        self.open, self.menu = None, Menu()
        self.entered, self.due, self.speaker = False, 1, ""
        self.part = None
        self.after_blank = self.headed = False
        ahead = [r for r in self.rows if r.start >= at and r.start not in self.zeros]
        until = next(
            (n for n, r in enumerate(ahead) if r.start > at and _HEADER.match(self.plain, r.start)), len(ahead)
        )
        self.numbered = any(mark(self.plain, r.start, r.end) for r in ahead[:until])

    # Rows.

    def read(self) -> Chain:
        last = 0
        for row in self.rows:
            self.after_blank = row.number - last > 1
            last = row.number
            self._row(row)
        self._close()
        self._partition()
        return self.chain

    def _row(self, row: Row) -> None:
        start, end = row.start, row.end
        header = _HEADER.match(self.plain, start, end)
        if header or self.plain[start] == "#":
            stop = header.end() if header else end
            self._aside(start, stop, "header")
            self._renew(start + 1)
            self.headed = header is not None
            if stop >= end:
                return
            start = stop
        self.in_header = start != row.start
        none = self._nothing_said(start, end)
        if none == "zero":
            self._aside(start, end, "zero")
            return
        if none == "unclear":
            self._refuse(start, end, "day_or_house")
            return
        if end - start > LONGEST:
            self._refuse(start, end, "line_too_long")
            return
        found = self._marked(start, end) or self._counts_on(start, end)
        if SAMPLE.match(self.plain, found[1] if found else start, end):
            self._aside(start, end, "example")
        elif found and not self._offers(found[1], end):
            self._entry(start, end, found)
        else:
            self._unmarked(start, end)

    def _marked(self, start: int, end: int) -> tuple[int, int] | None:
        """The mark of a row. A number of four digits is a room (1203、) unless it comes next or soon after."""
        found = mark(self.plain, start, end)
        return found if found and (found[0] < _ROOM_LIKE or 0 <= found[0] - self.due < _ROOM_LIKE) else None

    def _counts_on(self, start: int, end: int) -> tuple[int, int] | None:
        """`2 张三 …`: the number that comes next, before somebody."""
        found = weak_mark(self.plain, start, end)
        return found if found and found[0] == self.due and self._names_somebody(found[1], end) else None

    def _offers(self, at: int, end: int) -> bool:
        """Whether a marked row before the entries is a line of the menu: goods with a price and nobody's name."""
        priced = re.search(r"[¥￥][0-9]|[0-9]\s?(?:元|块钱?(?:[/一每]|$|\s))", self.plain[at:end])
        return not self.entered and priced is not None and self.grammar.heads.read(self.plain, at, end) is None


def read_text(
    text: str, grammar: Grammar, names: Iterable[str] = (), listed: Mapping[int, Listed] = MappingProxyType({})
) -> Chain:
    """Read a chain. `names`: of its community, which may stand in a zero report; `listed`: numbers of the list."""
    return _Reader(text, grammar, [plain_text(n) for n in names], listed).read()
