"""Work that is owed to one household, who takes which medicine, and what producers and carriers declare."""

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from schemas.tables.base import check, instant, one_of, refers, whole
from schemas.words import TaskKind, TaskState


class HouseholdTask(SQLModel, table=True):
    """Somebody must do something for one household: ask, visit, fetch medicine (A-09, B-04, C-09).

    Its key is natural, so that whoever raises it twice raises it once. `due_at`, `remind_at` and `escalate_at` follow
    the plan as it was when the task was raised.
    """

    __tablename__ = "household_task"
    __table_args__ = (
        refers("plan_id community_id", "community"),
        refers("plan_id household_id", "household"),
        refers("plan_id owner", "officer", "plan_id officer_id"),
        refers("plan_id backup", "officer", "plan_id officer_id"),
        one_of("kind", TaskKind),
        one_of("state", TaskState),
        check("done_has_answer", "state <> 'done' OR (answer <> '' AND answered_at IS NOT NULL)"),
    )
    plan_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    on_date: date = Field(primary_key=True, description="the cycle that was silent, or the day it was raised")
    subject: str = Field(
        primary_key=True, description="household:<id>, medicine:<household>:<medicine>, line:<submission>:<no>"
    )
    community_id: str | None = Field(default=None, description="null: a line whose sender is unknown")
    household_id: str | None = Field(default=None, description="null: a line whose household is unclear")
    owner: str = Field(description="officer_id of who must do it now")
    backup: str = Field(description="officer_id of who takes it over")
    opens_at: datetime = instant()
    remind_at: datetime = instant()
    due_at: datetime = instant()
    escalate_at: datetime = instant()
    state: str = Field(default=TaskState.OPEN, index=True)
    reminded_at: datetime | None = instant(default=None)
    escalated_at: datetime | None = instant(default=None)
    answered_at: datetime | None = instant(default=None)
    answered_by: str = ""
    answer: str = ""
    detail: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class MedicineReport(SQLModel, table=True):
    """Who takes what until when, as sent in after the plan's own sheet (B-04). No diagnosis: a reference only.

    Doses are in thousandths of the dose unit (片, 粒, 单位): half a tablet a day is 500.
    """

    __tablename__ = "medicine_report"
    __table_args__ = (
        refers("submission_id", "submission"),
        refers("plan_id household_id", "household"),
        refers("plan_id pharmacy_id", "store", "plan_id store_id"),
        check("daily_positive", "daily_milli > 0 AND pack_units > 0"),
        check("left_not_negative", "left_milli >= 0"),
    )
    plan_id: str = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    medicine: str = Field(primary_key=True, description="item_id, or the name as written")
    as_of: date = Field(primary_key=True, description="the morning on which so much was left")
    pharmacy_id: str
    daily_milli: int
    left_milli: int
    pack_units: int = Field(description="dose units in one pack")
    until: date | None = Field(default=None, description="last day of the treatment; null: it goes on")
    prescription: str
    submission_id: str
    reported_at: datetime = instant()


class SupplyDeclaration(SQLModel, table=True):
    """What a producer says it can supply, per day, from one day to another (B-08)."""

    __tablename__ = "supply_declaration"
    __table_args__ = (
        refers("submission_id", "submission"),
        refers("plan_id store_id", "store"),
        refers("plan_id item_id", "item"),
        check("qty_positive", "qty_base_per_day > 0 AND price_fen > 0"),
        check("window_in_order", "from_date <= until_date"),
    )
    submission_id: str = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    plan_id: str = Field(index=True)
    store_id: str
    item_id: str
    qty_base_per_day: int = whole()
    price_fen: int = whole(description="fen per sale unit")
    from_date: date
    until_date: date
    received_at: datetime = instant()
    sequence: int


class VehicleDeclaration(SQLModel, table=True):
    """A vehicle that a carrier says is ready (B-09)."""

    __tablename__ = "vehicle_declaration"
    __table_args__ = (refers("submission_id", "submission"), check("capacity_positive", "capacity_kg > 0"))
    submission_id: str = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    plan_id: str = Field(index=True)
    carrier_id: str
    plate: str
    capacity_kg: int
    driver: str
    health_ok: bool = Field(description="the driver's health code is green")
    from_date: date
    until_date: date
    received_at: datetime = instant()
    sequence: int
