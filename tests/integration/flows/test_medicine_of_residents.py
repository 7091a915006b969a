"""Medicine of residents (B-04): fetched before it is used up, and nothing that may be medicine waits over night."""

import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from deployments.for_others import Writer, answer_task, enter_need
from tests.factories.books import books, changes
from tests.factories.plan_folder import write_plan
from tests.factories.working_town import Town, at

HEAD = "户号,药品,药店,每日用量,每盒含量,剩余,清点日期,处方编号\n"
ORDERS = """SELECT household_id, owner, state FROM household_task WHERE kind = 'medicine_order'
    ORDER BY on_date, household_id"""
LINES = "SELECT household_id, owner, state FROM household_task WHERE kind = 'medicine_line' ORDER BY subject"


def takes(household: str, medicine: str, daily: str, left: str, prescription: str = "RX-1") -> dict[str, str]:
    """A row of the register: counted on the plan's first day, ten dose units in a pack."""
    return {
        "household_id": household,
        "medicine": medicine,
        "pharmacy": "pharmacy",
        "daily_units": daily,
        "pack_units": "10",
        "units_left": left,
        "as_of": "2022-04-21",
        "until": "",
        "prescription": prescription,
    }


@pytest.fixture
def town(database: sa.Engine, data: Path, plans: Path) -> Iterator[Town]:
    """h2, who has a carer, is out of ibuprofen on the 25th; h1, who has none, of a drug on no list on the 26th."""
    register = [takes("h2", "布洛芬", "1", "4"), takes("h1", "左乙拉西坦片", "2", "10", "RX-2")]
    write_plan(plans / "demo", medicines=register)
    made = Town("demo", data)
    yield made
    assert made.broken() == {}


def order_of(household: str, day: str) -> str:
    medicine = "ibuprofen" if household == "h2" else "左乙拉西坦片"
    return f"medicine_order/{day}/medicine:{household}:{medicine}"


def test_three_days_before_it_is_used_up_it_is_to_be_fetched_and_not_a_day_before(town: Town) -> None:
    assert town.run("watch_duties", "09:00")["medicine_orders"] == 0
    assert town.run("watch_duties", "09:00", 22)["medicine_orders"] == 1
    assert town.rows(ORDERS) == [("h2", "carer_1", "open")]
    assert town.run("watch_duties", "09:00", 23)["medicine_orders"] == 1
    assert [row[0] for row in town.rows(ORDERS)] == ["h2", "h1"]
    assert ("h1", "staff_sealed", "open") in town.rows(ORDERS)  # it has no carer


def test_before_the_mornings_hour_nobody_is_woken(town: Town) -> None:
    assert town.run("watch_duties", "00:10", 22)["medicine_orders"] == 0
    assert town.run("watch_duties", "08:30", 22)["medicine_orders"] == 1


def test_the_carer_reads_the_room_and_the_pharmacy_the_prescription(town: Town) -> None:
    town.run("watch_duties", "09:00", 22)
    (carer,) = town.bodies("medicine_order", "carer_1")
    assert carer.startswith("请代为配药：3-2-502 布洛芬 2盒（处方编号RX-1，4月25日用完）；请在17:00前回复。")
    (pharmacy,) = town.bodies("medicine_order", "manager_pharmacy")
    assert pharmacy.startswith("示例药房：请备药：3** 布洛芬 2盒（处方编号RX-1，4月25日用完）")
    assert town.told("medicine_order") == ["carer_1", "liaison_1", "manager_pharmacy"]


