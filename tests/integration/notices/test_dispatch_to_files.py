"""Dry runs and the file channel: digests made, everything told once, budgets kept."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import Notice, NoticeAttempt
from schemas.words import NoticeState, Stage
from tasks.database import transaction
from tasks.leases import LeaseKey, lease
from tasks.notices.dispatch import DispatchSummary, dispatch
from tests.factories.notified_town import PLAN, at, files_of, only, outbox, say_to, settle_town, tries_of

DIGESTS = col(Notice.stage) == Stage.ALIVE


@pytest.fixture
def town(database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    return settle_town(tmp_path, monkeypatch)


def test_every_morning_every_officer_hears_that_the_system_is_alive(town: Plan, data: Path) -> None:
    assert dispatch(PLAN, at("08:29")) == DispatchSummary()
    summary = dispatch(PLAN, at("08:30"))
    assert summary == DispatchSummary(sent=len(town.officers))
    for officer_id in town.officers:
        (text,) = files_of(data, officer_id)
        assert "保供早报 08:30" in text
        assert "系统运行正常" in text
        assert "暂无其他事项" in text


def test_a_digest_is_made_once_however_often_the_dispatcher_comes(town: Plan, data: Path) -> None:
    dispatch(PLAN, at("08:30"))
    assert dispatch(PLAN, at("08:30")) == DispatchSummary()
    assert dispatch(PLAN, at("08:40")) == DispatchSummary()
    assert len(files_of(data, "leader")) == 1


def test_a_later_digest_goes_only_to_those_who_have_something_to_read(town: Plan, data: Path) -> None:
    dispatch(PLAN, at("08:30"))
    say_to(["leader"], Stage.COVER_LOW, at("09:00"), "market")
    say_to(["leader"], Stage.COVER_LOW, at("09:00"), "pharmacy")
    say_to(["leader"], Stage.STOCK_CHECKED, at("09:00"), values={"stores": 2, "alerts": 1})
    assert dispatch(PLAN, at("11:30")) == DispatchSummary(sent=1, merged=3)
    text = files_of(data, "leader")[-1]
    assert "保供汇总 11:30" in text
    assert "【库存预警】2条" in text
    assert "【库存监测完成】1条" in text
    merged = outbox(col(Notice.state) == NoticeState.MERGED)
    assert {n.merged_into for n in merged} == {f"{PLAN}:alive:2022-04-25:digest-1130:1:leader"}


def test_after_a_morning_without_the_dispatcher_the_next_digest_is_the_sign_of_life(town: Plan, data: Path) -> None:
    say_to(["leader"], Stage.COVER_LOW, at("07:00"))
    assert dispatch(PLAN, at("12:00")).sent == len(town.officers)
    (text,) = files_of(data, "leader")
    assert "保供早报 11:30" in text
    assert "大米" in text


def test_a_notice_of_the_evening_is_in_the_morning_digest_with_its_date(town: Plan, data: Path) -> None:
    say_to(["leader"], Stage.COVER_LOW, at("20:00"))
    dispatch(PLAN, at("21:00"))
    assert only("leader", Stage.COVER_LOW).state == NoticeState.QUEUED
    dispatch(PLAN, at("08:30", day=26))
    assert "4月25日 大米" in files_of(data, "leader")[-1]


def test_an_urgent_notice_goes_at_once_and_is_on_record_with_its_try(town: Plan, data: Path) -> None:
    say_to(["leader"], Stage.STOCK_OUT_SOON, at("10:00"))
    assert dispatch(PLAN, at("10:01")).sent == 1 + len(town.officers)
    sent = only("leader", Stage.STOCK_OUT_SOON)
    assert (sent.state, sent.sent_at, sent.sent_to, sent.tries) == ("sent", at("10:01"), "leader/file", 1)
    assert tries_of(sent.notice_id) == [("leader", "file", "sent")]


def test_what_is_over_the_budget_waits_for_the_next_digest_and_says_so(
    database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    settle_town(tmp_path, monkeypatch, notices__daily_budget=5, notices__role_budgets={"coordinator": 4})
    dispatch(PLAN, at("08:30"))
    for number in range(6):
        say_to(["leader", "coordinator"], Stage.STOCK_OUT_SOON, at("09:00"), f"item{number}")
    dispatch(PLAN, at("09:00"))
    assert len(files_of(data, "leader")) == 1 + 2  # two of five are kept for 11:30 and 17:30
    assert len(files_of(data, "coordinator")) == 1 + 1
    folded = outbox(col(Notice.officer_id) == "leader", col(Notice.state) == NoticeState.QUEUED)
    assert {(n.urgency, n.due_at) for n in folded} == {("digest", at("11:30"))}
    dispatch(PLAN, at("11:30"))
    assert "（急件，已超当日提醒条数，并入汇总）" in files_of(data, "leader")[-1]
    say_to(["leader"], Stage.COVER_LOW, at("12:00"))
    dispatch(PLAN, at("17:30"))
    assert len(files_of(data, "leader")) == 5


def test_danger_to_life_is_told_beyond_any_budget(
    database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    settle_town(tmp_path, monkeypatch, notices__daily_budget=1)
    dispatch(PLAN, at("08:30"))
    for number in range(4):
        say_to(["leader"], Stage.MEDICINE_LOW, at("09:00"), f"item{number}")
    assert dispatch(PLAN, at("09:00")).sent == 4


def test_a_trial_among_real_runs_is_written_to_files_and_uses_up_no_budget(
    database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    settle_town(tmp_path, monkeypatch, {"leader": "robot"}, notices__daily_budget=4)
    for number in range(4):
        say_to(["leader"], Stage.STOCK_OUT_SOON, at("07:00"), f"item{number}", dry_run=True)
    dispatch(PLAN, at("07:00"))
    assert len(files_of(data, "leader")) == 1
    say_to(["leader"], Stage.STOCK_OUT_SOON, at("07:10"), "real")
    dispatch(PLAN, at("07:10"))
    (real,) = [n for n in outbox(col(Notice.officer_id) == "leader") if not n.dry_run]
    assert tries_of(real.notice_id)[0] == ("leader", "robot", "undelivered")


def test_on_a_machine_that_runs_dry_nothing_leaves_it(
    database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    monkeypatch.setenv("BAOGONG_DRY_RUN", "1")
    settle_town(tmp_path, monkeypatch, {"leader": "robot"})
    say_to(["leader"], Stage.STOCK_OUT_SOON, at("09:00"))
    dispatch(PLAN, at("09:00"))
    assert len(files_of(data, "leader")) == 2
    assert only("leader", Stage.STOCK_OUT_SOON).sent_to == "leader/dry_run"


def test_while_one_dispatcher_works_another_leaves_the_plan_alone(town: Plan, data: Path) -> None:
    with lease(LeaseKey(PLAN, "dispatch", town.file.plan.start_date)):
        assert dispatch(PLAN, at("08:30")) == DispatchSummary()
    assert dispatch(PLAN, at("08:30")).sent == len(town.officers)


def test_a_file_cut_off_between_write_and_mark_is_written_again_over_itself(town: Plan, data: Path) -> None:
    say_to(["leader"], Stage.STOCK_OUT_SOON, at("07:00"))
    dispatch(PLAN, at("07:00"))
    notice = only("leader", Stage.STOCK_OUT_SOON)
    with transaction() as session:
        session.execute(sa.update(Notice).values(state=NoticeState.SENDING, sent_at=None))
        session.execute(sa.update(NoticeAttempt).values(outcome="begun"))
    assert dispatch(PLAN, at("07:00") + timedelta(minutes=1)) == DispatchSummary(sent=1, uncertain=1)
    assert len(files_of(data, "leader")) == 1
    assert tries_of(notice.notice_id) == [("leader", "file", "uncertain"), ("leader", "file", "sent")]
