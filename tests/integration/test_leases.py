"""One runner per plan, process and date, on both databases. Two runners of one process here; of two: tests/faults."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from schemas.tables import Audit, Lease
from tasks import leases
from tasks.database import insert, reading, transaction
from tasks.leases import Held, LeaseHeld, LeaseKey, LeaseLost, lease
from tasks.runs import audit

KEY = LeaseKey("demo", "allocate_orders", date(2022, 4, 21))
NEXT_DAY = LeaseKey("demo", "allocate_orders", date(2022, 4, 22))
PAST, LONG = timedelta(seconds=-1), timedelta(hours=1)


def set_expiry(from_now: timedelta) -> None:
    """As if so much of the lease's time were left."""
    with transaction() as session:
        session.execute(sa.update(Lease).values(expires_at=datetime.now(UTC) + from_now))


def held_by(holder: str, from_now: timedelta) -> None:
    with transaction() as session:
        insert(session, Lease, [{**KEY.__dict__, "holder": holder, "expires_at": datetime.now(UTC) + from_now}])


def rows() -> list[Lease]:
    with reading() as session:
        return list(session.execute(sa.select(Lease)).scalars())


def write(held: Held) -> None:
    """What a runner writes, in one transaction under its lease."""
    with transaction() as session:
        audit(session, "demo", datetime.now(UTC), "flow:allocate_orders", "decided", {})
        held.hold(session)


def written() -> int:
    with reading() as session:
        return int(session.execute(sa.select(sa.func.count()).select_from(Audit)).scalar_one())


def test_the_second_runner_is_told_who_works_and_until_when(database: sa.Engine) -> None:
    with lease(KEY) as held, pytest.raises(LeaseHeld) as refused, lease(KEY):
        pass
    assert refused.value.key == KEY
    assert refused.value.holder == held.holder
    assert rows() == []


def test_another_day_or_process_is_another_key(database: sa.Engine) -> None:
    with lease(KEY), lease(NEXT_DAY), lease(LeaseKey("demo", "check_stock", KEY.business_date)):
        assert len(rows()) == 3


def test_a_lease_is_given_back_when_the_run_fails(database: sa.Engine) -> None:
    with pytest.raises(ZeroDivisionError), lease(KEY):
        raise ZeroDivisionError
    assert rows() == []


def test_a_runner_whose_lease_expired_while_it_was_paused_cannot_write_over_its_successor(database: sa.Engine) -> None:
    with lease(KEY) as paused:
        set_expiry(PAST)
        with lease(KEY) as successor:
            with pytest.raises(LeaseLost):
                write(paused)
            assert written() == 0
            write(successor)
            assert written() == 1


def test_a_runner_that_lost_its_lease_does_not_give_back_that_of_its_successor(database: sa.Engine) -> None:
    with lease(KEY):
        set_expiry(PAST)
        with transaction() as session:
            session.execute(sa.update(Lease).values(holder="successor|1|1|token", expires_at=datetime.now(UTC) + LONG))
    assert [row.holder for row in rows()] == ["successor|1|1|token"]


def test_a_lease_that_expired_with_nobody_waiting_is_still_its_holders(database: sa.Engine) -> None:
    with lease(KEY) as held:
        set_expiry(PAST)
        write(held)
        (row,) = rows()
        assert row.expires_at > datetime.now(UTC)
    assert written() == 1


def test_the_lease_of_another_machine_is_waited_for_until_it_expires(database: sa.Engine) -> None:
    held_by("elsewhere/pid:[1]|1|1|token", LONG)
    with pytest.raises(LeaseHeld), lease(KEY):
        pass
    set_expiry(PAST)
    with lease(KEY) as held:
        assert [row.holder for row in rows()] == [held.holder]


def test_the_lease_of_a_process_of_another_container_with_this_hosts_name_is_not_taken_for_that_of_a_dead_one(
    database: sa.Engine,
) -> None:
    host = leases._here().split("/")[0]
    held_by(f"{host}/pid:[1]|999999999|1|token", LONG)
    with pytest.raises(LeaseHeld), lease(KEY):
        pass


def test_a_dead_holder_of_this_machine_is_taken_over_at_once(database: sa.Engine) -> None:
    held_by(f"{leases._here()}|999999999|1|token", LONG)
    with lease(KEY) as held:
        assert [row.holder for row in rows()] == [held.holder]


def test_a_lease_goes_on_being_renewed_after_the_database_was_away_for_a_moment(
    database: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.02)
    with lease(KEY):
        with transaction() as session:
            session.execute(sa.text("ALTER TABLE lease RENAME TO away"))
        time.sleep(0.2)  # several renewals fail
        with transaction() as session:
            session.execute(sa.text("ALTER TABLE away RENAME TO lease"))
        set_expiry(PAST)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and all(row.expires_at < datetime.now(UTC) for row in rows()):
            time.sleep(0.02)
        assert all(row.expires_at > datetime.now(UTC) for row in rows())
    assert rows() == []
