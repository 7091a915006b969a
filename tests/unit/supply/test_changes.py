"""An approver's changes: sizes of packs, and the number of the line in which a slip stands."""

import pytest

from rules.changes import ChangeFault, apply_changes
from tests.unit.supply.test_purchase import PLAN, approved, two_lines

PACK = PLAN.items["rice"].pack_units * PLAN.items["rice"].unit_base


def faults(text: str) -> list[tuple[str, int, str]]:
    with pytest.raises(ChangeFault) as told:
        apply_changes(two_lines(), text, PLAN)
    return [(fault.code, fault.args["line"], fault.args["words"]) for fault in told.value.faults]


@pytest.mark.parametrize("size", [f"{PACK // 1000}kg", f"{PACK // 500}斤", f"（{PACK // 1000}公斤）", f" {PACK}g装"])
def test_the_size_of_the_pack_may_stand_behind_the_name(size: str) -> None:
    assert approved(apply_changes(two_lines(), f"大米 {size}=40", PLAN))["rice"] == 40


def test_packs_of_another_size_would_be_another_purchase_and_are_refused_with_the_right_size() -> None:
    with pytest.raises(ChangeFault) as told:
        apply_changes(two_lines(), "大米 3kg=40", PLAN)
    (fault,) = told.value.faults
    assert fault.code == "change_size"
    assert (fault.args["item"], fault.args["pack"]) == ("大米", "10斤(5公斤)")


def test_a_slip_in_line_seven_is_told_as_line_seven_and_nothing_is_changed() -> None:
    text = "大米=40\n\n退烧药=1\n\n\n\n大迷=3\n"
    assert faults(text) == [("change_unknown_near", 7, "大迷=3")]


def test_a_name_that_is_nearly_one_is_offered_and_never_taken() -> None:
    with pytest.raises(ChangeFault) as told:
        apply_changes(two_lines(), "退烧=1", PLAN)
    assert told.value.faults[0].args["near"] == "退烧药"


def test_two_slips_on_one_line_are_both_told_with_its_number() -> None:
    assert [(code, line) for code, line, _ in faults("大米=1\n火箭=1;退烧药=多")] == [
        ("change_unknown", 2),
        ("change_no_count", 2),
    ]
