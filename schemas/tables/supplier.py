"""What suppliers answer to their orders, what of an order is no longer expected, and what they ask back."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from schemas.tables.base import check, instant, one_of, refers, whole

ANSWER_STATES = ("confirmed", "partial", "refused")
#: `waiting`: for an answer to a question; `ordered`: from another; `nobody`: nobody has it; `declined`: not wanted.
REST_STATES = ("waiting", "ordered", "nobody", "declined")
#: Not confirmed; or confirmed at a price that somebody said no to.
REST_CAUSES = ("short", "price")
#: `price`: another price than was ordered; `more`: more than was ordered; `dearer`: another source, beyond what was
#: approved.
QUESTION_KINDS = ("price", "more", "dearer")


class SupplierAnswer(SQLModel, table=True):
    """A supplier's answer to an order, numbered in the order in which they came; triggers refuse every change."""

    __tablename__ = "supplier_answer"
    __table_args__ = (
        refers("order_id", "purchase_order"),
        refers("submission_id", "submission"),
        one_of("state", ANSWER_STATES),
        one_of("via", ("http", "inbox", "command")),
    )
    order_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    state: str
    via: str
    by: str = Field(description="officer_id of who wrote it down, or the supplier's store_id")
    submission_id: str = Field(description="its words as they came")
    said_at: datetime = instant(description="by the supplier's own clock where it tells one, else when it came")
    answered_at: datetime = instant(description="when it reached us")
    late: bool = False


class SupplierAnswerLine(SQLModel, table=True):
    """What a supplier says of one item: `offered` as told, `confirmed` never more than was ordered."""

    __tablename__ = "supplier_answer_line"
    __table_args__ = (
        refers("order_id number", "supplier_answer"),
        check("within_the_order", "confirmed_packs >= 0 AND confirmed_packs <= ordered_packs"),
        check("confirmed_was_offered", "confirmed_packs <= offered_packs"),
    )
    order_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    ordered_packs: int = whole(description="what was still expected of the order by then")
    offered_packs: int = whole()
    confirmed_packs: int = whole()
    pack_price_fen: int = whole(description="as told; as ordered where nothing is told")
    reason: str = ""


class PurchaseRest(SQLModel, table=True):
    """Packs that are no longer expected of an order, from a moment on; the order's line itself stays as placed."""

    __tablename__ = "purchase_rest"
    __table_args__ = (
        refers("order_id number", "supplier_answer"),
        refers("new_order_id", "purchase_order", "order_id"),
        one_of("cause", REST_CAUSES),
        one_of("state", REST_STATES),
        check("packs", "packs > 0"),
        check("ordered_has_order", "(state = 'ordered') = (new_order_id IS NOT NULL)"),
    )
    order_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True, description="of the answer that took them off")
    cause: str = Field(primary_key=True)
    packs: int = whole()
    qty_base: int = whole()
    cut_at: datetime = instant()
    state: str
    new_order_id: str | None = None


class PurchaseQuestion(SQLModel, table=True):
    """What somebody must decide before more is bought, or at another price."""

    __tablename__ = "purchase_question"
    __table_args__ = (
        refers("plan_id cycle", "purchase"),
        refers("order_id answer_number", "supplier_answer", "order_id number"),
        refers("new_order_id", "purchase_order", "order_id"),
        one_of("kind", QUESTION_KINDS),
        one_of("state", ("waiting", "yes", "no")),
        check("answered_by_somebody", "(state = 'waiting') = (answered_by IS NULL)"),
    )
    plan_id: str = Field(primary_key=True)
    cycle: date = Field(primary_key=True)
    number: int = Field(primary_key=True)
    order_id: str = Field(description="the order whose answer raised it")
    answer_number: int
    item_id: str
    kind: str
    cause: str = Field(default="", description="of the rest that it is about, where it is about one")
    supplier_id: str = Field(description="who would deliver it")
    packs: int = whole()
    pack_price_fen: int = whole(description="as approved")
    offered_fen: int = whole(description="what a pack would cost")
    asked_at: datetime = instant()
    answer_by: datetime = instant()
    state: str = "waiting"
    answered_by: str | None = None
    answered_at: datetime | None = instant(default=None)
    new_order_id: str | None = None
