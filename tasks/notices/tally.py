"""Who has got how many messages today, from the attempts on record, and who may get one more."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.digests import Kind, Tally, admits, budget_of, slots_ahead
from schemas.plan import Plan
from schemas.tables import Notice, NoticeAttempt
from schemas.words import NoticeState, Stage
from tasks.notices.outbox import timetable
from tasks.settings import Settings

#: The name under which a dry run's tries are recorded; what it "sends" reaches nobody and uses up no real budget.
DRY = "dry_run"
#: An officer and whether it is a dry run: two budgets that never touch.
Reader = tuple[str, bool]


def is_dry(notice: Notice, here: Settings) -> bool:
    """Written to a file only: because of its run, or because all of this machine runs dry."""
    return notice.dry_run or here.dry_run


def load(session: Session, query: sa.Select[Any]) -> list[Notice]:
    """Outbox rows as they are now: a session would else answer with what it saw before an update went past it."""
    return list(session.execute(query.execution_options(populate_existing=True)).scalars())


@dataclass
class Day:
    """The day's messages per reader; `count` keeps it up to date while they are sent."""

    plan: Plan
    now: datetime
    here: Settings
    received: Counter[Reader] = field(default_factory=Counter)
    waiting: Counter[Reader] = field(default_factory=Counter)

    def reader(self, notice: Notice, officer_id: str) -> Reader:
        """Whose budget a notice uses up that goes to this officer."""
        return officer_id, is_dry(notice, self.here)

    def budget(self, officer_id: str) -> int:
        """Messages a day; somebody who has left the plan since is on the daily budget."""
        rule = self.plan.file.notices
        officer = self.plan.officers.get(officer_id)
        return budget_of(officer.role if officer else "", rule.daily_budget.value, rule.role_budgets.value)

    def tally(self, reader: Reader) -> Tally:
        """Where the reader stands: digests made and not sent yet, and those of the rest of the day, are owed to him."""
        budget = self.budget(reader[0])
        ahead = slots_ahead(self.now, timetable(self.plan), budget)
        return Tally(budget, self.received[reader], self.waiting[reader] + ahead)

    def kind(self, notice: Notice, officer_id: str) -> Kind:
        """A digest that comes to a deputy is a message like any other for him."""
        if notice.stage in self.plan.file.notices.beyond_budget.value:
            return "beyond"
        return "digest" if notice.stage == Stage.ALIVE and officer_id == notice.officer_id else "now"

    def admits(self, notice: Notice, officer_id: str) -> bool:
        """Whether this officer may get this notice today."""
        return admits(self.tally(self.reader(notice, officer_id)), self.kind(notice, officer_id))

    def count(self, notice: Notice, officer_id: str) -> None:
        """It went out to this officer."""
        if self.kind(notice, officer_id) != "beyond":
            self.received[self.reader(notice, officer_id)] += 1

    def settled(self, notice: Notice) -> None:
        """A digest is no longer waiting: it went out, or never will."""
        if notice.stage == Stage.ALIVE:
            self.waiting[self.reader(notice, notice.officer_id)] -= 1


def load_day(session: Session, plan: Plan, now: datetime, here: Settings) -> Day:
    """Count what may have been received since midnight in the plan's zone, and which digests wait."""
    day = Day(plan, now, here)
    start = datetime.combine(now.astimezone(plan.zone).date(), time(0), tzinfo=plan.zone)
    dry = (col(NoticeAttempt.channel) == DRY).label("dry")
    beyond = [str(s) for s in plan.file.notices.beyond_budget.value]
    attempts = (
        sa.select(col(NoticeAttempt.officer_id), dry, sa.func.count())
        .join(Notice, col(Notice.notice_id) == col(NoticeAttempt.notice_id))
        .where(col(Notice.plan_id) == plan.id, col(Notice.stage).not_in(beyond))
        .where(col(NoticeAttempt.begun_at) >= start, col(NoticeAttempt.begun_at) < start + timedelta(days=1))
        .where(col(NoticeAttempt.outcome) != "undelivered")
        .group_by(col(NoticeAttempt.officer_id), dry)
    )
    for officer_id, was_dry, number in session.execute(attempts):
        day.received[officer_id, bool(was_dry)] += number
    digests = sa.select(Notice).where(
        col(Notice.plan_id) == plan.id, col(Notice.stage) == Stage.ALIVE, col(Notice.state) == NoticeState.QUEUED
    )
    for digest in load(session, digests):
        day.waiting[day.reader(digest, digest.officer_id)] += 1
    return day
