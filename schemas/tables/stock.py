"""Goods on hand: batches, the double-entry ledger of moves, stores' reports, days of cover."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from schemas.tables.base import check, instant, one_of, refers, whole

BATCH_STATES = ("arrived", "released", "held")
QUESTION_STATES = ("waiting", "confirmed", "refused")


class Batch(SQLModel, table=True):
    """Goods that came together; handed out only once released by somebody named (C-07)."""

    __tablename__ = "batch"
    __table_args__ = (
        refers("plan_id item_id", "item"),
        refers("plan_id store_id", "store"),
        one_of("state", BATCH_STATES),
        UniqueConstraint("batch_id", "released"),
        check("released_is_checked", "NOT released OR (state = 'released' AND checked_by IS NOT NULL)"),
        check("held_has_reason", "state <> 'held' OR reason <> ''"),
    )
    batch_id: str = Field(primary_key=True)
    plan_id: str = Field(index=True)
    store_id: str
    item_id: str
    origin: str = Field(description="opening, count, or the purchase order's id")
    qty_base: int = whole()
    cost_fen: int = whole(description="fen per sale unit")
    arrived_on: date
    expires_on: date
    state: str = "arrived"
    released: bool = False
    checked_by: str | None = None
    checked_at: datetime | None = instant(default=None)
    reason: str = ""


class StockMove(SQLModel, table=True):
    """Double entry for goods: a quantity leaves one place and enters another; a correction is a new move.

    Places: `store:<id>`, `household:<id>`, and the outside: `opening`, `supplier:<id>`, `count`. `move_id` is natural
    (`cause` first).
    """

    __tablename__ = "stock_move"
    __table_args__ = (
        refers("batch_id", "batch"),
        check("qty_positive", "qty_base > 0"),
        check("somewhere_else", "from_place <> to_place"),
    )
    move_id: str = Field(primary_key=True)
    plan_id: str = Field(index=True)
    moved_at: datetime = instant(index=True)
    batch_id: str = Field(index=True)
    from_place: str
    to_place: str
    qty_base: int = whole()
    cause: str = Field(description="opening, arrival, delivery, count, return")


class StockReportLine(SQLModel, table=True):
    """What a store says it has at the end of a day (B-06)."""

    __tablename__ = "stock_report_line"
    __table_args__ = (
        refers("submission_id", "submission"),
        refers("plan_id store_id", "store"),
        refers("plan_id item_id", "item"),
        check("not_negative", "qty_base >= 0"),
    )
    plan_id: str = Field(primary_key=True)
    business_date: date = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    submission_id: str
    qty_base: int = whole()
    price_fen: int = whole()
    sold_base: int | None = whole(default=None)


class CatalogLine(SQLModel, table=True):
    """A store's list of goods on sale, as published (A-02, C-04)."""

    __tablename__ = "catalog_line"
    __table_args__ = (refers("plan_id store_id", "store"), refers("plan_id item_id", "item"))
    plan_id: str = Field(primary_key=True)
    business_date: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    number: int = Field(description="the number that residents may reply with")
    price_fen: int = whole()
    unit: str = Field(default="", description="the unit that the store told its price for; empty: taken from the books")
    available: bool = True


class PriceQuestion(SQLModel, table=True):
    """A price that a store told and that is not published until somebody confirms it; the one before stands."""

    __tablename__ = "price_question"
    __table_args__ = (
        refers("plan_id store_id", "store"),
        refers("plan_id item_id", "item"),
        one_of("state", QUESTION_STATES),
        check("answered_by_somebody", "state = 'waiting' OR answered_by IS NOT NULL"),
    )
    plan_id: str = Field(primary_key=True)
    business_date: date = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    price_fen: int = whole(primary_key=True)
    unit: str = Field(primary_key=True)
    before_fen: int = whole()
    before_unit: str
    reason: str = Field(description="code of why it is asked")
    asked_at: datetime = instant()
    state: str = "waiting"
    answered_by: str | None = Field(default=None, description="the officer, by id")
    answered_at: datetime | None = instant(default=None)


class CoverLine(SQLModel, table=True):
    """Days of cover per store and item (or whole category: item_id empty), with what they were computed from."""

    __tablename__ = "cover_line"
    __table_args__ = (refers("plan_id store_id", "store"), one_of("level", ("ok", "low", "out", "no_demand")))
    plan_id: str = Field(primary_key=True)
    business_date: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True, description="empty: the category as a whole, in grams")
    stock_base: int = whole()
    demand_base_per_day: float
    cover_days: float | None = Field(description="null: no demand")
    min_cover_days: float
    missing_base: int = whole()
    runs_out_on: date | None
    level: str
    estimated: bool = Field(default=False, description="stock carried on because no report came")
    why: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
