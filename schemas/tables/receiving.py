"""Goods at the door: who was asked to check a batch, and what was decided about it, by whom and why (C-07)."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from schemas.tables.base import check, instant, one_of, refers
from schemas.words import Asking, BatchAct


class BatchDecision(SQLModel, table=True):
    """What somebody, or a stated rule, said of a batch; the newest holds. Triggers refuse every change and deletion.

    `was_usable` is how the batch stood before: with it, whether it could be handed out is known for any moment.
    """

    __tablename__ = "batch_decision"
    __table_args__ = (
        refers("batch_id", "batch"),
        one_of("act", BatchAct),
        check("usable_by_check_or_leader", "usable = (act IN ('passed', 'permitted'))"),
        check("has_reason", "act IN ('passed', 'accepted') OR reason <> ''"),
        check("by_somebody", "decided_by <> ''"),
    )
    batch_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True, description="1, 2, … in the order of time")
    plan_id: str = Field(index=True)
    act: str
    decided_by: str = Field(description="officer_id, or rule:<name>")
    decided_at: datetime = instant()
    via: str = Field(description="paper, form, command, rule")
    reason: str = Field(default="", description="words, or the code of a rule's reason")
    usable: bool
    was_usable: bool


class InspectionRequest(SQLModel, table=True):
    """Somebody was asked about a batch, with a time limit: inspectors one after the other, then the leaders."""

    __tablename__ = "inspection_request"
    __table_args__ = (
        refers("batch_id", "batch"),
        refers("plan_id officer_id", "officer"),
        one_of("purpose", Asking),
        check("limit_is_later", "until_at > asked_at"),
    )
    batch_id: str = Field(primary_key=True)
    purpose: str = Field(primary_key=True)
    rung: int = Field(primary_key=True, description="1 for the inspector, 2 for the first deputy, …")
    plan_id: str = Field(index=True)
    officer_id: str
    asked_at: datetime = instant()
    until_at: datetime = instant()
