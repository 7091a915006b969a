"""Duties on record: opened, answered, watched; the same moment twice changes nothing and tells nothing twice."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import Audit, DutyRow, Notice
from schemas.words import Stage
from tasks.database import reading, transaction
from tasks.duties import NotConfirmed, WatchSummary, answer, confirm, next_change, open_duties, watch
from tasks.notices.dispatch import dispatch
from tests.factories.notified_town import MONDAY, PLAN, at, only, outbox, settle_town
from tests.factories.plan_folder import entry, plan_document, plan_sheets, write_plan

REMINDED, ESCALATED = col(Notice.stage) == Stage.DUTY_REMINDED, col(Notice.stage) == Stage.DUTY_ESCALATED


@pytest.fixture
def town(database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    return settle_town(tmp_path, monkeypatch)


def watched(plan: Plan, now: datetime) -> WatchSummary:
    with transaction() as session:
        return watch(session, plan, now)


def answered(by: str, answers: dict[str, datetime], zero: set[str] | None = None, on: date = MONDAY) -> int:
    with transaction() as session:
        return answer(session, PLAN, by, answers, on, "提交1", zero or set())


def duty(duty_id: str, subject: str, on: date = MONDAY) -> DutyRow:
    with reading() as session:
        found = session.get(DutyRow, (PLAN, duty_id, on, subject))
    assert found is not None
    return found


def test_todays_duties_are_opened_once(town: Plan) -> None:
    first = watched(town, at("07:00"))
    assert first == WatchSummary(opened=3 + 2 + 3 + 1)
    assert watched(town, at("07:00")) == WatchSummary()
    assert duty("needs_list", "community:c_sealed").due_at == at("16:00")


def test_silence_is_reminded_once_and_only_those_who_are_silent(town: Plan) -> None:
    answered("stock", {"store:pharmacy": at("11:00")})
    summary = watched(town, at("12:00"))
    assert (summary.reminded, summary.notices) == (1, 1)
    reminder = only("manager_market", Stage.DUTY_REMINDED)
    assert "门店库存日报" in reminder.body
    assert "13:00" in reminder.body
    assert (reminder.urgency, watched(town, at("12:10")).reminded) == ("now", 0)


def test_an_officer_gets_one_reminder_for_all_the_places_that_he_answers_for(
    database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = plan_sheets()
    for row in sheets["stores"]:
        row["contact"] = "supply_1" if row["store_id"] != "wholesale" else row["contact"]
    settle_town(tmp_path, monkeypatch)
    write_plan(tmp_path / "plans" / PLAN, sheets=sheets)
    from tasks.plans import load_plan

    watched(load_plan(PLAN), at("12:00"))
    (reminder,) = outbox(REMINDED, col(Notice.officer_id) == "supply_1")
    assert "示例超市、示例药房" in reminder.body


def test_the_late_are_escalated_in_one_notice_per_officer_that_lists_them(town: Plan) -> None:
    answered("needs", {"community:c_isolation": at("15:00")})
    watched(town, at("16:00"))
    summary = watched(town, at("16:30"))
    assert summary.escalated == 2
    notices = outbox(ESCALATED, col(Notice.notice_id).contains("needs_list"))
    assert {n.officer_id for n in notices} == {"coordinator", "coordinator_2"}
    for notice in notices:
        assert "逾期未报2家" in notice.body
        assert "示例家园" in notice.body
        assert "样本庄" in notice.body
        assert "测试隔离点" not in notice.body
    assert watched(town, at("16:30")) == WatchSummary()


def test_a_superior_hears_of_those_who_answer_to_him(town: Plan) -> None:
    watched(town, at("13:30"))
    assert "逾期未报2家" in only("supply_1", Stage.DUTY_ESCALATED).body
    assert "依据B-06" in only("coordinator", Stage.DUTY_ESCALATED).body


def test_what_is_never_answered_is_missed_when_the_day_ends_and_an_answer_after_that_is_late(town: Plan) -> None:
    watched(town, at("23:00"))
    summary = watched(town, at("00:00", day=26))
    assert summary.missed == 9
    assert duty("needs_list", "community:c_sealed").state == "missed"
    assert answered("needs", {"community:c_sealed": at("01:00", day=26)}) == 1
    assert duty("needs_list", "community:c_sealed").state == "late"


def test_an_answer_in_time_is_done_a_late_one_is_late_and_none_to_report_is_an_answer(town: Plan) -> None:
    watched(town, at("08:00"))
    answers = {
        "community:c_sealed": at("15:59"),
        "community:c_controlled": at("16:20"),
        "community:c_isolation": at("15:00"),
    }
    assert answered("needs", answers, zero={"community:c_isolation"}) == 3
    states = [duty("needs_list", subject).state for subject in answers]
    assert states == ["done", "late", "zero"]
    assert duty("needs_list", "community:c_isolation").answer == "zero:提交1"
    assert answered("needs", answers, zero={"community:c_isolation"}) == 0


def test_a_zero_report_that_is_corrected_is_a_report(town: Plan) -> None:
    answered("needs", {"community:c_sealed": at("15:00")}, zero={"community:c_sealed"})
    assert answered("needs", {"community:c_sealed": at("16:30")}) == 1
    found = duty("needs_list", "community:c_sealed")
    assert (found.state, found.answered_at) == ("done", at("15:00"))


def test_an_answer_counts_even_where_nobody_has_watched_yet(town: Plan) -> None:
    assert answered("report", {"role:market_supervision": at("14:40")}) == 1
    assert duty("market_report", "role:market_supervision").state == "done"


def test_an_answer_of_somebody_who_owes_nothing_changes_nothing(town: Plan) -> None:
    assert answered("needs", {"community:elsewhere": at("15:00")}) == 0
    assert answered("catalog", {"role:supply": at("08:00")}) == 0


@pytest.fixture
def town_with_checks(database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    settle_town(tmp_path, monkeypatch)
    document = plan_document(PLAN)
    entry(document, "duty", "stock_report")["fulfilled_by"] = "hand"
    write_plan(tmp_path / "plans" / PLAN, document)
    from tasks.plans import load_plan

    return load_plan(PLAN)


def test_a_duty_without_paper_is_confirmed_by_a_named_officer_and_that_is_on_record(town_with_checks: Plan) -> None:
    for expected in (True, False):
        with transaction() as session:
            done = confirm(session, PLAN, "stock_report", "store:market", MONDAY, "manager_market", at("12:00"))
        assert done is expected
    found = duty("stock_report", "store:market")
    assert (found.state, found.answer) == ("done", "hand:manager_market")
    with reading() as session:
        (line,) = session.execute(sa.select(Audit).where(col(Audit.act) == "duty_confirmed")).scalars()
    assert line.actor == "officer:manager_market"


@pytest.mark.parametrize(
    ("duty_id", "subject", "by", "words"),
    [
        ("needs_list", "community:c_sealed", "manager_market", "不由人工确认"),
        ("stock_report", "store:wholesale", "manager_market", "没有"),
        ("stock_report", "store:market", "somebody", "人员名单"),
    ],
)
def test_a_confirmation_that_cannot_be_is_refused_in_words(
    town_with_checks: Plan, duty_id: str, subject: str, by: str, words: str
) -> None:
    with pytest.raises(NotConfirmed, match=words), transaction() as session:
        confirm(session, PLAN, duty_id, subject, MONDAY, by, at("12:00"))


def test_the_next_change_is_the_first_thing_that_a_watch_or_a_dispatch_would_do(town: Plan) -> None:
    assert next_change(PLAN, at("07:00")) == at("08:30")
    assert next_change(PLAN, at("11:30")) == at("12:00")
    watched(town, at("12:00"))
    assert next_change(PLAN, at("12:00")) == at("13:30")
    answered("stock", {"store:market": at("12:30"), "store:pharmacy": at("12:30")})
    assert next_change(PLAN, at("12:30")) == at("14:00")
    assert next_change(PLAN, at("23:00")) == at("00:00", day=26)


def test_watching_at_the_changes_alone_does_all_that_watching_every_ten_minutes_does(town: Plan, data: Path) -> None:
    now, end, moments = at("00:00"), at("00:30", day=26), 0
    with transaction() as session:
        open_duties(session, town, MONDAY)
    while True:
        following = next_change(PLAN, now)
        if following is None or following > end:
            break
        now, moments = following, moments + 1
        watched(town, now)
        dispatch(PLAN, now)
    before = {(n.notice_id, n.state) for n in outbox()}
    seldom = moments
    for minute in range(0, 24 * 60, 10):
        watched(town, at("00:30") + timedelta(minutes=minute))
    assert {(n.notice_id, n.state) for n in outbox()} == before
    assert seldom < 25
    assert len([n for n in outbox() if n.stage == Stage.DUTY_ESCALATED]) > 0
