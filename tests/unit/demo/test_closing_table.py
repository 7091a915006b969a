"""The closing table on a terminal of 80 columns, in either language: nothing is cut, a number never breaks."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from deployments.demo.closing import HEADS, Shown, tell
from tasks.words import say
from tests.supply_town import community, item, store, town

PLAN = town([community("c1")], [store("s1")], [item("rice")])
#: A day with the longest figures that a township of some thousand households has.
FULL: dict[str, Any] = {
    "date": "2022-04-21",
    "needs": {"received": 12345, "accepted": 11800, "rejected": 420, "superseded": 125, "withdrawn": 0},
    "allocation": {"allocated_full": 9800, "allocated_part": 1500, "short": 500},
    "parcels": {"signed": 2200, "undelivered": 3, "delivered_unconfirmed": 9},
    "stock": {"alerts": 25, "min_cover_days": 12.25},
    "purchase": {"state": "ordered", "amount_fen": 12_345_678},
    "report": {"due": 1, "submitted_on_time": 1, "revisions": 1},
    "sent": 1231,
}
QUIET: dict[str, Any] = {
    "date": "2022-04-22", "needs": None, "allocation": None, "parcels": {"signed": 0}, "stock": None,
    "purchase": {"state": "nothing_to_buy", "amount_fen": 0}, "report": {"due": 1, "submitted_on_time": 0}, "sent": 0,
}  # fmt: skip
NONE_DUE = QUIET | {"date": "2022-04-23", "purchase": None, "report": {"due": 0, "submitted_on_time": 0}}
SUMMARY = {"checks": {"a": True, "b": True}, "flow_runs": {"check_stock": {"completed": 7, "failed": 0}}}


def told(width: int, **summary: Any) -> list[str]:
    """The lines on a terminal of a width."""
    console = Console(file=io.StringIO(), width=width)
    tell(console, Shown(PLAN, SUMMARY | summary, [FULL, QUIET, NONE_DUE], []), Path("out/demo/town"))
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined, no-any-return]


@pytest.fixture(params=["zh_CN", "en"], autouse=True)
def locale(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("BAOGONG_LOCALE", request.param)
    return str(request.param)


def test_heads_and_figures_stand_whole_on_80_columns() -> None:
    lines = told(80)
    assert max(cell_len(line) for line in lines) <= 80
    rule = next(n for n, line in enumerate(lines) if "───" in line)
    assert sorted(" ".join(lines[1:rule]).split()) == sorted(" ".join(say(head) for head in HEADS).split())
    assert lines[rule + 1].split() == (
        ["04-21", "12345", "11800", "420", "9800/1500/500", "2200", "12.2", "123456.78", "✓", "1231"]
    )


def test_what_a_day_has_not_stays_empty_and_a_report_that_was_due_is_missed() -> None:
    lines = told(80)
    rule = next(n for n, line in enumerate(lines) if "───" in line)
    assert lines[rule + 2].split() == ["04-22", "✗", "0"]
    assert lines[rule + 3].split() == ["04-23", "0"]


def test_a_narrower_terminal_breaks_cells_and_cuts_none() -> None:
    figures = [re.sub(r"\s", "", "".join(told(width))) for width in (50, 200)]
    assert all("…" not in text for text in figures)
    assert all(figures[0].count(digit) >= figures[1].count(digit) for digit in "0123456789/✓✗")


def test_the_verdict_counts_checks_and_runs(locale: str) -> None:
    failed = {"check_stock": {"completed": 7, "failed": 0}, "collect_needs": {"completed": 2, "failed": 1}}
    lines = told(80, checks={"a": True, "b": False, "c": True}, flow_runs=failed)
    expected = {
        "zh_CN": "核对通过 2 项，共 3 项；流程运行完成 9 次，失败 1 次",
        "en": "2 of 3 checks hold; 9 flow runs completed, 1 failed",
    }
    assert expected[locale] in lines
