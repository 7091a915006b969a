"""Buying: one purchase per cycle, its lines, the answer of a person, orders to suppliers."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from schemas.tables.base import check, instant, one_of, refers, whole
from schemas.words import Decision

PURCHASE_STATES = ("proposed", "approved", "rejected", "ordered", "arrived", "nothing_to_buy")


class Purchase(SQLModel, table=True):
    """The purchase of a cycle. Its primary key is why there is only one, however often it is run (C-05)."""

    __tablename__ = "purchase"
    __table_args__ = (refers("plan_id", "plan"), one_of("state", PURCHASE_STATES), check("fen", "amount_fen >= 0"))
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True, description="business date of the purchase")
    revision: int = Field(description="of the proposal; frozen by an approval")
    state: str = "proposed"
    amount_fen: int = whole()
    budget_fen: int = whole()
    needs_cycles: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class PurchaseLine(SQLModel, table=True):
    """One item of a proposal, with its formula: needs + reserve gap - on hand - on order, in packs."""

    __tablename__ = "purchase_line"
    __table_args__ = (
        refers("plan_id cycle", "purchase"),
        refers("plan_id item_id", "item"),
        check("not_negative", "proposed_packs >= 0 AND approved_packs >= 0"),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    store_id: str = Field(primary_key=True, description="for whom it is bought")
    item_id: str = Field(primary_key=True)
    supplier_id: str
    needs_base: int = whole()
    reserve_gap_base: int = whole()
    on_hand_base: int = whole()
    on_order_base: int = whole()
    pack_base: int = whole()
    proposed_packs: int = whole()
    approved_packs: int = whole()
    cut_packs: int = whole(default=0, description="left out for want of money")
    pack_price_fen: int = whole()
    why: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class Approval(SQLModel, table=True):
    """A person's (or a stated policy's) answer: a row of ours, whatever asked for it."""

    __tablename__ = "approval"
    __table_args__ = (refers("plan_id cycle", "purchase"), one_of("decision", Decision))
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    decision: str
    approver: str = Field(description="officer_id, or policy:<name>")
    via: str = Field(description="form, command, policy")
    changes: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    reason: str = ""
    decided_at: datetime = instant()


class PurchaseOrder(SQLModel, table=True):
    """An order to one supplier for one purchase and one receiving store; never placed twice."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        refers("plan_id cycle", "purchase"),
        refers("plan_id supplier_id", "store", "plan_id store_id"),
        UniqueConstraint("plan_id", "cycle", "supplier_id", "store_id"),
        one_of("state", ("placed", "arrived")),
    )
    order_id: str = Field(primary_key=True, description="plan:cycle:supplier:store, also the idempotency key")
    plan_id: str
    cycle: date
    supplier_id: str
    store_id: str
    expected_on: date
    amount_fen: int = whole()
    state: str = "placed"
    placed_at: datetime = instant()
    arrived_at: datetime | None = instant(default=None)


class PurchaseOrderLine(SQLModel, table=True):
    """Packs of one item, and how much of it came."""

    __tablename__ = "purchase_order_line"
    __table_args__ = (refers("order_id", "purchase_order"), check("packs", "packs > 0"))
    order_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    packs: int = whole()
    qty_base: int = whole()
    pack_price_fen: int = whole()
    arrived_base: int = whole(default=0)
