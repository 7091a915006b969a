"""Runs that may be killed: each in a process of its own, forked from a server that has everything imported."""

import multiprocessing
import os
import pickle
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

BOUNDARIES = "tests.faults.boundaries"
#: Not a flow: the first use of an empty data folder, which creates the database.
BRING_UP = "bring_up"
_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload([BOUNDARIES])


@dataclass(frozen=True)
class Act:
    """One flow at one moment."""

    flow: str
    plan: str
    now: datetime

    @property
    def on(self) -> date:
        """The business date."""
        return self.now.date()

    def play(self) -> Any:
        """Run it as it is, without Prefect around it."""
        if self.flow == BRING_UP:
            return import_module("tasks.database").engine().dispose()
        function = getattr(import_module(f"flows.{self.flow}"), self.flow).fn
        if self.flow == "watch_duties":
            return function(plans=[self.plan], now=self.now)
        return function(plan=self.plan, business_date=self.on, now=self.now)

    def __str__(self) -> str:
        return f"{self.plan} {self.flow} {self.now:%d %H:%M}"


@dataclass(frozen=True)
class Played:
    """What a run that came to its end left behind."""

    passed: list[str]
    summary: Any
    books: dict[str, list[str]]
    broken: dict[str, list[str]]


class Unfinished(RuntimeError):
    """A run that was to come to its end did not; the text is its traceback."""


def play(act: Act, data: Path, environment: Mapping[str, str]) -> Played:
    """Run to the end in a child."""
    code = _child(act, data, environment, None)
    left = data / "played"
    found = pickle.loads(left.read_bytes()) if left.exists() else f"exit code {code}"  # noqa: S301 - our own child's
    left.unlink(missing_ok=True)
    if not isinstance(found, Played):
        raise Unfinished(str(found))
    return found


def kill(act: Act, data: Path, environment: Mapping[str, str], die_at: int) -> str:
    """Run in a child that gets `kill -9` at the boundary of that number; the boundary's name."""
    code = _child(act, data, environment, die_at)
    words = data / "last_words"
    if code != -signal.SIGKILL:
        raise Unfinished(f"was not killed: exit code {code}")
    said = words.read_text(encoding="utf-8")
    words.unlink()
    return said


def _child(act: Act, data: Path, environment: Mapping[str, str], die_at: int | None) -> int | None:
    process = _server.Process(target=_run, args=(act, data, dict(environment), die_at))
    process.start()
    process.join()
    return process.exitcode


def _run(act: Act, data: Path, environment: dict[str, str], die_at: int | None) -> None:
    os.environ.update(environment)
    watched = import_module(BOUNDARIES)
    boundaries = watched.Boundaries(data, die_at, data / "last_words")
    watched.watch(boundaries)
    try:
        summary = act.play()
        watched.current = None
        left: Any = Played(list(boundaries.passed), summary, *_books(act.plan))
    except Exception:
        import traceback

        left = traceback.format_exc()
    (data / "played").write_bytes(pickle.dumps(left))


def _books(plan: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    from tasks.database import engine, reading
    from tasks.invariants import broken
    from tests.factories.books import books

    with reading() as session:
        wrong = {name: [str(row) for row in rows] for name, rows in broken(session, plan).items() if rows}
    found = books(engine())
    engine().dispose()
    return found, wrong
