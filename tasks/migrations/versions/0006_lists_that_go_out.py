"""The unit that a store told its price for, and prices that are asked back before they are published."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("catalog_line") as table:
        # Lists that were published before are as if taken from the books: their unit is not known.
        table.add_column(sa.Column("unit", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("catalog_line") as table:
        table.alter_column("unit", server_default=None)
    op.create_table(
        "price_question",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("price_fen", WIDE, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("before_fen", WIDE, nullable=False),
        sa.Column("before_unit", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'confirmed', 'refused')", name=op.f("ck_price_question_state_known")),
        sa.CheckConstraint(
            "state = 'waiting' OR answered_by IS NOT NULL", name=op.f("ck_price_question_answered_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_price_question_plan_id_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "store_id"],
            ["store.plan_id", "store.store_id"],
            name=op.f("fk_price_question_plan_id_store_id"),
        ),
        sa.PrimaryKeyConstraint(
            "plan_id",
            "business_date",
            "store_id",
            "item_id",
            "price_fen",
            "unit",
            name=op.f("pk_price_question"),
        ),
    )
