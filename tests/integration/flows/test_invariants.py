"""The checks of the books hold after honest work (every flow test ends with them) and see each way of breaking them."""

import pytest

from tests.factories.working_town import Town

COPY = "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {where}"
NOTICE = (
    "plan_id, stage, officer_id, business_date, urgency, title, body, attachments, dry_run, state,"
    " created_at, due_at, sent_at, sent_to, tries"
)
PURCHASE = "plan_id, revision, state, amount_fen, budget_fen"
#: check -> statements, each of which breaks it.
BROKEN: list[tuple[str, str]] = [
    ("needs_conserved", "UPDATE need SET qty_base = qty_base + 50 WHERE household_id = 'h1' AND item_id = 'rice'"),
    ("needs_conserved", "DELETE FROM need WHERE household_id = 'h2'"),
    ("orders_conserved", "UPDATE allocation_source SET qty_base = qty_base + 1 WHERE household_id = 'h1'"),
    ("orders_conserved", "UPDATE store_order_line SET qty_base = qty_base + 1 WHERE item_id = 'rice'"),
    ("orders_conserved", "UPDATE parcel_line SET qty_base = qty_base + 1 WHERE household_id = 'h1'"),
    ("orders_conserved", "DELETE FROM parcel_line WHERE household_id = 'h2'"),
    ("stock_conserved", "UPDATE batch SET qty_base = qty_base + 1 WHERE item_id = 'rice'"),
    ("stock_conserved", "UPDATE stock_move SET qty_base = 100000000 WHERE cause = 'delivery' AND to_place LIKE '%h1'"),
    ("stock_conserved", "DELETE FROM stock_move WHERE cause = 'delivery' AND to_place LIKE '%h2'"),
    (
        "no_duplicate_notice",
        COPY.format(
            table="notice_attempt",
            columns="notice_id, attempt, officer_id, channel, begun_at, outcome, detail",
            values="notice_id, attempt + 1, officer_id, channel, begun_at, outcome, detail",
            where="outcome = 'sent'",
        ),
    ),
    (
        "no_duplicate_notice",
        COPY.format(
            table="notice",
            columns=f"notice_id, {NOTICE}",
            values=f"notice_id || ':again', {NOTICE}",
            where="state = 'sent' AND stage = 'approval_wanted' AND officer_id = 'supply_1'",
        ),
    ),
    (
        "one_purchase_per_cycle",
        COPY.format(
            table="approval",
            columns="plan_id, cycle, revision, decision, approver, via, changes, reason, decided_at",
            values="plan_id, cycle, revision + 1, decision, approver, via, changes, reason, decided_at",
            where="revision = 1",
        ),
    ),
    ("one_purchase_per_cycle", "UPDATE purchase_order_line SET packs = packs + 1"),
    (
        "one_purchase_per_cycle",
        COPY.format(
            table="purchase",
            columns=f"cycle, needs_cycles, {PURCHASE}",
            values=f"'2022-04-26', '[\"2022-04-21\", \"2022-04-21\"]', {PURCHASE}",
            where="state = 'ordered'",
        ),
    ),
    (
        "no_unchecked_batch",
        COPY.format(
            table="stock_move",
            columns="move_id, plan_id, moved_at, batch_id, from_place, to_place, qty_base, cause",
            values="move_id || ':x', plan_id, moved_at, 'unchecked', 'store:market', 'household:h1', 5, cause",
            where="cause = 'delivery' AND to_place LIKE '%h2'",
        ),
    ),
    (
        "lines_conserved",
        COPY.format(
            table="rejected_line",
            columns="submission_id, line_no, about, number, answer, plan_id, cycle, words, place, reasons, state",
            values="submission_id, 1, '', 99, '', plan_id, cycle, words, place, reasons, state",
            where="line_no > 1",
        ),
    ),
    ("lines_conserved", "DELETE FROM rejected_line"),
    ("lines_conserved", "UPDATE need_line SET returned = true WHERE household_id = 'h1' AND item_id = 'rice'"),
    ("lines_conserved", "UPDATE need_line SET qty_base = qty_base + 50 WHERE household_id = 'h1' AND item_id = 'rice'"),
    ("audit_kept", "DELETE FROM audit WHERE actor = 'flow:allocate_orders'"),
    ("every_submission_kept", "UPDATE submission SET body = {bytes}"),
]
UNCHECKED = """INSERT INTO batch (batch_id, plan_id, store_id, item_id, origin, qty_base, cost_fen, arrived_on,
    expires_on, state, released, reason) VALUES ('unchecked', 'demo', 'market', 'flour', 'count', 5, 1, '2022-04-21',
    '2022-09-01', 'arrived', FALSE, '')"""


