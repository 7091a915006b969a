"""The demo's verdict: what is wrong in the books or failed on the way is told, and ends it with 1."""

import io
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from deployments.demo import demo as show
from deployments.demo.closing import Shown, exit_code, tell
from deployments.demo.verdict import judged
from deployments.demo.week import Told
from tests.integration.demo.shown import Demo

LONGER = "UPDATE need_line SET qty_base = qty_base + 500 WHERE rowid = (SELECT MIN(rowid) FROM need_line)"
TWICE = """INSERT INTO notice_attempt SELECT notice_id, attempt + 1, officer_id, channel, begun_at, outcome, detail
    FROM notice_attempt WHERE outcome = 'sent' ORDER BY notice_id LIMIT 1"""
FEWER = "UPDATE purchase_order_line SET packs = packs - 1 WHERE rowid = (SELECT MIN(rowid) FROM purchase_order_line)"


@pytest.fixture
def copied(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's folder to be spoilt, in force."""
    folder = tmp_path / demo.plan.id
    shutil.copytree(demo.folder, folder)
    monkeypatch.setenv("BAOGONG_DATA", str(folder))
    monkeypatch.delenv("BAOGONG_DATABASE_URL", raising=False)
    return folder


def ran(failed: int = 0) -> Told:
    return Told({"collect_needs": Counter(completed=3, failed=failed)}, ["collect_needs: broke"] * failed)


def told(one: Shown, folder: Path) -> str:
    console = Console(file=io.StringIO(), width=200)
    tell(console, one, folder)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_books_in_order_end_with_0(demo: Demo, copied: Path) -> None:
    one = judged(demo.plan, demo.days, copied, ran(), 1.0)
    assert one.summary["checks"] == demo.summary["checks"]
    assert exit_code([one]) == 0
    every = len(one.summary["checks"])
    assert f"核对通过 {every} 项，共 {every} 项；流程运行完成 3 次，失败 0 次" in told(one, copied)


@pytest.mark.parametrize(
    ("check", "statement"),
    [("lines_conserved", LONGER), ("no_duplicate_notice", TWICE), ("one_purchase_per_cycle", FEWER)],
)
def test_a_row_that_somebody_changed_makes_its_check_false_and_ends_with_1(
    demo: Demo, copied: Path, check: str, statement: str
) -> None:
    with closing(sqlite3.connect(copied / "baogong.db")) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (trigger,) in triggers:  # which refuse such a change for as long as they are there
            database.execute(f"DROP TRIGGER {trigger}")
        assert database.execute(statement).rowcount == 1
        database.commit()
    one = judged(demo.plan, demo.days, copied, ran(), 1.0)
    assert not one.summary["checks"][check]
    assert exit_code([one]) == 1
    every, broken = len(one.summary["checks"]), list(one.summary["checks"].values()).count(False)
    assert f"核对通过 {every - broken} 项，共 {every} 项" in told(one, copied)
    assert f"\n{check}: " in told(one, copied)


def test_a_file_that_was_never_taken_in_makes_its_check_false(demo: Demo, copied: Path) -> None:
    late = copied / "inbox" / demo.plan.id / "needs" / demo.summary["to"] / "示例村_2359.txt"
    late.parent.mkdir(parents=True, exist_ok=True)
    late.write_text("1. 示例村1号 大米1袋\n", encoding="utf-8")
    one = judged(demo.plan, demo.days, copied, ran(), 1.0)
    assert [name for name, held in one.summary["checks"].items() if not held] == ["every_submission_kept"]
    assert exit_code([one]) == 1
    assert "示例村_2359.txt" in told(one, copied)


def test_a_flow_that_failed_ends_with_1_though_every_check_holds(demo: Demo, copied: Path) -> None:
    one = judged(demo.plan, demo.days, copied, ran(failed=1), 1.0)
    assert all(one.summary["checks"].values())
    assert exit_code([one]) == 1
    assert "失败 1 次" in told(one, copied)
    assert "collect_needs: broke" in told(one, copied)


def test_one_bad_week_of_two_ends_with_1(demo: Demo, copied: Path) -> None:
    good, bad = (judged(demo.plan, demo.days, copied, ran(failed), 1.0) for failed in (0, 1))
    assert [exit_code(weeks) for weeks in ([good, good], [good, bad], [bad, good])] == [0, 1, 1]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "matiwan" / "账本.xlsx"
    kept.parent.mkdir()
    kept.write_bytes(b"mine")
    assert show(["matiwan"], 1, 1, tmp_path) == 1
    assert kept.read_bytes() == b"mine"
    assert "--out" in capsys.readouterr().out


def test_a_plan_that_is_not_in_order_is_told_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plans" / "broken").mkdir(parents=True)
    (tmp_path / "plans" / "broken" / "plan.toml").write_text("[plan]\nid = 1\n", encoding="utf-8")
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path / "plans"))
    assert show(["broken"], 1, 1, tmp_path / "out") == 1
    assert "plan.toml" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()
