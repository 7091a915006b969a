"""日报报送: on the leading group's desk by its hour, with a receipt; what is missing is said (B-12)."""

import pytest

from tests.factories.working_town import Town
from tests.integration.channels.loopback import Service

RECEIPT = "SELECT revision, idempotency_key, status_code, body FROM receipt ORDER BY revision"
TAKEN = {"receipt": "收讫-示例-001"}


@pytest.fixture
def desk(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The leading group's office, listening on loopback."""
    service.answers = [(200, TAKEN)]
    monkeypatch.setenv("BAOGONG_ENDPOINT_LEADING_GROUP_OFFICE", f"http://{service.place}/reports")
    return service


def test_a_report_is_handed_in_with_its_key_and_the_receipt_is_kept(town: Town, desk: Service) -> None:
    town.stock("market.csv", "大米,58,袋,31,2")
    town.run("submit_report", "14:30")
    (sent,) = desk.requests
    assert (sent.path, sent.headers["Idempotency-Key"]) == ("/reports", "demo:2022-04-21:1")
    assert sent.json["missing"] == ["pharmacy"]
    ((revision, key, status, body),) = town.rows(RECEIPT)
    assert (revision, key, status) == (1, "demo:2022-04-21:1", 200)
    assert "001" in body


def test_what_is_missing_is_said_in_the_report_its_message_and_its_notice(town: Town, desk: Service) -> None:
    town.stock("market.csv", "大米,58,袋,31,2")
    told = town.run("submit_report", "14:30")
    assert told["missing"] == ["pharmacy"]
    assert "示例药房" in told["message"]
    assert "示例药房" in town.bodies("report_submitted", "leader")[0]


def test_inputs_that_came_late_or_not_at_all_are_marked(town: Town, desk: Service) -> None:
    town.run("watch_duties", "08:00")
    town.stock("market.csv", "大米,58,袋,31,2", clock="13:40")
    town.run("submit_report", "14:30")
    late = {(entry["subject"], entry["came"]) for entry in desk.requests[0].json["late"]}
    assert late == {("store:market", "late"), ("store:pharmacy", "missing")}


def test_the_desk_is_asked_once_however_often_the_report_is_run(town: Town, desk: Service) -> None:
    for _ in range(2):
        town.run("submit_report", "14:30")
    assert len(desk.requests) == 1
    assert len(town.rows(RECEIPT)) == 1


def test_figures_that_change_make_a_correction_with_a_key_of_its_own(town: Town, desk: Service) -> None:
    town.run("submit_report", "14:30")
    town.stock("market.csv", "大米,58,袋,31,2", clock="14:35")
    town.run("submit_report", "14:40")
    assert [r.headers["Idempotency-Key"] for r in desk.requests] == ["demo:2022-04-21:1", "demo:2022-04-21:2"]
    assert [row[0] for row in town.rows(RECEIPT)] == [1, 2]
    assert town.rows("SELECT COUNT(*) FROM market_report") == [(2,)]


def test_a_desk_that_is_busy_is_asked_again_with_the_same_key(town: Town, desk: Service) -> None:
    desk.answers = [(503, {}), (200, TAKEN)]
    town.run("submit_report", "14:30")
    assert [r.headers["Idempotency-Key"] for r in desk.requests] == ["demo:2022-04-21:1"] * 2
    assert len(town.rows(RECEIPT)) == 1


def test_a_desk_that_refuses_is_told_at_once_and_the_next_watch_hands_in_again(town: Town, desk: Service) -> None:
    desk.answers = [(422, {}), (200, TAKEN)]
    town.run("submit_report", "14:30")
    assert town.rows(RECEIPT) == []
    assert town.told("report_undelivered") == ["coordinator", "coordinator_2", "market_1"]
    assert town.told("report_submitted") == []
    town.run("watch_duties", "14:40")
    assert [row[:3] for row in town.rows(RECEIPT)] == [(1, "demo:2022-04-21:1", 200)]
    assert town.told("report_submitted") == ["leader"]


def test_a_redirect_is_not_followed_to_another_host(town: Town, desk: Service) -> None:
    desk.answers = [(307, {})]
    town.run("submit_report", "14:30")
    assert town.rows(RECEIPT) == []
    assert len(desk.requests) == 1


def test_without_a_desk_the_leading_group_gets_the_report_as_a_notice(town: Town) -> None:
    town.run("submit_report", "14:30")
    ((_, _, status, _),) = town.rows(RECEIPT)
    assert status == 0
    assert town.told("report_submitted") == ["leader"]
    assert town.rows("SELECT state FROM duty WHERE duty_id = 'market_report'") == [("done",)]
