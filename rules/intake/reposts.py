"""A chain posted again, compared with what stood: what goes on, what is corrected, and what must be asked.

Policy. Somebody may have copied an older version, so

- a line that is missing from the new text stays, and is asked about;
- an amount that differs is a correction, unless an older version had it: then an old copy may have been posted, which
  is asked, and what stood before stays;
- only a household's own 不要了 cancels; an empty or broken text changes nothing;
- +1 adds to the amount that stands, in the same unit, and is asked about where there is none;
- a line for review changes nothing until it is answered; of two different amounts in one text none is chosen.

The new text goes on with the former (`continuation`) where everything that stood is in it as it was, is a `correction`
where it shares households and something differs, and a `new` chain where it shares neither a household nor the title.
Between the two nobody can tell: `unclear`, one question, and nothing of it holds. Messages without a chain's header,
number or title are taken as said to the former (`messages`). Drawback: a household that corrects itself back to an
earlier amount is asked once more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from rules.intake.chain.model import Chain, Entry, Line, Who
from rules.intake.chain.plain import plain
from schemas.text import Text

Relation = Literal["continuation", "correction", "new", "messages", "unclear", "broken"]
Kind = Literal["kept", "new", "changed", "added", "cancelled", "question"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a household wants of one thing, as it stands."""

    who: str
    item: str
    variety: str
    number: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one line. `holds`: what stands after it, None where it is cancelled or only asked about."""

    kind: Kind
    who: str
    words: str
    holds: Wanted | None = None
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What the new text means beside the former. `standing`: what holds after it."""

    relation: Relation
    changes: tuple[Change, ...]
    standing: tuple[Wanted, ...]


Key = tuple[str, str, str]


def who_key(who: Who) -> str:
    """What two spellings of one household have in common: the numbers of its address, else its name."""
    home = who.household
    if home is None:
        return who.name
    place = "".join(
        c for c in who.address if "一" <= c <= "龥" and c not in "栋幢号楼单元室座弄户层零一二三四五六七八九十百"
    )
    return place + "-".join(part for part in (home.building, home.unit, home.room) if part)


def _shown(who: Who) -> str:
    return " ".join(filter(None, (who.address, who.name)))


def wanted(chain: Chain) -> dict[Key, Wanted]:
    """What the sure lines of a text ask for, the last word on each thing."""
    found: dict[Key, Wanted] = {}
    for entry, line in _lines(chain):
        if line is None:
            found = {k: w for k, w in found.items() if k[0] != who_key(entry.who)}
        elif not line.faults and line.op == "cancel":
            found.pop(_key(entry, line), None)
        elif not line.faults and line.number is not None:
            found[_key(entry, line)] = Wanted(_shown(entry.who), line.item, line.variety, line.number, line.unit)
    return found


def _lines(chain: Chain) -> Iterator[tuple[Entry, Line | None]]:
    for entry in chain.entries:
        for line in entry.lines or (None,):
            yield entry, line


def _key(entry: Entry, line: Line) -> Key:
    return who_key(entry.who), plain(line.item), plain(line.variety)


def relation(former: Mapping[Key, Wanted], former_title: str, chain: Chain) -> Relation:
    """How a new text stands to what stood."""
    if not chain.entries:
        return "broken"
    if all(entry.no is None for entry in chain.entries) and not chain.title:
        return "messages"
    homes, now = {k[0] for k in former}, {who_key(e.who) for e in chain.entries}
    same_title = bool(former_title) and plain(former_title) == plain(chain.title)
    other_title = bool(former_title and chain.title) and not same_title
    if not homes & now:
        return "new" if not same_title or not homes else "unclear"
    if other_title:
        return "unclear"
    told = wanted(chain)
    same = all(k in told and (told[k].number, told[k].unit) == (w.number, w.unit) for k, w in former.items())
    return "continuation" if same else "correction"


