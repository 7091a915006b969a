"""`baogong demo` run once on a terminal, and what it left: its words, its folder, Prefect's own log of task runs."""

import fcntl
import json
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from schemas.plan import Plan
from tasks.plans import load_plan
from tests.integration.demo.terminal import on_terminal

SEED = 2
ENDED = "Finished in state"


@dataclass(frozen=True)
class Demo:
    """One run of the demo: the plan, what the terminal showed, and the folder that it was told to fill."""

    plan: Plan
    days: int
    place: Path

    @property
    def out(self) -> Path:
        """What `--out` named."""
        return self.place / "out"

    @property
    def folder(self) -> Path:
        """The plan's own folder in it."""
        return self.out / self.plan.id

    @cached_property
    def code(self) -> int:
        """How it ended."""
        return int((self.place / "code").read_text(encoding="utf-8"))

    @cached_property
    def screen(self) -> list[str]:
        """Lines in the order in which the terminal got them."""
        return (self.place / "screen.txt").read_text(encoding="utf-8").splitlines()

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Its figures."""
        return json.loads((self.folder / "summary.json").read_bytes())  # type: ignore[no-any-return]

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """What a query finds in its database, which is only looked at."""
        with closing(sqlite3.connect(f"file:{self.folder / 'baogong.db'}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()

    def number(self, query: str) -> int:
        """The one number that a query finds."""
        return int(self.rows(query)[0][0])

    @cached_property
    def task_runs(self) -> Counter[tuple[str, str]]:
        """(process, business date) -> task runs that ended; of a run without a date, such as the watch's, date ''."""
        found: Counter[tuple[str, str]] = Counter()
        for line in (self.place / "task_runs.log").read_text(encoding="utf-8").splitlines():
            name, _, message = line.split("\t")
            if message.startswith(ENDED):
                process, _, date = name.partition(f" {self.plan.id} ")
                found[process, date] += 1
        return found


def shown(base: Path, plan_id: str, days: int) -> Demo:
    """The demo of a plan below `base`; run only where no other worker of this test session has run it."""
    demo = Demo(load_plan(plan_id), days, base / f"demo-{plan_id}")
    demo.place.mkdir(exist_ok=True)
    with _alone(demo.place / "lock"):
        if not (demo.place / "code").exists():
            _run(demo)
    return demo


def _run(demo: Demo) -> None:
    logging = demo.place / "logging.json"  # JSON is YAML
    logging.write_text(json.dumps(_task_runs_to(demo.place / "task_runs.log")), encoding="utf-8")
    ours = ("BAOGONG_", "PREFECT_", "COLUMNS", "LINES")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    environment |= {"TERM": "xterm-256color", "PREFECT_LOGGING_SETTINGS_PATH": str(logging)}
    options = ["--plan", demo.plan.id, "--days", str(demo.days), "--seed", str(SEED), "--out", str(demo.out)]
    code, screen = on_terminal([sys.executable, "-m", "deployments.command", "demo", *options], environment)
    (demo.place / "screen.txt").write_text(screen, encoding="utf-8")
    (demo.place / "code").write_text(str(code), encoding="utf-8")


def _task_runs_to(log: Path) -> dict[str, Any]:
    """Prefect's own logging configuration, but for what it tells of task runs: that goes to a file."""
    found = find_spec("prefect")
    assert found is not None
    assert found.origin is not None
    config: dict[str, Any] = yaml.safe_load((Path(found.origin).parent / "logging" / "logging.yml").read_bytes())
    config["formatters"]["run"] = {"format": "%(flow_run_name)s\t%(task_run_name)s\t%(message)s"}
    handler = {"class": "logging.FileHandler", "formatter": "run", "encoding": "utf-8", "filename": str(log)}
    config["handlers"]["file"] = handler
    config["loggers"]["prefect.task_runs"] = {"level": "INFO", "handlers": ["file"], "propagate": False}
    return config


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One worker of the test session at a time."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
