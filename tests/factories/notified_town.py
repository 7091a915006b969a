"""The small plan of `plan_folder`, loaded and in the database, with officers whose channels a test chooses."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import Notice, NoticeAttempt
from schemas.words import Process, Stage
from tasks.database import reading, transaction
from tasks.notices.outbox import tell
from tasks.plans import load_plan, sync_plan
from tasks.runs import Run
from tests.factories.plan_folder import change, plan_sheets, write_plan

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2022, 4, 25)
PLAN = "town"
RICE = {"item": "大米", "cover_days": 0.8, "min_cover_days": 7, "runs_out_on": date(2022, 4, 26), "why": "示例"}


def at(clock: str, day: int = 25) -> datetime:
    """A moment of April 2022 in the plan's zone: `at("08:30")`."""
    hour, minute = clock.split(":")
    return datetime(2022, 4, day, int(hour), int(minute), tzinfo=ZONE)


def settle_town(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    channels: Mapping[str, str] | None = None,
    officers: Mapping[str, Mapping[str, str]] | None = None,
    **rules: Any,
) -> Plan:
    """Write the plan, put it in force and into the database. `channels` are by officer, `rules` as in `write_plan`."""
    sheets = plan_sheets()
    for officer_id, names in (channels or {}).items():
        change(sheets, "officers", officer_id, channels=names)
    for officer_id, cells in (officers or {}).items():
        change(sheets, "officers", officer_id, **cells)
    write_plan(tmp_path / "plans" / PLAN, sheets=sheets, **rules)
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path / "plans"))
    plan = load_plan(PLAN)
    with transaction() as session:
        sync_plan(session, plan, at("00:00"))
    return plan


def say_to(
    officers: list[str],
    stage: Stage,
    now: datetime,
    subject: str = "all",
    revision: int = 1,
    values: Mapping[str, Any] | None = None,
    process: Process = Process.CHECK_STOCK,
    **more: Any,
) -> int:
    """Queue a notice as a flow does."""
    run = Run(PLAN, process, now.date(), now, dry_run=more.pop("dry_run", False))
    with transaction() as session:
        return tell(session, run, stage, subject, revision, values or RICE, to=officers, **more)


def outbox(*where: sa.ColumnElement[bool]) -> list[Notice]:
    """Rows of the outbox in the order they were made."""
    query = sa.select(Notice).where(*where).order_by(col(Notice.created_at), col(Notice.notice_id))
    with reading() as session:
        return list(session.execute(query).scalars())


def only(officer_id: str, stage: Stage) -> Notice:
    """The one notice of a stage to an officer."""
    (found,) = outbox(col(Notice.officer_id) == officer_id, col(Notice.stage) == stage)
    return found


def tries_of(notice_id: str) -> list[tuple[str, str, str]]:
    """(officer, channel, outcome) of each attempt."""
    query = sa.select(NoticeAttempt).where(col(NoticeAttempt.notice_id) == notice_id)
    with reading() as session:
        rows = session.execute(query.order_by(col(NoticeAttempt.attempt))).scalars()
        return [(a.officer_id, a.channel, a.outcome) for a in rows]


def files_of(data: Path, officer_id: str) -> list[str]:
    """What the file channel has written for an officer, oldest first."""
    return [p.read_text(encoding="utf-8") for p in sorted((data / "notices" / PLAN / officer_id).glob("*.txt"))]
