"""Copies of the plan's sheets, so that every business row can refer to them; plus provisional households."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from schemas.tables.base import instant, one_of, refers, whole
from schemas.words import Measure, SpecialGroup, StoreKind, Zone


class PlanRow(SQLModel, table=True):
    """A plan as last loaded."""

    __tablename__ = "plan"
    plan_id: str = Field(primary_key=True)
    name: str
    digest: str
    loaded_at: datetime = instant()


class CommunityRow(SQLModel, table=True):
    """A sealed place, village part, estate or isolation point."""

    __tablename__ = "community"
    __table_args__ = (refers("plan_id", "plan"), one_of("zone", Zone))
    plan_id: str = Field(primary_key=True)
    community_id: str = Field(primary_key=True)
    name: str
    village: str
    zone: str
    population: int


class HouseholdRow(SQLModel, table=True):
    """A household of the plan, or a provisional one that wrote in and awaits verification."""

    __tablename__ = "household"
    __table_args__ = (refers("plan_id community_id", "community"), one_of("special_group", SpecialGroup))
    plan_id: str = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    community_id: str
    address: str
    head: str
    persons: int
    special_group: str = ""
    carer: str | None = None
    provisional: bool = False
    active: bool = True


class StoreRow(SQLModel, table=True):
    """A place that holds or supplies goods."""

    __tablename__ = "store"
    __table_args__ = (refers("plan_id", "plan"), one_of("kind", StoreKind))
    plan_id: str = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    name: str
    kind: str


class ItemRow(SQLModel, table=True):
    """A kind of goods."""

    __tablename__ = "item"
    __table_args__ = (refers("plan_id", "plan"), one_of("measure", Measure))
    plan_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    name: str
    category: str
    measure: str
    unit: str
    unit_base: int = whole()


class OfficerRow(SQLModel, table=True):
    """Somebody with a role."""

    __tablename__ = "officer"
    __table_args__ = (refers("plan_id", "plan"),)
    plan_id: str = Field(primary_key=True)
    officer_id: str = Field(primary_key=True)
    name: str
    role: str
