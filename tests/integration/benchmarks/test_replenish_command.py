"""`python -m benchmarks.replenish`: a case in, an answer out, and every fault of a case told with its place."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.replenish_case import CaseFaults, read_case

ITEM: dict[str, Any] = {
    "id": "大米", "on_hand": 20, "min": 10, "target": 30, "max": None, "lead_days": 3, "review_days": 7, "pack": 1,
    "demand": [{"day": 9, "qty": 15}], "receipts": [],
}  # fmt: skip


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.replenish", *words], capture_output=True, text=True, check=False
    )


def case(folder: Path, text: str | bytes) -> Path:
    path = folder / "case.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def of(folder: Path, *items: object) -> Path:
    return case(folder, json.dumps({"items": items}))


def told(path: Path) -> list[str]:
    with pytest.raises(CaseFaults) as found:
        read_case(str(path))
    return [line.removeprefix(f"{path}: ") for line in found.value.told]


def test_a_case_is_answered_item_by_item_in_its_order(tmp_path: Path) -> None:
    full = ITEM | {"id": 7, "on_hand": 100, "target": 60, "max": 80, "demand": []}
    ended = command("--case", str(of(tmp_path, ITEM, full)), "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout) == [
        {"id": "大米", "qty": 25, "need_by_day": 9, "order_by_day": 6, "expedite_day": None, "surplus": 0},
        {"id": 7, "qty": 0, "need_by_day": None, "order_by_day": None, "expedite_day": None, "surplus": 40},
    ]


def test_no_item_is_an_empty_answer(tmp_path: Path) -> None:
    assert command("--case", str(of(tmp_path)), "--json").stdout == "[]\n"


def test_decimals_are_reckoned_as_they_were_written(tmp_path: Path) -> None:
    # As binary fractions 0.3 - 0.1 - 0.2 is less than nothing, and a pack would be bought.
    even = ITEM | {"on_hand": 0.3, "min": 0, "target": 0, "pack": 0.25, "demand": [{"day": 4, "qty": 0.1}] * 1}
    even["demand"] = [{"day": 4, "qty": 0.1}, {"day": 5, "qty": 0.2}]
    short = even | {"id": "b", "on_hand": 0.25}
    found = json.loads(command("--case", str(of(tmp_path, even, short)), "--json").stdout)
    assert [(x["qty"], x["need_by_day"]) for x in found] == [(0, None), (0.25, 5)]


def test_a_township_is_timed(tmp_path: Path) -> None:
    figures = json.loads(command("--items", "20", "--stores", "4", "--json").stdout)
    assert set(figures) == {"seconds", "requests"}
    assert 0 < figures["requests"] < 80


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"pack": 0}, "items[0].pack: 0 is no pack; write how much one pack holds, above 0"),
        ({"pack": None}, "items[0].pack: null is no number"),
        ({"on_hand": "20"}, 'items[0].on_hand: "20" is no number'),
        ({"on_hand": True}, "items[0].on_hand: true is no number"),
        ({"review_days": 0}, "items[0].review_days: 0 cannot stand here; write a whole number, 1 or more"),
        ({"lead_days": -1}, "items[0].lead_days: -1 cannot stand here; write a whole number, 0 or more"),
        ({"lead_days": 1.5}, "items[0].lead_days: 1.5 cannot stand here; write a whole number, 0 or more"),
        ({"target": 9}, "items[0].target: 9 is below the minimum 10; it would be bought for ever"),
        ({"max": 29}, "items[0].max: 29 is below the target 30; what is bought would be given away"),
        ({"demand": {}}, "items[0].demand: {} is no list; write [] where there is nothing"),
        ({"demand": [3]}, 'items[0].demand[0]: wanted is {"day", "qty"}, not 3'),
        ({"receipts": [{"day": "2022-04-21", "qty": 1}]}, 'items[0].receipts[0].day: "2022-04-21" is no number'),
        (
            {"receipts": [{"day": 1, "qty": 1}, {"day": 1, "qty": -1}]},
            "items[0].receipts[1].qty: -1 is below 0; what goes out is demand, what comes in is a receipt",
        ),
        ({"id": " "}, 'items[0].id: " " is no id; write a text or a whole number'),
        ({"id": None}, "items[0].id: null is no id; write a text or a whole number"),
        ({"on_hand": 1e300}, "items[0].on_hand: 1E+300 has more digits than any quantity"),
        (
            {"on_hand": 10**18, "demand": [{"day": 0, "qty": 1e-6}]},
            "items[0]: its quantities are too large, or too finely divided, to be reckoned exactly together",
        ),
    ],
)
def test_one_fault_is_one_line_with_its_place(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    assert told(of(tmp_path, ITEM | changed)) == [words]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert told(of(tmp_path, {k: v for k, v in ITEM.items() if k != "receipts"})) == ["items[0]: 'receipts' is missing"]


def test_an_id_that_stands_twice_is_told_with_both_places(tmp_path: Path) -> None:
    words = 'items[2].id: "大米" is the id of items[0] already; give each item its own'
    assert told(of(tmp_path, ITEM, ITEM | {"id": "油"}, ITEM)) == [words]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    assert len(told(of(tmp_path, ITEM | {"pack": 0, "min": "x"}, 7))) == 3


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "line 1, column 1: is no JSON (Expecting value)"),
        ('{"items": [}', "line 1, column 12: is no JSON (Expecting value)"),
        ("[]", 'wanted is {"items": [...]} at the top'),
        ('{"items": {}}', 'wanted is {"items": [...]} at the top'),
        ('{"items": [NaN]}', "NaN is no number; write a decimal, or null where there is no maximum"),
        ('{"items": [], "items": []}', "the key 'items' stands twice in one object; leave one of them"),
        ('{"items": [1e99999999999999999999]}', "1e99999999999999999999 is beyond any number"),
        ("[" * 100_000, "is nested too deeply to be a case"),
        ("大".encode("gb18030"), "is not UTF-8 at byte 0; save it as UTF-8"),
    ],
)
def test_a_file_that_is_no_case_is_told(tmp_path: Path, body: str | bytes, words: str) -> None:
    assert told(case(tmp_path, body)) == [words]


def test_a_fault_ends_with_two_and_without_a_traceback(tmp_path: Path) -> None:
    for words in (("--case", str(of(tmp_path, ITEM | {"pack": 0}))), ("--case", str(tmp_path / "none.json")), ()):
        ended = command(*words, "--json")
        assert (ended.returncode, ended.stdout) == (2, "")
        assert ended.stderr
        assert "Traceback" not in ended.stderr
