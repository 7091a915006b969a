"""The dispatcher: makes the digests that are due and sends what waits, each message once as far as anybody can know.

One dispatcher per plan works at a time (a lease). A try is on record before it is made, and its end after: whoever
finds a try without an end, under the lease, finds a send cut off, and `rules.doubtful_sends` says what follows.
A notice goes to the officer's channels in order, then to his deputy's, then to those of whom he answers to; when all
of them failed it is tried again after the plan's minutes, and then it is undelivered, and told in the next digest.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.digests import next_slot
from schemas.plan import Plan
from schemas.tables import Notice
from schemas.text import N_
from schemas.words import NoticeState
from tasks.channels.addresses import address, variable
from tasks.channels.dry_run import write_notice
from tasks.channels.outcome import Outcome
from tasks.database import transaction
from tasks.leases import Held, LeaseHeld, LeaseKey, LeaseLost, lease
from tasks.notices.attempts import (
    FILE,
    Try,
    change,
    claim,
    due_tries,
    end_round,
    end_try,
    pass_over,
    resolve,
    settle_cut_off,
)
from tasks.notices.digest import build_digests
from tasks.notices.outbox import timetable
from tasks.notices.tally import DRY, Day, load_day
from tasks.plans import load_plan, sync_plan
from tasks.runs import Run, audit
from tasks.settings import Settings, settings
from tasks.words import say

log = logging.getLogger(__name__)

#: (address, title, body, files, key) -> what became of it
Sender = Callable[[str, str, str, list[Path], str], Outcome]

PERHAPS_AGAIN = N_("(perhaps a repetition) {title}")
IN_PLACES = (DRY, FILE)
RANKS = {"beyond": 0, "digest": 1, "now": 2}
#: Files written per transaction: a kill leaves at most so many to be written again, over themselves.
BATCH = 200


@dataclass
class DispatchSummary:
    """Messages sent, given up, in doubt (cut off or unanswered), and notices merged into digests."""

    sent: int = 0
    undelivered: int = 0
    uncertain: int = 0
    merged: int = 0


def dispatch(plan_id: str, now: datetime, sender: Sender | None = None) -> DispatchSummary:
    """Send what is due for a plan at `now` (aware). Nothing is done while another dispatcher works on the plan.

    Args:
        sender: how a message leaves; by default Apprise (`tasks.channels.sending.send`).
    """
    plan = load_plan(plan_id)
    # One key for all days: a dispatcher still at work at midnight keeps the next day's out.
    key = LeaseKey(plan_id, "dispatch", plan.file.plan.start_date)
    try:
        with lease(key) as held:
            return _Dispatcher(plan, now, held, sender or _by_apprise, settings()).run()
    except (LeaseHeld, LeaseLost):
        # Lost means paused for longer than the lease: the one who took over settles what was begun here.
        return DispatchSummary()


def send_notices(run: Run) -> DispatchSummary:
    """Send what is due at the run's moment: the last step of every flow. A dry run only shows what it would queue."""
    return show_notices(run) if run.dry_run else dispatch(run.plan_id, run.now)


def show_notices(run: Run) -> DispatchSummary:
    """Write the notices that a dry run has queued to files, each as its officer would get it; nothing is sent."""
    mine = (col(Notice.plan_id) == run.plan_id, col(Notice.dry_run), col(Notice.created_at) == run.now)
    with transaction() as session:
        queued = session.execute(sa.select(Notice).where(*mine).order_by(col(Notice.notice_id))).scalars().all()
    folder, at = settings().notices / run.plan_id / DRY, run.now.astimezone(run.plan.zone)
    for notice in queued:
        write_notice(folder, notice.officer_id, notice.notice_id, at, notice.title, notice.body, notice.attachments)
    return DispatchSummary()


def _by_apprise(url: str, title: str, body: str, files: list[Path], key: str) -> Outcome:
    from tasks.channels import sending  # Apprise takes long to load, and a dry run never needs it

    return sending.send(url, title, body, files, key)


