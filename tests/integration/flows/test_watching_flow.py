"""任务督办: remind before, escalate after, tell "reported none" from silence, hand in again (DESIGN 7)."""

import pytest

from tests.factories.working_town import Town

STATES = "SELECT subject, state FROM duty WHERE duty_id = :d AND business_date = '2022-04-21' ORDER BY subject"


def test_who_is_silent_is_reminded_before_it_is_due_and_escalated_after(town: Town) -> None:
    town.put("needs", "样本庄.txt", "无需求")
    town.needs("1. 3-2-501 大米1袋\n", clock="14:50")
    town.run("watch_duties", "15:00")
    assert [who for who in town.told("duty_reminded") if who.startswith("staff")] == ["staff_isolation"]
    town.run("watch_duties", "16:30")
    assert any("测试隔离点" in body for body in town.bodies("duty_escalated", "coordinator"))
    assert not any("样本庄" in body for body in town.bodies("duty_escalated", "coordinator"))


def test_a_report_of_none_is_an_answer_and_silence_is_missed(town: Town) -> None:
    town.put("needs", "样本庄.txt", "无需求")
    town.needs("1. 3-2-501 大米1袋\n", clock="14:50")
    town.run("watch_duties", "00:10", day=22)
    assert town.rows(STATES, d="needs_list") == [
        ("community:c_controlled", "zero"),
        ("community:c_isolation", "missed"),
        ("community:c_sealed", "done"),
    ]


def test_an_answer_after_the_hour_is_late_and_stays_late(town: Town) -> None:
    town.run("watch_duties", "12:30")
    town.stock("market.csv", "大米,58,袋,31,2", clock="13:20")
    town.stock("market_2.csv", "大米,57,袋,31,2", clock="13:40")
    assert town.rows(STATES, d="stock_report") == [("store:market", "late"), ("store:pharmacy", "open")]


def test_watching_twice_at_the_same_moment_reminds_once(town: Town) -> None:
    first = town.run("watch_duties", "15:10")
    again = town.run("watch_duties", "15:10")
    assert first["reminded"] > 0
    assert (again["opened"], again["reminded"], again["escalated"], again["notices"]) == (0, 0, 0, 0)


def test_a_step_that_did_not_run_is_told_to_the_coordinator(town: Town) -> None:
    told = town.run("watch_duties", "09:00")
    assert "publish_catalog" in told["not_run"]
    assert town.told("run_failed") == ["coordinator", "coordinator_2"]
    town.run("publish_catalog", "09:05")
    assert "publish_catalog" not in town.run("watch_duties", "09:10")["not_run"]


def test_one_morning_digest_says_that_the_system_is_alive(town: Town) -> None:
    town.run("watch_duties", "08:30")
    assert "coordinator" in town.told("alive")
    assert town.rows("SELECT DISTINCT state FROM notice WHERE stage = 'alive'") == [("sent",)]


def test_a_duty_without_paper_is_fulfilled_by_an_officers_word(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    from deployments.by_hand import fulfil_duty
    from tests.factories.working_town import at, on

    town.run("watch_duties", "08:00")
    assert fulfil_duty("demo", "needs_list", "community:c_sealed", on(21), "专人甲示例", at("10:00")) == 1
    assert capsys.readouterr().err.strip()
    assert ("community:c_sealed", "open") in town.rows(STATES, d="needs_list")
