"""Every point at which a run can be cut off, found by watching it, not by listing it; only in a child that may die.

Imported before any flow: steps are hooked where they are made. Loaded once by a server process that forks a child per
run (`child.in_child`), since the imports alone take ten seconds.
"""

import gc
import os
import re
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import tasks.database
import tasks.step
from schemas.words import BUILT

_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|CREATE TRIGGER)\s+\"?(\w+)", re.IGNORECASE)


#: Where a child leaves the name of the boundary at which it met its fault.
LAST_WORDS = "last_words"


def _be_killed(_data: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _find_it_locked(data: Path) -> None:
    """Another program begins to write the SQLite file and does not end while this run lasts."""
    other = sqlite3.connect(data / "baogong.db", timeout=0, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    _kept_open.append(other)


def _find_it_gone(_data: Path) -> None:
    """PostgreSQL ends every connection to our database and takes no new one."""
    url = sa.make_url(os.environ["BAOGONG_DATABASE_URL"])
    with sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT").connect() as server:
        server.exec_driver_sql(f'ALTER DATABASE "{url.database}" WITH ALLOW_CONNECTIONS false')
        ending = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        server.execute(ending, {"name": url.database})


_kept_open: list[sqlite3.Connection] = []
FAULTS: dict[str, Callable[[Path], None]] = {"kill": _be_killed, "lock": _find_it_locked, "gone": _find_it_gone}


class Boundaries:
    """What a run has passed so far; at the boundary of that number the fault happens."""

    def __init__(self, data: Path, fault: str = "", at: int = -1) -> None:
        self.data, self.fault, self.at = data, fault, at
        self.passed: list[str] = []
        self.tables: list[str] = []

    def reached(self, what: str) -> None:
        """Note the boundary, and let it happen if this is the one; the thread that renews the lease passes none."""
        if threading.current_thread() is not threading.main_thread():
            return
        self.passed.append(what)
        if len(self.passed) - 1 == self.at:
            (self.data / LAST_WORDS).write_text(what, encoding="utf-8")
            FAULTS[self.fault](self.data)

    def wrote(self, connection: sa.Connection, statement: str) -> None:
        """A statement of the transaction that is open; a migration can be cut off after each table."""
        found = _WRITES.match(statement)
        touched = connection.info.setdefault("touched", [])
        if found and found[1] not in touched:
            touched.append(found[1])
            if statement.lstrip().upper().startswith("CREATE TABLE"):
                self.reached(f"before creating {found[1]}")

    def committing(self, connection: sa.Connection) -> None:
        """The transaction has written everything and is not committed."""
        self.tables = connection.info.pop("touched", [])
        if self.tables:
            self.reached(f"before the commit of {', '.join(self.tables)}")

    def committed(self) -> None:
        """The transaction is committed, and nothing after it has happened."""
        if self.tables:
            self.reached(f"after the commit of {', '.join(self.tables)}")

    def renaming(self, event: str, args: tuple[Any, ...]) -> None:
        """A file is written beside its name and about to appear under it: a document, a notice of the file channel."""
        if event == "os.rename" and str(args[1]).startswith(str(self.data)):
            self.reached(f"before the name of {Path(args[1]).relative_to(self.data)}")


current: Boundaries | None = None


def _around(function: Callable[..., Any], what: str) -> Callable[..., Any]:
    @wraps(function)
    def hooked(*args: Any, **kwargs: Any) -> Any:
        if current is not None:
            current.reached(f"before {what}")
        result = function(*args, **kwargs)
        if current is not None:
            current.reached(f"after {what}")
        return result

    return hooked


def _hook_steps() -> None:
    original = tasks.step.step
    tasks.step.step = lambda title: lambda function: _around(original(title)(function), f"the step {title!r}")


def watch(boundaries: Boundaries) -> None:
    """From here on every boundary is noted. Not undone: the process ends with the run."""
    global current  # noqa: PLW0603 - one run per process
    current = boundaries
    sa.event.listen(sa.Engine, "before_cursor_execute", lambda at, _cursor, sql, *_: boundaries.wrote(at, sql))
    sa.event.listen(sa.Engine, "commit", boundaries.committing)
    sa.event.listen(sa.Engine, "rollback", lambda connection: connection.info.pop("touched", None))
    sa.event.listen(Session, "after_commit", lambda _session: boundaries.committed())
    sys.addaudithook(boundaries.renaming)
    if boundaries.fault == "lock":
        tasks.database.BUSY_SECONDS = 0.1  # type: ignore[assignment] # a run that waits half a minute waits as well


_hook_steps()
for _flow in sorted(BUILT):
    import_module(f"flows.{_flow}")
sending, report = import_module("tasks.channels.sending"), import_module("tasks.report")
sending.send = _around(sending.send, "a notice is sent")  # type: ignore[attr-defined]
report.hand_in = _around(report.hand_in, "the report is handed in")  # type: ignore[attr-defined]
# Loaded at their first use otherwise, once per child.
for _late in ("pandera.backends.polars.builtin_checks", "tasks.invariants", "tests.factories.books"):
    import_module(_late)
# What is loaded is never collected: else each child would go through all of it, and copy it by doing so.
gc.collect()
gc.freeze()
