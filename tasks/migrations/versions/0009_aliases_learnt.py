"""Words that reviewers' answers gave a meaning; what was said of a word stays said."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

SQLITE = """
CREATE TRIGGER alias_said_no_{verb} BEFORE {verb} ON alias_said
BEGIN SELECT RAISE(ABORT, 'alias_said is append-only'); END
"""
POSTGRES = """
CREATE TRIGGER alias_said_append_only BEFORE UPDATE OR DELETE ON alias_said
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """The function that PostgreSQL's trigger calls is that of migration 0002."""
    op.create_table(
        "alias_said",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.String(), nullable=True),
        sa.CheckConstraint("verdict IN ('accepted', 'refused')", name=op.f("ck_alias_said_verdict_known")),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_alias_said_plan_id_item_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "word", "item_id", "verdict", name=op.f("pk_alias_said")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRES)
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(SQLITE.format(verb=verb))