def test_the_pharmacy_gets_an_order_sheet_with_its_notice(town: Town) -> None:
    town.run("watch_duties", "09:00", 22)
    (sheet,) = town.documents("*代配药订单*")
    told = town.rows("SELECT officer_id, attachments FROM notice WHERE stage = 'medicine_order' ORDER BY officer_id")
    named = {officer: paths if isinstance(paths, list) else json.loads(paths) for officer, paths in told}
    path = f"demo/2022-04-22/{sheet.name}"
    assert named == {"carer_1": [], "liaison_1": [path], "manager_pharmacy": [path]}
    cells = [str(c) for row in openpyxl.load_workbook(sheet).worksheets[1].iter_rows(values_only=True) for c in row]
    assert {"RX-1", "布洛芬", "2"} <= set(cells)
    assert not [c for c in cells if "502" in c]


def test_an_order_sheet_that_a_killed_watch_left_out_is_made_by_the_next(town: Town) -> None:
    town.run("watch_duties", "09:00", 22)
    (sheet,) = town.documents("*代配药订单*")
    before = sheet.read_bytes()
    sheet.unlink()
    town.run("watch_duties", "09:10", 22)
    assert sheet.read_bytes() == before


def test_an_order_is_answered_by_the_parcel_that_brings_it(town: Town) -> None:
    town.run("watch_duties", "09:00", 22)
    enter_need("demo", None, "h2", ["布洛芬 2盒"], Writer("carer_1", channel="phone"), at("10:00", 22))
    town.run("collect_needs", "16:05", 22)
    town.run("watch_duties", "16:10", 22)
    assert town.rows(ORDERS) == [("h2", "carer_1", "open")]
    town.run("allocate_orders", "16:20", 22)
    town.run("watch_duties", "16:30", 22)
    assert town.rows(ORDERS) == [("h2", "carer_1", "done")]
    town.run("deliver_orders", "07:30", 23)
    town.run("watch_duties", "09:00", 24)
    assert [row for row in town.rows(ORDERS) if row[0] == "h2"] == [("h2", "carer_1", "done")]  # twenty days more


def test_a_parcel_that_was_brought_back_is_no_medicine(town: Town) -> None:
    town.run("watch_duties", "09:00", 22)
    enter_need("demo", None, "h2", ["布洛芬 2盒"], Writer("carer_1", channel="phone"), at("10:00", 22))
    town.run("collect_needs", "16:05", 22)
    town.run("allocate_orders", "16:20", 22)
    town.run("watch_duties", "16:30", 22)
    town.run("deliver_orders", "07:30", 23)
    town.confirm("h2", undelivered="家中无人", day=23)
    town.run("watch_duties", "11:00", 23)
    assert [row for row in town.rows(ORDERS) if row[0] == "h2"] == [
        ("h2", "carer_1", "done"),
        ("h2", "carer_1", "open"),
    ]


def test_somebody_who_says_it_is_fetched_is_believed_for_as_many_packs(town: Town) -> None:
    town.run("watch_duties", "09:00", 22)
    assert answer_task("demo", order_of("h2", "2022-04-22"), "carer_1", "已到药房取药", at("11:00", 22)) == 0
    assert town.rows(ORDERS) == [("h2", "carer_1", "done")]
    # Four left and two packs of ten fetched: nothing more is asked for, and nothing is nearly used up.
    told = town.run("watch_duties", "09:00", 28)
    assert (told["medicine_low"], [row for row in town.rows(ORDERS) if row[0] == "h2"]) == (
        1,
        [("h2", "carer_1", "done")],
    )
    assert town.told("medicine_low") == ["coordinator", "coordinator_2", "staff_sealed", "supply_1", "supply_2"]


def test_an_order_that_nobody_answers_is_handed_on(town: Town) -> None:
    town.run("watch_duties", "09:00", 22)
    town.run("watch_duties", "16:20", 22)
    assert any("居民代配药" in body for body in town.bodies("duty_reminded", "carer_1"))
    town.run("watch_duties", "17:35", 22)
    assert town.rows(ORDERS) == [("h2", "staff_sealed", "escalated")]
    assert any("3-2-502" in body for body in town.bodies("duty_escalated", "staff_sealed"))
    assert town.run("watch_duties", "09:00", 23)["medicine_orders"] == 1  # that of h1; that of h2 still waits


