"""A chain posted again, held against the posts before it: what is said anew, what is a copy, and what must be asked.

It compares what was identified, households and items, so that another spelling of an address or an item is no other
line. A text of a group has two parts: the *list*, the chain itself, which everybody copies, and the *messages* around
it (张三+1, 土豆改成5斤), which are said once. Policy:

- a list goes on with the chain of its title with which it shares most households; where one of them has no title, with
  one of which it has at least half. Else it is a new chain, or a supplement, which lacks nothing;
- what the chain has said before of a thing is a copy: it changes nothing, and where something else stands since, it is
  asked whether an old version was posted again;
- what it has not said before is a correction; +1 behind what it said before is added to what stands;
- a line that is missing stays and is asked about, once, until its household says something or it is in the chain again;
  only 不要了 of its household cancels;
- a text without a line that can be read is broken and compared with nothing;
- the same title and not one household of the former: nobody can tell whether it goes on with it. Both stand, and one
  question says so. Another title and another amount of the same thing: what stood stays, and is asked about;
- of two amounts of one thing in one list the first stands, and the second is asked about;
- a message that an earlier text said, in a text that repeats all of that text's messages, is a copy; +1 said again
  without the rest is asked about. So one +1 is never added twice.

Drawbacks: a household that goes back to an earlier amount in the chain is asked once more. What was unclear in a post
and was answered at the desk stands like everything else, but is not looked for in later posts. The same bytes sent
twice are one submission (tasks/intake/submissions.py), and so no post that could ask anything.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from rules.intake.chain.plain import plain

#: A household and an item; None: everything of it.
Key = tuple[str, str | None]
Row = Mapping[str, Any]
Spoken = tuple[str, str | None, str, int]


@dataclass(frozen=True, slots=True)
class Word:
    """What a list says of one thing as a whole.

    `base`: what is asked for, 0 where it is taken back, None where it is only added to what another text says; `adds`:
    what is added to it, in order; `with_all`: it was taken back with everything of its household.
    """

    base: int | None
    adds: tuple[int, ...] = ()
    with_all: bool = False

    @property
    def total(self) -> int | None:
        """What it comes to by itself."""
        return None if self.base is None else self.base + sum(self.adds)


@dataclass(frozen=True, slots=True)
class Told:
    """A list's words by key.

    `twice`: lines that give a thing a second amount; `void`: lines that change nothing, since the list says anew below
    what they add to, or has said above what they say and added to it.
    """

    words: dict[Key, Word]
    twice: frozenset[int]
    void: frozenset[int]


def told(rows: Iterable[Row]) -> Told:
    """What the rows of a list say as a whole."""
    words: dict[Key, Word] = {}
    twice: set[int] = set()
    adding: dict[Key, set[int]] = defaultdict(set)
    void: set[int] = set()
    for row in rows:
        home, key = row["household_id"], (row["household_id"], row["item_id"])
        before = words.get(key)
        anew = [key]
        if row["op"] == "withdraw":
            anew = [key] if row["item_id"] else [k for k in words if k[0] == home]
            words |= dict.fromkeys(anew, Word(0, with_all=row["item_id"] is None))
            words[key] = Word(0)
        elif row["op"] == "add":
            words[key] = replace(before or Word(None), adds=(*(before.adds if before else ()), row["qty_base"]))
            adding[key].add(row["line_no"])
            continue
        elif before is None or not before.base:
            words[key] = Word(row["qty_base"])
        else:
            again = twice if row["qty_base"] != before.base else void
            again |= {row["line_no"]} if again is twice or before.adds else set()
            continue
        void |= {line for k in anew for line in adding.pop(k, ())}
    return Told(words, frozenset(twice), frozenset(void))


@dataclass
class Thread:
    """One chain of a community through all its posts of a cycle."""

    title: str
    said: dict[Key, list[Word]] = field(default_factory=dict)
    #: What its posts have by now; what is missing from one of them is looked for no more.
    listed: dict[Key, None] = field(default_factory=dict)
    homes: set[str] = field(default_factory=set)

    def missing_in(self, words: Mapping[Key, Word], unclear: Iterable[Key]) -> list[Key]:
        """What was in the chain and is not in its new post; a line that cannot be read is there all the same."""
        there = {*words, *unclear}
        return [key for key in self.listed if key not in there]

    def take(self, words: Mapping[Key, Word], missing: Iterable[Key]) -> None:
        """The post belongs to the chain from now on."""
        for key in missing:
            del self.listed[key]
        for key, word in words.items():
            history = self.said.setdefault(key, [])
            if word in history:
                history.remove(word)
            history.append(word)
            self.homes.add(key[0])
            self.listed.pop(key, None)
            if key[1] is not None and word.total != 0:
                self.listed[key] = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post belongs. `apart`: a chain of the same title of which it has no household; `beside`: other chains
    of its households, which its amounts are held against."""

    thread: Thread
    apart: Thread | None = None
    beside: bool = False


