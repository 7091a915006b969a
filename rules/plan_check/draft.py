"""What has been read of a plan so far: the rows that can be used, and the names of those that cannot."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from rules.plan_check.faults import Fault
from schemas.plan import Carrier, Community, Household, Item, MedicineUse, Officer, PlanFile, StockRow, Store
from schemas.plan.ruling import Strict
from schemas.plan.sheets import LearntAlias

M = TypeVar("M", bound=Strict)
Key = tuple[str, ...]
Path = tuple[str | int, ...]
#: Tables of `plan.toml` that come in numbers, and the key that names each entry (facts have only their number).
LISTS = {"category": "id", "step": "flow", "duty": "id", "source": "id", "fact": ""}


@dataclass(frozen=True)
class Row(Generic[M]):
    """A usable row and its number in the file."""

    line: int
    it: M


@dataclass(frozen=True)
class Sheet(Generic[M]):
    """`keys` also holds keys of rows that cannot be used: one wrong cell is told once, not at every reference to it.

    A sheet that is missing is not `readable`: nothing that refers to it is called a fault.
    """

    file: str
    rows: dict[Key, Row[M]] = field(default_factory=dict)
    keys: frozenset[Key] = frozenset()
    readable: bool = False

    def __iter__(self) -> Iterator[Row[M]]:
        return iter(self.rows.values())

    def lacks(self, key: str) -> bool:
        """True where it is certain that no row has this key."""
        return self.readable and (key,) not in self.keys

    def models(self) -> dict[str, M]:
        """Rows by their (single) key."""
        return {key[0]: row.it for key, row in self.rows.items()}


@dataclass(frozen=True)
class DefaultTaken:
    """A key for which the plan has no clause: taken from the template, or written in the plan with clause `default`."""

    path: str
    value: Any
    from_template: bool


@dataclass(frozen=True)
class Document:
    """`plan.toml`. `file` is None where too little of it could be read; names are those written, usable or not."""

    file: PlanFile | None
    lines: dict[Path, int] = field(default_factory=dict)
    steps: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()

    def fault(self, path: Path, code: str, **args: Any) -> Fault:
        """A fault at a key path such as `("step", "collect_needs", "at")`."""
        known = next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), None)
        return Fault("plan.toml", known, dotted(path), code, args)


@dataclass(frozen=True)
class Draft:
    """A plan whose files have each been read by themselves; the checks across files work on this."""

    folder: str
    document: Document
    communities: Sheet[Community]
    households: Sheet[Household]
    stores: Sheet[Store]
    items: Sheet[Item]
    stock: Sheet[StockRow]
    officers: Sheet[Officer]
    aliases: Sheet[LearntAlias]
    carriers: Sheet[Carrier]
    medicines: Sheet[MedicineUse]


@dataclass(frozen=True)
class Checked:
    """The draft with all faults (in the order of the files and rows) and the defaults that it takes."""

    draft: Draft
    faults: list[Fault]
    defaults: list[DefaultTaken]


def dotted(path: Path) -> str:
    """`("step", "collect_needs", "at")` -> `step[collect_needs].at`; an entry without a name has its number, from 1."""
    head, *rest = path
    text = str(head)
    for place, part in enumerate(rest):
        entry = place == 0 and head in LISTS
        shown = part + 1 if isinstance(part, int) else part
        text += f"[{shown}]" if entry or isinstance(part, int) else f".{shown}"
    return text
