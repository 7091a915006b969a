"""One runner per plan, process and date, whoever started it: Prefect, a hand, or two machines at once.

A lease is a row with an expiry in real time. Its holder renews it from a thread; a holder that was killed stops
renewing, so another may take over once it has expired, or at once where the same machine can see that the process is
gone. Every deciding transaction asserts that the lease is still held (`hold`), in that transaction: a runner
that was paused past its expiry can therefore never write over its successor.
"""

import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.tables import Lease
from tasks.database import changed_rows, insert, is_undone, transaction, upsert

TTL = timedelta(seconds=60)
RENEW_SECONDS = 15.0


class LeaseHeld(RuntimeError):
    """Another runner works on the same key."""

    def __init__(self, key: "LeaseKey", holder: str, until: datetime) -> None:
        super().__init__(
            f"{key.plan_id}/{key.process}/{key.business_date} is held by {holder} until {until:%H:%M:%S} UTC"
        )
        self.key, self.holder, self.until = key, holder, until


class LeaseLost(RuntimeError):
    """The lease expired and another runner took it: nothing of this run is written."""


@dataclass(frozen=True)
class LeaseKey:
    """What is worked on."""

    plan_id: str
    process: str
    business_date: date


@dataclass(frozen=True)
class Held:
    """A lease in hand."""

    key: LeaseKey
    holder: str

    def hold(self, session: Session) -> None:
        """Extend the lease inside the caller's transaction, or raise LeaseLost so that all of it is rolled back."""
        change = _mine(self).values(expires_at=datetime.now(UTC) + TTL)
        if changed_rows(session, change) != 1:
            raise LeaseLost(f"{self.key.plan_id}/{self.key.process}/{self.key.business_date}")


def _where(key: LeaseKey) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(Lease.plan_id) == key.plan_id,
        col(Lease.process) == key.process,
        col(Lease.business_date) == key.business_date,
    )


def _mine(held: Held) -> sa.Update:
    return sa.update(Lease).where(_where(held.key), col(Lease.holder) == held.holder)


def _started(pid: int) -> str:
    """When a process of this machine started (ticks since boot), empty where it is no more or that cannot be read."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return ""
    # Killed, and not yet buried by its parent: it will never write again.
    return "" if fields[0] in "ZX" else fields[19]


def _here() -> str:
    """This machine, and the part of it whose processes are ours to see: two containers may share a host's name."""
    try:
        return f"{socket.gethostname()}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def _gone(holder: str) -> bool:
    """True only if the holder ran on this very machine and its process is certainly no more."""
    host, pid, started, _token = holder.split("|")
    if host != _here() or not started:
        return False
    return _started(int(pid)) != started


def _take(key: LeaseKey, holder: str) -> Held:
    now = datetime.now(UTC)
    row = {**key.__dict__, "holder": holder, "expires_at": now + TTL}
    with transaction() as session:
        # Given back between the two statements, it is free for the first who inserts again: never for two at once.
        while not insert(session, Lease, [row]):
            other = session.execute(sa.select(Lease).where(_where(key)).with_for_update()).scalar_one_or_none()
            if other is None:
                continue
            if other.expires_at > now and not _gone(other.holder):
                raise LeaseHeld(key, other.holder, other.expires_at)
            upsert(session, Lease, [row])
            break
    return Held(key, holder)


def _renew(held: Held, done: threading.Event) -> None:
    while not done.wait(RENEW_SECONDS):
        # A database that is away for a moment must not end the renewing: the next one, or `hold`, finds out.
        with suppress(sa.exc.SQLAlchemyError), transaction() as session:
            session.execute(_mine(held).values(expires_at=datetime.now(UTC) + TTL))


@contextmanager
def lease(key: LeaseKey) -> Iterator[Held]:
    """Hold the key for the length of the block.

    Raises:
        LeaseHeld: another live runner has it.
    """
    pid = os.getpid()
    held = _take(key, f"{_here()}|{pid}|{_started(pid)}|{uuid.uuid4().hex}")
    done = threading.Event()
    # A dry run keeps everybody else waiting by its own transaction; another thread would wait for it, too.
    if not is_undone():
        threading.Thread(target=_renew, args=(held, done), daemon=True).start()
    try:
        yield held
    finally:
        done.set()
        with transaction() as session:
            session.execute(sa.delete(Lease).where(_where(key), col(Lease.holder) == held.holder))
