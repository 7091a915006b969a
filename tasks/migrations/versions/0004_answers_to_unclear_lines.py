"""A line that waits has a number that people call it by, and the answer that a reviewer gave."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

#: Lines that are there already are numbered in the order in which they came.
NUMBERED = """
UPDATE rejected_line SET number = (
  SELECT COUNT(*) FROM rejected_line other WHERE other.plan_id = rejected_line.plan_id
    AND other.cycle = rejected_line.cycle AND (other.submission_id < rejected_line.submission_id
      OR (other.submission_id = rejected_line.submission_id AND other.line_no <= rejected_line.line_no)))
"""


def upgrade() -> None:
    with op.batch_alter_table("rejected_line") as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("answer", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("answered_by", sa.String(), nullable=True))
    op.execute(NUMBERED)
    with op.batch_alter_table("rejected_line") as table:
        table.alter_column("number", server_default=None)
        table.alter_column("answer", server_default=None)
        table.create_unique_constraint(op.f("uq_rejected_line_plan_id_cycle_number"), ["plan_id", "cycle", "number"])