def worked(town: Town) -> None:
    """A day of honest work: needs, a purchase that was ordered, allocation, and the delivery of the next morning."""
    town.needs("1. 3-2-501 大米1袋 白菜5斤\n2. 3-2-502 鸡蛋1板\n3. 3-1-302 火箭2枚\n", clock="13:00")
    town.run("purchase_supplies", "13:50")
    town.approve()
    town.run("purchase_supplies", "14:05")
    town.run("allocate_orders", "16:20")
    town.run("deliver_orders", "07:30", day=22)


def unguard(town: Town) -> None:
    """Take away the triggers that refuse changes: what a hand at the database could do."""
    if town.engine.dialect.name == "postgresql":
        tables = town.rows("SELECT DISTINCT event_object_table FROM information_schema.triggers")
        town.execute(*(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only" for (table,) in tables))
    else:
        names = town.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        town.execute(*(f"DROP TRIGGER {name}" for (name,) in names))


def test_every_way_of_breaking_the_books_is_seen_by_its_check(bare_town: Town) -> None:
    """One town for all of them: each break is made, seen, and rolled back."""
    import sqlalchemy as sa
    from sqlalchemy.orm import Session

    from tasks.invariants import broken

    town = bare_town
    worked(town)
    town.execute(UNCHECKED, "UPDATE batch SET qty_base = 5 WHERE batch_id = 'unchecked'")
    unguard(town)
    bytes_of = "'\\x00'::bytea" if town.engine.dialect.name == "postgresql" else "x'00'"
    seen = []
    for check, statement in BROKEN:
        with Session(town.engine) as session:
            session.execute(
                sa.text(statement.replace("{bytes}", bytes_of).replace(":x'", "\\:x'").replace(":again'", "\\:again'"))
            )
            session.flush()
            rows = broken(session, town.plan_id)
            session.rollback()
        seen.append((check, statement, bool(rows[check])))
    assert [entry[:2] for entry in seen if not entry[2]] == []


def test_after_honest_work_every_check_holds(town: Town) -> None:
    worked(town)
    from tasks.database import reading
    from tasks.invariants import checks

    with reading() as session:
        held = checks(session, town.plan_id)
    assert set(held) == {check for check, _ in BROKEN}
    assert all(held.values())


def test_a_file_in_the_inbox_that_no_submission_keeps_is_seen(bare_town: Town) -> None:
    worked(bare_town)
    bare_town.put("needs", "样本庄.txt", "1. 样本庄1号 大米1袋\n")
    ((check, rows),) = bare_town.broken().items()
    assert check == "every_submission_kept"
    assert "样本庄.txt" in rows[0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE need SET qty_base = 1",
        "DELETE FROM allocation",
        "UPDATE stock_move SET qty_base = 1",
        "DELETE FROM audit",
        "UPDATE revision SET digest = ''",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_decided(town: Town, statement: str) -> None:
    town.needs("1. 3-2-501 大米1袋\n")
    town.run("allocate_orders", "16:20")
    with pytest.raises(Exception, match="append-only"):
        town.execute(statement)
