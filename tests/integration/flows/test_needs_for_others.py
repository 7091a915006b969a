"""A need that somebody writes down for a household without a smartphone (A-09): raw, read back, paid by whom."""

import json

import pytest

from deployments.for_others import Writer, enter_need
from schemas.plan import Plan
from tasks.database import reading
from tasks.plans import load_plan
from tests.factories.read_back import community_sheet
from tests.factories.working_town import Town, at, on

NEED = "SELECT household_id, item_id, qty_base FROM need WHERE plan_id = :plan ORDER BY 1, 2"
LINES = "SELECT entered_by, payer, carer FROM need_line WHERE household_id = 'h2'"
GRID = Writer("专人甲示例", "supply_1", "", "phone")


def entered(town: Town, *goods: str, writer: Writer = GRID, household: str = "h2", clock: str = "10:00") -> int:
    return enter_need(town.plan_id, None, household, goods, writer, at(clock))


def plan() -> Plan:
    return load_plan("demo")


def test_what_a_grid_worker_enters_is_stored_raw_before_it_is_read(town: Town) -> None:
    assert entered(town, "大米 1袋", "鸡蛋 1板") == 0
    ((channel, sender, body),) = town.rows("SELECT channel, sender, body FROM submission")
    said = json.loads(bytes(body))
    assert (channel, sender) == ("phone", "示例家园")
    assert (said["text"], said["household"], said["entered_by"]) == ("大米 1袋\n鸡蛋 1板", "h2", "staff_sealed")
    assert town.rows("SELECT COUNT(*) FROM need_line") == [(0,)]
    assert town.run("collect_needs", "16:05")["accepted"] == 2
    assert town.rows(NEED) == [("h2", "eggs", 30), ("h2", "rice", 5000)]


def test_payer_and_carer_are_kept_on_the_line_the_carer_by_default_the_households_own(town: Town) -> None:
    entered(town, "大米 1袋")
    town.run("collect_needs", "16:05")
    assert town.rows(LINES) == [("staff_sealed", "supply_1", "carer_1")]


def test_who_enters_is_told_at_once_what_was_understood_and_what_not(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    entered(town, "大米 1袋", "火箭 2枚")
    told = json.loads(capsys.readouterr().out)
    assert [(line["words"], line["taken"]) for line in told["lines"]] == [("大米 1袋", True), ("火箭 2枚", False)]
    assert "火箭" in told["lines"][1]["reasons"]
    assert told["filed_for"] == "2022-04-21"
    town.run("collect_needs", "16:05")
    assert [codes for _, codes in town.reasons()] == [["item_unknown"]]


def test_a_word_after_the_collection_belongs_to_the_next_one(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.run("collect_needs", "16:05")
    entered(town, "大米 1袋", clock="17:00")
    assert json.loads(capsys.readouterr().out)["filed_for"] == "2022-04-22"
    assert town.run("collect_needs", "16:05", 22)["accepted"] == 1


def test_the_latest_word_holds_though_the_same_was_said_before(town: Town) -> None:
    for clock, goods in (("09:00", "大米 1袋"), ("10:00", "大米 3袋"), ("11:00", "大米 1袋")):
        entered(town, goods, clock=clock)
    town.run("collect_needs", "16:05")
    assert town.rows(NEED) == [("h2", "rice", 5000)]


@pytest.mark.parametrize(
    ("household", "writer", "goods"),
    [("h99", GRID, "大米 1袋"), ("h2", Writer("谁也不是"), "大米 1袋"), ("h2", GRID, "  ")],
)
def test_what_names_nobody_or_nothing_is_refused_in_one_line(
    town: Town, capsys: pytest.CaptureFixture[str], household: str, writer: Writer, goods: str
) -> None:
    assert entered(town, goods, writer=writer, household=household) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert town.rows("SELECT COUNT(*) FROM submission") == [(0,)]


def test_the_form_in_the_ui_takes_the_same(town: Town) -> None:
    from flows.collect_needs import Channel

    for _ in range(2):
        told = town.run(
            "collect_needs",
            "16:05",
            pasted="大米 1袋\n白菜 3斤",
            channel=Channel.VISIT,
            entered_by="专人甲示例",
            household="h2",
            payer="女儿示例",
        )
    assert told["accepted"] == 2
    assert town.rows("SELECT COUNT(*) FROM submission") == [(1,)]
    assert set(town.rows(LINES)) == {("staff_sealed", "女儿示例", "carer_1")}


def test_a_chain_entered_for_a_whole_community_keeps_who_pays(town: Town) -> None:
    text = "1. 3-2-501 大米1袋\n2. 3-2-502 大米2袋"
    town.run("collect_needs", "16:05", pasted=text, sender="示例家园", entered_by="staff_sealed", payer="supply_1")
    assert town.rows("SELECT household_id, payer FROM need_line ORDER BY 1") == [("h1", "supply_1"), ("h2", "supply_1")]


def test_the_hand_over_papers_say_who_pays(town: Town) -> None:
    entered(town, "大米 1袋")
    town.put("needs", "示例家园.txt", "1. 3-2-501 大米1袋\n")
    town.run("collect_needs", "16:05")
    town.run("allocate_orders", "16:20")
    town.run("deliver_orders", "07:30", 22)
    with reading() as session:
        made = community_sheet(session, plan(), on(22), 1, "c_sealed")
    words = cells(made.content)
    assert [w for w in words if "供给示例" in w] != []
    assert sum("付款" in w and "供给示例" in w for w in words) == 1


def cells(body: bytes) -> list[str]:
    """Every text of a workbook."""
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(body))
    return [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]


def test_an_entry_leaves_its_writer_in_the_audit_log(town: Town) -> None:
    entered(town, "大米 1袋")
    assert town.rows("SELECT actor, act FROM audit WHERE act = 'need_entered'") == [
        ("officer:staff_sealed", "need_entered")
    ]


def test_nothing_in_the_inbox_can_pass_for_an_entry(town: Town) -> None:
    body = json.dumps({"entered_by": "leader", "at": "", "text": "大米 6袋", "household": "h2"})
    dated = town.put("needs", "entered:示例家园.json", body)
    dated.rename(dated.parent.parent / dated.name)
    told = town.run("collect_needs", "16:05")
    assert (told["accepted"], told["unreadable"]) == (0, 1)
