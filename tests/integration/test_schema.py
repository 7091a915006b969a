"""The schema that migrations make, on both databases: the one that the code means, holding what it promises."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError, IntegrityError

from schemas.tables import Batch, CommunityRow, HouseholdRow, ItemRow, Parcel, ParcelLine, PlanRow, StoreRow, metadata
from tasks.database import _alembic, insert, migrate, revision_state, transaction
from tasks.runs import audit

NOW, DAY = datetime(2022, 4, 21, 8, tzinfo=UTC), date(2022, 4, 21)


def test_a_fresh_database_comes_up_at_the_newest_revision(database: sa.Engine) -> None:
    current, head = revision_state(database)
    assert current == head is not None


def test_migrating_again_changes_nothing(database: sa.Engine) -> None:
    before = sa.inspect(database).get_table_names()
    migrate(database)
    assert sa.inspect(database).get_table_names() == before


def test_the_migrated_schema_is_the_one_that_the_tables_declare(database: sa.Engine) -> None:
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_every_check_that_the_tables_declare_is_in_the_database_and_no_other(database: sa.Engine) -> None:
    found = sa.inspect(database)
    for table in metadata.sorted_tables:
        declared = {str(c.name): c for c in table.constraints if isinstance(c, sa.CheckConstraint)}
        there = {str(c["name"]): str(c["sqltext"]) for c in found.get_check_constraints(table.name)}
        assert set(there) == set(declared), table.name
        if database.dialect.name == "sqlite":  # PostgreSQL tells a check in words of its own
            assert {n: _plain(t) for n, t in there.items()} == {n: _plain(c.sqltext) for n, c in declared.items()}


def test_purchases_and_orders_of_before_come_through_the_migrations_with_all_that_refers_to_them(
    database: sa.Engine, tmp_path: Path
) -> None:
    """SQLite makes a table anew to change it, which would take with it whatever refers to it."""
    address = sa.make_url(f"sqlite:///{tmp_path}/before.db")
    if database.dialect.name == "postgresql":
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{database.url.database}_before"')
        address = database.url.set(database=f"{database.url.database}_before")
    old = sa.create_engine(address)
    with old.begin() as connection:
        command.upgrade(_alembic(connection), "0007")
        for statement in BOUGHT:
            connection.exec_driver_sql(statement)
    migrate(old)
    with old.connect() as connection:
        orders = connection.exec_driver_sql("SELECT order_id, state, round FROM purchase_order").all()
        lines = connection.exec_driver_sql("SELECT order_id, packs, agreed_fen FROM purchase_order_line").all()
        answers = connection.exec_driver_sql("SELECT approver, recorder FROM approval").all()
    assert [tuple(row) for row in (*orders, *lines, *answers)] == [
        ("demo:2022-04-21:w:s", "placed", 1),
        ("demo:2022-04-21:w:s", 3, None),
        ("supply_1", ""),
    ]
    for change in ("UPDATE approval SET approver = 'leader'", "DELETE FROM approval"):
        with pytest.raises(DBAPIError, match="approval is append-only"), old.begin() as connection:
            connection.exec_driver_sql(change)
    old.dispose()


BOUGHT = (
    "INSERT INTO plan (plan_id, name, digest, loaded_at) VALUES ('demo', '', '', '2022-04-21 00:00:00')",
    "INSERT INTO store (plan_id, store_id, name, kind) VALUES ('demo', 'w', '', 'wholesale')",
    """INSERT INTO purchase (plan_id, cycle, revision, state, amount_fen, budget_fen, needs_cycles)
    VALUES ('demo', '2022-04-21', 1, 'ordered', 300, 300, '[]')""",
    """INSERT INTO approval (plan_id, cycle, revision, decision, approver, via, changes, reason, decided_at)
    VALUES ('demo', '2022-04-21', 1, 'approve', 'supply_1', 'form', '{}', '', '2022-04-21 06:00:00')""",
    """INSERT INTO purchase_order
    (order_id, plan_id, cycle, supplier_id, store_id, expected_on, amount_fen, state, placed_at)
    VALUES ('demo:2022-04-21:w:s', 'demo', '2022-04-21', 'w', 's', '2022-04-22', 300, 'placed',
    '2022-04-21 06:00:00')""",
    """INSERT INTO purchase_order_line (order_id, item_id, packs, qty_base, pack_price_fen, arrived_base)
    VALUES ('demo:2022-04-21:w:s', 'rice', 3, 3, 100, 0)""",
)


def _plain(rule: object) -> str:
    return re.sub(r"\s+", " ", str(rule)).strip()


@pytest.mark.parametrize("change", ["UPDATE audit SET act = 'nothing'", "DELETE FROM audit"])
def test_what_the_audit_log_says_can_be_neither_changed_nor_deleted(database: sa.Engine, change: str) -> None:
    with transaction() as session:
        audit(session, "demo", NOW, "flow:check_stock", "decided", {"alerts": 1})
    with pytest.raises(DBAPIError, match="audit is append-only"), transaction() as session:
        session.execute(sa.text(change))
    with database.connect() as connection:
        assert connection.execute(sa.text("SELECT act FROM audit")).scalars().all() == ["decided"]


def _town_with_a_batch(state: str, released: bool, checked_by: str | None) -> None:
    """A household with a parcel, and rice on the shelf in this state."""
    key = {"plan_id": "demo"}
    rows: list[tuple[Any, dict[str, Any]]] = [
        (PlanRow, {"name": "示例", "digest": "", "loaded_at": NOW}),
        (CommunityRow, {"community_id": "c", "name": "示例家园", "village": "", "zone": "sealed", "population": 3}),
        (HouseholdRow, {"household_id": "h", "community_id": "c", "address": "1-101", "head": "", "persons": 3}),
        (StoreRow, {"store_id": "s", "name": "示例超市", "kind": "supermarket"}),
        (
            ItemRow,
            {"item_id": "rice", "name": "大米", "category": "grain", "measure": "g", "unit": "袋", "unit_base": 5000},
        ),
        (Batch, _batch() | {"state": state, "released": released, "checked_by": checked_by}),
        (
            Parcel,
            _parcel() | {"revision": 1, "community_id": "c", "deliver_on": DAY, "mode": "address", "amount_fen": 0},
        ),
    ]
    with transaction() as session:
        for table, row in rows:
            insert(session, table, [key | row])


def _batch() -> dict[str, Any]:
    dates = {"arrived_on": DAY, "expires_on": date(2022, 10, 1)}
    return {
        "batch_id": "b",
        "store_id": "s",
        "item_id": "rice",
        "origin": "order",
        "qty_base": 5000,
        "cost_fen": 1,
        **dates,
    }


def _parcel() -> dict[str, Any]:
    return {"plan_id": "demo", "cycle": DAY, "household_id": "h"}


def _hand_out(**line: Any) -> None:
    goods = {"item_id": "rice", "store_id": "s", "batch_id": "b", "qty_base": 5000}
    with transaction() as session:
        insert(session, ParcelLine, [_parcel() | goods | line])


@pytest.mark.parametrize("said", [True, False])
def test_a_batch_that_nobody_has_checked_cannot_be_handed_out(database: sa.Engine, said: bool) -> None:
    _town_with_a_batch("arrived", released=False, checked_by=None)
    with pytest.raises(IntegrityError):
        _hand_out(batch_released=said)


def test_a_batch_cannot_be_released_without_somebody_named_who_checked_it(database: sa.Engine) -> None:
    with pytest.raises(IntegrityError):
        _town_with_a_batch("released", released=True, checked_by=None)


def test_a_batch_that_went_out_cannot_be_called_unchecked_afterwards(database: sa.Engine) -> None:
    _town_with_a_batch("released", released=True, checked_by="market_1")
    _hand_out()
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.text("UPDATE batch SET released = :no, state = 'held', reason = 'x'"), {"no": False})
