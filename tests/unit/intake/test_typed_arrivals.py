"""What somebody types of an arrival: one batch a line, or the line is named and none is taken."""

import csv
import io

import pytest

from rules.intake.typed_arrival import HEAD, as_paper, read_typed


def test_a_line_is_goods_amount_price_and_what_else_is_known() -> None:
    text = "大米,8袋,25,2022-04-20,2022-10-17,第二车\n\n白菜，50 斤，0.9\n猪肉、20.5斤、12元/斤、、2022-04-24"
    assert read_typed(text) == (
        [
            ["大米", "8", "袋", "25", "2022-04-20", "2022-10-17", "第二车"],
            ["白菜", "50", "斤", "0.9", "", "", ""],
            ["猪肉", "20.5", "斤", "12元/斤", "", "2022-04-24", ""],
        ],
        [],
    )


def test_an_amount_without_a_plain_unit_goes_on_as_it_stands_and_is_judged_like_any_other() -> None:
    (row,), _ = read_typed("大米,八袋,25")
    assert row[1:3] == ["八袋", ""]


@pytest.mark.parametrize(
    "line", ["大米", "大米,8袋", "大米,,25", ",8袋,25", "大米,8袋,25,2022-04-20,2022-10-17,第二车,再说"]
)
def test_a_line_that_is_none_is_named_with_its_number(line: str) -> None:
    _, (fault,) = read_typed(f"白菜,50斤,0.9\n{line}")
    assert (fault.code, fault.args["number"]) == ("typed_unreadable", 2)


def test_the_paper_says_order_source_and_who_typed_it_on_each_row() -> None:
    rows, _ = read_typed('大米,8袋,25,,,"第二车"')
    (head, row) = csv.reader(io.StringIO(as_paper(rows, "P-1", "示例批发", "supply_1")))
    assert tuple(head) == HEAD
    assert row == ["P-1", "大米", "8", "袋", "25", "", "", '"第二车"', "示例批发", "supply_1"]
