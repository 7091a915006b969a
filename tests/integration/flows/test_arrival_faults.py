"""Papers of arrivals with a fault: what cannot be used goes back, what is wrong is held, nothing is booked twice."""

import json

import pytest

from deployments.goods import answer_surplus, inspect_goods, list_waiting, permit_goods, type_arrival
from flows.receive_goods import receive_goods
from tasks.refused import Refused
from tests.factories.books import books, changes
from tests.factories.working_town import ARRIVAL_HEAD, Town, at, on
from tests.integration.flows.test_arrivals_flow import ORDER, arrive, bought, state

HEAD = ARRIVAL_HEAD.replace("生产日期", "生产日期,到期日期")


def paper(
    town: Town, line: str, clock: str = "16:00", head: str = HEAD, day: int = 23, name: str = "station_1.csv"
) -> object:
    town.put("arrivals", name, f"{head}{ORDER},{line}\n", day=day)
    return town.run("receive_goods", clock, day=day)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("大米,8,袋,,示例批发,2022-04-20,,监管示例,合格", "price_missing"),
        ("大米,8,袋,0,示例批发,2022-04-20,,监管示例,合格", "price_not_positive"),
        ("大米,0,袋,25,示例批发,2022-04-20,,监管示例,合格", "quantity_not_positive"),
        ("大米,约8,袋,25,示例批发,2022-04-20,,监管示例,合格", "quantity_unclear"),
        ("大米,,袋,25,示例批发,2022-04-20,,监管示例,合格", "quantity_missing"),
        ("大米,8,袋,25,示例批发,2022-04-20,2022-04-19,监管示例,合格", "expires_before_made"),
        ("大米,8,袋,25,示例批发,昨天,,监管示例,合格", "date_unclear"),
        ("火箭,8,枚,25,示例批发,2022-04-20,,监管示例,合格", "item_unknown"),
        ("大米,8,袋,25,示例批发,2022-04-20,,监管示例,还行", "conclusion_unclear"),
    ],
)
def test_a_line_that_cannot_be_used_goes_back_with_its_reason_and_books_nothing(
    station_town: Town, line: str, code: str
) -> None:
    bought(station_town)
    told = paper(station_town, line)
    assert (told["batches"], told["returned"]) == (0, 1)  # type: ignore[index]
    assert [codes for _, codes in station_town.reasons()] == [[code]]
    assert station_town.rows("SELECT state FROM purchase_order") == [("placed",)], "still waited for"


def test_goods_past_their_last_day_are_booked_and_held(station_town: Town) -> None:
    bought(station_town)
    told = paper(station_town, "大米,8,袋,25,示例批发,2022-01-01,2022-04-22,监管示例,合格")
    assert told["held"] == 1  # type: ignore[index]
    assert [row[1:] for row in state(station_town)] == [("held", False, None, "batch_expired")]


def test_a_paper_that_store_and_supplier_both_send_is_booked_once(station_town: Town) -> None:
    town = station_town
    bought(town)
    line = "大米,2,袋,25,示例批发,2022-04-20,监管示例,合格"
    arrive(town, line)
    told = arrive(town, f"{line}", name="示例批发_1.csv", clock="16:30")
    assert (told["batches"], told["returned"]) == (0, 1)
    assert [codes for _, codes in town.reasons()] == [["arrival_told_before"]]
    assert len(state(town)) == 1


def test_a_second_load_of_just_the_same_is_told_apart_by_a_remark(station_town: Town) -> None:
    town = station_town
    bought(town)
    head = ARRIVAL_HEAD.replace("检验结论", "检验结论,备注")
    line = "大米,2,袋,25,示例批发,2022-04-20,监管示例,合格"
    paper(town, f"{line},第一车", head=head)
    paper(town, f"{line},第二车", "16:30", head=head, name="station_2.csv")
    assert len(state(town)) == 2


def test_the_paper_of_yesterday_handed_in_again_is_marked_and_not_booked(station_town: Town) -> None:
    town = station_town
    bought(town)
    line = "大米,2,袋,25,示例批发,2022-04-20,,监管示例,合格"
    paper(town, line)
    told = paper(town, line, "10:00", day=24)
    assert (told["batches"], told["returned"]) == (0, 0)  # type: ignore[index]
    assert town.rows("SELECT state FROM submission WHERE kind = 'arrivals' ORDER BY business_date") == [
        ("read",),
        ("duplicate",),
    ]
    before = books(town.engine)
    town.run("receive_goods", "10:00", day=24)
    assert changes(before, books(town.engine)) == {}


def test_a_paper_that_booked_nothing_may_come_again_the_next_day(station_town: Town) -> None:
    town = station_town
    line = "大米,2,袋,25,示例批发,2022-04-20,,监管示例,合格"
    paper(town, line)
    assert [codes for _, codes in town.reasons()] == [["order_unknown"]]
    bought(town)
    assert paper(town, line, "10:00", day=24)["batches"] == 1  # type: ignore[index]


