"""Cover with what is on its way and what the missing costs, cover of township and communities, doubts about reports."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = ("plan_id", "business_date")
LEVELS = "level IN ('ok', 'low', 'out', 'no_demand')"


def upgrade() -> None:
    with op.batch_alter_table("cover_line") as table:
        # Of days that were checked before nothing is known to have been on its way, and nothing missing was priced:
        # what they had on hand is all that they had.
        table.add_column(sa.Column("coming_base", WIDE, nullable=False, server_default="0"))
        table.add_column(sa.Column("cover_coming_days", sa.Float(), nullable=True))
        table.add_column(sa.Column("missing_fen", WIDE, nullable=True))
        table.add_column(sa.Column("doubtful", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("cover_line") as table:
        table.alter_column("coming_base", server_default=None)
        table.alter_column("doubtful", server_default=None)
    op.execute("UPDATE cover_line SET cover_coming_days = cover_days")
    op.create_table(
        "area_cover_line",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("stock_base", WIDE, nullable=False),
        sa.Column("coming_base", WIDE, nullable=False),
        sa.Column("demand_base_per_day", sa.Float(), nullable=False),
        sa.Column("cover_days", sa.Float(), nullable=True),
        sa.Column("cover_coming_days", sa.Float(), nullable=True),
        sa.Column("min_cover_days", sa.Float(), nullable=False),
        sa.Column("missing_base", WIDE, nullable=False),
        sa.Column("runs_out_on", sa.Date(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.CheckConstraint(LEVELS, name=op.f("ck_area_cover_line_level_known")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_area_cover_line_plan_id")),
        sa.PrimaryKeyConstraint(
            *KEY, "revision", "community_id", "category", "item_id", name=op.f("pk_area_cover_line")
        ),
    )
    op.create_table(
        "stock_doubt",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id", "store_id"], ["store.plan_id", "store.store_id"], name=op.f("fk_stock_doubt_plan_id_store_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.submission_id"], name=op.f("fk_stock_doubt_submission_id")
        ),
        sa.PrimaryKeyConstraint(*KEY, "store_id", "item_id", "submission_id", "code", name=op.f("pk_stock_doubt")),
    )
