"""What is known of stock beyond the single store: cover of areas, doubts about reports, moves between stores."""

from datetime import date

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from schemas.tables.base import check, one_of, refers, whole


class StockDoubt(SQLModel, table=True):
    """Why a report, or one count of it, may not be what lies there; it is used all the same, and flagged.

    Held against the books as they were before the report was booked, so it is found once and kept.
    """

    __tablename__ = "stock_doubt"
    __table_args__ = (refers("submission_id", "submission"), refers("plan_id store_id", "store"))
    plan_id: str = Field(primary_key=True)
    business_date: date = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True, description="empty: the report as a whole")
    submission_id: str = Field(primary_key=True)
    code: str = Field(primary_key=True, description="of rules/reasons.py")
    args: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class AreaCoverLine(SQLModel, table=True):
    """Days of cover of the whole township by item and category, and of each community by category (B-06)."""

    __tablename__ = "area_cover_line"
    __table_args__ = (refers("plan_id", "plan"), one_of("level", ("ok", "low", "out", "no_demand")))
    plan_id: str = Field(primary_key=True)
    business_date: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    community_id: str = Field(primary_key=True, description="empty: the township")
    category: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True, description="empty: the category as a whole, in grams")
    stock_base: int = whole()
    coming_base: int = whole()
    demand_base_per_day: float
    cover_days: float | None = Field(description="null: no demand")
    cover_coming_days: float | None
    min_cover_days: float
    missing_base: int = whole()
    runs_out_on: date | None
    level: str


class StoreMove(SQLModel, table=True):
    """Goods that a purchase asks one store to give another instead of buying them (B-05, B-07).

    What was really moved is what the two stores count afterwards.
    """

    __tablename__ = "store_move"
    __table_args__ = (
        refers("plan_id cycle", "purchase"),
        refers("plan_id item_id", "item"),
        refers("plan_id from_store", "store", "plan_id store_id"),
        refers("plan_id to_store", "store", "plan_id store_id"),
        check("qty_positive", "qty_base > 0"),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True, description="of the purchase")
    revision: int = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    from_store: str = Field(primary_key=True)
    to_store: str = Field(primary_key=True)
    qty_base: int = whole()
    cost_fen: int = whole(description="what the goods cost the giver, and the haul")
    saves_fen: int | None = whole(default=None, description="against buying; null: nothing bought comes in time")
