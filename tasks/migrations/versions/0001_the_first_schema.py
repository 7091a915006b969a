"""The first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The first schema"""
    op.create_table(
        "audit",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "lease",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "process", "business_date", name=op.f("pk_lease")),
    )
    op.create_table(
        "plan",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan")),
    )
    op.create_table(
        "community",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("village", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "zone IN ('isolation', 'sealed', 'controlled', 'precaution', 'open')", name=op.f("ck_community_zone_known")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_community_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "community_id", name=op.f("pk_community")),
    )
    op.create_table(
        "document",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_document_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "path", name=op.f("pk_document")),
    )
    op.create_table(
        "duty",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("duty_id", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'zero', 'late', 'missed')", name=op.f("ck_duty_state_known")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_duty_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "duty_id", "business_date", "subject", name=op.f("pk_duty")),
    )
    op.create_table(
        "item",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_base", sa.Integer(), nullable=False),
        sa.CheckConstraint("measure IN ('g', 'ml', 'piece')", name=op.f("ck_item_measure_known")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_item_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "item_id", name=op.f("pk_item")),
    )
    op.create_table(
        "market_report",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("compiled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_market_report_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "business_date", "revision", name=op.f("pk_market_report")),
    )
    op.create_table(
        "officer",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("officer_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_officer_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "officer_id", name=op.f("pk_officer")),
    )
    op.create_table(
        "purchase",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("budget_fen", sa.Integer(), nullable=False),
        sa.Column("needs_cycles", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'ordered', 'arrived', 'nothing_to_buy')",
            name=op.f("ck_purchase_state_known"),
        ),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_purchase_fen")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_purchase_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "cycle", name=op.f("pk_purchase")),
    )
    op.create_table(
        "revision",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_revision_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "process", "business_date", "revision", name=op.f("pk_revision")),
    )
    op.create_table(
        "store",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('supermarket', 'pharmacy', 'cooperative', 'farm', 'wholesale', 'station')",
            name=op.f("ck_store_kind_known"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_store_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "store_id", name=op.f("pk_store")),
    )
    op.create_table(
        "submission",
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("source_name", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("kept_at", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('read', 'unreadable', 'duplicate')", name=op.f("ck_submission_state_known")),
        sa.CheckConstraint("body IS NOT NULL OR kept_at IS NOT NULL", name=op.f("ck_submission_body_or_place")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_submission_plan_id")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission")),
        sa.UniqueConstraint(
            "plan_id",
            "kind",
            "business_date",
            "source_name",
            "sha256",
            name=op.f("uq_submission_plan_id_kind_business_date_source_name_sha256"),
        ),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_business_date"), ["business_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "approval",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("approver", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision IN ('approve', 'change', 'reject')", name=op.f("ck_approval_decision_known")),
        sa.ForeignKeyConstraint(
            ["plan_id", "cycle"], ["purchase.plan_id", "purchase.cycle"], name=op.f("fk_approval_plan_id_cycle")
        ),
        sa.PrimaryKeyConstraint("plan_id", "cycle", "revision", name=op.f("pk_approval")),
    )
    op.create_table(
        "batch",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("qty_base", sa.Integer(), nullable=False),
        sa.Column("cost_fen", sa.Integer(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.String(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "NOT released OR (state = 'released' AND checked_by IS NOT NULL)", name=op.f("ck_batch_released_is_checked")
        ),
        sa.CheckConstraint("state <> 'held' OR reason <> ''", name=op.f("ck_batch_held_has_reason")),
        sa.CheckConstraint("state IN ('arrived', 'released', 'held')", name=op.f("ck_batch_state_known")),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_batch_plan_id_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "store_id"], ["store.plan_id", "store.store_id"], name=op.f("fk_batch_plan_id_store_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batch")),
        sa.UniqueConstraint("batch_id", "released", name=op.f("uq_batch_batch_id_released")),
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "catalog_line",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_catalog_line_plan_id_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "store_id"], ["store.plan_id", "store.store_id"], name=op.f("fk_catalog_line_plan_id_store_id")
        ),
        sa.PrimaryKeyConstraint(
            "plan_id", "business_date", "revision", "store_id", "item_id", name=op.f("pk_catalog_line")
        ),
    )
    op.create_table(
        "cover_line",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("stock_base", sa.Integer(), nullable=False),
        sa.Column("demand_base_per_day", sa.Float(), nullable=False),
        sa.Column("cover_days", sa.Float(), nullable=True),
        sa.Column("min_cover_days", sa.Float(), nullable=False),
        sa.Column("missing_base", sa.Integer(), nullable=False),
        sa.Column("runs_out_on", sa.Date(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.CheckConstraint("level IN ('ok', 'low', 'out', 'no_demand')", name=op.f("ck_cover_line_level_known")),
        sa.ForeignKeyConstraint(
            ["plan_id", "store_id"], ["store.plan_id", "store.store_id"], name=op.f("fk_cover_line_plan_id_store_id")
        ),
        sa.PrimaryKeyConstraint(
            "plan_id", "business_date", "revision", "store_id", "category", "item_id", name=op.f("pk_cover_line")
        ),
    )
    op.create_table(
        "household",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("special_group", sa.String(), nullable=False),
        sa.Column("carer", sa.String(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "special_group IN ('', 'elderly_alone', 'no_smartphone', 'disabled', 'hardship', 'homeless', 'stranded')",
            name=op.f("ck_household_special_group_known"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "community_id"],
            ["community.plan_id", "community.community_id"],
            name=op.f("fk_household_plan_id_community_id"),
        ),
        sa.PrimaryKeyConstraint("plan_id", "household_id", name=op.f("pk_household")),
    )
    op.create_table(
        "notice",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("officer_id", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name=op.f("ck_notice_sent_has_time")),
        sa.CheckConstraint(
            "state IN ('queued', 'merged', 'sending', 'sent', 'undelivered', 'uncertain')",
            name=op.f("ck_notice_state_known"),
        ),
        sa.CheckConstraint("urgency IN ('now', 'digest')", name=op.f("ck_notice_urgency_known")),
        sa.ForeignKeyConstraint(
            ["plan_id", "officer_id"],
            ["officer.plan_id", "officer.officer_id"],
            name=op.f("fk_notice_plan_id_officer_id"),
        ),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_state"), ["state"], unique=False)

    op.create_table(
        "purchase_line",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("needs_base", sa.Integer(), nullable=False),
        sa.Column("reserve_gap_base", sa.Integer(), nullable=False),
        sa.Column("on_hand_base", sa.Integer(), nullable=False),
        sa.Column("on_order_base", sa.Integer(), nullable=False),
        sa.Column("pack_base", sa.Integer(), nullable=False),
        sa.Column("proposed_packs", sa.Integer(), nullable=False),
        sa.Column("approved_packs", sa.Integer(), nullable=False),
        sa.Column("cut_packs", sa.Integer(), nullable=False),
        sa.Column("pack_price_fen", sa.Integer(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.CheckConstraint("proposed_packs >= 0 AND approved_packs >= 0", name=op.f("ck_purchase_line_not_negative")),
        sa.ForeignKeyConstraint(
            ["plan_id", "cycle"], ["purchase.plan_id", "purchase.cycle"], name=op.f("fk_purchase_line_plan_id_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_purchase_line_plan_id_item_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "cycle", "revision", "store_id", "item_id", name=op.f("pk_purchase_line")),
    )
    op.create_table(
        "purchase_order",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('placed', 'arrived')", name=op.f("ck_purchase_order_state_known")),
        sa.ForeignKeyConstraint(
            ["plan_id", "cycle"], ["purchase.plan_id", "purchase.cycle"], name=op.f("fk_purchase_order_plan_id_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "supplier_id"],
            ["store.plan_id", "store.store_id"],
            name=op.f("fk_purchase_order_plan_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint(
            "plan_id",
            "cycle",
            "supplier_id",
            "store_id",
            name=op.f("uq_purchase_order_plan_id_cycle_supplier_id_store_id"),
        ),
    )
    op.create_table(
        "receipt",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id", "business_date", "revision"],
            ["market_report.plan_id", "market_report.business_date", "market_report.revision"],
            name=op.f("fk_receipt_plan_id_business_date_revision"),
        ),
        sa.PrimaryKeyConstraint("plan_id", "business_date", "revision", name=op.f("pk_receipt")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_receipt_idempotency_key")),
    )
    op.create_table(
        "rejected_line",
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'settled')", name=op.f("ck_rejected_line_state_known")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.submission_id"], name=op.f("fk_rejected_line_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", "line_no", name=op.f("pk_rejected_line")),
    )
    with op.batch_alter_table("rejected_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rejected_line_cycle"), ["cycle"], unique=False)
        batch_op.create_index(batch_op.f("ix_rejected_line_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "stock_report_line",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("qty_base", sa.Integer(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("sold_base", sa.Integer(), nullable=True),
        sa.CheckConstraint("qty_base >= 0", name=op.f("ck_stock_report_line_not_negative")),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_stock_report_line_plan_id_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "store_id"],
            ["store.plan_id", "store.store_id"],
            name=op.f("fk_stock_report_line_plan_id_store_id"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.submission_id"], name=op.f("fk_stock_report_line_submission_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "business_date", "store_id", "item_id", name=op.f("pk_stock_report_line")),
    )
    op.create_table(
        "store_order",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("deliver_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('placed', 'superseded', 'packed')", name=op.f("ck_store_order_state_known")),
        sa.ForeignKeyConstraint(
            ["plan_id", "store_id"], ["store.plan_id", "store.store_id"], name=op.f("fk_store_order_plan_id_store_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "cycle", "revision", "store_id", name=op.f("pk_store_order")),
    )
    with op.batch_alter_table("store_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_store_order_deliver_on"), ["deliver_on"], unique=False)

    op.create_table(
        "allocation",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("needed_base", sa.Integer(), nullable=False),
        sa.Column("allocated_base", sa.Integer(), nullable=False),
        sa.Column("short_base", sa.Integer(), nullable=False),
        sa.Column("withdrawn_base", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("need_revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("short_base = 0 OR reason <> ''", name=op.f("ck_allocation_short_has_reason")),
        sa.CheckConstraint(
            "allocated_base >= 0 AND short_base >= 0 AND withdrawn_base >= 0",
            name=op.f("ck_allocation_parts_not_negative"),
        ),
        sa.CheckConstraint(
            "needed_base = allocated_base + short_base + withdrawn_base", name=op.f("ck_allocation_conserved")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "household_id"],
            ["household.plan_id", "household.household_id"],
            name=op.f("fk_allocation_plan_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_allocation_plan_id_item_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "cycle", "revision", "household_id", "item_id", name=op.f("pk_allocation")),
    )
    op.create_table(
        "need_line",
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=True),
        sa.Column("qty_base", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "item_id IS NOT NULL OR (state = 'withdrawn' AND qty_base = 0)",
            name=op.f("ck_need_line_everything_is_withdrawn"),
        ),
        sa.CheckConstraint(
            "qty_base > 0 OR (state = 'withdrawn' AND qty_base = 0)", name=op.f("ck_need_line_qty_positive")
        ),
        sa.CheckConstraint("state IN ('accepted', 'superseded', 'withdrawn')", name=op.f("ck_need_line_state_known")),
        sa.ForeignKeyConstraint(
            ["plan_id", "household_id"],
            ["household.plan_id", "household.household_id"],
            name=op.f("fk_need_line_plan_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_need_line_plan_id_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.submission_id"], name=op.f("fk_need_line_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", "line_no", name=op.f("pk_need_line")),
    )
    with op.batch_alter_table("need_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_line_cycle"), ["cycle"], unique=False)
        batch_op.create_index(batch_op.f("ix_need_line_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "notice_attempt",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('begun', 'sent', 'undelivered', 'uncertain')", name=op.f("ck_notice_attempt_outcome_known")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.notice_id"], name=op.f("fk_notice_attempt_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "attempt", name=op.f("pk_notice_attempt")),
    )
    op.create_table(
        "parcel",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("deliver_on", sa.Date(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "mode IN ('address', 'village', 'storage_point', 'station')", name=op.f("ck_parcel_mode_known")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "household_id"],
            ["household.plan_id", "household.household_id"],
            name=op.f("fk_parcel_plan_id_household_id"),
        ),
        sa.PrimaryKeyConstraint("plan_id", "cycle", "household_id", name=op.f("pk_parcel")),
    )
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parcel_deliver_on"), ["deliver_on"], unique=False)

    op.create_table(
        "purchase_order_line",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("qty_base", sa.Integer(), nullable=False),
        sa.Column("pack_price_fen", sa.Integer(), nullable=False),
        sa.Column("arrived_base", sa.Integer(), nullable=False),
        sa.CheckConstraint("packs > 0", name=op.f("ck_purchase_order_line_packs")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.order_id"], name=op.f("fk_purchase_order_line_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", "item_id", name=op.f("pk_purchase_order_line")),
    )
    op.create_table(
        "stock_move",
        sa.Column("move_id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("from_place", sa.String(), nullable=False),
        sa.Column("to_place", sa.String(), nullable=False),
        sa.Column("qty_base", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.CheckConstraint("from_place <> to_place", name=op.f("ck_stock_move_somewhere_else")),
        sa.CheckConstraint("qty_base > 0", name=op.f("ck_stock_move_qty_positive")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_stock_move_batch_id")),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_stock_move")),
    )
    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_move_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_move_moved_at"), ["moved_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_move_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "store_order_line",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("qty_base", sa.Integer(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.CheckConstraint("qty_base > 0", name=op.f("ck_store_order_line_qty_positive")),
        sa.ForeignKeyConstraint(
            ["plan_id", "community_id"],
            ["community.plan_id", "community.community_id"],
            name=op.f("fk_store_order_line_plan_id_community_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "cycle", "revision", "store_id"],
            ["store_order.plan_id", "store_order.cycle", "store_order.revision", "store_order.store_id"],
            name=op.f("fk_store_order_line_plan_id_cycle_revision_store_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_store_order_line_plan_id_item_id")
        ),
        sa.PrimaryKeyConstraint(
            "plan_id", "cycle", "revision", "store_id", "community_id", "item_id", name=op.f("pk_store_order_line")
        ),
    )
    op.create_table(
        "allocation_source",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("qty_base", sa.Integer(), nullable=False),
        sa.CheckConstraint("qty_base > 0", name=op.f("ck_allocation_source_qty_positive")),
        sa.ForeignKeyConstraint(
            ["plan_id", "cycle", "revision", "household_id", "item_id"],
            [
                "allocation.plan_id",
                "allocation.cycle",
                "allocation.revision",
                "allocation.household_id",
                "allocation.item_id",
            ],
            name=op.f("fk_allocation_source_plan_id_cycle_revision_household_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "store_id"],
            ["store.plan_id", "store.store_id"],
            name=op.f("fk_allocation_source_plan_id_store_id"),
        ),
        sa.PrimaryKeyConstraint(
            "plan_id", "cycle", "revision", "household_id", "item_id", "store_id", name=op.f("pk_allocation_source")
        ),
    )
    op.create_table(
        "handover",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state <> 'signed' OR confirmed_by IS NOT NULL", name=op.f("ck_handover_signed_by_somebody")
        ),
        sa.CheckConstraint("state <> 'undelivered' OR reason <> ''", name=op.f("ck_handover_undelivered_has_reason")),
        sa.CheckConstraint(
            "state IN ('delivered_unconfirmed', 'signed', 'undelivered')", name=op.f("ck_handover_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "cycle", "household_id"],
            ["parcel.plan_id", "parcel.cycle", "parcel.household_id"],
            name=op.f("fk_handover_plan_id_cycle_household_id"),
        ),
        sa.PrimaryKeyConstraint("plan_id", "cycle", "household_id", name=op.f("pk_handover")),
    )
    op.create_table(
        "need",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("qty_base", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.CheckConstraint("qty_base > 0", name=op.f("ck_need_qty_positive")),
        sa.ForeignKeyConstraint(
            ["plan_id", "household_id"],
            ["household.plan_id", "household.household_id"],
            name=op.f("fk_need_plan_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_need_plan_id_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id", "line_no"],
            ["need_line.submission_id", "need_line.line_no"],
            name=op.f("fk_need_submission_id_line_no"),
        ),
        sa.PrimaryKeyConstraint("plan_id", "cycle", "revision", "household_id", "item_id", name=op.f("pk_need")),
    )
    op.create_table(
        "parcel_line",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("batch_released", sa.Boolean(), nullable=False),
        sa.Column("qty_base", sa.Integer(), nullable=False),
        sa.CheckConstraint("batch_released", name=op.f("ck_parcel_line_batch_is_released")),
        sa.CheckConstraint("qty_base > 0", name=op.f("ck_parcel_line_qty_positive")),
        sa.ForeignKeyConstraint(
            ["batch_id", "batch_released"],
            ["batch.batch_id", "batch.released"],
            name=op.f("fk_parcel_line_batch_id_batch_released"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "cycle", "household_id"],
            ["parcel.plan_id", "parcel.cycle", "parcel.household_id"],
            name=op.f("fk_parcel_line_plan_id_cycle_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_parcel_line_plan_id_item_id")
        ),
        sa.PrimaryKeyConstraint(
            "plan_id", "cycle", "household_id", "item_id", "store_id", "batch_id", name=op.f("pk_parcel_line")
        ),
    )
    op.create_table(
        "undelivered",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("cycle", sa.Date(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("qty_base", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_undelivered_has_reason")),
        sa.CheckConstraint("qty_base > 0", name=op.f("ck_undelivered_qty_positive")),
        sa.ForeignKeyConstraint(
            ["plan_id", "cycle", "household_id"],
            ["parcel.plan_id", "parcel.cycle", "parcel.household_id"],
            name=op.f("fk_undelivered_plan_id_cycle_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "item_id"], ["item.plan_id", "item.item_id"], name=op.f("fk_undelivered_plan_id_item_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "cycle", "household_id", "item_id", "store_id", name=op.f("pk_undelivered")),
    )
