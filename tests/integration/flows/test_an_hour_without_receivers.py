"""Every channel and the report's desk down for an hour, then back: nothing is lost, and nothing comes twice."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa

from schemas.words import Process
from tests.factories.plan_folder import plan_sheets, write_plan
from tests.factories.working_town import Town
from tests.integration.channels.conftest import free_port  # noqa: F401 - a fixture, used by name
from tests.integration.channels.loopback import Handler, Service

pytestmark = pytest.mark.faults  # a desk that does not answer is asked for seconds, at every watch
RECEIPT = {"receipt": "收讫-示例-001"}


@contextmanager
def listening(port: int) -> Iterator[Service]:
    """The receiver of notices and reports comes up on this port."""
    service = Service(port, answers=[(200, RECEIPT)])
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Back", (Handler,), {"service": service}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def hooked_town(
    database: sa.Engine,
    data: Path,
    plans: Path,
    free_port: int,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> Town:
    """The town as plan B, every officer of which has one channel: the receiver that may be down."""
    sheets = plan_sheets()
    sheets["officers"] = [row | {"channels": "hook"} for row in sheets["officers"]]
    write_plan(plans / "demo", sheets=sheets)
    monkeypatch.setenv("BAOGONG_CHANNEL_HOOK", f"json://127.0.0.1:{free_port}/notices?cto=2")
    monkeypatch.setenv("BAOGONG_ENDPOINT_LEADING_GROUP_OFFICE", f"http://127.0.0.1:{free_port}/report")
    return Town("demo", data)


def keys(service: Service, place: str) -> list[str]:
    return sorted(r.headers["Idempotency-Key"] for r in service.requests if r.path == place)


def watch(town: Town, *clocks: str, day: int = 21) -> None:
    for clock in clocks:
        town.run("watch_duties", clock, day)


def test_after_an_hour_without_receivers_the_report_is_in_and_every_notice_has_been_told_once(
    hooked_town: Town,
    free_port: int,  # noqa: F811 - the fixture
) -> None:
    town = hooked_town
    watch(town, "14:20")
    town.stock("market.csv", "大米,2,袋,30,2", clock="14:25")
    town.run("submit_report", "14:30")
    watch(town, "14:40", "14:50", "15:00", "15:10", "15:20")
    assert town.rows("SELECT * FROM receipt") == []
    assert town.told("report_undelivered") == ["coordinator", "coordinator_2", "market_1"]
    given_up = town.rows("SELECT COUNT(*) FROM notice WHERE state = 'undelivered' AND stage = 'stock_out_soon'")
    assert given_up > [(0,)]  # the plan's retries, 21 minutes in all, have been used up

    with listening(free_port) as service:
        watch(town, "15:30")
        assert keys(service, "/report") == ["demo:2022-04-21:1"]
        assert town.rows("SELECT idempotency_key FROM receipt") == [("demo:2022-04-21:1",)]
        watch(town, "15:40", "17:30", "17:40")
        assert keys(service, "/report") == ["demo:2022-04-21:1"]
        told = keys(service, "/notices")
        letters = [r.json["message"] for r in service.requests if r.path == "/notices"]

    assert len(told) == len(set(told))
    # What was due has gone out by itself, or inside a digest that has.
    waiting = "SELECT notice_id FROM notice WHERE state IN ('queued', 'sending', 'uncertain') AND due_at < :until"
    assert town.rows(waiting, until="2022-04-21 09:40:00") == []
    lost = """
        SELECT n.notice_id FROM notice n LEFT JOIN notice d ON d.notice_id = n.merged_into
        WHERE n.state IN ('merged', 'undelivered') AND COALESCE(d.state, '') <> 'sent'
    """
    assert town.rows(lost) == []
    assert any("此前未送达" in letter and "大米" in letter for letter in letters)
    assert town.broken() == {}


def test_a_report_that_nobody_took_before_midnight_is_handed_in_on_the_day_after(
    hooked_town: Town,
    free_port: int,  # noqa: F811 - the fixture
) -> None:
    town = hooked_town
    town.run("submit_report", "14:30")
    watch(town, "23:50")
    with listening(free_port) as service:
        watch(town, "00:10", "00:20", day=22)
        assert keys(service, "/report") == ["demo:2022-04-21:1"]
    assert town.rows("SELECT idempotency_key FROM receipt") == [("demo:2022-04-21:1",)]


def test_a_report_that_is_being_made_keeps_no_notice_waiting(
    hooked_town: Town,
    free_port: int,  # noqa: F811 - the fixture
) -> None:
    town = hooked_town
    town.run("submit_report", "14:30")
    with listening(free_port) as service, town.work(Process.SUBMIT_REPORT, "14:40", 21):
        watch(town, "14:40")
        assert keys(service, "/report") == []
        assert keys(service, "/notices") != []
