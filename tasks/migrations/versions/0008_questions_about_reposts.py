"""Questions about what a post lacks, lines that ask what was asked before, lines that went back after all."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("need_line", sa.Column("returned", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("rejected_line") as table:
        table.add_column(sa.Column("about", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("same_as", sa.Integer(), nullable=True))
    with op.batch_alter_table("rejected_line") as table:
        table.alter_column("about", server_default=None)
        table.drop_constraint("pk_rejected_line", type_="primary")
        table.create_primary_key("pk_rejected_line", ["submission_id", "line_no", "about"])
