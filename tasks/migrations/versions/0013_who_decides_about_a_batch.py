"""Batches: supplier, dates and number; who was asked to check them, what was decided, and that a recall stops them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

#: What is decided about batches that were checked before there was a record of it.
BEFORE = """
INSERT INTO batch_decision
  (batch_id, number, plan_id, act, decided_by, decided_at, via, reason, usable, was_usable)
SELECT batch_id, 1, plan_id, CASE WHEN released THEN 'passed' ELSE 'failed' END, checked_by, checked_at, 'paper',
  reason, released, {no} FROM batch WHERE checked_by IS NOT NULL AND checked_at IS NOT NULL
"""
APPEND_ONLY_SQLITE = """
CREATE TRIGGER batch_decision_no_{verb} BEFORE {verb} ON batch_decision
BEGIN SELECT RAISE(ABORT, 'batch_decision is append-only'); END
"""
APPEND_ONLY_POSTGRES = """
CREATE TRIGGER batch_decision_append_only BEFORE UPDATE OR DELETE ON batch_decision
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""
#: name -> (table, when it is asked, what may not be, what is said then)
GUARDS = {
    "batch_conditional": (
        "batch",
        ("INSERT", "UPDATE"),
        "NEW.conditional AND NOT EXISTS (SELECT 1 FROM batch_decision d WHERE d.batch_id = NEW.batch_id"
        " AND d.act = 'permitted' AND d.decided_by = NEW.checked_by)",
        "a batch is released without a check only by the decision of a leader",
    ),
    "batch_decision_tried": (
        "batch_decision",
        ("INSERT",),
        "NEW.act = 'permitted' AND (NOT EXISTS (SELECT 1 FROM inspection_request r WHERE r.batch_id = NEW.batch_id"
        " AND r.purpose = 'release') OR EXISTS (SELECT 1 FROM inspection_request r WHERE r.batch_id = NEW.batch_id"
        " AND r.purpose = 'release' AND r.until_at > NEW.decided_at))",
        "a batch is released without a check only after its inspectors were asked",
    ),
    "parcel_line_recalled": (
        "parcel_line",
        ("INSERT",),
        "EXISTS (SELECT 1 FROM batch b WHERE b.batch_id = NEW.batch_id AND b.stopped_at IS NOT NULL)",
        "the batch was called back",
    ),
}


def upgrade() -> None:
    """New columns and tables; `batch` is not made anew, so that what refers to it stays."""
    op.add_column("batch", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("batch", sa.Column("supplier", sa.String(), nullable=False, server_default=""))
    op.add_column("batch", sa.Column("produced_on", sa.Date(), nullable=True))
    op.add_column("batch", sa.Column("conditional", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("batch", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
    _decisions()
    _requests()
    postgres = op.get_bind().dialect.name == "postgresql"
    op.execute(BEFORE.format(no="FALSE" if postgres else "0"))
    if postgres:
        op.execute(APPEND_ONLY_POSTGRES)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(APPEND_ONLY_SQLITE.format(verb=verb))
    for name, guard in GUARDS.items():
        _guard(name, *guard, postgres=postgres)


def _decisions() -> None:
    op.create_table(
        "batch_decision",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("usable", sa.Boolean(), nullable=False),
        sa.Column("was_usable", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "act IN ('passed', 'failed', 'overpriced', 'permitted', 'held', 'recalled', 'accepted', 'returned')",
            name=op.f("ck_batch_decision_act_known"),
        ),
        sa.CheckConstraint(
            "usable = (act IN ('passed', 'permitted'))", name=op.f("ck_batch_decision_usable_by_check_or_leader")
        ),
        sa.CheckConstraint("act IN ('passed', 'accepted') OR reason <> ''", name=op.f("ck_batch_decision_has_reason")),
        sa.CheckConstraint("decided_by <> ''", name=op.f("ck_batch_decision_by_somebody")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_batch_decision_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_batch_decision")),
    )
    op.create_index(op.f("ix_batch_decision_plan_id"), "batch_decision", ["plan_id"], unique=False)


def _requests() -> None:
    op.create_table(
        "inspection_request",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("officer_id", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('release', 'permit', 'afterwards', 'overdue')",
            name=op.f("ck_inspection_request_purpose_known"),
        ),
        sa.CheckConstraint("until_at > asked_at", name=op.f("ck_inspection_request_limit_is_later")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_inspection_request_batch_id")),
        sa.ForeignKeyConstraint(
            ["plan_id", "officer_id"],
            ["officer.plan_id", "officer.officer_id"],
            name=op.f("fk_inspection_request_plan_id_officer_id"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "purpose", "rung", name=op.f("pk_inspection_request")),
    )
    op.create_index(op.f("ix_inspection_request_plan_id"), "inspection_request", ["plan_id"], unique=False)


def _guard(name: str, table: str, verbs: tuple[str, ...], wrong: str, says: str, *, postgres: bool) -> None:
    if not postgres:
        for verb in verbs:
            op.execute(
                f"CREATE TRIGGER {name}_{verb.lower()} BEFORE {verb} ON {table} WHEN {wrong} "
                f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {wrong} THEN RAISE EXCEPTION '{says}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {' OR '.join(verbs)} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_{name}()"
    )
