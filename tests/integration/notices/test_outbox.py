"""What is queued: once per officer, stage, subject and revision; at once or for the next digest; people masked."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import Notice
from schemas.words import NoticeState, Process, Stage
from tasks.database import transaction
from tasks.notices.outbox import NoSuchOfficer, tell
from tasks.notices.wording import NoWords
from tasks.runs import Run
from tests.factories.notified_town import MONDAY, PLAN, at, only, outbox, say_to, settle_town


@pytest.fixture
def town(database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    return settle_town(tmp_path, monkeypatch)


def test_a_stage_is_told_to_the_roles_of_the_plan(town: Plan) -> None:
    run = Run(PLAN, Process.COLLECT_NEEDS, MONDAY, at("16:05"))
    with transaction() as session:
        assert tell(session, run, Stage.NEEDS_COLLECTED, "all", 1, {"received": 9, "accepted": 8}) == 2
    assert [n.officer_id for n in outbox()] == ["supply_1", "supply_2"]
    assert outbox()[0].notice_id == f"{PLAN}:needs_collected:2022-04-25:all:1:supply_1"


def test_officers_limited_to_another_place_are_not_told(town: Plan) -> None:
    run = Run(PLAN, Process.COLLECT_NEEDS, MONDAY, at("16:05"))
    with transaction() as session:
        tell(session, run, Stage.LINES_RETURNED, "c_sealed", 1, {"count": 2}, serves="c_sealed")
    assert [n.officer_id for n in outbox()] == ["staff_sealed"]


def test_the_same_decision_told_twice_is_one_notice_and_a_revision_is_another(town: Plan) -> None:
    assert say_to(["leader"], Stage.COVER_LOW, at("13:30")) == 1
    assert say_to(["leader"], Stage.COVER_LOW, at("13:40")) == 0
    assert say_to(["leader", "leader"], Stage.COVER_LOW, at("13:50"), revision=2) == 1


def test_what_the_plan_wants_told_at_once_is_due_at_once_and_the_rest_with_the_next_digest(town: Plan) -> None:
    say_to(["leader"], Stage.COVER_LOW, at("13:30"))
    say_to(["leader"], Stage.STOCK_OUT_SOON, at("13:30"))
    low, soon = only("leader", Stage.COVER_LOW), only("leader", Stage.STOCK_OUT_SOON)
    assert (low.urgency, low.due_at) == ("digest", at("17:30"))
    assert (soon.urgency, soon.due_at) == ("now", at("13:30"))


def test_after_the_last_digest_of_the_day_a_notice_waits_for_the_morning(town: Plan) -> None:
    say_to(["leader"], Stage.COVER_LOW, at("17:30"))
    assert only("leader", Stage.COVER_LOW).due_at == at("08:30", day=26)


def test_a_notice_that_would_come_too_late_in_a_digest_goes_at_once(town: Plan) -> None:
    say_to(["leader"], Stage.DUTY_REMINDED, at("15:00"), values={"duty": "需求上报", "due": "16:00"}, by=at("16:00"))
    assert only("leader", Stage.DUTY_REMINDED).urgency == "now"


def test_nobody_but_the_carer_reads_the_room_and_nobody_a_name_or_a_number(town: Plan) -> None:
    values = {"parcels": 1, "household": "3-2-501", "carer": "carer_1", "point": "张示例 000-0000-0001 门口"}
    say_to(["carer_1", "staff_sealed"], Stage.GOODS_OUT, at("07:30"), values=values)
    carer, staff = only("carer_1", Stage.GOODS_OUT), only("staff_sealed", Stage.GOODS_OUT)
    assert "3-2-501" in carer.body
    assert "501" not in staff.body
    assert "住户3**；" in staff.body
    assert "000-0000" not in carer.body + staff.body


def test_a_document_is_a_link_to_the_document_server(town: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOGONG_PUBLIC_URL", "https://files.town.example/")
    say_to(["leader"], Stage.COVER_LOW, at("13:30"), attachments=["town/2022-04-25/库存 v1.xlsx"])
    link = "https://files.town.example/town/2022-04-25/%E5%BA%93%E5%AD%98%20v1.xlsx"
    assert only("leader", Stage.COVER_LOW).body.endswith(link)


def test_a_number_comes_with_the_clause_that_it_follows(town: Plan) -> None:
    say_to(["leader"], Stage.COVER_LOW, at("13:30"), values={"item": "大米", "cover_days": 3.25, "min_cover_days": 7})
    assert "大米可保障3.2天，低于7天。（依据B-06）" in only("leader", Stage.COVER_LOW).body


def test_values_that_fit_no_sentence_are_a_fault_and_nothing_is_queued(town: Plan) -> None:
    with pytest.raises(NoWords, match="cover_low"):
        say_to(["leader"], Stage.COVER_LOW, at("13:30"), values={"unheard_of": 1})
    assert outbox() == []


def test_somebody_who_is_not_in_the_plan_cannot_be_told(town: Plan) -> None:
    with pytest.raises(NoSuchOfficer, match="nobody"):
        say_to(["leader", "nobody"], Stage.COVER_LOW, at("13:30"))
    assert outbox() == []


def test_a_notice_of_a_decision_that_is_rolled_back_is_never_queued(town: Plan) -> None:
    run = Run(PLAN, Process.CHECK_STOCK, MONDAY, at("13:30"))
    with pytest.raises(RuntimeError, match="killed"), transaction() as session:
        tell(session, run, Stage.COVER_LOW, "all", 1, {"count": 1})
        raise RuntimeError("killed")
    assert outbox() == []


def test_a_dry_run_marks_its_notices(town: Plan) -> None:
    say_to(["leader"], Stage.COVER_LOW, at("13:30"), dry_run=True)
    (row,) = outbox(col(Notice.dry_run), col(Notice.state) == NoticeState.QUEUED)
    assert row.officer_id == "leader"
