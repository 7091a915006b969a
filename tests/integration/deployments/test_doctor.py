"""`baogong doctor` tells what is in order and what is not, and never falls over the illness."""

import io
import json
import os
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from rich.console import Console

from deployments.doctor import doctor
from deployments.documents_server import DocumentsServer
from deployments.launch import free_port
from tests.factories.plan_folder import write_plan

MACHINE = ["python", "packages", "plans", "database", "sqlite", "folders", "channels", "disk", "clock"]


@pytest.fixture(autouse=True)
def machine(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine where nothing is up; every channel of the plan has an address."""
    write_plan(tmp_path / "plans" / "demo")
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path / "plans"))
    monkeypatch.setenv("BAOGONG_DRY_RUN", "1")
    monkeypatch.setenv("BAOGONG_PUBLIC_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port()}/api")
    return data


@pytest.fixture
def examined(capsys: pytest.CaptureFixture[str]) -> Any:
    """The doctor's findings by name, and his exit code."""

    def call() -> tuple[int, dict[str, dict[str, Any]]]:
        ended = doctor(json_wanted=True)
        told = json.loads(capsys.readouterr().out)
        assert told["ok"] is (ended == 0)
        return ended, {check["name"]: check for check in told["checks"]}

    return call


def ill(found: dict[str, dict[str, Any]]) -> set[str]:
    return {name for name, check in found.items() if not check["ok"]}


def test_before_anything_is_up_the_machine_is_in_order_and_the_rest_is_not(examined: Any) -> None:
    ended, found = examined()
    assert ended == 1
    assert list(found) == [*MACHINE, "server", "documents"]
    assert ill(found) == {"server", "documents"}
    assert all(check["cure"] for check in found.values() if not check["ok"])
    assert not any(check["cure"] for check in found.values() if check["ok"])


def test_people_get_a_table_with_what_to_do(examined: Any) -> None:
    words = io.StringIO()
    assert doctor(console=Console(file=words, width=160)) == 1
    assert "✗" in words.getvalue()
    assert "baogong up" in words.getvalue()


def test_a_plan_with_faults_is_counted(examined: Any, tmp_path: Path) -> None:
    write_plan(tmp_path / "plans" / "second", needs__cutoff="25:00")
    _, found = examined()
    assert "second: 1" in found["plans"]["detail"]
    assert {"plans"} <= ill(found)


def test_what_a_faulty_plan_hides_is_told_as_the_plans_fault(
    examined: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("BAOGONG_DRY_RUN")
    write_plan(tmp_path / "plans" / "second", needs__cutoff="25:00")
    _, found = examined()
    assert found["channels"]["detail"] == "second: 1"
    assert "baogong check" in found["channels"]["cure"]


def test_a_database_that_does_not_answer_is_one_finding_among_others(
    examined: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOGONG_DATABASE_URL", f"postgresql://baogong:hush@127.0.0.1:{free_port()}/baogong")
    _, found = examined()
    assert {"database", "sqlite"} <= ill(found)
    assert found["database"]["detail"] == "DatabaseAway"
    assert "hush" not in json.dumps(found)
    assert found["plans"]["ok"]


def test_a_channel_without_an_address_is_named(examined: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("BAOGONG_DRY_RUN")
    officers = tmp_path / "plans" / "demo" / "officers.csv"
    head, first, *rest = officers.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(head.split(","), first.split(","), strict=True)) | {"channels": "wecom_command"}
    officers.write_text("\n".join([head, ",".join(cells.values()), *rest]), encoding="utf-8")
    _, found = examined()
    assert "wecom_command" in found["channels"]["detail"]
    monkeypatch.setenv("BAOGONG_DRY_RUN", "1")
    _, dry = examined()
    assert dry["channels"]["ok"]
    assert "BAOGONG_DRY_RUN" in dry["channels"]["detail"]
    assert "wecom_command" in dry["channels"]["detail"]
    monkeypatch.delenv("BAOGONG_DRY_RUN")
    monkeypatch.setenv("BAOGONG_CHANNEL_WECOM_COMMAND", "json://127.0.0.1/")
    assert "wecom_command" not in examined()[1]["channels"]["detail"]


def test_a_clock_that_went_back_is_seen_by_what_was_written_before(examined: Any, machine: Path) -> None:
    examined()
    tomorrow = time.time() + 86_400
    os.utime(machine / "baogong.db", (tomorrow, tomorrow))
    assert "clock" in ill(examined()[1])


def test_a_document_server_that_is_away_is_told_with_its_address_and_its_cure(
    examined: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("BAOGONG_PUBLIC_URL", address)
    _, found = examined()
    assert found["documents"]["detail"] == address
    assert "baogong up" in found["documents"]["cure"]


def test_our_document_server_is_recognised(
    examined: Any, monkeypatch: pytest.MonkeyPatch, machine: Path, stranger: str
) -> None:
    with DocumentsServer(machine / "documents", port=0) as server:
        monkeypatch.setenv("BAOGONG_PUBLIC_URL", f"http://127.0.0.1:{server.port}")
        assert ill(examined()[1]) == {"server"}
    monkeypatch.setenv("BAOGONG_PUBLIC_URL", stranger)
    assert ill(examined()[1]) == {"server", "documents"}


@pytest.fixture
def stranger() -> Iterator[str]:
    """Another server, which says yes to everything."""

    class Yes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Yes)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