def compare(former: Chain, posted: Chain, older: Sequence[Chain] = ()) -> Compared:
    """What a text posted after `former` changes. `older`: the versions before `former`, for old copies."""
    before = wanted(former)
    how = relation(before, former.title, posted)
    if how in ("broken", "unclear"):
        asked = [Change("question", "", posted.title, None, Text("repost_unclear"))] if how == "unclear" else []
        kept = [Change("kept", w.who, w.item, w) for w in before.values()]
        return Compared(how, (*asked, *kept), tuple(before.values()))
    return _Comparison(before, posted, [wanted(c) for c in older]).of(how)


class _Comparison:
    """One new text against what stood."""

    def __init__(self, before: Mapping[Key, Wanted], posted: Chain, older: Sequence[Mapping[Key, Wanted]]) -> None:
        self.before, self.posted, self.older = before, posted, older
        self.standing = dict(before)
        self.changes: list[Change] = []
        self.touched: set[Key] = set()

    def of(self, how: Relation) -> Compared:
        """Every line of both texts in exactly one change."""
        twice = self._twice()
        for entry, line in _lines(self.posted):
            self._line(entry, line, twice)
        for key, had in self.before.items():
            if key in self.touched:
                continue
            missing = how in ("correction", "continuation")
            why = Text("missing_in_repost", {"who": had.who, "item": had.item}) if missing else None
            self.changes.append(Change("question" if why else "kept", had.who, had.item, had, why))
        return Compared(how, tuple(self.changes), tuple(self.standing.values()))

    def _twice(self) -> set[Key]:
        """Things that a numbered chain asks for twice for one household, in different amounts."""
        seen: dict[Key, tuple[Decimal | None, str]] = {}
        twice = set()
        for entry, line in _lines(self.posted):
            if line is None or line.faults or line.op != "set" or entry.no is None:
                continue
            key = _key(entry, line)
            if seen.setdefault(key, (line.number, line.unit)) != (line.number, line.unit):
                twice.add(key)
        return twice

    def _line(self, entry: Entry, line: Line | None, twice: set[Key]) -> None:
        who = _shown(entry.who)
        if line is None:
            self._cancel_all(entry)
            return
        key, words = _key(entry, line), self.posted.text[line.start : line.end]
        had = self.before.get(key)
        self.touched.add(key)
        if line.faults or (line.number is None and line.op != "cancel"):
            self.changes.append(Change("question", who, words, had, line.faults[0] if line.faults else None))
        elif line.op == "cancel":
            self.standing.pop(key, None)
            self.changes.append(Change("cancelled", who, words))
        elif key in twice:
            why = Text("said_twice_in_chain", {"who": who, "item": line.item})
            self.changes.append(Change("question", who, words, had, why))
        elif line.op == "add":
            self._add(key, who, words, line)
        else:
            self._set(key, who, words, line)

    def _cancel_all(self, entry: Entry) -> None:
        mine = [key for key in self.standing if key[0] == who_key(entry.who)]
        for key in mine:
            self.touched.add(key)
            gone = self.standing.pop(key)
            self.changes.append(Change("cancelled", gone.who, gone.item))

    def _add(self, key: Key, who: str, words: str, line: Line) -> None:
        stands = self.standing.get(key)
        if stands is None or stands.unit != line.unit or line.number is None:
            why = Text("adds_to_nothing", {"who": who, "words": words})
            self.changes.append(Change("question", who, words, stands, why))
            return
        total = replace(stands, number=stands.number + line.number)
        self.standing[key] = total
        self.changes.append(Change("added", who, words, total))

    def _set(self, key: Key, who: str, words: str, line: Line) -> None:
        had = self.before.get(key)
        now = Wanted(who, line.item, line.variety, line.number or Decimal(0), line.unit)
        if had is not None and (had.number, had.unit) == (now.number, now.unit):
            self.changes.append(Change("kept", who, words, had))
            return
        if had is not None and any(
            (w := old.get(key)) and (w.number, w.unit) == (now.number, now.unit) for old in self.older
        ):
            why = Text("reverted_in_repost", {"who": who, "words": words})
            self.changes.append(Change("question", who, words, had, why))
            return
        self.standing[key] = now
        self.changes.append(Change("changed" if had else "new", who, words, now))
