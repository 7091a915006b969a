"""What one store is asked to give another instead of having it bought."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORE = ["store.plan_id", "store.store_id"]


def upgrade() -> None:
    op.create_table(
        "store_move",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("from_store", sa.String(), nullable=False),
        sa.Column("to_store", sa.String(), nullable=False),
        sa.Column("qty_base", WIDE, nullable=False),
        sa.Column("cost_fen", WIDE, nullable=False),
        sa.Column("saves_fen", WIDE, nullable=True),
        sa.CheckConstraint("qty_base > 0", name=op.f("ck_store_move_qty_positive")),
        sa.ForeignKeyConstraint(
            ["plan_id", "cycle"], ["purchase.plan_id", "purchase.cycle"], name=op.f("fk_store_move_plan_id_cycle")
        ),
        sa.ForeignKeyConstraint(["plan_id", "from_store"], STORE, name=op.f("fk_store_move_plan_id_from_store")),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_store_move_plan_id_item_id")
        ),
        sa.ForeignKeyConstraint(["plan_id", "to_store"], STORE, name=op.f("fk_store_move_plan_id_to_store")),
        sa.PrimaryKeyConstraint(
            "plan_id", "cycle", "revision", "item_id", "from_store", "to_store", name=op.f("pk_store_move")
        ),
    )
