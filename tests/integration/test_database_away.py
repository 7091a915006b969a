"""A database that is not there, or none of ours: one line that says which and what to do, and no password in it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deployments.by_hand import tell_story
from tasks.database import DatabaseAway, engine, transaction
from tasks.settings import ROOT
from tests.factories.plan_folder import write_plan


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def address(data: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a server that is down, in force."""
    made = f"postgresql://baogong:SECRET@127.0.0.1:{closed_port()}/baogong"
    monkeypatch.setenv("BAOGONG_DATABASE_URL", made)
    return made


def test_a_server_that_is_down_is_named_without_its_password(address: str) -> None:
    with pytest.raises(DatabaseAway) as told, transaction():
        pass
    words = str(told.value)
    assert address.replace("SECRET", "***") in words
    assert "BAOGONG_DATABASE_URL" in words
    assert "SECRET" not in words
    assert "\n" not in words


@pytest.mark.parametrize("address", ["baogong:SECRET@host", "postgresql://baogong:SECRET@host:port/baogong"])
def test_an_address_that_cannot_be_read_is_not_repeated(
    address: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOGONG_DATABASE_URL", address)
    with pytest.raises(DatabaseAway, match="BAOGONG_DATABASE_URL") as told:
        engine()
    assert "SECRET" not in str(told.value)


def test_it_is_found_again_as_soon_as_it_is_back(
    address: str, postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DatabaseAway):
        engine()
    monkeypatch.setenv("BAOGONG_DATABASE_URL", postgres_server)
    with engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_file_that_is_no_database_is_told_and_left_as_it_is(data: Path) -> None:
    data.mkdir()
    (data / "baogong.db").write_bytes("居民名单".encode() * 100)
    with pytest.raises(DatabaseAway, match="not a database"):
        engine()
    assert (data / "baogong.db").read_bytes() == "居民名单".encode() * 100


def in_one_line(words: str) -> bool:
    return len(words.splitlines()) == 1 and "数据库" in words and "SECRET" not in words


def test_a_flow_run_by_hand_says_so_in_one_line(address: str, tmp_path: Path) -> None:
    write_plan(tmp_path / "plans" / "demo")
    words = ("run", "check_stock", "--plan", "demo", "--date", "2022-04-21")
    command = [sys.executable, "-c", "from deployments.command import app; app(prog_name='baogong')", *words]
    surroundings = os.environ | {"BAOGONG_PLANS": str(tmp_path / "plans")}
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert in_one_line(done.stderr)


def test_a_question_asked_by_hand_is_answered_so_in_one_line(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_plan(tmp_path / "plans" / "demo")
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path / "plans"))
    assert tell_story("demo", "h1", None, as_json=False) == 1
    assert in_one_line(capsys.readouterr().err)
