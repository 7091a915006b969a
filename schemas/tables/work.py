"""How the work itself is kept: leases, revisions, duties, the outbox of notices, the audit log."""

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from schemas.tables.base import check, instant, one_of, refers
from schemas.words import DutyState, NoticeState


class Lease(SQLModel, table=True):
    """One runner per plan, process and date. `expires_at` is real time, never the business clock."""

    __tablename__ = "lease"
    plan_id: str = Field(primary_key=True)
    process: str = Field(primary_key=True)
    business_date: date = Field(primary_key=True)
    holder: str = Field(description="host:pid:start of the process:token")
    expires_at: datetime = instant()


class Revision(SQLModel, table=True):
    """What a process decided for a date: the same inputs (digest) are the same revision."""

    __tablename__ = "revision"
    __table_args__ = (refers("plan_id", "plan"),)
    plan_id: str = Field(primary_key=True)
    process: str = Field(primary_key=True)
    business_date: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    digest: str
    summary: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    decided_at: datetime = instant()


class DutyRow(SQLModel, table=True):
    """Somebody owes something by a time."""

    __tablename__ = "duty"
    __table_args__ = (refers("plan_id", "plan"), one_of("state", DutyState))
    plan_id: str = Field(primary_key=True)
    duty_id: str = Field(primary_key=True)
    business_date: date = Field(primary_key=True)
    subject: str = Field(
        primary_key=True, description="community:<id>, store:<id>, carrier:<id>, role:<id> or source:<id>"
    )
    opens_at: datetime = instant()
    due_at: datetime = instant()
    state: str = DutyState.OPEN
    answered_at: datetime | None = instant(default=None)
    answer: str = Field(default="", description="what fulfilled it")
    reason: str = Field(default="", description="why it could not be fulfilled in time, where that is known")
    reminded_at: datetime | None = instant(default=None)
    escalated_at: datetime | None = instant(default=None)


class Notice(SQLModel, table=True):
    """The outbox: one row per officer, stage, subject and revision, written in the decision's transaction."""

    __tablename__ = "notice"
    __table_args__ = (
        refers("plan_id officer_id", "officer"),
        one_of("state", NoticeState),
        one_of("urgency", ("now", "digest")),
        check("sent_has_time", "state <> 'sent' OR sent_at IS NOT NULL"),
    )
    notice_id: str = Field(primary_key=True, description="plan:stage:date:subject:revision:officer")
    plan_id: str = Field(index=True)
    stage: str
    officer_id: str
    business_date: date
    urgency: str
    title: str
    body: str
    attachments: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    dry_run: bool = False
    state: str = Field(default=NoticeState.QUEUED, index=True)
    merged_into: str | None = None
    created_at: datetime = instant()
    due_at: datetime = instant()
    sent_at: datetime | None = instant(default=None)
    sent_to: str = Field(default="", description="officer and channel name that took it")
    tries: int = 0


class NoticeAttempt(SQLModel, table=True):
    """One try at one channel: written before the send, so that a send cut off can be seen."""

    __tablename__ = "notice_attempt"
    __table_args__ = (
        refers("notice_id", "notice"),
        one_of("outcome", ("begun", "sent", "undelivered", "uncertain")),
    )
    notice_id: str = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    officer_id: str
    channel: str
    begun_at: datetime = instant()
    outcome: str = "begun"
    detail: str = ""


class Audit(SQLModel, table=True):
    """Who did what when; triggers refuse every change and deletion."""

    __tablename__ = "audit"
    audit_id: int | None = Field(default=None, primary_key=True)
    plan_id: str = Field(index=True)
    at: datetime = instant()
    actor: str
    act: str
    detail: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
