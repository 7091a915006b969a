"""Orders that are sent, confirmed, cut and placed with another; what suppliers answered and what they ask back."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: What has been said stays said.
APPEND_ONLY = ("supplier_answer", "supplier_answer_line")
UNIQUE = ["plan_id", "cycle", "supplier_id", "store_id"]


def _at(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _whole(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, WHOLE, nullable=False) for name in names]


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _refers(table: str, columns: list[str], other: str, there: list[str] | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{'_'.join(columns)}")
    return sa.ForeignKeyConstraint(columns, [f"{other}.{c}" for c in there or columns], name=name)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Orders of before were the first of their supplier, and nobody was asked to confirm them."""
    _orders()
    _answers()
    _rest()
    _questions()
    for table in APPEND_ONLY:
        _append_only(table)


def _orders() -> None:
    with op.batch_alter_table("purchase_order") as table:
        table.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(_at("confirm_by", nullable=True))
        table.add_column(_at("sent_at", nullable=True))
        table.drop_constraint(op.f("ck_purchase_order_state_known"), type_="check")
        table.create_check_constraint(
            op.f("ck_purchase_order_state_known"), "state IN ('placed', 'arrived', 'refused')"
        )
        table.drop_constraint(op.f(f"uq_purchase_order_{'_'.join(UNIQUE)}"), type_="unique")
        table.create_unique_constraint(op.f(f"uq_purchase_order_{'_'.join(UNIQUE)}_round"), [*UNIQUE, "round"])
    with op.batch_alter_table("purchase_order") as table:
        table.alter_column("round", server_default=None)
    op.add_column("purchase_order_line", sa.Column("agreed_fen", WHOLE, nullable=True))


def _answers() -> None:
    table = "supplier_answer"
    op.create_table(
        table,
        _text("order_id"),
        _number("number"),
        *(_text(name) for name in ("state", "via", "by", "submission_id")),
        _at("said_at"),
        _at("answered_at"),
        sa.Column("late", sa.Boolean(), nullable=False),
        _check(table, "state_known", "state IN ('confirmed', 'partial', 'refused')"),
        _check(table, "via_known", "via IN ('http', 'inbox', 'command')"),
        _refers(table, ["order_id"], "purchase_order"),
        _refers(table, ["submission_id"], "submission"),
        sa.PrimaryKeyConstraint("order_id", "number", name=op.f(f"pk_{table}")),
    )
    table = "supplier_answer_line"
    op.create_table(
        table,
        _text("order_id"),
        _number("number"),
        _text("item_id"),
        *_whole("ordered_packs", "offered_packs", "confirmed_packs", "pack_price_fen"),
        _text("reason"),
        _check(table, "within_the_order", "confirmed_packs >= 0 AND confirmed_packs <= ordered_packs"),
        _check(table, "confirmed_was_offered", "confirmed_packs <= offered_packs"),
        _refers(table, ["order_id", "number"], "supplier_answer"),
        sa.PrimaryKeyConstraint("order_id", "number", "item_id", name=op.f(f"pk_{table}")),
    )


def _rest() -> None:
    table = "purchase_rest"
    op.create_table(
        table,
        _text("order_id"),
        _text("item_id"),
        _number("number"),
        _text("cause"),
        *_whole("packs", "qty_base"),
        _at("cut_at"),
        _text("state"),
        _text("new_order_id", nullable=True),
        _check(table, "cause_known", "cause IN ('short', 'price')"),
        _check(table, "state_known", "state IN ('waiting', 'ordered', 'nobody', 'declined')"),
        _check(table, "packs", "packs > 0"),
        _check(table, "ordered_has_order", "(state = 'ordered') = (new_order_id IS NOT NULL)"),
        _refers(table, ["order_id", "number"], "supplier_answer"),
        _refers(table, ["new_order_id"], "purchase_order", ["order_id"]),
        sa.PrimaryKeyConstraint("order_id", "item_id", "number", "cause", name=op.f(f"pk_{table}")),
    )


def _questions() -> None:
    table = "purchase_question"
    op.create_table(
        table,
        _text("plan_id"),
        sa.Column("cycle", sa.Date(), nullable=False),
        _number("number"),
        _text("order_id"),
        _number("answer_number"),
        *(_text(name) for name in ("item_id", "kind", "cause", "supplier_id")),
        *_whole("packs", "pack_price_fen", "offered_fen"),
        _at("asked_at"),
        _at("answer_by"),
        _text("state"),
        _text("answered_by", nullable=True),
        _at("answered_at", nullable=True),
        _text("new_order_id", nullable=True),
        _check(table, "kind_known", "kind IN ('price', 'more', 'dearer')"),
        _check(table, "state_known", "state IN ('waiting', 'yes', 'no')"),
        _check(table, "answered_by_somebody", "(state = 'waiting') = (answered_by IS NULL)"),
        _refers(table, ["plan_id", "cycle"], "purchase"),
        _refers(table, ["order_id", "answer_number"], "supplier_answer", ["order_id", "number"]),
        _refers(table, ["new_order_id"], "purchase_order", ["order_id"]),
        sa.PrimaryKeyConstraint("plan_id", "cycle", "number", name=op.f(f"pk_{table}")),
    )


def _append_only(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
