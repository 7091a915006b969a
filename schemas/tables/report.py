"""The daily report of the market, its receipts, and the documents that runs leave behind."""

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from schemas.tables.base import instant, refers


class MarketReport(SQLModel, table=True):
    """One revision of a day's report (B-12); never edited, only followed by a newer one (更正报告)."""

    __tablename__ = "market_report"
    __table_args__ = (refers("plan_id", "plan"),)
    plan_id: str = Field(primary_key=True)
    business_date: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    body: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    message: str
    compiled_at: datetime = instant()


class Receipt(SQLModel, table=True):
    """The answer of the one who received a report."""

    __tablename__ = "receipt"
    __table_args__ = (refers("plan_id business_date revision", "market_report"),)
    plan_id: str = Field(primary_key=True)
    business_date: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    idempotency_key: str = Field(unique=True)
    status_code: int
    body: str
    received_at: datetime = instant()


class Document(SQLModel, table=True):
    """A file that can be made again from the rows above; `path` is relative to the documents folder."""

    __tablename__ = "document"
    __table_args__ = (refers("plan_id", "plan"),)
    plan_id: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    process: str
    business_date: date
    revision: int
    title: str
    sha256: str
    made_at: datetime = instant()
