"""Until when a proposal may be answered, an answer by telephone, and a purchase for which there is no money."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

STATES = "state IN ('proposed', 'approved', 'rejected', 'ordered', 'arrived', 'nothing_to_buy', 'no_money')"


def upgrade() -> None:
    """Proposals of before were answered, or wait without an hour: nothing decides in nobody's place."""
    with op.batch_alter_table("purchase") as table:
        table.add_column(sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
        table.drop_constraint(op.f("ck_purchase_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_purchase_state_known"), STATES)
    # Not in a batch: a table that is made anew would lose the trigger that keeps it append-only.
    op.add_column("approval", sa.Column("recorder", sa.String(), nullable=False, server_default=""))
    op.add_column("approval", sa.Column("said_at", sa.DateTime(timezone=True), nullable=True))
