"""Taking in: what lies in the inbox or was pasted is stored raw, in its own transaction, before anything is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import Submission
from schemas.text import Text
from tasks.database import reading
from tasks.intake.entered import Assisted, is_entry, store_entry
from tasks.intake.handed_in import known_senders
from tasks.intake.http_pages import read_page
from tasks.intake.inbox import waiting_files
from tasks.intake.readers import Read, read, too_large
from tasks.intake.submissions import store_submissions, store_text
from tasks.runs import Run, Work, deciding
from tasks.settings import settings

#: Longer than any source is asked back for: a fortnight without a pull.
LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True)
class Pasted:
    """Text from the form in the Prefect UI: who it comes from, how it came, and who entered it for whom."""

    text: str = ""
    sender: str = ""
    channel: str = "wechat"
    by: str = ""
    household: str = ""
    payer: str = ""
    carer: str = ""

    @property
    def entered(self) -> bool:
        """Whether somebody wrote it down for a household, rather than pasting what residents wrote (A-09)."""
        return bool(self.by.strip() or self.household.strip())


@dataclass(frozen=True)
class Taken:
    """What was found: submissions of the kind and date in order, and what must wait for the next run."""

    submissions: tuple[Submission, ...]
    still_growing: tuple[str, ...] = ()
    unreadable_now: tuple[str, ...] = ()


def take_in(work: Work, kind: str, dates: Sequence[date], pasted: Pasted | None = None) -> Taken:
    """Store what is new in the folders of `dates`, and return every submission of theirs, earlier runs' included.

    A pasted text is filed under the last of the dates.
    """
    run, limit = work.run, work.run.plan.file.needs.file_limit_mb.value
    place, senders = settings().inbox / run.plan_id, known_senders(run.plan)
    growing: list[str] = []
    unreadable: list[str] = []
    for on in dates:
        # What lies undated belongs to the day of the run that first sees it, the last of the dates.
        newest = on == dates[-1]
        waiting = waiting_files(place, kind, on, settings().settle_seconds, limit, senders=senders, undated=newest)
        growing += waiting.still_growing
        unreadable += [*waiting.unreadable_now, *waiting.outside]
        said = pasted if pasted is not None and pasted.text.strip() and newest else None
        if not waiting.arrived and said is None:
            continue
        with deciding(work) as session:
            store_submissions(session, run.plan_id, kind, on, run.now, waiting.arrived, "inbox", limit)
            if said is not None:
                _store_pasted(session, run, kind, on, said)
    return Taken(
        tuple(_stored(run.plan_id, kind, dates)), tuple(dict.fromkeys(growing)), tuple(dict.fromkeys(unreadable))
    )


def _store_pasted(session: Session, run: Run, kind: str, on: date, pasted: Pasted) -> None:
    sender = pasted.sender.strip()
    if not pasted.entered:
        store_text(session, run.plan_id, kind, on, run.now, pasted.text, sender, pasted.channel)
        return
    given = Assisted(pasted.text, pasted.by, pasted.household, sender, pasted.payer, pasted.carer, pasted.channel)
    store_entry(session, run.plan, given, run.now, on)


def _stored(plan_id: str, kind: str, dates: Sequence[date]) -> Sequence[Submission]:
    query = sa.select(Submission).where(
        col(Submission.plan_id) == plan_id, col(Submission.kind) == kind, col(Submission.business_date).in_(dates)
    )
    with reading() as session:
        return session.execute(query.order_by(col(Submission.business_date), col(Submission.sequence))).scalars().all()


def earlier_pages(run: Run, kind: str, before: date) -> Sequence[Submission]:
    """Pages that were fetched for the days before, as far back as a source may tell of the same again."""
    query = sa.select(Submission).where(
        col(Submission.plan_id) == run.plan_id,
        col(Submission.kind) == kind,
        col(Submission.channel) == "http",
        col(Submission.business_date) < before,
        col(Submission.business_date) >= before - LOOK_BACK,
    )
    with reading() as session:
        return session.execute(query.order_by(col(Submission.business_date), col(Submission.sequence))).scalars().all()


@dataclass(frozen=True)
class Opened:
    """A submission and what it holds."""

    submission: Submission
    held: Read


def opened(work: Work, taken: Taken) -> list[Opened]:
    """Every submission, read; what cannot be read carries its reason, a duplicate is left to its first."""
    limit = work.run.plan.file.needs.file_limit_mb.value
    found = []
    for one in taken.submissions:
        if one.state == "duplicate":
            continue
        found.append(Opened(one, _held(work.run.plan, one, limit)))
    return found


def _held(plan: Plan, one: Submission, limit: int) -> Read:
    if one.body is None:
        return Read(reason=too_large(limit))
    if one.channel == "http":
        return read_page(plan, one)
    if (known := _known_unreadable(one)) is not None:
        return Read(reason=known)
    # It is read by the ending of its name; an entry is a text of ours.
    return read(one.body, f"{one.source_name}.txt" if is_entry(one) else one.source_name, limit)


def _known_unreadable(one: Submission) -> Text | None:
    """Why nothing of these bytes could be read before: other bytes are another submission, so they need no second look.

    A file's limit is the plan's and may be raised; a page may wait for its source to be back in the plan.
    """
    told = next(iter(one.reasons), None) if one.state == "unreadable" else None
    if told is None or told["code"] == "file_too_large":
        return None
    return Text(str(told["code"]), dict(told["args"]))  # type: ignore[call-overload]  # JSON as we wrote it


def mark_unreadable(session: Session, unreadable: Sequence[Opened]) -> None:
    """The submission's own row says why nothing of it could be read, which no later run tries again; its bytes stay."""
    for one in unreadable:
        reason = [one.held.reason.as_json()] if one.held.reason else []
        change = sa.update(Submission).where(col(Submission.submission_id) == one.submission.submission_id)
        session.execute(change.values(state="unreadable", reasons=reason))
