"""统一采购: a proposal that explains itself, a person's answer, orders once per cycle (C-04, C-05, B-07, B-10)."""

from pathlib import Path
from typing import Any

import pytest

from schemas.words import Decision
from tasks.approval import NotAccepted
from tests.factories.plan_folder import write_plan
from tests.factories.read_back import tables_of
from tests.factories.working_town import Town, at, on

STATE = "SELECT state FROM purchase WHERE plan_id = :plan"
ORDERS = "SELECT order_id, amount_fen FROM purchase_order WHERE plan_id = :plan ORDER BY order_id"


def proposed(town: Town) -> dict[str, object]:
    """The township asks for much rice, and the proposal of the day follows."""
    town.put("needs", "样本庄.txt", "1. 样本庄1号 大米6袋\n2. 样本庄3号 大米6袋 白菜20斤\n")
    town.run("collect_needs", "13:00")
    return town.run("purchase_supplies", "13:50")


def test_a_proposal_waits_for_a_person_and_orders_nothing_meanwhile(town: Town) -> None:
    told = proposed(town)
    assert told["state"] == "awaiting_approval"
    assert town.rows(STATE) == [("proposed",)]
    assert town.rows(ORDERS) == []
    assert town.told("approval_wanted") == ["supply_1", "supply_2"]