def test_what_is_used_up_tomorrow_is_told_at_once_once_a_day(town: Town) -> None:
    assert town.run("watch_duties", "09:00", 23)["medicine_low"] == 0
    assert town.run("watch_duties", "09:00", 24)["medicine_low"] == 1
    assert town.run("watch_duties", "15:00", 24)["medicine_low"] == 0
    (carer,) = town.bodies("medicine_low", "carer_1")
    assert "3-2-502" in carer
    assert "布洛芬" in carer
    (overseer,) = town.bodies("medicine_low", "supply_1")
    assert "502" not in overseer
    assert town.rows("SELECT DISTINCT urgency FROM notice WHERE stage = 'medicine_low'") == [("now",)]


def test_a_count_that_is_sent_in_replaces_the_sheets(town: Town) -> None:
    town.put("medicines", "示例家园.csv", HEAD + "h2,布洛芬,示例药房,1,10,30,2022-04-22,RX-1\n", day=22)
    town.run("check_stock", "08:00", 22)
    assert town.run("watch_duties", "09:00", 22)["medicine_orders"] == 0
    assert town.rows("SELECT household_id, medicine, left_milli FROM medicine_report") == [("h2", "ibuprofen", 30_000)]


def test_a_count_that_shows_enough_answers_the_order(town: Town) -> None:
    town.run("watch_duties", "09:00", 22)
    town.put("medicines", "示例家园.csv", HEAD + "h2,布洛芬,示例药房,1,10,30,2022-04-23,RX-1\n", day=23)
    town.run("check_stock", "08:00", 23)
    town.run("watch_duties", "09:00", 23)
    assert ("h2", "carer_1", "done") in town.rows(ORDERS)


def test_what_is_no_register_goes_back_with_its_reasons(town: Town) -> None:
    rows = [
        "h4,布洛芬,示例药房,1,10,30,2022-04-21,RX-1",
        "h2,大米,示例药房,1,10,30,2022-04-21,RX-1",
        "h2,布洛芬,示例超市,1,10,30,2022-04-21,RX-1",
        "h2,布洛芬,示例药房,很多,10,30,2022-04-21,RX-1",
        "h2,布洛芬,示例药房,1,10,30,2022-04-21,高血压",
        "h2,布洛芬,示例药房,1,10,30,2022-04-29,RX-1",
    ]
    town.put("medicines", "示例家园.csv", HEAD + "\n".join(rows))
    town.run("check_stock", "13:30")
    assert sorted(codes[0] for _, codes in town.reasons()) == [
        "counted_tomorrow",
        "dose_unclear",
        "household_elsewhere",
        "not_a_medicine",
        "pharmacy_unknown",
        "prescription_unclear",
    ]
    assert town.rows("SELECT COUNT(*) FROM medicine_report") == [(0,)]
    (body,) = town.bodies("lines_returned", "staff_sealed")
    assert "高血压" not in body  # an illness is told to nobody


def test_watching_again_changes_nothing(town: Town) -> None:
    for clock, day in (("09:00", 22), ("17:35", 22), ("09:00", 24)):
        town.run("watch_duties", clock, day)
        first = books(town.engine)
        town.run("watch_duties", clock, day)
        assert changes(first, books(town.engine)) == {}


# --- a line that may be medicine -------------------------------------------------------------------------------------

UNKNOWN = "1. 3-2-502 速效救心丸 1盒\n2. 3-2-501 大米1袋\n"


def test_a_line_that_may_be_medicine_is_asked_back_the_same_evening(town: Town) -> None:
    town.needs(UNKNOWN)
    assert town.rows(LINES) == [("h2", "carer_1", "open")]
    (due,) = town.rows("SELECT due_at FROM household_task WHERE kind = 'medicine_line'")
    (body,) = town.bodies("medicine_unclear", "carer_1")
    assert "3-2-502" in body
    assert "请在20:00前回复" in body
    assert str(due[0]).startswith("2022-04-21 12:00")  # 20:00 in the plan's zone
    (overseer,) = town.bodies("medicine_unclear", "supply_1")
    assert "502" not in overseer


