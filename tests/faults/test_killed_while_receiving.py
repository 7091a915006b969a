"""`kill -9` at every boundary of what is done by hand about goods; then done again: the books and lists of one go."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.factories.books import changes, files
from tests.factories.plan_folder import write_plan
from tests.factories.working_town import at
from tests.faults.child import Act, Played, kill, play
from tests.faults.hands import Hand

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
BEFORE = (
    Act("purchase_supplies", "demo", at("13:50")),
    Act("collect_needs", "demo", at("16:05")),
    Act("allocate_orders", "demo", at("16:20")),
    Act("deliver_orders", "demo", at("07:30", 22)),
)
RECALL, FAILED, TYPED = (Hand(name, "demo", at("11:00", 22)) for name in ("recall", "inspect_failed", "typed"))


@dataclass
class Cases:
    """Copies of the state before an act, each in a folder of its own."""

    root: Path
    environment: dict[str, str]
    number: int = 0

    def case(self, name: str = "") -> Path:
        self.number += 1
        copied = self.root / (name or f"case-{self.number}")
        shutil.copytree(self.root / "before", copied)
        return copied

    def finished(self, act: Act, case: Path) -> tuple[Played, dict[str, str]]:
        played = play(act, case, self.environment | {"BAOGONG_DATA": str(case)})
        return played, files(case / "documents")


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cases]:
    """Rice handed out to two doors, and an order of which nothing came yet."""
    root = tmp_path_factory.mktemp("receiving")
    write_plan(root / "plans" / "demo", purchase__approve_below_fen=100_000_000)
    inbox = root / "before" / "inbox" / "demo" / "needs" / "2022-04-21"
    inbox.mkdir(parents=True)
    (inbox / "示例家园.txt").write_text("1. 3-2-501 大米1袋\n2. 3-1-302 大米2袋\n", encoding="utf-8")
    environment = {
        "BAOGONG_PLANS": str(root / "plans"),
        "BAOGONG_DATABASE_URL": "",
        "BAOGONG_SETTLE_SECONDS": "0",
        "BAOGONG_DATA": str(root / "before"),
    }
    for act in BEFORE:
        play(act, root / "before", environment)
    yield Cases(root, environment)


@pytest.mark.parametrize("act", [RECALL, FAILED, TYPED], ids=lambda act: act.flow)
def test_killed_at_any_boundary_and_done_again_it_is_done_once(cases: Cases, act: Act) -> None:
    unharmed, made = cases.finished(act, cases.case())
    assert any("batch_decision" in name for name in unharmed.passed)
    found = []
    for boundary, name in enumerate(unharmed.passed):
        case = cases.case()
        where = kill(act, case, cases.environment | {"BAOGONG_DATA": str(case)}, boundary)
        after, left = cases.finished(act, case)
        shutil.rmtree(case)
        different = changes(unharmed.books, after.books)
        found += [f"{boundary} {name}: {table}: {row}" for table, rows in different.items() for row in rows]
        found += [f"{boundary} {name}: reached {where}"] if where != name else []
        found += [f"{boundary} {name}: files {set(left) ^ set(made)}"] if left != made else []
        found += [f"{boundary} {name}: {after.broken}"] if after.broken else []
        found += [f"{boundary} {name}: told {after.summary}"] if after.summary != unharmed.summary else []
    assert found == []


def test_a_recall_and_a_failed_check_stop_the_batch_and_list_the_same_doors(cases: Cases) -> None:
    recalled, lists = cases.finished(RECALL, cases.case())
    failed, same = cases.finished(FAILED, cases.case())
    assert {Path(name).name for name in lists} == {Path(name).name for name in same}
    stopped = [[row for row in played.books["batch"] if "stopped_at=2022" in row] for played in (recalled, failed)]
    assert [len(rows) for rows in stopped] == [1, 1]
