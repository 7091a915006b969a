"""What suppliers send as files, what somebody writes down for them, and what is decided on it (C-05, B-07)."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from schemas.words import Process
from tasks.approval_answer import NotAccepted
from tasks.order_questions import answer_questions
from tasks.supplier_files import write_down
from tests.factories.books import books
from tests.factories.suppliers import FIRST, SECOND, write_supplier_plan
from tests.factories.working_town import Town, at

ORDER, OTHER = f"demo:2022-04-21:{FIRST}:market", f"demo:2022-04-21:{SECOND}:market"
ORDERS = "SELECT order_id, state FROM purchase_order ORDER BY placed_at, order_id"
ANSWERS = 'SELECT number, state, via, "by" FROM supplier_answer ORDER BY order_id, number'
REST = "SELECT order_id, item_id, packs, state FROM purchase_rest ORDER BY order_id, item_id, number"
QUESTIONS = "SELECT number, kind, item_id, packs, state FROM purchase_question ORDER BY number"
LINES = "SELECT item_id, packs FROM purchase_order_line WHERE order_id = :o ORDER BY item_id"
HEAD = "采购单号,商品,确认件数,单位,价格,备注\n"


@pytest.fixture
def buying(town: Town, plans: Path) -> Town:
    """Ordered from a supplier who has the sheet and a notice; there is a second one."""
    write_supplier_plan(plans / "demo")
    assert town.run("purchase_supplies", "13:50")["state"] == "ordered"
    return town


def packs(town: Town, item: str = "rice", order: str = ORDER) -> int:
    return int(dict(town.rows(LINES, o=order))[item])


def send(town: Town, *lines: str, name: str = "示例批发_1.csv", clock: str = "14:30", day: int = 21) -> dict[str, Any]:
    """A file of the supplier, found by the watch."""
    town.put("confirmations", name, HEAD + "".join(f"{line}\n" for line in lines), day)
    return town.run("watch_duties", clock, day)


def said(town: Town, text: str, by: str = "supplier_1", clock: str = "14:30", order: str = ORDER) -> bool:
    """Somebody writes down what the supplier said on the telephone."""
    with town.work(Process.PURCHASE_SUPPLIES, clock, 21) as work:
        return write_down(work, order, text, by)


def decided(town: Town, text: str, by: str, clock: str = "14:40") -> list[int]:
    with town.work(Process.PURCHASE_SUPPLIES, clock, 21) as work:
        return answer_questions(work, text, by)


def test_who_takes_no_orders_over_http_has_the_sheet_and_a_notice_that_asks_for_a_confirmation(buying: Town) -> None:
    (body,) = (b for b in buying.bodies("purchase_ordered", "supplier_1") if "请在15:50前确认数量和价格" in b)
    assert "采购单_示例批发" in unquote(body)
    assert buying.documents("采购单_示例批发*.xlsx")


def test_a_file_confirms_an_order_in_part_and_the_rest_goes_to_the_next_supplier(buying: Town) -> None:
    wanted = packs(buying)
    rest = [f"{ORDER},{item},{n},件,," for item, n in buying.rows(LINES, o=ORDER) if item != "rice"]
    send(buying, f"{ORDER},大米,30,件,,货源不足", *rest)
    assert buying.rows(REST) == [(ORDER, "rice", wanted - 30, "ordered")]
    assert buying.rows(ORDERS) == [(ORDER, "placed"), (OTHER, "placed")]
    assert f"{wanted - 30}" in buying.bodies("supplier_answered", "supply_1")[0]
    assert "supplier_2" in buying.told("purchase_ordered")
    assert buying.rows("SELECT subject, state FROM duty WHERE duty_id = 'order_confirmation' ORDER BY subject") == [
        (f"order:{ORDER}", "done"),
        (f"order:{OTHER}", "open"),
    ]
    assert buying.documents("采购单_样本批发*.xlsx")
    before = books(buying.engine)
    buying.run("watch_duties", "14:30")
    assert books(buying.engine) == before


@pytest.mark.parametrize(
    ("row", "confirmed", "price"),
    [
        ("大米,30,件,,", 30, 10000),
        ("大米,30件,,,", 30, 10000),
        ("大米,120,袋,,", 30, 10000),
        ("大米,120袋,,26元/袋,", 30, 10400),
        ("大米,30,件,105,", 30, 10500),
        ("大米,30,,105元/件,", 30, 10500),
    ],
)
def test_amounts_are_in_packs_or_in_units_that_make_whole_packs(
    buying: Town, row: str, confirmed: int, price: int
) -> None:
    send(buying, f"{ORDER},{row}")
    lines = "SELECT confirmed_packs, pack_price_fen FROM supplier_answer_line WHERE item_id = 'rice'"
    assert buying.rows(lines) == [(confirmed, price)]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (f"{ORDER},大米,31,袋,,", "confirmation_no_packs"),
        (f"{ORDER},大米,些许,件,,", "quantity_unclear"),
        (f"{ORDER},火箭,1,件,,", "item_unknown"),
        (f"{ORDER},布洛芬,1,件,,", "confirmation_not_ordered"),
        (f"{OTHER},大米,1,件,,", "order_unknown"),
        (f"{ORDER},大米,1,件,便宜,", "price_unclear"),
    ],
)
def test_a_row_that_is_not_plain_goes_back_and_changes_nothing(buying: Town, row: str, code: str) -> None:
    send(buying, row)
    assert [codes for _, codes in buying.reasons()] == [[code]]
    assert buying.rows(ANSWERS) == []
    assert "supplier_1" in buying.told("lines_returned")


def test_a_file_of_somebody_else_confirms_nothing(buying: Town) -> None:
    send(buying, f"{ORDER},大米,1,件,,", name="样本批发_1.csv")
    assert [codes for _, codes in buying.reasons()] == [["order_unknown"]]
    assert buying.rows(ANSWERS) == []


def test_a_second_file_of_a_supplier_is_its_latest_word(buying: Town) -> None:
    wanted = packs(buying)
    send(buying, f"{ORDER},大米,40,件,,")
    send(buying, f"{ORDER},大米,30,件,,", name="示例批发_2.csv", clock="14:50")
    assert [row[2] for row in buying.rows(REST)] == [wanted - 40, 10]
    assert sum(n for order in (OTHER, f"{OTHER}:2") for _, n in buying.rows(LINES, o=order)) == wanted - 40
    assert [row[3] for row in buying.rows(REST)] == ["ordered", "nobody"]


def test_a_confirmation_after_the_hour_is_told_and_counts_all_the_same(buying: Town) -> None:
    buying.run("watch_duties", "15:50")
    rest = [f"{ORDER},{item},{n},件,," for item, n in buying.rows(LINES, o=ORDER)]
    send(buying, *rest, clock="16:10")
    assert buying.rows("SELECT state FROM duty WHERE duty_id = 'order_confirmation'") == [("late",)]
    assert "答复晚于15:50" in buying.bodies("supplier_answered", "supply_1")[0]


def test_a_confirmation_after_the_goods_came_changes_nothing_and_is_told(buying: Town) -> None:
    paper = f"{ORDER},大米,20,袋,25,示例批发,2022-04-20,监管示例,合格\n"
    buying.put(
        "arrivals", "示例批发_1.csv", "采购单号,商品,数量,单位,进价,供货商,生产日期,检验人,检验结论\n" + paper, 22
    )
    buying.run("receive_goods", "10:30", 22)
    send(buying, f"{ORDER},大米,1,件,,", clock="11:00", day=22)
    assert buying.rows(ANSWERS) == []
    assert "货到后才答复" in buying.bodies("supplier_answered", "supply_1")[0]


# --- written down -----------------------------------------------------------------------------------------------------


def test_an_officer_writes_down_what_the_supplier_said(buying: Town) -> None:
    wanted = packs(buying)
    assert said(buying, "大米 20公斤=30\n白菜=1@50")
    assert [row[1:] for row in buying.rows(ANSWERS)] == [("partial", "command", "supplier_1")]
    assert (ORDER, "rice", wanted - 30, "ordered") in buying.rows(REST)
    assert buying.rows(QUESTIONS) == [(1, "price", "cabbage", 1, "waiting")]
    assert buying.rows("SELECT channel FROM submission WHERE kind = 'confirmations'") == [("command",)]


def test_without_a_line_all_of_it_is_confirmed_as_ordered(buying: Town) -> None:
    assert said(buying, "", by="供给示例")
    assert [row[1] for row in buying.rows(ANSWERS)] == ["confirmed"]
    assert buying.rows(REST) == []
    assert not said(buying, "", by="供给示例", clock="14:50")


@pytest.mark.parametrize(
    ("text", "by", "order", "words"),
    [
        ("大米=3\n白菜=1\n鸡蛋", "supplier_1", ORDER, "第3行"),
        ("大迷=3", "supplier_1", ORDER, "大米"),
        ("大米=3@0", "supplier_1", ORDER, "第1行"),
        ("大米=3;大米=4", "supplier_1", ORDER, "前面已改过"),
        ("大米=3", "supplier_2", ORDER, "供货示例"),
        ("大米=3", "路人甲", ORDER, "供货示例"),
        ("大米=3", "supplier_1", OTHER, "没有未完成的采购单"),
    ],
)
def test_what_cannot_be_written_down_is_refused_and_changes_nothing(
    buying: Town, text: str, by: str, order: str, words: str
) -> None:
    with pytest.raises(NotAccepted, match=words):
        said(buying, text, by, order=order)
    assert buying.rows(ANSWERS) == []


def test_by_command_it_is_written_down_and_decided(buying: Town, capsys: pytest.CaptureFixture[str]) -> None:
    from deployments.purchases import confirm_order, decide_questions, tell_purchase

    when = at("14:30")
    assert confirm_order("demo", ORDER, "supplier_1", ["大米=30@105"], False, when) == 0
    assert confirm_order("demo", "demo:nothing", "supplier_1", [], False, when) == 1
    assert confirm_order("demo", ORDER, "supplier_1", ["大米=30"], True, when) == 1
    assert decide_questions("demo", when.date(), "supply_1", ["1=是"], when) == 0
    assert decide_questions("demo", when.date(), "supply_1", ["1=是"], when) == 1
    capsys.readouterr()
    assert tell_purchase("demo", when.date(), as_json=False) == 0
    told = capsys.readouterr().out
    assert "部分确认（大米 30/" in told
    assert "第1号：价格不同" in told
    assert confirm_order("demo", OTHER, "supplier_2", [], True, when) == 0
    assert (OTHER, "refused") in buying.rows(ORDERS)


# --- decided ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1", "1=好", "2=是", "1=是;1=否", "1=是\n9=是"])
def test_answers_that_are_not_plain_answer_nothing(buying: Town, text: str) -> None:
    said(buying, "大米=30@105")
    with pytest.raises(NotAccepted, match="一项也不算"):
        decided(buying, text, "supply_1")
    assert buying.rows(QUESTIONS)[0][4] == "waiting"


def test_a_rise_beyond_the_rule_is_for_those_who_approve_and_not_for_the_buyer(town: Town, plans: Path) -> None:
    write_supplier_plan(plans / "demo", purchase__buyer_roles=["market_supervision"])
    town.run("purchase_supplies", "13:50")
    said(town, "大米=30@105\n面粉=1@200")
    assert [row[:3] for row in town.rows(QUESTIONS)] == [(1, "price", "flour"), (2, "price", "rice")]
    assert decided(town, "2=是", "监管示例") == [2]
    with pytest.raises(NotAccepted, match="供给示例"):
        decided(town, "1=是", "监管示例")
    assert decided(town, "1=否", "供给示例") == [1]


def test_a_yes_that_the_budget_does_not_reach_is_refused(town: Town, plans: Path) -> None:
    write_supplier_plan(plans / "demo", purchase__budget_fen=100_000)
    town.run("purchase_supplies", "13:50")
    ((item, count),) = town.rows("SELECT item_id, packs FROM purchase_order_line ORDER BY packs DESC LIMIT 1")
    name = {"rice": "大米", "flour": "面粉", "oil": "菜籽油"}[item]
    said(town, f"{name}={count + 50}")
    with pytest.raises(NotAccepted, match=r"1000\.00"):
        decided(town, "1=是", "supply_1")
    assert decided(town, "1=否", "supply_1") == [1]


def test_a_question_that_nobody_answers_is_reminded_at_half_time_and_escalated(buying: Town) -> None:
    said(buying, "大米=30@105", clock="14:00")
    buying.run("watch_duties", "15:00")
    assert any("第1号的决定" in body for body in buying.bodies("duty_reminded", "supply_1"))
    buying.run("watch_duties", "16:00")
    assert any("第1号的决定" in body for body in buying.bodies("duty_escalated", "coordinator"))


def test_a_new_word_of_the_supplier_takes_the_place_of_its_question(buying: Town) -> None:
    said(buying, "大米=30@105")
    said(buying, "大米=30@103", clock="14:40")
    assert [(row[0], row[4]) for row in buying.rows(QUESTIONS)] == [(1, "no"), (2, "waiting")]


def test_once_the_goods_have_come_no_question_buys_more(buying: Town) -> None:
    said(buying, f"大米={packs(buying) + 5}")
    paper = f"{ORDER},大米,20,袋,25,示例批发,2022-04-20,监管示例,合格\n"
    buying.put(
        "arrivals", "示例批发_1.csv", "采购单号,商品,数量,单位,进价,供货商,生产日期,检验人,检验结论\n" + paper, 22
    )
    buying.run("receive_goods", "10:30", 22)
    with pytest.raises(NotAccepted, match="货已到"):
        decided(buying, "1=是", "supply_1", clock="15:00")


def test_the_database_takes_no_change_to_what_a_supplier_said(buying: Town) -> None:
    said(buying, "大米=30")
    with pytest.raises(Exception, match="append-only"):
        buying.execute("UPDATE supplier_answer SET late = late")
    with pytest.raises(Exception, match="append-only"):
        buying.execute("DELETE FROM supplier_answer_line")