def test_it_is_handed_on_in_the_evening_and_stands_in_every_digest_until_somebody_decides(town: Town) -> None:
    town.needs(UNKNOWN)
    town.run("watch_duties", "20:35")
    assert town.rows(LINES) == [("h2", "supply_1", "escalated")]
    town.run("watch_duties", "08:30", 22)
    town.run("watch_duties", "11:30", 22)
    digests = [body for body in town.bodies("alive", "supply_1") if "药品需求尚未核实" in body]
    assert len(digests) == 2
    (task,) = town.rows("SELECT kind, on_date, subject FROM household_task WHERE kind = 'medicine_line'")
    key = "/".join(str(part) for part in task)
    assert answer_task("demo", key, "supply_1", "已问清，自行购得", at("12:00", 22)) == 0
    town.run("watch_duties", "17:30", 22)
    digests = [body for body in town.bodies("alive", "supply_1") if "药品需求尚未核实" in body]
    assert len(digests) == 2


def test_who_takes_it_over_with_the_digests_own_watch_is_told_in_that_digest_and_once(town: Town) -> None:
    town.needs(UNKNOWN)
    town.run("watch_duties", "08:30", 22)
    first = books(town.engine)
    assert town.rows(LINES) == [("h2", "supply_1", "escalated")]
    assert town.told("medicine_waiting") == ["supply_1", "supply_2"]
    town.run("watch_duties", "08:30", 22)
    assert changes(first, books(town.engine)) == {}


def test_the_household_that_names_a_medicine_of_the_list_has_decided(town: Town) -> None:
    town.needs(UNKNOWN)
    enter_need("demo", None, "h2", ["布洛芬 1盒"], Writer("carer_1", channel="phone"), at("17:00"))
    town.run("collect_needs", "16:05", 22)
    assert town.rows(LINES) == [("h2", "carer_1", "done")]


def test_a_line_from_nobody_known_is_owned_by_somebody_all_the_same(town: Town) -> None:
    town.put("needs", "谁也不是.txt", UNKNOWN)
    town.run("collect_needs", "16:05")
    assert [row[0] for row in town.rows(LINES)] == [None]
    assert town.rows("SELECT COUNT(*) FROM household_task WHERE owner = backup AND kind = 'medicine_line'") == [(0,)]


@pytest.mark.parametrize(
    "line", ["1. 3-2-502 速效救心丸 1盒", "1. 3-2-502 布洛芬 两颗半", "1. 3-2-502 降压药 1盒 白菜"]
)
def test_whatever_keeps_it_from_being_read_medicine_is_asked_about(town: Town, line: str) -> None:
    town.needs(f"1. 3-2-501 大米1袋\n{line}\n")
    assert len(town.rows(LINES)) == 1


def test_goods_that_go_back_and_are_no_medicine_raise_nothing(town: Town) -> None:
    told = town.needs("1. 3-2-502 火箭 1枚\n2. 3-2-501 大米\n")
    assert (told["rejected"], town.rows(LINES)) == (2, [])


def test_nothing_of_an_illness_is_kept(town: Town) -> None:
    columns = {c["name"] for c in sa.inspect(town.engine).get_columns("medicine_report")}
    assert not {name for name in columns if "diagnos" in name or "illness" in name}
    detail = town.run("watch_duties", "09:00", 22) and town.rows("SELECT detail FROM household_task")
    ((told,),) = detail
    known = told if isinstance(told, dict) else json.loads(told)
    assert set(known) == {"medicine", "pharmacy_id", "packs", "milli", "prescription", "as_of", "runs_out_on"}
