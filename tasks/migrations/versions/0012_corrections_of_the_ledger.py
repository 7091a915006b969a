"""A correction of the ledger of goods is a move of its own that names the move it takes back, who enters it and why."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

#: True of a reversal that may not stand: it names nobody, no reason, or no move that it could take back.
WRONG = """
NEW.entered_by = '' OR NEW.reason = '' OR NEW.reverses IS NULL OR NOT EXISTS (
  SELECT 1 FROM stock_move m WHERE m.move_id = NEW.reverses AND m.batch_id = NEW.batch_id
    AND m.from_place = NEW.to_place AND m.to_place = NEW.from_place AND m.qty_base >= NEW.qty_base)
"""
SAYS = "a reversal names its move, who enters it and why"
SQLITE = f"""
CREATE TRIGGER stock_move_reversal BEFORE INSERT ON stock_move WHEN NEW.cause = 'reversal' AND ({WRONG})
BEGIN SELECT RAISE(ABORT, '{SAYS}'); END
"""
POSTGRES_FUNCTION = f"""
CREATE FUNCTION refuse_reversal() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.cause = 'reversal' AND ({WRONG}) THEN RAISE EXCEPTION '{SAYS}'; END IF; RETURN NEW; END $$
"""
POSTGRES = """
CREATE TRIGGER stock_move_reversal BEFORE INSERT ON stock_move FOR EACH ROW EXECUTE FUNCTION refuse_reversal()
"""


def upgrade() -> None:
    """Columns that earlier moves have empty; the table is not made anew, so that its triggers stay."""
    op.add_column("stock_move", sa.Column("entered_by", sa.String(), nullable=False, server_default=""))
    op.add_column("stock_move", sa.Column("reason", sa.String(), nullable=False, server_default=""))
    op.add_column("stock_move", sa.Column("reverses", sa.String(), nullable=True))
    op.create_index(op.f("ix_stock_move_reverses"), "stock_move", ["reverses"], unique=True)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRES_FUNCTION)
        op.execute(POSTGRES)
        return
    op.execute(SQLITE)
