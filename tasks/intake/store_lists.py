"""What stores and suppliers send: read, judged, and what cannot be used kept with its reasons to go back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from rules.intake.identify import Directory, directory_of
from rules.stock_intake import StoreJudged, StoreList
from schemas.plan import Plan
from schemas.tables import RejectedLine
from schemas.words import Stage
from tasks.database import json_columns, upsert
from tasks.documents.returned import returned_paths
from tasks.intake.http_pages import reported_at
from tasks.intake.rejected import numbered, reviewers
from tasks.intake.take import Opened, Taken, mark_unreadable, opened
from tasks.notices.outbox import tell
from tasks.runs import Run, Work


@dataclass(frozen=True)
class Lists:
    """Lists of a kind and date, judged."""

    judged: StoreJudged
    unreadable: list[Opened]
    senders: dict[str, str]  # submission_id -> who sent it
    received: dict[str, datetime]  # store_id -> when its first usable list of the day came

    @property
    def accepted(self) -> pl.DataFrame:
        """Rows that hold: not replaced by a later list of the same store."""
        return self.judged.accepted.filter(pl.col("state") == "accepted")

    @property
    def result(self) -> dict[str, Any]:
        """What makes the decision the same or another."""
        unreadable = sorted(one.submission.submission_id for one in self.unreadable)
        return {"accepted": self.judged.accepted, "rejected": self.judged.rejected, "unreadable": unreadable}


def judged_lists(work: Work, taken: Taken, judge: Callable[[list[StoreList], Directory], StoreJudged]) -> Lists:
    """Read every submission and judge its rows."""
    directory = directory_of(work.run.plan)
    found = opened(work, taken)
    readable = [one for one in found if one.held.reason is None]
    sent = [
        StoreList(o.submission.submission_id, n, directory.store(o.submission.sender), o.held.sheets)
        for n, o in enumerate(readable)
    ]
    senders = {o.submission.submission_id: o.submission.sender for o in found}
    judged = judge(sent, directory)
    usable = set(judged.accepted["submission_id"].to_list())
    received: dict[str, datetime] = {}
    for one in readable:
        store_id = directory.store(one.submission.sender)
        if store_id is not None and one.submission.submission_id in usable:
            received.setdefault(store_id, reported_at(one.submission))
    return Lists(judged, [o for o in found if o.held.reason is not None], senders, received)


def write_returned(session: Session, run: Run, revision: int, lists: Lists, kind: str) -> int:
    """Keep what cannot be used, and tell its sender; how many rows and files that is."""
    on = run.business_date
    mark_unreadable(session, lists.unreadable)
    rejected = lists.judged.rejected.select("submission_id", "line_no", "words", "place", "reasons")
    rows = json_columns(rejected.with_columns(plan_id=pl.lit(run.plan_id), cycle=pl.lit(on)), "place", "reasons")
    upsert(session, RejectedLine, numbered(session, run.plan_id, on, rows))
    ids = rejected["submission_id"].to_list() + [one.submission.submission_id for one in lists.unreadable]
    counts: dict[str, int] = {}
    for submission_id in ids:
        sender = lists.senders[submission_id]
        counts[sender] = counts.get(sender, 0) + 1
    paths = returned_paths(session, run.plan, kind, on, revision)
    for sender, count in sorted(counts.items()):
        contact, about = _contact(run.plan, sender), paths.get(sender, [])
        subject, values = f"{run.process}:{sender}", {"count": count, "sender": sender}
        tell(session, run, Stage.LINES_RETURNED, subject, revision, values, about, to=contact)
    return len(ids)


def _contact(plan: Plan, sender: str) -> list[str]:
    """The store's person; what comes from nobody known goes to those who look after what is unclear."""
    store_id = directory_of(plan).store(sender)
    return [plan.stores[store_id].contact] if store_id else reviewers(plan)
