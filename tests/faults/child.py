"""Runs that may be killed: each in a process of its own, forked from a server that has everything imported."""

import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

LAST_WORDS, PLAYED = "last_words", "played"
BOUNDARIES = "tests.faults.boundaries"
#: Not a flow: the first use of an empty data folder, which creates the database.
BRING_UP = "bring_up"
_one_at_a_time = threading.Lock()
_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload([BOUNDARIES, __name__])


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
    _child(act, data, environment)
    found = _left(data)
    if not isinstance(found, Played):
        raise Unfinished(str(found))
    return found


def kill(act: Act, data: Path, environment: Mapping[str, str], at: int) -> str:
    """Run in a child that gets `kill -9` at the boundary of that number; the boundary's name."""
    code = _child(act, data, environment, "kill", at)
    if code != -signal.SIGKILL:
        raise Unfinished(f"was not killed: exit code {code}, {_left(data)}")
    return (data / LAST_WORDS).read_text(encoding="utf-8")


def disturb(act: Act, data: Path, environment: Mapping[str, str], fault: str, at: int) -> tuple[str, bool]:
    """Run in a child that loses its database at the boundary of that number.

    Returns:
        the boundary's name, and whether the run came to its end all the same.
    """
    _child(act, data, environment, fault, at)
    return (data / LAST_WORDS).read_text(encoding="utf-8"), isinstance(_left(data), Played)


def _child(act: Act, data: Path, environment: Mapping[str, str], fault: str = "", at: int = -1) -> int | None:
    process = _server.Process(target=_run, args=(act, data, dict(environment), fault, at))
    # Starting a process asks all others how they ended, and a second one who asks at that moment gets no answer.
    with _one_at_a_time:
        process.start()
    multiprocessing.connection.wait([process.sentinel])
    with _one_at_a_time:
        process.join()
    return process.exitcode


def _left(data: Path) -> object:
    path = data / PLAYED
    if not path.exists():
        return "left nothing behind"
    found = pickle.loads(path.read_bytes())  # noqa: S301 - our own child's
    path.unlink()
    return found


def _run(act: Act, data: Path, environment: dict[str, str], fault: str, at: int) -> None:
    os.environ.update(environment)
    watched = import_module(BOUNDARIES)
    boundaries = watched.Boundaries(data, fault, at)
    watched.watch(boundaries)
    try:
        summary = act.play()
        watched.current = None
        left: Any = Played(list(boundaries.passed), summary, *(({}, {}) if fault else _books(act.plan)))
    except Exception:
        left = traceback.format_exc()
    (data / PLAYED).write_bytes(pickle.dumps(left))


def _books(plan: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    from tasks.database import engine, reading
    from tasks.invariants import broken
    from tests.factories.books import books

    with reading() as session:
        wrong = {name: [str(row) for row in rows] for name, rows in broken(session, plan).items() if rows}
    found = books(engine())
    engine().dispose()
    return found, wrong