@dataclass
class _Dispatcher:
    plan: Plan
    now: datetime
    held: Held
    send: Sender
    here: Settings
    summary: DispatchSummary = field(default_factory=DispatchSummary)
    day: Day = field(init=False)

    def run(self) -> DispatchSummary:
        with self._deciding() as session:
            sync_plan(session, self.plan, self.now)
            self.summary.uncertain += settle_cut_off(session, self.plan, self.now, self.here)
            self.day = load_day(session, self.plan, self.now, self.here)
            self.summary.merged = build_digests(session, self.plan, self.now, self.day)
            tries = due_tries(session, self.plan, self.now, self.here)
        tries.sort(key=lambda t: RANKS[self.day.kind(t.notice, t.notice.officer_id)])
        to_files = [t for t in tries if t.routes and t.routes[0].channel in IN_PLACES]
        for start in range(0, len(to_files), BATCH):
            self._write_files(to_files[start : start + BATCH])
        for t in [t for t in tries if t not in to_files]:
            with self._deciding() as session:
                admitted = self._room(session, t)
            if admitted:
                self._deliver(t)
        return self.summary

    @contextmanager
    def _deciding(self) -> Iterator[Session]:
        with transaction() as session:
            self.held.hold(session)
            yield session

    def _room(self, session: Session, t: Try) -> bool:
        """Whether the officer may get it today; what was to go at once and may not waits for the next digest."""
        officer_id = t.notice.officer_id
        if self.day.admits(t.notice, officer_id):
            return True
        if self.day.kind(t.notice, officer_id) == "now":
            change(session, t, urgency="digest", due_at=next_slot(self.now, timetable(self.plan)))
        return False

    def _write_files(self, tries: list[Try]) -> None:
        """Many at once: a file that is written again after a kill is the same file."""
        admitted = []
        with self._deciding() as session:
            for t in tries:
                if self._room(session, t):
                    # Counted before it is written, so that the next one in this batch already sees it.
                    self.day.count(t.notice, t.notice.officer_id)
                    self.day.settled(t.notice)
                    admitted.append(t)
            mine = claim(session, admitted, self.now)
        outcomes = [self._write(t) for t in mine]
        with self._deciding() as session:
            for t, outcome in zip(mine, outcomes, strict=True):
                self._record(session, t, outcome)
        for t in [t for t, outcome in zip(mine, outcomes, strict=True) if outcome.state != "sent"]:
            self._deliver(t, again=True)

    def _deliver(self, t: Try, again: bool = False) -> None:
        """One round along the routes that are left; `again`: one of them failed in a way that may pass."""
        while t.routes:
            hindrance = self._hindrance(t)
            if hindrance is not None:
                why, may_pass = hindrance
                with self._deciding() as session:
                    pass_over(session, t, self.now, why)
                again = again or may_pass
                continue
            outcome = self._try(t)
            if outcome is None or outcome.state != "undelivered":
                return
            again = again or outcome.retryable
        with self._deciding() as session:
            if end_round(session, self.plan, t, self.now, again) == NoticeState.UNDELIVERED:
                self._give_up(session, t)

    def _hindrance(self, t: Try) -> tuple[str, bool] | None:
        """Why the next route cannot even be tried, and whether that may pass."""
        route = t.routes[0]
        if route.channel not in IN_PLACES and address(route.channel) is None:
            name = variable(route.channel)
            log.warning("channel %s has no address: neither %s nor a Secret block", route.channel, name)
            return "not configured", False
        if route.officer_id != t.notice.officer_id and not self.day.admits(t.notice, route.officer_id):
            return "the day's budget of this person is used up", True
        return None

    def _try(self, t: Try) -> Outcome | None:
        """On record, sent outside of any transaction, on record again; None where somebody else has the notice."""
        with self._deciding() as session:
            if not claim(session, [t], self.now):
                return None
        route = t.routes[0]
        outcome = self._write(t) if route.channel in IN_PLACES else self._send(t)
        with self._deciding() as session:
            self._record(session, t, outcome)
        if outcome.state != "undelivered":
            self.day.count(t.notice, route.officer_id)
            self.day.settled(t.notice)
        return outcome

    def _record(self, session: Session, t: Try, outcome: Outcome) -> None:
        route = end_try(session, t, outcome.state, f"{outcome.code} {outcome.detail}".strip())
        if outcome.state == "sent":
            where = f"{route.officer_id}/{route.channel}"
            change(session, t, state=NoticeState.SENT, sent_at=self.now, sent_to=where, tries=t.notice.tries + 1)
            self.summary.sent += 1
        elif outcome.state == "uncertain":
            minutes = self.plan.file.notices.retry_minutes.value
            resolve(session, self.plan, t, self.now + timedelta(minutes=minutes[0] if minutes else 0))
            self.summary.uncertain += 1

    def _give_up(self, session: Session, t: Try) -> None:
        self.day.settled(t.notice)
        self.summary.undelivered += 1
        audit(session, self.plan.id, self.now, "dispatch", "undelivered", {"notice_id": t.notice.notice_id})

    def _send(self, t: Try) -> Outcome:
        route, notice = t.routes[0], t.notice
        url = address(route.channel)
        assert url is not None  # noqa: S101 - `_hindrance` has passed it over otherwise
        title = say(PERHAPS_AGAIN, title=notice.title) if t.repeats(route) else notice.title
        files = [self.here.documents / path for path in notice.attachments]
        return self.send(url, title, notice.body, files, notice.notice_id)

    def _write(self, t: Try) -> Outcome:
        notice, officer_id = t.notice, t.routes[0].officer_id
        folder, at = self.here.notices / self.plan.id, self.now.astimezone(self.plan.zone)
        return write_notice(folder, officer_id, notice.notice_id, at, notice.title, notice.body, notice.attachments)