def test_every_line_of_a_proposal_is_its_formula_in_whole_packs(town: Town) -> None:
    proposed(town)
    query = """SELECT needs_base + reserve_gap_base - on_hand_base - on_order_base, pack_base, proposed_packs, cut_packs
        FROM purchase_line WHERE plan_id = :plan"""
    lines = town.rows(query)
    assert lines
    for wanted, pack, packs, cut in lines:
        assert packs + cut == max(0, -(-wanted // pack))


def test_an_approved_proposal_becomes_one_order_per_supplier(town: Town) -> None:
    told = proposed(town)
    assert town.approve(clock="14:00").approver == "supply_1"
    done = town.run("purchase_supplies", "14:05")
    assert (done["state"], done["orders"], done["amount_fen"]) == ("ordered", 1, told["amount_fen"])
    assert town.rows(ORDERS) == [("demo:2022-04-21:wholesale:market", told["amount_fen"])]
    assert "supplier_1" in town.told("purchase_ordered")


def test_an_approver_may_be_named_as_people_call_him(town: Town) -> None:
    proposed(town)
    assert town.approve(by=" 供给示例 ").approver == "supply_1"


def test_the_approver_changes_packs_and_that_is_what_is_ordered(town: Town) -> None:
    proposed(town)
    town.approve(Decision.CHANGE, changes="大米=3")
    town.run("purchase_supplies", "14:05")
    query = "SELECT packs, qty_base FROM purchase_order_line WHERE item_id = 'rice'"
    assert town.rows(query) == [(3, 3 * 4 * 5000)]


def test_a_rejected_proposal_is_ordered_never(town: Town) -> None:
    proposed(town)
    town.approve(Decision.REJECT, reason="价格过高")
    assert town.run("purchase_supplies", "14:05")["state"] == "rejected"
    assert town.run("purchase_supplies", "15:05")["orders"] == 0
    assert town.rows(ORDERS) == []
    assert "价格过高" in town.bodies("purchase_decided", "supply_1")[0]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"by": "staff_sealed"}, "供给示例"),
        ({"by": ""}, "供给示例"),
        ({"decision": Decision.REJECT}, ""),
        ({"decision": Decision.CHANGE, "changes": ""}, ""),
        ({"decision": Decision.APPROVE, "changes": "大米=3"}, "调整后同意"),
        ({"decision": Decision.CHANGE, "changes": "火箭=3"}, "火箭"),
        ({"decision": Decision.CHANGE, "changes": "大米=3.5"}, "大米"),
        ({"decision": Decision.CHANGE, "changes": "大米=3;大米=4"}, "大米"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_refused_and_changes_nothing(
    town: Town, said: dict[str, str], words: str
) -> None:
    proposed(town)
    with pytest.raises(NotAccepted, match=words or "."):
        town.approve(**said)  # type: ignore[arg-type]
    assert town.rows(STATE) == [("proposed",)]
    assert town.rows("SELECT COUNT(*) FROM approval") == [(0,)]


def test_what_was_decided_is_not_decided_again(town: Town) -> None:
    proposed(town)
    town.approve()
    with pytest.raises(NotAccepted):
        town.approve(Decision.REJECT, reason="不同意")
    assert town.rows("SELECT decision FROM approval") == [("approve",)]


def test_the_database_takes_no_change_to_an_answer(town: Town) -> None:
    proposed(town)
    town.approve()
    with pytest.raises(Exception, match="append-only"):
        town.execute("UPDATE approval SET approver = 'leader'")


def test_below_its_limit_the_plan_itself_approves_and_says_so(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", purchase__approve_below_fen=5_000_000)
    assert proposed(town)["state"] == "ordered"
    assert town.rows("SELECT approver, via FROM approval") == [("policy:approve_below_fen", "policy")]


def test_a_purchase_above_the_limit_still_asks_a_person(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", purchase__approve_below_fen=1000)
    assert proposed(town)["state"] == "awaiting_approval"


def test_needs_that_come_before_the_answer_change_the_proposal_and_after_it_no_more(station_town: Town) -> None:
    town = station_town
    town.needs("1. 3-2-501 大米6袋\n", day=22)
    town.run("purchase_supplies", "08:00", day=23)
    town.put("needs", "示例家园_2.txt", "1. 3-1-302 大米6袋\n", day=22)
    town.run("collect_needs", "09:00", day=23, of=22)
    town.run("purchase_supplies", "09:10", day=23)
    town.approve(clock="10:00", day=23)
    town.put("needs", "示例家园_3.txt", "1. 3-1-302 大米1袋\n", day=22)
    town.run("collect_needs", "10:10", day=23, of=22)
    assert town.run("purchase_supplies", "10:15", day=23)["orders"] == 1
    asked = "SELECT revision, needs_base FROM purchase_line WHERE item_id = 'rice' ORDER BY revision"
    assert town.rows(asked) == [(1, 6 * 5000), (2, 12 * 5000)]
    assert town.rows("SELECT revision, state FROM purchase") == [(2, "ordered")]


def test_the_budget_cuts_a_proposal_and_says_what_is_cut(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", purchase__budget_fen=100_000)
    told = proposed(town)
    assert 0 < told["amount_fen"] <= 100_000  # type: ignore[operator]
    assert told["cut_fen"] > 0  # type: ignore[operator]


def test_plan_c_buys_on_tuesday_and_saturday_what_was_asked_for_since(station_town: Town) -> None:
    town = station_town
    town.needs("1. 3-2-501 大米6袋\n2. 3-1-302 大米6袋\n", day=22)
    told = town.run("purchase_supplies", "08:00", day=23)
    assert told["state"] == "awaiting_approval"
    assert town.rows("SELECT needs_base FROM purchase_line WHERE item_id = 'rice'") == [(12 * 5000,)]
    town.approve(day=23)
    town.run("purchase_supplies", "14:05", day=23)
    # On Monday before the next purchase day, a run by hand finds Saturday's purchase and makes none of its own.
    town.needs("1. 3-2-501 大米1袋\n", day=25)
    assert town.run("purchase_supplies", "17:00", day=25)["orders"] == 1
    town.run("purchase_supplies", "08:00", day=26)
    bought = [(str(cycle), state) for cycle, state in town.rows("SELECT cycle, state FROM purchase ORDER BY cycle")]
    assert bought[0] == ("2022-04-23", "ordered")
    assert [cycle for cycle, _ in bought] == ["2022-04-23", "2022-04-26"]


def test_an_approval_by_command_is_checked_and_told_as_json(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    from deployments.by_hand import approve_purchase

    proposed(town)
    when = at("14:00")
    assert approve_purchase("demo", on(21), "专人甲示例", "approve", "", "", when) == 1
    assert "供给示例" in capsys.readouterr().err
    assert approve_purchase("demo", on(21), "供给示例", "approve", "", "", when) == 0
    assert '"via": "command"' in capsys.readouterr().out
    assert town.run("purchase_supplies", "14:05")["state"] == "ordered"


def test_a_proposal_answered_before_its_sheet_was_made_still_gets_its_sheet(town: Town) -> None:
    proposed(town)
    (sheet,) = town.documents("采购建议单*.xlsx")
    sheet.unlink()  # as a run leaves it that was killed between the decision and its document
    town.execute("DELETE FROM document WHERE title LIKE '采购建议单%'")
    town.approve(clock="14:00")
    town.run("purchase_supplies", "14:05")
    assert sheet.is_file()
    assert town.rows("SELECT COUNT(*) FROM document WHERE title LIKE '采购建议单%'") == [(1,)]


@pytest.mark.parametrize(
    ("said", "decision", "packs", "words"),
    [
        ({}, Decision.APPROVE, None, "同意"),
        ({"changes": "大米=3"}, Decision.CHANGE, 3, "调整后同意"),
        ({"reason": "价格过高"}, Decision.REJECT, 0, "不同意（价格过高）"),
    ],
)
def test_the_sheet_of_a_proposal_is_empty_until_somebody_answers_and_then_says_who_what_and_when(
    town: Town, said: dict[str, str], decision: Decision, packs: int | None, words: str
) -> None:
    proposed(town)
    (sheet,) = town.documents("采购建议单*.xlsx")
    assert answered_on(sheet) == ({None}, (None, None, None, None))
    town.approve(decision, clock="14:00", **said)
    town.run("purchase_supplies", "14:05")
    ((amount,),) = town.rows("SELECT amount_fen FROM purchase")
    approved, (told, yuan, who, when) = answered_on(sheet)
    asked = {row[0] for row in town.rows("SELECT proposed_packs FROM purchase_line WHERE item_id = 'rice'")}
    assert approved == (asked if packs is None else {packs})
    assert (told, round(yuan * 100), who, when) == (words, amount, "供给示例", "2022年4月21日（周四） 14:00")
    assert town.rows("SELECT COUNT(*) FROM document WHERE title LIKE '采购建议单%'") == [(1,)]


def answered_on(sheet: Path) -> tuple[set[Any], tuple[Any, ...]]:
    """Approved packs of rice, and the boxes of the approval."""
    lines, approval = tables_of(sheet.read_bytes(), "采购建议单")
    boxes = approval.rows[0]
    packs = {row["批准件数"] for row in lines.rows if row["品名"] == "大米"}
    return packs, tuple(boxes[title] for title in ("审批意见", "批准金额（元）", "审批人签字", "日期、时间"))
