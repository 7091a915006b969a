"""Two processes at one key at once, on both databases: one works, the other is told; who was paused cannot write."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from schemas.tables import Audit, Lease
from tasks.database import reading, transaction
from tasks.settings import ROOT
from tests.faults.runners import runner

pytestmark = [
    pytest.mark.faults,
    # The server that forks the runners imports everything first, which a busy machine takes a minute for.
    pytest.mark.timeout(300),
]
HOLD = """
import time
from tests.faults.runners import KEY
from tasks.leases import LeaseKey, lease
with lease(LeaseKey(*KEY)):
    print("held", flush=True)
    time.sleep(600)
"""


def written() -> int:
    with reading() as session:
        return int(session.execute(sa.select(sa.func.count()).select_from(Audit)).scalar_one())


def let_it_expire() -> None:
    with transaction() as session:
        session.execute(sa.update(Lease).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))


def test_of_four_processes_at_one_key_one_works_and_the_others_are_told(database: sa.Engine) -> None:
    with ExitStack() as all_of_them:
        runners = [all_of_them.enter_context(runner()) for _ in range(4)]
        said = [one.hears() for one in runners]
        assert sorted(said) == ["held", "refused", "refused", "refused"]
        first = runners[said.index("held")]
        first.is_told("write")
        assert first.hears() == "written"
    assert written() == 1


def test_a_holder_paused_until_its_lease_expired_cannot_write_and_its_successor_can(database: sa.Engine) -> None:
    with runner() as paused:
        assert paused.hears() == "held"
        paused.gets(signal.SIGSTOP)
        let_it_expire()
        with runner() as successor:
            assert successor.hears() == "held"
            paused.gets(signal.SIGCONT)
            paused.is_told("write")
            assert paused.hears() == "lost"
            assert written() == 0
            successor.is_told("write")
            assert successor.hears() == "written"


def test_a_paused_holder_whose_lease_runs_is_not_taken_for_dead(database: sa.Engine) -> None:
    with runner() as paused:
        assert paused.hears() == "held"
        paused.gets(signal.SIGSTOP)
        with runner() as other:
            assert other.hears() == "refused"
        paused.gets(signal.SIGCONT)


def test_a_killed_holder_is_taken_over_at_once(database: sa.Engine) -> None:
    with runner() as killed:
        assert killed.hears() == "held"
        killed.gets(signal.SIGKILL)
        killed.process.join()
        with runner() as successor:
            assert successor.hears() == "held"


def test_a_killed_holder_that_nobody_has_buried_is_taken_over_at_once(database: sa.Engine) -> None:
    # A child of this very process stays in the table of processes until somebody asks for it.
    child = subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    with runner() as successor:
        assert successor.hears() == "held"
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL


def test_three_processes_that_start_on_an_empty_database_find_it_migrated_once(
    database: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = sa.make_url(f"sqlite:///{database.url.database}.empty")
    if database.dialect.name == "postgresql":
        name = f"{database.url.database}_empty"
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        address = database.url.set(database=name)
    monkeypatch.setenv("BAOGONG_DATABASE_URL", address.render_as_string(hide_password=False))
    with ExitStack() as all_of_them:
        runners = [all_of_them.enter_context(runner("migrate")) for _ in range(3)]
        assert [one.hears() for one in runners] == ["ready"] * 3
        for one in runners:
            one.is_told("go")
        assert [one.hears() for one in runners] == ["migrated"] * 3
