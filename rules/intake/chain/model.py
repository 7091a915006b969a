"""What reading a chain yields: entries with their lines, what stays unclear, and a partition of the text."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from schemas.text import Text

Op = Literal["set", "add", "cancel"]
#: What a piece of the text is. `blank`: white space, marks and signs that belong to nobody.
Kind = Literal[
    "line", "who", "header", "title", "example", "empty_entry", "closing", "chatter", "zero", "unresolved", "blank"
]


@dataclass(frozen=True, slots=True)
class Household:
    """Numbers of an address as said; None where one was not said. Of three numbers the middle one is the unit."""

    building: str | None = None
    unit: str | None = None
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """The words that name a household. `address`: folded words of it; `faults`: why it is not plain."""

    address: str = ""
    name: str = ""
    household: Household | None = None
    faults: tuple[Text, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.address or self.name)


@dataclass(frozen=True, slots=True)
class Line:
    """One of the goods of an entry. For review where `faults` is not empty; `number` None where none is plain."""

    item: str
    variety: str
    number: Decimal | None
    unit: str
    start: int
    end: int
    op: Op = "set"
    faults: tuple[Text, ...] = ()
    item_id: str | None = None
    stands_for: str = ""  # what a code of the menu above means


@dataclass(frozen=True, slots=True)
class Entry:
    """What one household says in one place. Without lines, `cancel` takes back everything it asked for."""

    no: int | None
    who: Who
    op: Op
    lines: tuple[Line, ...]
    start: int
    end: int
    name: str = ""  # of the household, as sent; `who` has it folded


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A piece that nobody can use as it stands, and why."""

    start: int
    end: int
    why: Text


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start`..`end` of the text and what they are."""

    start: int
    end: int
    kind: Kind


@dataclass(slots=True)
class Chain:
    """A text, read. `pieces` partition it: sorted, without gap or overlap."""

    text: str
    title: str = ""
    entries: list[Entry] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    pieces: tuple[Piece, ...] = ()
