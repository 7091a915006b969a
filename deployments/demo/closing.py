"""How a sample week is told at its end: a table with a line a day, and whether all of it is good.

The table fits a terminal of 80 columns in every language; where one is narrower still, cells break and are never cut.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from schemas.plan import Plan
from schemas.text import N_
from schemas.units import yuan
from tasks.words import say

HEADS = (
    N_("Date"), N_("Lines in"), N_("Accepted"), N_("Sent back"), N_("Full / part / short"), N_("Signed for"),
    N_("Cover (days)"), N_("Bought (yuan)"), N_("Report"), N_("Notices"),
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A plan's week: its figures and its days, and what failed, in words."""

    plan: Plan
    summary: dict[str, Any]
    days: list[dict[str, Any]]
    faults: list[str]

    @property
    def good(self) -> bool:
        """Every check holds and no flow failed."""
        return not self.faults and all(self.summary["checks"].values())


def exit_code(shown: Iterable[Shown]) -> int:
    """1 where a check of any plan is false or a flow failed, else 0."""
    return 0 if all(one.good for one in shown) else 1


def tell(console: Console, one: Shown, folder: Path) -> None:
    """The table, the verdict, what failed, and where the rest of it lies."""
    console.print(_table(one))
    console.print(_verdict(one.summary), style="green" if one.good else "red", highlight=False)
    for fault in one.faults:
        console.print(fault, style="red", markup=False, highlight=False)
    console.print(say(N_("Look into {folder}: documents/, notices/, summary.json"), folder=folder), highlight=False)


def _table(one: Shown) -> Table:
    table = Table(title=one.plan.file.plan.name, title_justify="left", box=SIMPLE_HEAD, padding=0, show_edge=False)
    rows = [_row(day) for day in one.days]
    for head, *cells in zip(map(say, HEADS), *rows, strict=True):
        # A head may stand in several lines, a number may not.
        width = max(cell_len(word) for word in [*head.split(), *cells])
        table.add_column(head, justify="right", overflow="fold", width=width)
    for row in rows:
        table.add_row(*row)
    return table


def _verdict(summary: Mapping[str, Any]) -> str:
    checks, flows = summary["checks"], summary["flow_runs"].values()
    held = say(N_("{held} of {all} checks hold"), held=sum(checks.values()), all=len(checks))
    ran, failed = (sum(counts[end] for counts in flows) for end in ("completed", "failed"))
    return say(N_("; ")).join([held, say(N_("{ran} flow runs completed, {failed} failed"), ran=ran, failed=failed)])


def _row(day: Mapping[str, Any]) -> list[str]:
    needs, shared, stock, bought = day["needs"], day["allocation"], day["stock"], day["purchase"]
    report = day["report"]
    cover = stock and stock["min_cover_days"]
    return [
        day["date"][5:],
        str(needs["received"]) if needs else "",
        str(needs["accepted"]) if needs else "",
        str(needs["rejected"]) if needs else "",
        f"{shared['allocated_full']}/{shared['allocated_part']}/{shared['short']}" if shared else "",
        str(day["parcels"]["signed"] or ""),
        "" if cover is None else f"{cover:.1f}",
        yuan(bought["amount_fen"]) if bought and bought["state"] != "nothing_to_buy" else "",
        "✓" if report["submitted_on_time"] else ("✗" if report["due"] else ""),
        str(day["sent"]),
    ]
