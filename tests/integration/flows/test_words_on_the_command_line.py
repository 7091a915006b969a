"""What `baogong run`, `approve` and `confirm` print for a person has no word of the code in it."""

import re

import pytest

from deployments.by_hand import approve_purchase, confirm_delivery, run_flow
from schemas.words import BUILT, Process
from tests.factories.working_town import Town, at, on

ORDER = [p for p in Process if p in BUILT]


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    told = capsys.readouterr()
    assert told.err == ""
    return told.out


def test_every_flow_tells_what_came_of_it_in_chinese(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.put("needs", "示例家园.txt", "1. 3-2-501 大米2袋\n2. h2 火箭1枚\n")
    codes = {}
    for process in ORDER:
        town.run("collect_needs", "16:05")
        capsys.readouterr()
        when = at("17:00")
        assert run_flow(process.value, "demo", None if process is Process.WATCH_DUTIES else on(21), when, False) == 0
        words = printed(capsys)
        assert words.strip(), process
        codes[process.value] = re.findall(r"[a-z]+_[a-z_]+|^\s*[A-Za-z]\w*：", words, re.MULTILINE)
    assert {process: found for process, found in codes.items() if found} == {}


def test_an_approval_and_a_signature_are_told_in_chinese(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.put("needs", "示例家园.txt", "1. 3-2-501 大米2袋\n")
    town.run("collect_needs", "16:05")
    town.run("allocate_orders", "16:30")
    town.run("deliver_orders", "09:00", 22)
    capsys.readouterr()
    assert confirm_delivery("demo", on(22), "专人甲示例", "", ["h1"], "", at("10:00", 22)) == 0
    assert printed(capsys) == "包裹数：1\n"


def test_an_answer_to_a_proposal_is_told_in_chinese(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.needs("1. h1 大米100袋\n", day=20)
    town.run("purchase_supplies", "13:45")
    capsys.readouterr()
    assert approve_purchase("demo", on(21), "供给示例", "approve", "", "", at("14:00")) == 0
    words = printed(capsys)
    assert "应答：同意" in words
    assert "approve" not in words
    assert "decision" not in words
