"""What is fetched over HTTP: how far each source was read, and what stores answered to their orders."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from schemas.tables.base import check, instant, one_of, refers, whole

CONFIRMATION_STATES = ("confirmed", "short")


class SourceCursor(SQLModel, table=True):
    """How far a source was read, by its own clock. Moved only after every page up to there is stored."""

    __tablename__ = "source_cursor"
    __table_args__ = (refers("plan_id", "plan"),)
    plan_id: str = Field(primary_key=True)
    source_id: str = Field(primary_key=True)
    reached_at: datetime = instant()


class StoreConfirmation(SQLModel, table=True):
    """A store's answer to an order: all of it, or short. A later answer replaces it; both stay raw."""

    __tablename__ = "store_confirmation"
    __table_args__ = (
        refers("plan_id cycle revision store_id", "store_order"),
        refers("submission_id", "submission"),
        one_of("state", CONFIRMATION_STATES),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    state: str
    confirmed_at: datetime = instant(description="when it reached us")
    submission_id: str


class StoreConfirmationLine(SQLModel, table=True):
    """What a store says it can pack of an ordered item."""

    __tablename__ = "store_confirmation_line"
    __table_args__ = (
        refers("plan_id cycle revision store_id", "store_confirmation"),
        refers("plan_id item_id", "item"),
        check("within_the_order", "confirmed_base >= 0 AND confirmed_base <= ordered_base"),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    ordered_base: int = whole()
    confirmed_base: int = whole()
    reason: str = ""
