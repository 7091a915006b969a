"""From a need to the door: allocation, orders to stores, parcels, hand-over."""

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from schemas.tables.base import check, instant, one_of, refers, whole
from schemas.words import DeliveryMode

HANDOVER_STATES = ("delivered_unconfirmed", "signed", "undelivered")


class Allocation(SQLModel, table=True):
    """One need, answered. The database itself holds needed = allocated + short + withdrawn."""

    __tablename__ = "allocation"
    __table_args__ = (
        refers("plan_id household_id", "household"),
        refers("plan_id item_id", "item"),
        check("conserved", "needed_base = allocated_base + short_base + withdrawn_base"),
        check("parts_not_negative", "allocated_base >= 0 AND short_base >= 0 AND withdrawn_base >= 0"),
        check("short_has_reason", "short_base = 0 OR reason <> ''"),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    tier: int
    needed_base: int = whole()
    allocated_base: int = whole()
    short_base: int = whole()
    withdrawn_base: int = whole(default=0)
    reason: str = Field(default="", description="code of why it is short")
    why: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    need_revision: int


class AllocationSource(SQLModel, table=True):
    """From which store how much of an allocation comes."""

    __tablename__ = "allocation_source"
    __table_args__ = (
        refers("plan_id cycle revision household_id item_id", "allocation"),
        refers("plan_id store_id", "store"),
        check("qty_positive", "qty_base > 0"),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    qty_base: int = whole()


class StoreOrder(SQLModel, table=True):
    """What one store packs for one cycle; a newer revision supersedes, the old one stays."""

    __tablename__ = "store_order"
    __table_args__ = (refers("plan_id store_id", "store"), one_of("state", ("placed", "superseded", "packed")))
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    deliver_on: date = Field(index=True)
    amount_fen: int = whole()
    state: str = "placed"
    placed_at: datetime = instant()
    closed_at: datetime | None = instant(default=None, description="when it was packed or superseded")


class StoreOrderLine(SQLModel, table=True):
    """Per community and item, at the price of the list."""

    __tablename__ = "store_order_line"
    __table_args__ = (
        refers("plan_id cycle revision store_id", "store_order"),
        refers("plan_id community_id", "community"),
        refers("plan_id item_id", "item"),
        check("qty_positive", "qty_base > 0"),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    community_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    qty_base: int = whole()
    price_fen: int = whole()


class Parcel(SQLModel, table=True):
    """One household's goods of one cycle."""

    __tablename__ = "parcel"
    __table_args__ = (refers("plan_id household_id", "household"), one_of("mode", DeliveryMode))
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    revision: int = Field(description="of the allocation that it carries")
    community_id: str
    deliver_on: date = Field(index=True)
    mode: str
    amount_fen: int = whole()


class ParcelLine(SQLModel, table=True):
    """Goods in a parcel, by store and batch.

    The foreign key with `batch_released` is C-07: the database refuses a line of a batch that no inspector has
    released, and refuses to un-release a batch that went out.
    """

    __tablename__ = "parcel_line"
    __table_args__ = (
        refers("plan_id cycle household_id", "parcel"),
        refers("plan_id item_id", "item"),
        refers("batch_id batch_released", "batch", "batch_id released"),
        check("batch_is_released", "batch_released"),
        check("qty_positive", "qty_base > 0"),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    batch_id: str = Field(primary_key=True)
    batch_released: bool = True
    qty_base: int = whole()


class Undelivered(SQLModel, table=True):
    """What was allocated and did not go out, with the reason: allocated = parcel lines + undelivered."""

    __tablename__ = "undelivered"
    __table_args__ = (
        refers("plan_id cycle household_id", "parcel"),
        refers("plan_id item_id", "item"),
        check("qty_positive", "qty_base > 0"),
        check("has_reason", "reason <> ''"),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    qty_base: int = whole()
    reason: str


class Handover(SQLModel, table=True):
    """Hand-over of a parcel: unconfirmed (已送达待确认) until somebody named confirms it."""

    __tablename__ = "handover"
    __table_args__ = (
        refers("plan_id cycle household_id", "parcel"),
        one_of("state", HANDOVER_STATES),
        check("signed_by_somebody", "state <> 'signed' OR confirmed_by IS NOT NULL"),
        check("undelivered_has_reason", "state <> 'undelivered' OR reason <> ''"),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    state: str = "delivered_unconfirmed"
    handed_at: datetime = instant()
    confirmed_by: str | None = None
    confirmed_at: datetime | None = instant(default=None)
    reason: str = ""
