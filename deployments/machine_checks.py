"""What must be in order on this machine before anything is brought up: Python, packages, plans, database, folders."""

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo

from deployments.bootstrap import LOCKS, OLDEST
from deployments.finding import Check, Finding
from deployments.manifest import every_plan
from schemas.text import N_
from tasks.settings import settings
from tasks.words import say

INBOX_KINDS = ("needs", "stock", "catalog", "arrivals")
FREE_BYTES = 1_000_000_000
#: A clock that stands before our own database was last written has gone back.
CLOCK_TOLERANCE = timedelta(minutes=5)


def python_is_new_enough() -> Finding:
    """The interpreter."""
    running = ".".join(str(n) for n in sys.version_info[:3])
    cure = say(N_("Install Python 3.11 or newer, then run make install"))
    return Finding("python", sys.version_info[:2] >= OLDEST, running, cure)


def pins(lock: Path) -> Iterator[tuple[str, str]]:
    """(package, version) of every pin of a lock that concerns this interpreter."""
    from packaging.requirements import Requirement

    for line in lock.read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            requirement = Requirement(line.rstrip("\\ "))
            if requirement.marker is None or requirement.marker.evaluate():
                yield requirement.name, str(requirement.specifier).removeprefix("==")


def _differing(lock: Path) -> list[str]:
    def there(name: str) -> str:
        try:
            return version(name)
        except PackageNotFoundError:
            return "-"

    return [f"{name} {there(name)} ≠ {pinned}" for name, pinned in pins(lock) if there(name) != pinned]


def packages_match_the_lock() -> Finding:
    """Every package of base.txt in exactly its version."""
    wrong = _differing(LOCKS["base"])
    return Finding("packages", not wrong, ", ".join(wrong[:5]), say(N_("Run make install")))


def plans_are_in_order() -> Finding:
    """Every plan folder loads without a fault."""
    from tasks.plans import check_plan, plan_folder, plan_ids

    counts = {plan: len(check_plan(plan_folder(plan))[1]) for plan in plan_ids()}
    faulty = [f"{plan}: {count}" for plan, count in counts.items() if count]
    cure = say(N_("Run baogong check and correct the lines it names"))
    return Finding("plans", bool(counts) and not faulty, ", ".join(faulty or counts), cure)


def database_is_migrated() -> Finding:
    """Our own database answers, and its schema is the newest."""
    from tasks.database import engine, revision_state

    current, head = revision_state(engine())
    return Finding(
        "database", current == head, f"{current} / {head}", say(N_("See whether BAOGONG_DATABASE_URL is right"))
    )


def sqlite_is_safe() -> Finding:
    """A SQLite file writes ahead and holds foreign keys; PostgreSQL always does."""
    from tasks.database import engine

    used = engine()
    if used.dialect.name != "sqlite":
        return Finding("sqlite", True, used.dialect.name)
    with used.connect() as connection:
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
    cure = say(N_("Put the data folder on a local disk; a network disk cannot hold SQLite's journal"))
    return Finding("sqlite", (journal, keys) == ("wal", 1), f"journal_mode={journal} foreign_keys={keys}", cure)


def make_folders(plan_ids: list[str]) -> list[Path]:
    """The folders that people and flows put files into; made where they are missing."""
    now = settings()
    folders = [now.inbox / plan / kind for plan in plan_ids for kind in INBOX_KINDS] + [now.documents, now.notices]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    return folders


def folders_are_writable() -> Finding:
    """Inbox, documents and notices."""
    from tasks.plans import plan_ids

    closed = [str(f) for f in make_folders(plan_ids()) if not os.access(f, os.W_OK | os.X_OK)]
    detail = ", ".join(closed) or str(settings().inbox)
    return Finding("folders", not closed, detail, say(N_("Let the user who runs baogong write into the data folder")))


def channels_have_addresses() -> Finding:
    """Every channel of every officer leads somewhere; with BAOGONG_DRY_RUN all of them lead to files."""
    from tasks.channels.addresses import address

    names = {channel for plan in every_plan() for officer in plan.officers.values() for channel in officer.channels}
    missing = sorted(n for n in names - {"file"} if address(n) is None)
    detail = ", ".join(missing)
    if settings().dry_run:
        dry = N_("BAOGONG_DRY_RUN is set: notices go to files. Without an address: {names}")
        return Finding("channels", True, say(dry, names=detail or "-"))
    cure = say(N_("Set BAOGONG_CHANNEL_<NAME>, or a Prefect Secret block baogong-channel-<name>, for each"))
    return Finding("channels", not missing, detail, cure)


def disk_has_room() -> Finding:
    """A gigabyte at least where the data lie."""
    folder = next(p for p in [settings().data.resolve(), *settings().data.resolve().parents] if p.exists())
    free = shutil.disk_usage(folder).free
    return Finding(
        "disk", free >= FREE_BYTES, f"{free / 1e9:.1f} GB", say(N_("Make room on the disk of the data folder"))
    )


def clock_is_right() -> Finding:
    """The plans' zone of time is known, and the clock does not stand before what was written already."""
    now = datetime.now(UTC)
    marks = [p.stat().st_mtime for p in (settings().data / "baogong.db", LOCKS["base"]) if p.exists()]
    ahead = datetime.fromtimestamp(max(marks, default=0.0), UTC) - now
    cure = say(N_("Set the machine's clock, for example with timedatectl set-ntp true"))
    return Finding("clock", ahead < CLOCK_TOLERANCE, f"{now.astimezone(ZoneInfo('Asia/Shanghai')):%F %T %Z}", cure)


CHECKS: dict[str, Check] = {
    "python": python_is_new_enough,
    "packages": packages_match_the_lock,
    "plans": plans_are_in_order,
    "database": database_is_migrated,
    "sqlite": sqlite_is_safe,
    "folders": folders_are_writable,
    "channels": channels_have_addresses,
    "disk": disk_has_room,
    "clock": clock_is_right,
}
