"""Runners in processes of their own: one takes a lease, says so, and does what it is told next."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

SERVER = multiprocessing.get_context("forkserver")
KEY = ("demo", "allocate_orders", date(2022, 4, 21))


@dataclass(frozen=True)
class Runner:
    """A process at work, and the line to it."""

    process: ForkServerProcess
    line: Connection

    def hears(self, seconds: float = 60) -> str:
        """What it says next."""
        return str(self.line.recv()) if self.line.poll(seconds) else "nothing"

    def is_told(self, word: str) -> None:
        """`write` or `end`."""
        self.line.send(word)

    def gets(self, number: int) -> None:
        """A signal."""
        assert self.process.pid is not None
        os.kill(self.process.pid, number)


@contextmanager
def runner(act: str = "hold") -> Iterator[Runner]:
    """A process that acts on the database in force."""
    here, there = SERVER.Pipe()
    surroundings = {name: value for name, value in os.environ.items() if name.startswith("BAOGONG_")}
    process = SERVER.Process(target=_run, args=(act, surroundings, there))
    process.start()
    there.close()
    try:
        yield Runner(process, here)
    finally:
        here.close()
        process.join(10)
        if process.is_alive():
            os.kill(process.pid or 0, signal.SIGKILL)
            process.join()


def _run(act: str, surroundings: dict[str, str], line: Connection) -> None:
    os.environ.update(surroundings)
    {"hold": _hold, "migrate": _migrate}[act](line)


def _hold(line: Connection) -> None:
    from tasks.leases import LeaseHeld, LeaseKey, lease

    try:
        with lease(LeaseKey(*KEY)) as held:
            line.send("held")
            while line.recv() == "write":
                line.send(_write(held))
    except LeaseHeld:
        line.send("refused")
    except EOFError:
        pass  # the test is over


def _write(held: object) -> str:
    from tasks.database import transaction
    from tasks.leases import Held, LeaseLost
    from tasks.runs import audit

    assert isinstance(held, Held)
    try:
        with transaction() as session:
            audit(session, KEY[0], datetime.now(UTC), "flow:allocate_orders", "decided", {"by": held.holder})
            held.hold(session)
    except LeaseLost:
        return "lost"
    return "written"


def _migrate(line: Connection) -> None:
    from tasks.database import engine, revision_state

    line.send("ready")
    line.recv()
    current, head = revision_state(engine())
    line.send("migrated" if current == head else f"{current} instead of {head}")
