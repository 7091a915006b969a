"""Raw submissions: bytes, channel, sender, time and SHA-256 in the database, before anybody reads them (DESIGN 3)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.tables import Submission
from schemas.text import Text
from tasks.database import insert
from tasks.intake.inbox import Arrived
from tasks.intake.readers import too_large

#: Kinds of lists of which the latest of a sender holds.
LATEST_HOLDS = frozenset({"catalog", "stock"})


@dataclass(frozen=True, slots=True)
class Key:
    """Under what submissions are filed."""

    plan_id: str
    kind: str
    business_date: date


def submission_id(key: Key, source_name: str, sha256: str) -> str:
    """The same bytes under the same name are the same submission, however often they are seen."""
    told = "|".join((key.plan_id, key.kind, key.business_date.isoformat(), source_name, sha256))
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def store_submissions(
    session: Session,
    plan_id: str,
    kind: str,
    business_date: date,
    now: datetime,
    arrived: Sequence[Arrived],
    channel: str = "inbox",
    limit_mb: int = 20,
) -> list[Submission]:
    """Store files raw, those seen before left as they are; returns the rows of all of them in order of sequence.

    The same bytes of the same sender under another name are kept as a duplicate of the first; equal bytes of two
    senders are two submissions (two villages may both write 无需求).
    """
    key = Key(plan_id, kind, business_date)
    # A file that lies undated belongs to the date that took it first.
    mine = [one for one in arrived if one.dated or not _taken_before(session, key, one)]
    rows = [
        _row(key, one.source_name, one.sender, one.sha256, one.size, _came(one, now)) | _bytes(key, one, limit_mb)
        for one in mine
    ]
    return _file(session, key, [row | {"channel": channel} for row in rows])


def store_text(  # noqa: PLR0913 - every argument is a part of the submission's key or row
    session: Session,
    plan_id: str,
    kind: str,
    business_date: date,
    now: datetime,
    text: str,
    sender: str,
    channel: str = "form",
    source_name: str = "",
) -> Submission:
    """Store a pasted text raw; the same text of the same sender on the same date is stored once."""
    key = Key(plan_id, kind, business_date)
    body = text.encode("utf-8", "replace")
    sha256 = hashlib.sha256(body).hexdigest()
    row = _row(key, source_name or f"{channel}:{sender}.txt", sender, sha256, len(body), now)
    return _file(session, key, [row | {"channel": channel, "body": body}])[0]


def store_page(
    session: Session, key: Key, now: datetime, name: str, sender: str, body: bytes, refused: Text | None = None
) -> Submission:
    """Store an answer of a source raw; the same bytes of the same source on the same date are stored once.

    `refused`: why nothing of it is read, where that does not show from its bytes.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    row = _row(key, name, sender, sha256, len(body), now) | {"channel": "http", "body": body}
    return _file(session, key, [row | ({"state": "unreadable", "reasons": [refused.as_json()]} if refused else {})])[0]


def _row(key: Key, name: str, sender: str, sha256: str, size: int, now: datetime) -> dict[str, Any]:
    return {
        "submission_id": submission_id(key, name, sha256),
        "plan_id": key.plan_id,
        "kind": key.kind,
        "business_date": key.business_date,
        "source_name": name,
        "sender": sender,
        "sha256": sha256,
        "size": size,
        "received_at": now,
        "body": None,
        "kept_at": None,
        "state": "read",
        "reasons": [],
    }


def _came(one: Arrived, now: datetime) -> datetime:
    """When a file came to rest, which is what a duty's hour is held against: the run that takes it may be later."""
    # Never after the run's own moment: a day that is run again later knows only what lay there by then.
    return min(now, datetime.fromtimestamp(one.mtime, UTC))


def _bytes(key: Key, one: Arrived, limit_mb: int) -> dict[str, Any]:
    if one.body is not None:
        return {"body": one.body}
    # The file stays where it lies; its place is told below the inbox, since machines differ.
    place = f"{key.plan_id}/{key.kind}/{one.source_name}"
    return {"kept_at": place, "state": "unreadable", "reasons": [too_large(limit_mb).as_json()]}


def _taken_before(session: Session, key: Key, one: Arrived) -> bool:
    query = sa.select(sa.literal(1)).where(
        col(Submission.plan_id) == key.plan_id,
        col(Submission.kind) == key.kind,
        col(Submission.business_date) < key.business_date,
        col(Submission.source_name) == one.source_name,
        col(Submission.sha256) == one.sha256,
    )
    return session.execute(query.limit(1)).first() is not None


def _file(session: Session, key: Key, rows: list[dict[str, Any]]) -> list[Submission]:
    """Number the new rows after those that are there, mark duplicates, insert, and read all of them back."""
    there = session.execute(
        sa.select(
            col(Submission.submission_id),
            col(Submission.sequence),
            col(Submission.sender),
            col(Submission.sha256),
            col(Submission.source_name),
        )
        .where(col(Submission.plan_id) == key.plan_id, col(Submission.kind) == key.kind)
        .where(col(Submission.business_date) == key.business_date)
        .order_by(col(Submission.sequence))
    ).all()
    ids, last = {row[0] for row in there}, max((row[1] for row in there), default=0)
    first: dict[tuple[str, str], str] = {}
    for _, _, sender, sha256, name in there:
        _first_of(first, key.kind, (sender, sha256), name)
    new = []
    for row in (row for row in rows if row["submission_id"] not in ids):
        last += 1
        known = _first_of(first, key.kind, (row["sender"], row["sha256"]), row["source_name"])
        new.append(row | {"sequence": last} | _duplicate(row, known))
    insert(session, Submission, new)
    wanted = [row["submission_id"] for row in rows]
    query = sa.select(Submission).where(col(Submission.submission_id).in_(wanted)).order_by(col(Submission.sequence))
    return list(session.execute(query).scalars())


def _first_of(first: dict[tuple[str, str], str], kind: str, sent: tuple[str, str], name: str) -> str:
    """The name under which a sender's bytes first came.

    A store's list that says again what it said before another one is its latest word, and no duplicate: what was taken
    off in between is there again. A chain posted again is a copy, whatever came in between.
    """
    if kind in LATEST_HOLDS and sent not in first:
        for other in [key for key in first if key[0] == sent[0]]:
            del first[other]
    return first.setdefault(sent, name)


def _duplicate(row: dict[str, Any], known: str) -> dict[str, Any]:
    if known == row["source_name"] or row["state"] == "unreadable":
        return {}
    return {"state": "duplicate", "reasons": [Text("duplicate_of", {"name": known}).as_json()]}