def test_what_the_buyer_got_is_typed_once_and_waits_with_it_for_its_check(
    station_town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    town = station_town
    bought(town)
    capsys.readouterr()
    said = (ORDER, "供给示例", "")
    assert type_arrival(town.plan_id, on(23), "大米,8袋,27,2022-04-20,2022-10-17", said, at("15:30", 23)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "repeated": False,
        "batches": [{"batch": "0423-1", "goods": "大米 8袋（0423-1）", "state": "arrived"}],
        "returned": [],
    }
    batch = "SELECT qty_base, cost_fen, produced_on, expires_on, supplier FROM batch WHERE number = 1"
    assert [tuple(map(str, row)) for row in town.rows(batch)] == [
        ("40000", "2700", "2022-04-20", "2022-10-17", "wholesale")
    ]
    assert type_arrival(town.plan_id, on(23), "大米,8袋,27,2022-04-20,2022-10-17", said, at("15:40", 23)) == 0
    assert town.rows("SELECT COUNT(*) FROM batch WHERE number IS NOT NULL") == [(1,)]
    capsys.readouterr()
    assert list_waiting(town.plan_id, at("15:40", 23), True) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["batch"], row["price"], row["last_price"], row["rise_pct"]) == ("0423-1", "27.00", "25.00", 8.0)
    assert inspect_goods(town.plan_id, "0423-1", "监管示例", "", "", at("16:00", 23)) == 0
    assert town.rows("SELECT state FROM batch WHERE number = 1") == [("released",)]
    assert town.rows("SELECT channel FROM submission WHERE kind = 'arrivals'") == [("command",)]


def test_typed_without_its_number_it_is_of_the_open_order_and_said_again_of_the_same_though_that_is_closed(
    station_town: Town,
) -> None:
    town = station_town
    bought(town)
    given = {"plan": town.plan_id, "business_date": on(23), "now": at("15:30", 23)}
    first = receive_goods.fn(**given, arrived="大米,8袋,25", received_by="供给示例")
    assert town.rows("SELECT state FROM purchase_order") == [("arrived",)]
    before = books(town.engine)
    assert receive_goods.fn(**given, arrived="大米,8袋,25", received_by="供给示例") == first
    assert changes(before, books(town.engine)) == {}
    with pytest.raises(Refused):
        receive_goods.fn(**given, arrived="大米,9袋,25", received_by="供给示例")


@pytest.mark.parametrize(
    ("text", "order", "by", "words"),
    [
        ("大米,8袋", "", "供给示例", "第 1 行"),
        ("", "", "供给示例", "写明到货"),
        ("大米,8袋,25", "没有这张", "供给示例", ORDER),
        ("大米,8袋,25", "", "路人", "路人"),
    ],
)
def test_what_cannot_be_taken_of_a_typed_arrival_is_one_line_and_keeps_nothing(
    station_town: Town, capsys: pytest.CaptureFixture[str], text: str, order: str, by: str, words: str
) -> None:
    bought(station_town)
    assert type_arrival(station_town.plan_id, on(23), text, (order, by, ""), at("15:30", 23)) == 1
    assert words in capsys.readouterr().err
    assert station_town.rows("SELECT 1 FROM submission WHERE kind = 'arrivals'") == []


def test_a_typed_line_with_a_fault_is_told_at_once_in_words(
    station_town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    bought(station_town)
    capsys.readouterr()
    assert type_arrival(station_town.plan_id, on(23), "火箭,8枚,25", ("", "供给示例", ""), at("15:30", 23)) == 0
    (returned,) = json.loads(capsys.readouterr().out)["returned"]
    assert "火箭" in returned["reasons"]


def test_the_form_of_the_flow_takes_a_typed_arrival_too(station_town: Town) -> None:
    town = station_town
    bought(town)
    given = {"plan": town.plan_id, "business_date": on(23), "now": at("15:30", 23)}
    told = receive_goods.fn(**given, arrived="大米,8袋,25", order=ORDER, received_by="供给示例")
    assert (told["batches"], told["waiting"]) == (1, 1)
    with pytest.raises(Refused):
        receive_goods.fn(**given, arrived="大米,8袋,25", order=ORDER, received_by="路人")


def test_the_commands_say_in_one_line_what_cannot_be_done(
    station_town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    bought(station_town)
    capsys.readouterr()
    plan, now = station_town.plan_id, at("17:00", 23)
    assert inspect_goods(plan, "0423-9", "监管示例", "", "", now) == 1
    assert permit_goods(plan, "0423-9", "领导示例", "急", now) == 1
    assert answer_surplus(plan, "0423-9", "供给示例", False, "", now) == 1
    assert capsys.readouterr().err.splitlines() == ["没有批次 0423-9。"] * 3
    assert list_waiting(plan, now, False) == 0
    assert capsys.readouterr().out.strip() == "没有待验收批次。"
