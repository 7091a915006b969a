"""`baogong demo`: a private server, each plan's week by the real flows, a table of what happened, and the verdict."""

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from deployments.demo.desk import Desk
from deployments.launch import Place, Processes, free_port
from schemas.plan import Plan
from schemas.text import N_
from schemas.units import yuan
from tasks.plans import PlanFaults, load_plan
from tasks.words import say

#: What a demo leaves in a plan's folder, and may take away again.
LEFT = ("baogong.db", "baogong.db-wal", "baogong.db-shm", "documents", "inbox", "letters", "notices", "summary.json")


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


def show(plan_ids: Sequence[str], days: int, seed: int, out: Path) -> int:
    """All of it. Returns the exit code: 1 where a check is false, a flow failed, or a plan cannot be used."""
    console = Console()
    try:
        plans = [load_plan(plan_id) for plan_id in dict.fromkeys(plan_ids)]
        for plan in plans:
            _clear(out / plan.id)
    except PlanFaults as faults:
        console.print(say(N_("Plan {plan} is not in order:"), plan=faults.plan), str(faults), sep="\n", markup=False)
        return 1
    except FileExistsError as fault:
        console.print(say(N_("{folder} holds something else; choose another --out."), folder=fault.filename))
        return 1
    started = time.monotonic()
    console.print(say(N_("Starting a private Prefect server …")), highlight=False)
    with _server(out / "prefect"), Desk() as desk, _progress(console) as progress:
        shown = [_week(plan, days, seed, out / plan.id, desk, progress) for plan in plans]
    for one in shown:
        _tell(console, one, out / one.plan.id)
    console.print(say(N_("Ready after {seconds:.0f} seconds."), seconds=time.monotonic() - started), highlight=False)
    return 0 if all(one.good for one in shown) else 1


def _clear(folder: Path) -> None:
    """Take away what an earlier demo left; anything else in the folder is somebody's and stays.

    Raises:
        FileExistsError: the folder holds something that no demo leaves there.
    """
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if there - set(LEFT):
        raise FileExistsError(0, "not a demo's folder", str(folder))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


@contextmanager
def _server(home: Path) -> Iterator[None]:
    """A Prefect server of our own on a free port; its own files are gone afterwards."""
    shutil.rmtree(home, ignore_errors=True)
    place = Place(home, port=free_port())
    os.environ.update(place.environment)
    os.environ["PREFECT_LOGGING_LEVEL"] = "ERROR"  # the progress bar has the terminal
    with Processes(place) as processes:
        processes.start_server()
        yield
    shutil.rmtree(home, ignore_errors=True)


def _progress(console: Console) -> Progress:
    words = TextColumn("{task.description}", markup=False)
    # Without a terminal there is nothing to redraw; the table at the end says it all.
    return Progress(words, BarColumn(), TextColumn("{task.fields[at]}"), TimeElapsedColumn(), console=console)


def _environment(plan: Plan, folder: Path, desk: Desk) -> None:
    os.environ["BAOGONG_DATA"] = str(folder.resolve())
    os.environ["BAOGONG_DRY_RUN"] = "1"  # what every officer would get goes to notices/
    os.environ["BAOGONG_SETTLE_SECONDS"] = "0"
    os.environ.pop("BAOGONG_DATABASE_URL", None)
    os.environ[f"BAOGONG_ENDPOINT_{plan.file.report.endpoint.value.upper()}"] = desk.address


def _week(plan: Plan, days: int, seed: int, folder: Path, desk: Desk, progress: Progress) -> Shown:
    """Run a plan's days and write its summary."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings  # it reads its server's address

    from deployments.demo.samples import (
        letters_folder,
        read_letters,
    )
    from deployments.demo.week import Week
    from tasks.notices.wording import PROCESSES

    _environment(plan, folder, desk)
    letters = letters_folder(plan, seed, days, folder / "letters")
    first = plan.file.plan.start_date
    task = progress.add_task(plan.file.plan.name, total=days, at="")

    def told(on: Any, process: str) -> None:
        name = say(PROCESSES[process])
        progress.update(task, completed=min((on - first).days, days), at=f"{on:%m-%d} {name}")

    began = time.monotonic()
    week = Week(plan, seed, first, days, lambda cycle: read_letters(letters, cycle), desk, told)
    # Nobody waits for heartbeats here, and the thread that sends them ends up to a second after its run.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        ran = week.run()
    progress.update(task, completed=days, at="")
    return _shown(plan, days, folder, ran, time.monotonic() - began)


def _shown(plan: Plan, days: int, folder: Path, ran: Any, seconds: float) -> Shown:
    from tasks import summary
    from tasks.database import reading
    from tasks.invariants import broken

    first = plan.file.plan.start_date
    span = summary.Span(first, first + timedelta(days=days - 1))
    with reading() as session:
        faults = [f"{name}: {row}" for name, rows in broken(session, plan.id).items() for row in rows]
        checks = {name: not rows for name, rows in broken(session, plan.id).items()}
        runs = {str(flow): dict(counts) for flow, counts in ran.runs.items()}
        figures = summary.summary(session, plan, span, runs, checks, {"run": round(seconds, 1)})
        by_day = summary.day_by_day(session, plan, span)
    (folder / "summary.json").write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
    return Shown(plan, figures, by_day, ran.faults + faults)


# --- what is told at the end ----------------------------------------------------------------------------------------

HEADS = (
    N_("Date"), N_("Lines in"), N_("Accepted"), N_("Returned"), N_("In full / part / short"), N_("Parcels signed"),
    N_("Least cover (days)"), N_("Purchase (yuan)"), N_("Report"), N_("Notices"),
)  # fmt: skip


def _tell(console: Console, one: Shown, folder: Path) -> None:
    table = Table(title=one.plan.file.plan.name, title_justify="left")
    for head in HEADS:
        table.add_column(say(head), justify="right")
    for day in one.days:
        table.add_row(*_row(day))
    console.print(table)
    checks = one.summary["checks"]
    held = say(N_("{held} of {all} checks hold"), held=sum(checks.values()), all=len(checks))
    failed = sum(counts["failed"] for counts in one.summary["flow_runs"].values())
    ran = sum(counts["completed"] for counts in one.summary["flow_runs"].values())
    runs = say(N_("{ran} flow runs completed, {failed} failed"), ran=ran, failed=failed)
    console.print(f"{held}; {runs}", style="green" if one.good else "red", highlight=False)
    for fault in one.faults:
        console.print(fault, style="red", markup=False, highlight=False)
    console.print(say(N_("Look into {folder}: documents/, notices/, summary.json"), folder=folder), highlight=False)


def _row(day: Mapping[str, Any]) -> list[str]:
    needs, shared, stock, bought = day["needs"], day["allocation"], day["stock"], day["purchase"]
    report = day["report"]
    cover = stock and stock["min_cover_days"]
    return [
        day["date"][5:],
        str(needs["received"]) if needs else "",
        str(needs["accepted"]) if needs else "",
        str(needs["rejected"]) if needs else "",
        f"{shared['allocated_full']} / {shared['allocated_part']} / {shared['short']}" if shared else "",
        str(day["parcels"]["signed"] or ""),
        "" if cover is None else f"{cover:.1f}",
        yuan(bought["amount_fen"]) if bought and bought["state"] != "nothing_to_buy" else "",
        "✓" if report["submitted_on_time"] else ("✗" if report["due"] else ""),
        str(day["sent"]),
    ]
