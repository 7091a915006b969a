"""A run of a process for a plan and a date: its lease, its single deciding transaction, its revision.

`decide` is the only way a process writes what it decided. Everything it writes, the revision row, result rows, answered
duties, notices and audit, is one transaction under a lease that is still held: a run killed at any instant has decided
or it has not, and the next run does the same again or finds it done.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import orjson
import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import cycle_of
from schemas.plan import Plan
from schemas.tables import Audit, Revision
from schemas.words import Process
from tasks.database import insert, reading, transaction
from tasks.leases import Held, LeaseKey, lease
from tasks.ledger import open_stock
from tasks.plans import load_plan, sync_plan


@dataclass(frozen=True)
class Run:
    """What is run: a process of a plan for a business date, as of a moment."""

    plan_id: str
    process: Process
    business_date: date
    now: datetime
    dry_run: bool = False

    @cached_property
    def plan(self) -> Plan:
        """The plan as its files were when the run first looked: one run sees one plan."""
        return load_plan(self.plan_id)


@dataclass(frozen=True)
class Work:
    """A run whose lease is held."""

    run: Run
    held: Held


@dataclass(frozen=True)
class Outcome:
    """What was decided. `fresh` is false where the latest revision had decided the very same."""

    run: Run
    revision: int
    fresh: bool
    summary: dict[str, Any]


def of_cycle(run: Run) -> Run:
    """The run keyed by the cycle it works on: whenever it is started, the same cycle is the same key."""
    return replace(run, business_date=cycle_of(run.plan, run.process, run.business_date))


@contextmanager
def working(run: Run) -> Iterator[Work]:
    """Hold the run's lease, with the plan's sheets in the database.

    Raises:
        LeaseHeld: somebody else works on this plan, process and date.
        PlanFaults: the plan's files are not in order.
    """
    plan = run.plan
    with lease(LeaseKey(run.plan_id, run.process, run.business_date)) as held:
        with transaction() as session:
            if sync_plan(session, plan, run.now):
                open_stock(session, plan)
        yield Work(run, held)


def _plain(value: object) -> object:
    if isinstance(value, pl.DataFrame):
        return {"columns": value.columns, "rows": value.rows()}
    return str(value)


def digest(parts: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of frames and values; the order of rows counts."""
    text = orjson.dumps(dict(parts), default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(text).hexdigest()


def latest_revision(session: Session, run: Run) -> Revision | None:
    """The newest revision of a run's key."""
    query = sa.select(Revision).where(
        col(Revision.plan_id) == run.plan_id,
        col(Revision.process) == run.process,
        col(Revision.business_date) == run.business_date,
    )
    return session.execute(query.order_by(col(Revision.revision).desc()).limit(1)).scalar_one_or_none()


def decide(work: Work, result: Mapping[str, Any], write: Callable[[Session, int], Mapping[str, Any]]) -> Outcome:
    """Write `result` as a new revision unless the latest one had the same result.

    Args:
        result: frames and plain values that make up the decision; no times of running among them, or no
            two runs would ever be the same.
        write: gets the session and the revision's number, writes every row, returns the summary (JSON).

    Raises:
        LeaseLost: another runner took over meanwhile; nothing is written.
    """
    run, mark = work.run, digest(result)
    with transaction() as session:
        work.held.hold(session)
        last = latest_revision(session, run)
        if last is not None and last.digest == mark:
            return Outcome(run, last.revision, False, dict(last.summary))
        number = 1 if last is None else last.revision + 1
        summary = dict(write(session, number))
        row = {"plan_id": run.plan_id, "process": run.process, "business_date": run.business_date, "revision": number}
        insert(session, Revision, [{**row, "digest": mark, "summary": summary, "decided_at": run.now}])
        audit(session, run.plan_id, run.now, f"flow:{run.process}", "decided", {**summary, "revision": number})
    return Outcome(run, number, True, summary)


def last_outcome(run: Run) -> Outcome | None:
    """What the latest revision decided, read only."""
    with reading() as session:
        last = latest_revision(session, run)
    return None if last is None else Outcome(run, last.revision, False, dict(last.summary))


def audit(session: Session, plan_id: str, at: datetime, actor: str, act: str, detail: Mapping[str, Any]) -> None:
    """Add a line to the audit log; a trigger refuses to change or delete it later."""
    values = {
        "plan_id": plan_id,
        "at": at,
        "actor": actor,
        "act": act,
        "detail": orjson.loads(orjson.dumps(detail, default=str)),
    }
    session.execute(sa.insert(Audit).values(**values))


@contextmanager
def deciding(work: Work) -> Iterator[Session]:
    """A transaction under the run's lease, for steps whose rows are natural keys and need no revision of their own."""
    with transaction() as session:
        work.held.hold(session)
        yield session
