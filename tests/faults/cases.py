"""Acts that are killed at every boundary before notices go out, each in a copy of the state before it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.factories.books import changes
from tests.faults.child import Act, Played, kill, play


@dataclass
class Cases:
    """A folder of the day's state for each act; every case is a copy of it."""

    root: Path
    environment: dict[str, str]
    number: int = field(default=0)
    #: Called before each case: other people's servers begin it as they began the first.
    begin: Callable[[], object] = field(default=lambda: None)
    #: What they know at its end; the same whatever was killed.
    outside: Callable[[], object] = field(default=lambda: None)

    def finished(self, act: Act, case: Path) -> Played:
        return play(act, case, self.environment | {"BAOGONG_DATA": str(case)})

    def copy(self, before: Path) -> Path:
        self.number += 1
        case = self.root / f"case-{self.number}"
        shutil.copytree(before, case)
        return case

    def unharmed(self, act: Act, before: Path) -> tuple[Played, object]:
        """What the act comes to when it is left alone, here and outside."""
        self.begin()
        return self.finished(act, self.copy(before)), self.outside()

    def killed(self, act: Act, before: Path, boundary: int) -> tuple[str, Played]:
        case = self.copy(before)
        self.begin()
        where = kill(act, case, self.environment | {"BAOGONG_DATA": str(case)}, boundary)
        after = self.finished(act, case)
        shutil.rmtree(case)
        return where, after


def _until_notices_go_out(passed: list[str]) -> list[str]:
    """Sending is cut off everywhere in `test_killed_at_every_boundary`, which says what may differ then."""
    return passed[: next((n for n, name in enumerate(passed) if "notice_attempt" in name), len(passed))]


def lost(
    cases: Cases, act: Act, before: Path, unharmed: Played, may_differ: set[str], outside: object = None
) -> list[str]:
    """What a kill at any boundary changed, beyond what it may: nothing."""
    found = []
    for boundary, name in enumerate(_until_notices_go_out(unharmed.passed)):
        where, after = cases.killed(act, before, boundary)
        different = changes(unharmed.books, after.books)
        found += [f"{boundary} {name}: {t}: {r}" for t, rows in different.items() if t not in may_differ for r in rows]
        found += [f"{boundary} {name}: reached {where}"] if where != name else []
        found += [f"{boundary} {name}: {after.broken}"] if after.broken else []
        found += [f"{boundary} {name}: outside {cases.outside()}"] if cases.outside() != outside else []
    return found
