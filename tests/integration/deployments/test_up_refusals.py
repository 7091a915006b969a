"""`baogong up` starts nothing where it would be unsafe, or could not work: it says why and what to do."""

import io
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from deployments.launch import free_port
from deployments.up import Refused, check_access, is_loopback, up
from tasks.words import say
from tests.factories.plan_folder import write_plan

Told = Callable[..., tuple[int, str]]


@pytest.fixture
def folders(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan and an empty data folder in force; what `up` hands down to its children is undone."""
    write_plan(tmp_path / "plans" / "demo")
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path / "plans"))
    monkeypatch.setenv("BAOGONG_PUBLIC_URL", "http://127.0.0.1:4280")
    monkeypatch.delenv("BAOGONG_AUTH", raising=False)
    return data


@pytest.fixture
def told(folders: Path) -> Iterator[Told]:
    """Exit code and words of `up` on free ports; no child of it was ever started."""

    def call(host: str = "127.0.0.1", port: int | None = None, documents_port: int | None = None) -> tuple[int, str]:
        words = io.StringIO()
        ended = up(host, port or free_port(), documents_port or free_port(), Console(file=words, width=200))
        return ended, words.getvalue()

    yield call
    assert not (folders / "prefect").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "baogong.example"])
def test_other_machines_may_not_reach_it_without_a_password(told: Told, host: str) -> None:
    ended, words = told(host)
    assert ended == 1
    assert "BAOGONG_AUTH" in words
    assert host in words


@pytest.mark.parametrize("auth", ["coordinator", "coordinator:", ":secret", ":"])
def test_a_password_is_a_user_and_a_password(told: Told, auth: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOGONG_AUTH", auth)
    assert told() == (1, say("BAOGONG_AUTH must be user:password") + "\n")


def test_without_a_plan_nothing_is_brought_up_and_nothing_is_taken_away(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path / "plan"))
    ended, words = told()
    assert ended == 1
    assert str(tmp_path / "plan") in words.replace("\n", "")


def test_with_a_password_other_machines_may() -> None:
    check_access("0.0.0.0", "coordinator:secret")
    check_access("127.0.0.1", "")
    with pytest.raises(Refused):
        check_access("0.0.0.0", "")


def test_only_this_machine_is_loopback() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "localhost.example", "")))


@pytest.mark.parametrize("which", ["port", "documents_port"])
def test_a_port_that_is_in_use_is_named(told: Told, which: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended, words = told(**{which: port})
    assert ended == 1
    assert str(port) in words


def test_a_plan_with_faults_is_told_line_by_line(told: Told, tmp_path: Path) -> None:
    write_plan(tmp_path / "plans" / "demo", needs__cutoff="25:00")
    ended, words = told()
    assert ended == 1
    assert "demo" in words
    assert "cutoff" in words


def test_a_database_that_does_not_answer_is_told_without_its_password(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOGONG_DATABASE_URL", f"postgresql://baogong:hush@127.0.0.1:{free_port()}/baogong")
    ended, words = told()
    assert ended == 1
    assert "BAOGONG_DATABASE_URL" in words
    assert "hush" not in words
