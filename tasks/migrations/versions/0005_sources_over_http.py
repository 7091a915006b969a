"""How far each source over HTTP was read, what stores answered to their orders, why a duty could not be fulfilled."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORDER = ["plan_id", "cycle", "revision", "store_id"]


def _order_key() -> list[sa.Column[Any]]:
    kinds: dict[str, sa.types.TypeEngine[Any]] = {
        "plan_id": sa.String(),
        "cycle": sa.Date(),
        "revision": sa.Integer(),
        "store_id": sa.String(),
    }
    return [sa.Column(name, kinds[name], nullable=False) for name in ORDER]


def upgrade() -> None:
    """New tables, and one column that rows of before have empty."""
    op.add_column("duty", sa.Column("reason", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "source_cursor",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_source_cursor_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "source_id", name=op.f("pk_source_cursor")),
    )
    op.create_table(
        "store_confirmation",
        *_order_key(),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('confirmed', 'short')", name=op.f("ck_store_confirmation_state_known")),
        sa.ForeignKeyConstraint(
            ORDER,
            [f"store_order.{name}" for name in ORDER],
            name=op.f("fk_store_confirmation_plan_id_cycle_revision_store_id"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.submission_id"], name=op.f("fk_store_confirmation_submission_id")
        ),
        sa.PrimaryKeyConstraint(*ORDER, name=op.f("pk_store_confirmation")),
    )
    op.create_table(
        "store_confirmation_line",
        *_order_key(),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("ordered_base", WHOLE, nullable=False),
        sa.Column("confirmed_base", WHOLE, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "confirmed_base >= 0 AND confirmed_base <= ordered_base",
            name=op.f("ck_store_confirmation_line_within_the_order"),
        ),
        sa.ForeignKeyConstraint(
            ORDER,
            [f"store_confirmation.{name}" for name in ORDER],
            name=op.f("fk_store_confirmation_line_plan_id_cycle_revision_store_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"],
            ["item.plan_id", "item.item_id"],
            name=op.f("fk_store_confirmation_line_plan_id_item_id"),
        ),
        sa.PrimaryKeyConstraint(*ORDER, "item_id", name=op.f("pk_store_confirmation_line")),
    )
