"""Who may say yes to a purchase, until when, and what holds if nobody does (C-05, B-10)."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.words import Decision, Process
from tasks.approval import Answer, NotAccepted, TooLate, record_approval
from tasks.approval_answer import by_telephone
from tests.factories.plan_folder import (
    change,
    plan_sheets,
    station_document,
    station_sheets,
    write_plan,
    write_station_plan,
)
from tests.factories.working_town import Town, at, on

STATE = "SELECT state FROM purchase WHERE plan_id = :plan"
ANSWER = "SELECT decision, approver, via FROM approval WHERE plan_id = :plan"
PACKS = "SELECT item_id, packs FROM purchase_order_line ORDER BY item_id"
APPROVED = "SELECT item_id, approved_packs FROM purchase_line WHERE proposed_packs > 0 ORDER BY item_id"
DUTY = "SELECT state, answer FROM duty WHERE duty_id = 'purchase_approval'"
LATE = "SELECT actor, detail FROM audit WHERE act = 'answered_too_late' ORDER BY audit_id"


def proposed(town: Town) -> dict[str, Any]:
    """The township asks for much, and at ten to two the proposal follows; the buyer leaves at six."""
    town.put("needs", "样本庄.txt", "1. 样本庄1号 大米6袋 白菜20斤\n2. 样本庄3号 大米6袋 鸡蛋6板\n")
    town.run("collect_needs", "13:00")
    return town.run("purchase_supplies", "13:50")


def by_phone(town: Town, clock: str = "14:30", **said: str) -> Any:
    """The approver said yes on the telephone, and somebody else writes it down."""
    words = {"by": "supply_1", "recorder": "协调示例", "said_at": "14:10"} | said
    with town.work(Process.PURCHASE_SUPPLIES, clock, 21) as work:
        given = Answer(Decision.APPROVE, words["by"], "command")
        return record_approval(work, by_telephone(work.run, given, words["recorder"], words["said_at"]))


# --- changes in text --------------------------------------------------------------------------------------------------


def test_a_slip_in_line_seven_applies_nothing_and_says_which_line_and_what_to_do(town: Town) -> None:
    proposed(town)
    text = "大米 20公斤=3\n白菜=1\n面粉=1\n\n\n\n大迷=2"
    with pytest.raises(NotAccepted, match=r"第7行“大迷=2”.*大米") as told:
        town.approve(Decision.CHANGE, changes=text)
    assert "一行也不改" in str(told.value)
    assert town.rows(STATE) == [("proposed",)]
    assert all(packs for _, packs in town.rows(APPROVED))
    town.approve(Decision.CHANGE, changes=text.replace("大迷=2", "土豆=0"))
    assert dict(town.rows(APPROVED))["rice"] == 3


def test_changes_beyond_the_budget_are_refused_with_both_amounts(town: Town) -> None:
    proposed(town)
    with pytest.raises(NotAccepted, match=r"30000\.00"):
        town.approve(Decision.CHANGE, changes="大米=9999")
    assert town.rows(STATE) == [("proposed",)]


def test_who_approved_when_and_what_was_changed_stands_in_the_audit_log_and_can_be_read(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    from deployments.purchases import tell_purchase

    proposed(town)
    before = dict(town.rows("SELECT item_id, proposed_packs FROM purchase_line"))["rice"]
    town.approve(Decision.CHANGE, clock="14:00", changes="大米=3")
    ((actor, detail),) = town.rows("SELECT actor, detail FROM audit WHERE act = 'answered_purchase'")
    kept = detail if isinstance(detail, dict) else json.loads(detail)
    assert actor == "supply_1"
    assert kept["changes"] == {"market/rice": {"from": before, "to": 3}}
    assert tell_purchase("demo", on(21), as_json=False) == 0
    told = capsys.readouterr().out
    assert "供给示例 (supply_1)" in told
    assert f"建议{before}件，批准3件" in told
    assert "04-21 14:00" in told
    assert tell_purchase("demo", on(21), as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["answer"]["changes"][0]["to"] == 3
    assert tell_purchase("demo", on(25), as_json=False) == 1


def test_the_same_answer_again_is_the_one_that_is_there(town: Town) -> None:
    proposed(town)
    first = town.approve(Decision.CHANGE, changes="大米=3")
    again = town.approve(Decision.CHANGE, clock="14:20", changes="大米 20公斤=3")
    assert again.decided_at == first.decided_at
    assert town.rows(LATE) == []


# --- the telephone ----------------------------------------------------------------------------------------------------


def test_a_yes_on_the_telephone_has_its_approver_its_recorder_and_its_time(town: Town) -> None:
    proposed(town)
    given = by_phone(town)
    assert (given.approver, given.recorder, given.via) == ("supply_1", "coordinator", "phone")
    assert given.said_at == at("14:10")
    assert given.decided_at == at("14:30")
    ((detail,),) = town.rows("SELECT detail FROM audit WHERE act = 'answered_purchase'")
    assert "coordinator" in str(detail)
    assert "电话同意" in town.bodies("purchase_decided", "supply_1")[0]
    town.run("watch_duties", "14:40")
    assert town.rows(STATE) == [("ordered",)]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"recorder": "supply_1"}, "审批人以外"),
        ({"recorder": "路人甲"}, "路人甲"),
        ({"recorder": ""}, "记录人"),
        ({"said_at": ""}, "时间"),
        ({"said_at": "早上"}, "早上"),
        ({"said_at": "13:20"}, "13:50"),
        ({"said_at": "15:20"}, "14:30"),
        ({"by": "staff_sealed"}, "供给示例"),
    ],
)
def test_a_call_that_cannot_have_been_is_refused(town: Town, said: dict[str, str], words: str) -> None:
    proposed(town)
    with pytest.raises(NotAccepted, match=words):
        by_phone(town, **said)
    assert town.rows(ANSWER) == []


def test_what_was_said_before_the_buyer_left_counts_though_it_is_written_down_after(town: Town) -> None:
    proposed(town)
    by_phone(town, clock="18:05", said_at="17:55")
    assert town.rows(ANSWER) == [("approve", "supply_1", "phone")]


# --- reminded, deputies -----------------------------------------------------------------------------------------------


def with_deputy(plans: Path) -> None:
    """Who approves has somebody else to stand in for him."""
    sheets = plan_sheets()
    change(sheets, "officers", "supply_1", deputy="manager_market")
    change(sheets, "officers", "supply_2", deputy="manager_market")
    write_plan(plans / "demo", sheets=sheets)


def test_at_half_time_the_approvers_are_reminded_and_their_deputy_is_asked(town: Town, plans: Path) -> None:
    with_deputy(plans)
    proposed(town)
    town.run("watch_duties", "15:50")
    assert len(town.bodies("approval_wanted", "supply_1")) == 1
    town.run("watch_duties", "15:55")
    assert any("13:50提请，尚未审批" in body for body in town.bodies("approval_wanted", "supply_1"))
    assert "请代为审批：供给保障" in town.bodies("approval_wanted", "manager_market")[0]
    town.run("watch_duties", "16:30")
    assert len(town.bodies("approval_wanted", "supply_1")) == 2
    assert town.approve(by="店长甲示例", clock="16:40").approver == "manager_market"


def test_who_has_answered_is_not_reminded(town: Town, plans: Path) -> None:
    with_deputy(plans)
    proposed(town)
    town.approve(clock="14:00")
    town.run("watch_duties", "15:55")
    assert len(town.bodies("approval_wanted", "supply_1")) == 1
    assert town.rows(DUTY) == [("done", "approve:supply_1")]


# --- nobody answers ---------------------------------------------------------------------------------------------------


def test_when_the_buyer_leaves_the_watch_lets_the_plan_decide_and_life_lines_are_bought(town: Town) -> None:
    proposed(town)
    town.run("watch_duties", "17:50")
    assert town.rows(STATE) == [("proposed",)]
    town.run("watch_duties", "18:00")
    assert town.rows(STATE) == [("ordered",)]
    assert town.rows(ANSWER) == [("change", "policy:unanswered", "policy")]
    assert {item for item, _ in town.rows(PACKS)} <= {"rice", "flour", "oil", "ibuprofen"}
    assert dict(town.rows(PACKS))["rice"] == dict(town.rows(APPROVED))["rice"] > 0
    assert town.rows(DUTY) == [("missed", "policy:unanswered")]
    assert "18:00无人审批，按方案规定办理" in town.bodies("purchase_decided", "coordinator")[0]
    before = town.rows("SELECT notice_id FROM notice ORDER BY notice_id")
    town.run("watch_duties", "18:00")
    assert town.rows("SELECT notice_id FROM notice ORDER BY notice_id") == before


@pytest.mark.parametrize(
    ("rule", "state", "decision", "whole"),
    [("approve", "ordered", "approve", True), ("lapse", "rejected", "reject", False)],
)
def test_a_plan_may_have_all_of_it_bought_or_nothing(
    town: Town, plans: Path, rule: str, state: str, decision: str, whole: bool
) -> None:
    write_plan(plans / "demo", purchase__unanswered=rule)
    proposed(town)
    town.run("watch_duties", "18:10")
    assert town.rows(STATE) == [(state,)]
    assert town.rows(ANSWER) == [(decision, "policy:unanswered", "policy")]
    assert bool(town.rows(PACKS)) is whole
    assert town.rows(PACKS) == (town.rows(APPROVED) if whole else [])


def test_where_no_watch_runs_the_next_purchase_run_lets_the_plan_decide(town: Town) -> None:
    proposed(town)
    assert town.run("purchase_supplies", "18:30")["state"] == "ordered"
    assert town.rows(ANSWER) == [("change", "policy:unanswered", "policy")]


def test_a_proposal_that_is_made_after_the_buyer_left_has_an_hour(town: Town) -> None:
    town.put("needs", "样本庄.txt", "1. 样本庄1号 大米6袋\n")
    town.run("collect_needs", "17:00")
    assert town.run("purchase_supplies", "19:00")["state"] == "awaiting_approval"
    town.run("watch_duties", "19:50")
    assert town.rows(STATE) == [("proposed",)]
    town.approve(clock="19:59")
    town.run("watch_duties", "20:00")
    assert town.rows(STATE) == [("ordered",)]


def test_a_proposal_that_is_revised_meanwhile_wins_no_time(station_town: Town) -> None:
    town = station_town
    town.needs("1. 3-2-501 大米6袋\n", day=22)
    town.run("purchase_supplies", "08:00", day=23)
    town.put("needs", "示例家园_2.txt", "1. 3-1-302 大米6袋\n", day=22)
    town.run("collect_needs", "17:30", day=23, of=22)
    town.run("purchase_supplies", "17:40", day=23)
    assert town.rows("SELECT revision FROM purchase") == [(2,)]
    town.run("watch_duties", "18:00", day=23)
    assert town.rows(STATE) == [("ordered",)]


def test_an_answer_after_the_buyer_left_is_told_and_changes_nothing(town: Town) -> None:
    proposed(town)
    with pytest.raises(TooLate, match="18:00"):
        town.approve(clock="18:05")
    assert town.rows(ANSWER) == []
    town.run("watch_duties", "18:10")
    with pytest.raises(TooLate, match="不再生效"):
        town.approve(Decision.REJECT, clock="18:20", reason="太贵")
    assert town.rows(ANSWER) == [("change", "policy:unanswered", "policy")]
    assert town.rows("SELECT COUNT(*) FROM purchase_order") == [(1,)]
    assert [actor for actor, _ in town.rows(LATE)] == ["supply_1", "supply_1"]
    assert sum("逾期答复" in body for body in town.bodies("purchase_decided", "supply_1")) == 2


def test_an_answer_long_after_the_goods_came_changes_nothing(town: Town) -> None:
    proposed(town)
    town.approve()
    town.run("purchase_supplies", "14:05")
    before = town.rows(PACKS)
    with pytest.raises(TooLate):
        town.approve(Decision.CHANGE, clock="09:00", day=21, changes="大米=1", by="supply_2")
    assert town.rows(PACKS) == before


# --- carried on -------------------------------------------------------------------------------------------------------


def test_what_is_approved_by_command_is_ordered_by_the_next_watch_and_once(town: Town) -> None:
    proposed(town)
    town.approve(clock="14:00")
    town.run("watch_duties", "14:10")
    assert town.rows(STATE) == [("ordered",)]
    town.run("watch_duties", "14:20")
    assert town.run("purchase_supplies", "14:30")["orders"] == 1
    assert town.rows("SELECT COUNT(*) FROM purchase_order") == [(1,)]


# --- no money, no price -----------------------------------------------------------------------------------------------


def test_without_money_for_a_single_pack_nothing_is_bought_and_it_is_told_how_much_is_missing(
    town: Town, plans: Path
) -> None:
    write_plan(plans / "demo", purchase__budget_fen=1)
    told = proposed(town)
    assert (told["state"], told["amount_fen"]) == ("no_money", 0)
    assert told["cut_fen"] > 0
    (body,) = town.bodies("purchase_proposed", "supply_1")
    assert f"因预算不足未列入{told['cut_fen'] / 100:.2f}元" in body
    with pytest.raises(NotAccepted, match="无可用预算"):
        town.approve()
    write_plan(plans / "demo")
    assert town.run("purchase_supplies", "14:30")["state"] == "awaiting_approval"


def test_what_there_was_no_money_for_is_wanted_again_by_the_next_purchase(station_town: Town, plans: Path) -> None:
    town = station_town
    write_station_plan(plans / "station_demo", purchase__budget_fen=1)
    town.needs("1. 3-2-501 大米6袋\n2. 3-1-302 大米6袋\n", day=22)
    assert town.run("purchase_supplies", "08:00", day=23)["state"] == "no_money"
    write_station_plan(plans / "station_demo")
    town.run("purchase_supplies", "08:00", day=26)
    ((taken,),) = town.rows("SELECT needs_cycles FROM purchase WHERE cycle = '2022-04-26'")
    assert "2022-04-22" in str(taken)


def test_what_has_no_price_is_left_out_and_asked_for_and_never_guessed(station_town: Town, plans: Path) -> None:
    town, sheets = station_town, station_sheets()
    sheets["stock"] = [row for row in sheets["stock"] if row["item_id"] != "oil"]
    write_plan(plans / "station_demo", station_document("station_demo"), sheets)
    town.needs("1. 3-2-501 大米6袋 菜籽油2桶\n2. 3-1-302 大米6袋\n", day=22)
    told = town.run("purchase_supplies", "08:00", day=23)
    assert told["unsourced"] == ["菜籽油"]
    assert "没有价格未列入，请询价：菜籽油" in town.bodies("approval_wanted", "supply_1")[0]
    assert town.rows("SELECT COUNT(*) FROM purchase_line WHERE item_id = 'oil'") == [(0,)]
