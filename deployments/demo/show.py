"""`baogong demo`: a private server, each plan's week by the real flows, a table of what happened, and the verdict."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from deployments.demo.closing import Shown, exit_code, tell
from deployments.demo.desk import Desk
from deployments.demo.form_server import KoboServer
from deployments.demo.store_server import StoreServer
from deployments.demo.wishes import Town
from deployments.demo.world import World
from deployments.launch import Place, Processes, free_port
from schemas.plan import Plan
from schemas.text import N_
from tasks.plans import PlanFaults, load_plan
from tasks.words import say

#: What a demo leaves in a plan's folder, and may take away again.
LEFT = ("baogong.db", "baogong.db-wal", "baogong.db-shm", "documents", "inbox", "letters", "notices", "summary.json")


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
    with _server(), Desk() as desk, StoreServer() as counters, KoboServer() as forms, _progress(console) as progress:
        world = World(desk, counters, forms)
        shown = [_week(plan, days, seed, out / plan.id, world, progress) for plan in plans]
    for one in shown:
        tell(console, one, out / one.plan.id)
    console.print(say(N_("Ready after {seconds:.0f} seconds."), seconds=time.monotonic() - started), highlight=False)
    return exit_code(shown)


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
def _server() -> Iterator[None]:
    """A Prefect server of our own on a free port; its own files are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="baogong-demo-", ignore_cleanup_errors=True) as home:
        place = Place(Path(home), port=free_port())
        os.environ.update(place.environment)
        # The progress bar has the terminal, also while another library tries the receiving desk again.
        os.environ["PREFECT_LOGGING_LEVEL"] = os.environ["PREFECT_LOGGING_ROOT_LEVEL"] = "ERROR"
        with Processes(place) as processes:
            processes.start_server()
            yield


def _progress(console: Console) -> Progress:
    words = TextColumn("{task.description}", markup=False)
    # Without a terminal there is nothing to redraw; the table at the end says it all.
    bar = BarColumn(bar_width=None)  # whatever the words leave of the line
    return Progress(words, bar, TextColumn("{task.fields[at]}"), TimeElapsedColumn(), console=console)


def _environment(folder: Path) -> None:
    os.environ["BAOGONG_DATA"] = str(folder.resolve())
    os.environ["BAOGONG_DRY_RUN"] = "1"  # what every officer would get goes to notices/
    os.environ["BAOGONG_SETTLE_SECONDS"] = "0"
    os.environ.pop("BAOGONG_DATABASE_URL", None)


def _week(plan: Plan, days: int, seed: int, folder: Path, world: World, progress: Progress) -> Shown:
    """Run a plan's days and write its summary."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings  # it reads its server's address

    from deployments.demo.days import plan_days
    from deployments.demo.samples import letters_folder, read_letters
    from deployments.demo.verdict import judged
    from deployments.demo.week import Week
    from tasks.notices.wording import PROCESSES

    _environment(folder)
    world.open(Town(plan, seed))
    letters = letters_folder(plan, seed, days, folder / "letters")
    first = plan.file.plan.start_date
    task = progress.add_task(plan.file.plan.name, total=days, at="")

    def told(on: Any, process: str) -> None:
        name = say(PROCESSES[process])
        progress.update(task, completed=min((on - first).days, days), at=f"{on:%m-%d} {name}")

    began = time.monotonic()
    week = Week(plan, seed, first, days, lambda cycle: read_letters(letters, cycle), world, told)
    plan_days(week)
    # Nobody waits for heartbeats here, and the thread that sends them ends up to a second after its run.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        ran = week.run()
    progress.update(task, completed=days, at="")
    return judged(plan, days, folder, ran, time.monotonic() - began)
