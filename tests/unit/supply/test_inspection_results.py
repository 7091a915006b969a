"""The lines of the inspector's form: all of them understood, or none taken and the bad one named."""

import pytest

from rules.inspection_results import Result, read_results


def test_every_line_is_a_batch_with_what_was_found_of_it() -> None:
    text = "0423-1=合格\n\n0423-2 = 不合格 包装破损\n０４２３-３＝价格不合格，高于限价\nplan:1:rice=通过\n"
    assert read_results(text) == (
        [
            Result("0423-1", passed=True),
            Result("0423-2", False, "包装破损"),
            Result("0423-3", False, "高于限价", price=True),
            Result("plan:1:rice", passed=True),
        ],
        [],
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("0423-1", "result_unreadable"),
        ("0423-1=好", "result_unreadable"),
        ("=合格", "result_unreadable"),
        ("0423-1=合格 但是包装破损", "result_unreadable"),
        ("0423-1=不合格", "result_no_reason"),
        ("0423-1=价格不合格 ，", "result_no_reason"),
    ],
)
def test_a_line_that_is_not_understood_is_named_with_its_number(line: str, code: str) -> None:
    _, (fault,) = read_results(f"0423-9=合格\n{line}")
    assert (fault.code, fault.args["number"]) == (code, 2)


def test_a_batch_on_two_lines_is_a_fault_whatever_they_say() -> None:
    _, (fault,) = read_results("0423-1=合格\n0423-1=合格")
    assert (fault.code, fault.args) == ("result_twice", {"batch": "0423-1"})
