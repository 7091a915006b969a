"""What comes in: raw submissions, the lines read from them, and the needs that hold."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from schemas.tables.base import check, instant, one_of, refers, whole

SUBMISSION_STATES = ("read", "unreadable", "duplicate")
LINE_STATES = ("accepted", "superseded", "withdrawn")
ALIAS_VERDICTS = ("accepted", "refused")


class Submission(SQLModel, table=True):
    """Bytes as they came, before anybody read them.

    `submission_id` is derived from plan, kind, business date, source name and SHA-256: the same file
    seen twice is the same row. `body` is null only where the file exceeds the plan's limit; it then stays at `kept_at`.
    """

    __tablename__ = "submission"
    __table_args__ = (
        refers("plan_id", "plan"),
        one_of("state", SUBMISSION_STATES),
        UniqueConstraint("plan_id", "kind", "business_date", "source_name", "sha256"),
        check("body_or_place", "body IS NOT NULL OR kept_at IS NOT NULL"),
    )
    submission_id: str = Field(primary_key=True)
    plan_id: str = Field(index=True)
    kind: str = Field(description="needs, stock, catalog, arrivals, orders, supply, vehicles, medicines")
    channel: str = Field(description="inbox, http, or how a pasted text came: wechat, phone, sms, visit")
    sender: str
    source_name: str
    business_date: date = Field(index=True)
    sha256: str
    size: int = whole()
    body: bytes | None = None
    kept_at: str | None = None
    received_at: datetime = instant()
    sequence: int = Field(description="order of arrival inside plan, kind and date: breaks ties of equal time")
    state: str = "read"
    reasons: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class NeedLine(SQLModel, table=True):
    """One line that was understood: who, what, how much, and where it stood."""

    __tablename__ = "need_line"
    __table_args__ = (
        refers("submission_id", "submission"),
        refers("plan_id household_id", "household"),
        refers("plan_id item_id", "item"),
        one_of("state", LINE_STATES),
        check("qty_positive", "qty_base > 0 OR (state = 'withdrawn' AND qty_base = 0)"),
        check("everything_is_withdrawn", "item_id IS NOT NULL OR (state = 'withdrawn' AND qty_base = 0)"),
    )
    submission_id: str = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    plan_id: str = Field(index=True)
    cycle: date = Field(index=True, description="business date of the collection it belongs to")
    household_id: str
    item_id: str | None = Field(default=None, description="null: a household takes back everything")
    qty_base: int = whole()
    words: str
    place: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: str = "accepted"
    entered_by: str = Field(default="", description="officer_id of who wrote it down for the household (A-09)")
    payer: str = Field(default="", description="who pays for it: an officer_id, or words")
    carer: str = Field(default="", description="officer_id of who brings it")
    returned: bool = Field(default=False, description="it went back after all: what came since makes a question of it")


class RejectedLine(SQLModel, table=True):
    """One line that cannot be used as it stands: its place and its reasons; it waits for a decision.

    `number` is what people call it by: unique in its cycle, and never given to another line. With `about` it is no line
    but a question about what a post lacks: it has line 0, and counts as no line that came in.
    """

    __tablename__ = "rejected_line"
    __table_args__ = (
        refers("submission_id", "submission"),
        one_of("state", ("waiting", "settled")),
        UniqueConstraint("plan_id", "cycle", "number"),
    )
    submission_id: str = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    about: str = Field(default="", primary_key=True, description="household_id, or `chain` for the post as a whole")
    plan_id: str = Field(index=True)
    cycle: date = Field(index=True)
    number: int
    same_as: int | None = Field(default=None, description="number of the line in an earlier post that asks the same")
    words: str
    place: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    reasons: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: str = "waiting"
    answer: str = Field(default="", description="what a reviewer said that it should have said; empty: left as it is")
    answered_by: str | None = Field(default=None, description="the reviewer, by id")


class Need(SQLModel, table=True):
    """What a household needs in a cycle, as of a revision: the latest word of every channel."""

    __tablename__ = "need"
    __table_args__ = (
        refers("plan_id household_id", "household"),
        refers("plan_id item_id", "item"),
        refers("submission_id line_no", "need_line"),
        check("qty_positive", "qty_base > 0"),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    qty_base: int = whole()
    submission_id: str
    line_no: int


class AliasSaid(SQLModel, table=True):
    """What somebody said of a word that residents use: it means the item, or it does not. Never changed or deleted."""

    __tablename__ = "alias_said"
    __table_args__ = (refers("plan_id item_id", "item"), one_of("verdict", ALIAS_VERDICTS))
    plan_id: str = Field(primary_key=True)
    word: str = Field(primary_key=True, description="as it is compared")
    item_id: str = Field(primary_key=True)
    verdict: str = Field(primary_key=True)
    words: str = Field(description="as somebody wrote it")
    from_date: date = Field(description="the first cycle for which it counts")
    said_by: str = Field(description="officer_id")
    said_at: datetime = instant()
    submission_id: str | None = Field(default=None, description="whose line taught it; null where it is refused")
