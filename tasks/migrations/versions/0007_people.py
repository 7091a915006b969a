"""Needs entered for somebody, tasks for households, medicines, and what producers and carriers declare."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """New tables; lines that are there already were entered by nobody and paid by the household itself."""
    op.create_table(
        "supply_declaration",
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("qty_base_per_day", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("price_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_date <= until_date", name=op.f("ck_supply_declaration_window_in_order")),
        sa.CheckConstraint("qty_base_per_day > 0 AND price_fen > 0", name=op.f("ck_supply_declaration_qty_positive")),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_supply_declaration_plan_id_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "store_id"],
            ["store.plan_id", "store.store_id"],
            name=op.f("fk_supply_declaration_plan_id_store_id"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.submission_id"], name=op.f("fk_supply_declaration_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", "line_no", name=op.f("pk_supply_declaration")),
    )
    op.create_index(op.f("ix_supply_declaration_plan_id"), "supply_declaration", ["plan_id"], unique=False)
    op.create_table(
        "vehicle_declaration",
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("carrier_id", sa.String(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("capacity_kg", sa.Integer(), nullable=False),
        sa.Column("driver", sa.String(), nullable=False),
        sa.Column("health_ok", sa.Boolean(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity_kg > 0", name=op.f("ck_vehicle_declaration_capacity_positive")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.submission_id"], name=op.f("fk_vehicle_declaration_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", "line_no", name=op.f("pk_vehicle_declaration")),
    )
    op.create_index(op.f("ix_vehicle_declaration_plan_id"), "vehicle_declaration", ["plan_id"], unique=False)
    op.create_table(
        "household_task",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=True),
        sa.Column("household_id", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("backup", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('special_silent', 'household_silent', 'medicine_order', 'medicine_line')",
            name=op.f("ck_household_task_kind_known"),
        ),
        sa.CheckConstraint(
            "state <> 'done' OR (answer <> '' AND answered_at IS NOT NULL)",
            name=op.f("ck_household_task_done_has_answer"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'escalated', 'done', 'missed')", name=op.f("ck_household_task_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "backup"],
            ["officer.plan_id", "officer.officer_id"],
            name=op.f("fk_household_task_plan_id_backup"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "community_id"],
            ["community.plan_id", "community.community_id"],
            name=op.f("fk_household_task_plan_id_community_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "household_id"],
            ["household.plan_id", "household.household_id"],
            name=op.f("fk_household_task_plan_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "owner"],
            ["officer.plan_id", "officer.officer_id"],
            name=op.f("fk_household_task_plan_id_owner"),
        ),
        sa.PrimaryKeyConstraint("plan_id", "kind", "on_date", "subject", name=op.f("pk_household_task")),
    )
    op.create_index(op.f("ix_household_task_state"), "household_task", ["state"], unique=False)
    op.create_table(
        "medicine_report",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("medicine", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("pharmacy_id", sa.String(), nullable=False),
        sa.Column("daily_milli", sa.Integer(), nullable=False),
        sa.Column("left_milli", sa.Integer(), nullable=False),
        sa.Column("pack_units", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("prescription", sa.String(), nullable=False),
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("daily_milli > 0 AND pack_units > 0", name=op.f("ck_medicine_report_daily_positive")),
        sa.CheckConstraint("left_milli >= 0", name=op.f("ck_medicine_report_left_not_negative")),
        sa.ForeignKeyConstraint(
            ["plan_id", "household_id"],
            ["household.plan_id", "household.household_id"],
            name=op.f("fk_medicine_report_plan_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "pharmacy_id"],
            ["store.plan_id", "store.store_id"],
            name=op.f("fk_medicine_report_plan_id_pharmacy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.submission_id"], name=op.f("fk_medicine_report_submission_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "household_id", "medicine", "as_of", name=op.f("pk_medicine_report")),
    )
    op.add_column("need_line", sa.Column("entered_by", sa.String(), nullable=False, server_default=""))
    op.add_column("need_line", sa.Column("payer", sa.String(), nullable=False, server_default=""))
    op.add_column("need_line", sa.Column("carer", sa.String(), nullable=False, server_default=""))
