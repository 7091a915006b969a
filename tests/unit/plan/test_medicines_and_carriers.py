"""The sheets of medicines and carriers: strict, optional, and with nothing of an illness in them (B-04, B-09)."""

from pathlib import Path
from typing import Any

import pytest

from tasks.plans import check_plan, fault_message
from tests.factories.plan_folder import plan_document, write_plan

USE = {
    "household_id": "h2",
    "medicine": "布洛芬",
    "pharmacy": "pharmacy",
    "daily_units": "0.5",
    "pack_units": "10",
    "units_left": "4",
    "as_of": "2022-04-21",
    "until": "",
    "prescription": "RX-0001",
}
FLEET = {"carrier_id": "fleet", "name": "示例车队", "contact": "supplier_1"}


def faults(folder: Path, **sheets: Any) -> list[tuple[str, str | None, str]]:
    plan, found, _ = check_plan(write_plan(folder, **sheets))
    assert (plan is None) == bool(found)
    assert all(fault_message(fault) for fault in found)
    return [(fault.file, fault.column, fault.code) for fault in found]


def test_both_sheets_may_be_absent_or_there(tmp_path: Path) -> None:
    assert faults(tmp_path / "demo") == []
    assert faults(tmp_path / "demo", medicines=[USE], carriers=[FLEET]) == []


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("household_id", "h99", "no_such_household"),
        ("medicine", "大米", "not_medicine"),
        ("pharmacy", "market", "no_pharmacy"),
        ("pharmacy", "nowhere", "no_such_store"),
        ("daily_units", "0", "not_above"),
        ("daily_units", "两片", "not_number"),
        ("daily_units", "0.3333", "too_fine"),
        ("units_left", "-1", "not_at_least"),
        ("as_of", "20220421", "not_date"),
        ("as_of", "4月21日", "not_date"),
        ("until", "2022-04-01", "not_after"),
        ("prescription", "高血压二级", "bad_prescription"),
        ("prescription", "", "empty_cell"),
    ],
)
def test_one_wrong_cell_of_the_register_is_one_fault(tmp_path: Path, column: str, value: str, code: str) -> None:
    assert faults(tmp_path / "demo", medicines=[USE | {column: value}]) == [("medicines.csv", column, code)]


def test_a_medicine_that_is_on_no_list_is_taken_by_its_name(tmp_path: Path) -> None:
    assert faults(tmp_path / "demo", medicines=[USE, USE | {"medicine": "左乙拉西坦片"}]) == []


def test_one_household_has_one_row_for_a_medicine(tmp_path: Path) -> None:
    assert faults(tmp_path / "demo", medicines=[USE, USE]) == [("medicines.csv", "medicine", "duplicate_key")]


def test_a_carrier_names_an_officer_who_declares_for_it(tmp_path: Path) -> None:
    wrong = [FLEET | {"contact": "nobody"}]
    assert faults(tmp_path / "demo", carriers=wrong) == [("carriers.csv", "contact", "no_such_officer")]


def test_a_duty_that_nobody_can_owe_is_a_fault(tmp_path: Path) -> None:
    document = plan_document("demo")
    document["duty"][0] |= {"owed_by": "carriers", "fulfilled_by": "vehicles"}
    plan, found, _ = check_plan(write_plan(tmp_path / "demo", document))
    assert plan is None
    assert [(f.column, f.code) for f in found] == [("duty[needs_list].owed_by", "owed_by_nobody")]
    assert check_plan(write_plan(tmp_path / "demo", document, carriers=[FLEET]))[1] == []


def test_orders_are_told_before_they_are_due(tmp_path: Path) -> None:
    _, found, _ = check_plan(write_plan(tmp_path / "demo", medicines__open_at="17:00"))
    assert [(f.column, f.code) for f in found] == [("medicines.open_at", "not_before")]