def place_of(threads: list[Thread], title: str, homes: set[str]) -> Place:
    """The chain that a post goes on with, or a new one, which is then among `threads`."""
    name = plain(title).strip()
    shared = [(len(t.homes & homes), n, t) for n, t in enumerate(threads) if t.homes & homes]
    mine = [found for found in shared if _goes_on(found[2], name, homes)]
    if mine:
        thread = max(mine, key=lambda found: found[:2])[2]
        thread.title = thread.title or name
        return Place(thread)
    new = Thread(name)
    apart = next((t for t in reversed(threads) if name and t.title == name), None)
    threads.append(new)
    return Place(new, apart, any(name and t.title and t.title != name for _, _, t in shared))


def _goes_on(thread: Thread, name: str, homes: set[str]) -> bool:
    """A copy keeps the title; without one, a few households of many are a supplement, and half of them a copy."""
    if name and thread.title:
        return thread.title == name
    there = {key[0] for key in thread.listed}
    return 2 * len(there & homes) >= len(there)


@dataclass(slots=True)
class Verdict:
    """What becomes of the rows of one thing in a list.

    `act`: they are taken at their word; `kept`: they change nothing; `asked`: neither, until somebody answers.
    `counted`: how many of what they add was added before; `doubtful`: what may have been.
    """

    kind: Literal["act", "kept", "asked"]
    code: str = ""
    counted: int = 0
    doubtful: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Stood:
    """What stands of a thing. `listed`: without what messages have added to it."""

    qty: int
    listed: int


def verdict(word: Word, place: Place, key: Key, stood: Stood | None, overridden: bool) -> Verdict:
    """What a list's word on a thing means. `overridden`: a message of the same text says otherwise."""
    history = place.thread.said.get(key, [])
    if word in history:
        return _copied(word, stood, overridden)
    if place.beside and stood and word.total not in (None, stood.qty):
        return Verdict("asked", "differs_in_chain")
    last = history[-1] if history else Word(None)
    if last.base and word.base == last.base and word.adds[: len(last.adds)] == last.adds:
        # Something else was said since the last post: what the new addition is added to, nobody can tell.
        doubtful = () if stood and stood.listed == last.total else word.adds[len(last.adds) :]
        return Verdict("kept", counted=len(last.adds), doubtful=Counter(doubtful))
    return Verdict("act", doubtful=Counter(last.adds))


def _copied(word: Word, stood: Stood | None, overridden: bool) -> Verdict:
    """A word that the chain has said before."""
    kept = Verdict("kept", counted=len(word.adds))
    if word.base is None:
        return kept if stood or overridden else Verdict("act")
    if word.total == (stood.qty if stood else 0):
        # The newer of two lines that say the same is the one that stands; a sum is not put together anew.
        return kept if word.adds else Verdict("act")
    if overridden or word.with_all or (stood and stood.listed == word.total):
        return kept
    return Verdict("asked", "reverted_in_repost")


def spoken(row: Row) -> Spoken:
    """What a message says, whoever repeats it."""
    return row["household_id"], row["item_id"], row["op"], row["qty_base"]


@dataclass
class Log:
    """What messages of a community's texts have said, text by text, and what its lists have added."""

    texts: list[Counter[Spoken]] = field(default_factory=list)
    in_lists: Counter[Spoken] = field(default_factory=Counter)

    def copies(self, rows: Sequence[Row]) -> tuple[set[int], set[int]]:
        """Lines that are copies, and lines that add what was added before and are no plain copy."""
        mine = Counter(map(spoken, rows))
        whole: Counter[Spoken] = Counter()
        before = Counter(self.in_lists)
        for text in self.texts:
            before |= text
            if text <= mine:
                whole |= text
        seen: Counter[Spoken] = Counter()
        copies, doubtful = set(), set()
        for row in rows:
            what = spoken(row)
            seen[what] += 1
            if seen[what] <= whole[what]:
                copies.add(row["line_no"])
            elif row["op"] == "add" and seen[what] <= before[what]:
                doubtful.add(row["line_no"])
        return copies, doubtful

    def take(self, text: Counter[Spoken], in_list: Counter[Spoken]) -> None:
        """What a text's messages have said, and what its list has added, is known from now on."""
        if text:
            self.texts.append(text)
        self.in_lists |= in_list

    def said_elsewhere(self, row: Row, in_chain: Sequence[int]) -> bool:
        """Whether a message, or a list of another chain, has added the same. `in_chain`: what this one has added."""
        what = spoken(row)
        return any(text[what] for text in self.texts) or self.in_lists[what] > in_chain.count(row["qty_base"])
