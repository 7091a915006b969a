"""The database held by another writer is waited for; gone in the middle, nothing is half written."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from tests.factories.books import books, changes
from tests.factories.working_town import Town

CHAIN = "1. 3-2-501 大米1袋 白菜5斤\n2. 3-9-999 大米1袋\n3. 3-1-302 火箭2枚\n"
#: Tables that a collection of needs decides on; raw submissions are stored before, on purpose.
DECIDED = ("need_line", "rejected_line", "need", "revision", "notice")

#: The moment of the decision, hit from inside the database: PostgreSQL ends the very connection that is deciding,
#: SQLite gives up the statement and rolls back, as on a failing disk.
BREAK = {
    "postgresql": (
        "CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$",
        "CREATE TRIGGER gone BEFORE INSERT ON revision FOR EACH ROW EXECUTE FUNCTION gone()",
    ),
    "sqlite": ("CREATE TRIGGER gone BEFORE INSERT ON revision BEGIN SELECT RAISE(ROLLBACK, 'disk I/O error'); END",),
}
MEND = {"postgresql": ("DROP TRIGGER gone ON revision",), "sqlite": ("DROP TRIGGER gone",)}


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Another program in the middle of a write that keeps ours out."""
    with engine.connect() as other, other.begin():
        if engine.dialect.name == "postgresql":
            other.exec_driver_sql("LOCK TABLE revision IN ACCESS EXCLUSIVE MODE")
        yield other


def test_a_flow_waits_while_another_writer_holds_the_database(town: Town) -> None:
    town.put("needs", "示例家园.txt", CHAIN)
    town.run("watch_duties", "08:00")  # the plan is in the database before somebody takes it
    let_go, done = threading.Event(), []
    held = threading.Event()

    def hold() -> None:
        with writing(town.engine):
            held.set()
            let_go.wait(20)
            done.append("the other writer")

    other = threading.Thread(target=hold)
    other.start()
    held.wait(20)
    threading.Timer(1.0, let_go.set).start()
    told = town.run("collect_needs", "16:05")
    done.append("the flow")
    other.join()
    assert done == ["the other writer", "the flow"]
    assert told["accepted"] == 3


def test_a_database_that_goes_away_in_the_middle_leaves_nothing_half_written(bare_town: Town) -> None:
    town = bare_town
    kind = town.engine.dialect.name
    town.put("needs", "示例家园.txt", CHAIN)
    town.run("watch_duties", "08:00")
    before = books(town.engine)
    town.execute(*BREAK[kind])
    with pytest.raises(sa.exc.DBAPIError):
        town.run("collect_needs", "16:05")
    after = books(town.engine)
    assert {table: after[table] for table in DECIDED} == {table: before[table] for table in DECIDED}
    # What came in was stored before anybody read it, and the lease is free for the next run.
    assert town.rows("SELECT sender FROM submission") == [("示例家园",)]
    assert town.rows("SELECT COUNT(*) FROM lease WHERE process = 'collect_needs'") == [(0,)]
    town.execute(*MEND[kind])
    assert town.run("collect_needs", "16:05")["accepted"] == 3
    assert town.broken() == {}


def test_a_day_with_a_database_fault_ends_like_a_day_without(bare_town: Town) -> None:
    town = bare_town
    kind = town.engine.dialect.name
    town.put("needs", "示例家园.txt", CHAIN)
    town.run("collect_needs", "16:05")
    town.execute(*BREAK[kind])
    for _ in range(2):
        with pytest.raises(sa.exc.DBAPIError):
            town.run("allocate_orders", "16:20")
    town.execute(*MEND[kind])
    town.run("allocate_orders", "16:20")
    once = books(town.engine)
    town.run("allocate_orders", "16:20")
    assert changes(once, books(town.engine)) == {}
    assert town.rows("SELECT MAX(revision) FROM allocation") == [(1,)]
    assert town.broken() == {}
