"""The small tools under the checks: circles, lines of TOML, sheets as Excel saves them, words for every fault."""

import string
import tomllib
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from rules.plan_check.circles import circles
from rules.plan_check.draft import dotted
from rules.plan_check.faults import FAULTS
from rules.plan_check.sheets import ALIASES, STOCK, read_sheet
from rules.plan_check.toml_lines import key_lines, line_in_message
from tasks.words import LOCALES
from tests.factories.plan_folder import plan_document, toml

NAMES = st.sampled_from("abcdef")


def test_each_circle_is_told_once() -> None:
    assert list(circles({"a": ["b"], "b": ["c"], "c": ["b"], "d": ["d"]})) == [["b", "c"], ["d"]]


def test_where_two_ways_meet_there_is_no_circle() -> None:
    assert list(circles({"a": ["b", "c"], "b": ["d"], "c": ["d"]})) == []


@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=3)))
def test_a_circle_is_found_exactly_where_one_can_come_back(follows: dict[str, list[str]]) -> None:
    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(follows.get(start, []))
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting += follows.get(here, [])
        return seen

    found = list(circles(follows))
    assert bool(found) == any(name in reach(name) for name in follows)
    for circle in found:
        assert all(after in follows[name] for name, after in zip(circle, [*circle[1:], circle[0]], strict=True))


def test_every_key_of_a_toml_text_has_its_line() -> None:
    text = '# remark\n[a]\nx = 1\n\n[[b]]\ny = """\nz = 3\n"""\n[[b]]\n  y = 2\n[b.c]\nd = 1\n[e.f]\n"g h" = 1\n'
    assert key_lines(text) == {
        ("a",): 2,
        ("a", "x"): 3,
        ("b", 0): 5,
        ("b", 0, "y"): 6,
        ("b", 1): 9,
        ("b", 1, "y"): 10,
        ("b", 1, "c"): 11,
        ("b", 1, "c", "d"): 12,
        ("e", "f"): 13,
        ("e", "f", "g h"): 14,
    }


def test_the_keys_found_by_line_are_those_that_the_parser_finds() -> None:
    text = toml(plan_document())
    raw, lines = tomllib.loads(text), key_lines(text)
    for section, body in raw.items():
        tables = enumerate(body) if isinstance(body, list) else [(None, body)]
        for number, table in tables:
            path = (section,) if number is None else (section, number)
            assert all((*path, key) in lines for key in table)


def test_the_line_of_broken_toml_is_read_from_the_message() -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads("a = 1\nb = = 2\n")
    assert line_in_message(str(caught.value)) == 2
    assert line_in_message("at end of document") is None


def test_an_entry_is_called_by_its_name_or_its_number() -> None:
    assert dotted(("step", "collect_needs", "at")) == "step[collect_needs].at"
    assert dotted(("fact", 0, "clause")) == "fact[1].clause"
    assert dotted(("notices", "at_once", "value", 2)) == "notices.at_once.value[3]"
    assert dotted(("plan",)) == "plan"


HEADER = "store_id,item_id,qty_units,price_fen,cost_fen,checked_by\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_read_in_every_encoding_that_excel_saves(encoding: str) -> None:
    sheet, faults = read_sheet(STOCK, f"{HEADER}超市,大米,1,2,3,验收示例\n".encode(encoding))
    assert not faults
    assert sheet.rows["超市", "大米"].it.checked_by == "验收示例"


def test_remarks_and_empty_rows_are_passed_over_and_counted() -> None:
    text = f"# 门店\n\n{HEADER},,,,,\n#,,,,,\nm,rice,x,2,3,y\n"
    _, faults = read_sheet(STOCK, text.encode())
    assert [(f.row, f.column, f.code) for f in faults] == [(6, "qty_units", "not_whole")]


def test_a_line_break_inside_quotation_marks_is_no_row_of_its_own() -> None:
    text = f'{HEADER}m,rice,1,2,3,"y\nz"\nm,oil,x,2,3,y\n'
    _, faults = read_sheet(STOCK, text.encode())
    assert [f.row for f in faults] == [3]


SHEETS_BROKEN = {
    "an empty file": (b"", [(None, None, "no_header")]),
    "remarks only": (b"# nothing\n", [(None, None, "no_header")]),
    "a spreadsheet under another name": (b"PK\x03\x04\x00\x00\x00\xff", [(None, None, "not_readable_text")]),
    "UTF-16": (HEADER.encode("utf-16"), [(None, None, "not_readable_text")]),
    "a header that somebody deleted": (b"m,rice,1,2,3,y\n", [(1, None, "no_header")]),
    "a header in Chinese": ("门店编号,商品编号\nm,rice\n".encode(), [(1, None, "no_header")]),
    "a column that is not known": (
        HEADER.replace("checked_by", "checked_by,colour").encode(),
        [(1, "colour", "unknown_column")],
    ),
    "a column that is missing": (
        (HEADER.replace("qty_units,", "") + "m,rice,2,3,y\n").encode(),
        [(1, "qty_units", "missing_column")],
    ),
    "a column that is there twice": (
        (HEADER.strip() + ",checked_by\n").encode(),
        [(1, "checked_by", "repeated_column")],
    ),
    "a cell beyond the header": ((HEADER + "m,rice,1,2,3,y,z\n").encode(), [(2, None, "extra_cells")]),
    "an open quotation mark": ((HEADER + 'm,"rice,1,2,3,y\n').encode(), [(2, None, "broken_csv")]),
    "no sheet at all": (None, [(None, None, "sheet_missing")]),
}


@pytest.mark.parametrize("name", SHEETS_BROKEN)
def test_a_broken_sheet_is_told_in_one_line(name: str) -> None:
    data, expected = SHEETS_BROKEN[name]
    _, faults = read_sheet(STOCK, data)
    assert [(f.row, f.column, f.code) for f in faults] == expected


def test_empty_cells_beyond_the_header_are_no_fault() -> None:
    _, faults = read_sheet(STOCK, (HEADER.strip() + ",,\nm,rice,1,2,3,y,,\n").encode())
    assert faults == []


def test_the_sheet_of_learnt_aliases_may_be_absent() -> None:
    assert read_sheet(ALIASES, None)[1] == []


@given(st.binary(max_size=200))
def test_whatever_a_sheet_holds_it_is_read_or_told(data: bytes) -> None:
    sheet, faults = read_sheet(STOCK, data)
    assert faults or sheet.readable


def test_every_fault_has_chinese_words_with_the_same_values() -> None:
    with Path(LOCALES / "zh_CN" / "LC_MESSAGES" / "plan.po").open("rb") as source:
        catalogue = {message.id: message.string for message in read_po(source)}
    for template in FAULTS.values():
        fields = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        told = {name for _, name, _, _ in string.Formatter().parse(str(catalogue[template])) if name}
        assert fields == told, template
