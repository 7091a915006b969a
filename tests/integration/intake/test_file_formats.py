"""One table in every format: the same cells, and the same refusals; made by other programs' writers, read by ours."""

import io
import struct
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployments.demo.opendocument import MIME, zipped
from rules.intake.layouts import EPOCH_1904, Sheet
from tasks.intake.readers import read
from tests.factories.table_files import DELIMITED, NAMES, table_file

DATA = Path(__file__).parents[2] / "data"
WORKBOOKS = ("a.xlsx", "a.xls", "a.ods")
ROWS = [
    ["示例家园需求登记表"],
    [],
    ["户号", "商品", "数量", "单位", "备注"],
    ["h1", "土豆", 3, "斤", "第一行\n第二行"],
    [None, "鸡蛋", 1.5, "板"],
]


def only(body: bytes, name: str) -> Sheet:
    got = read(body, name, 1)
    assert got.reason is None, got.reason
    return next(sheet for sheet in got.sheets or () if sheet.rows)


def words(sheet: Sheet) -> dict[int, dict[int, str]]:
    return {number: {c: cell.text for c, cell in row.items()} for number, row in sheet.rows.items()}


def code(body: bytes, name: str) -> str | None:
    reason = read(body, name, 1).reason
    return reason.code if reason else None


@pytest.mark.parametrize("name", NAMES)
def test_the_same_cells_come_out_of_every_format(name: str) -> None:
    sheet = only(table_file(name, ROWS, merge="A4:A5"), name)
    assert words(sheet) == {
        1: {0: "示例家园需求登记表"},
        3: dict(enumerate(["户号", "商品", "数量", "单位", "备注"])),
        4: dict(enumerate(["h1", "土豆", "3", "斤", "第一行\n第二行"])),
        5: {1: "鸡蛋", 2: "1.5", 3: "板"},
    }
    assert sheet.merged == (() if name in DELIMITED else ((4, 5, 0, 0),))


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_formula_and_a_date_are_told_from_values(name: str) -> None:
    sheet = only(table_file(name, [["a", "b"], ["=1+2", date(2022, 4, 21)]]), name)
    assert sheet.rows[2][0].kind == "formula"
    assert (sheet.rows[2][1].kind, sheet.rows[2][1].text) == ("date", "2022-04-21")


@pytest.mark.parametrize("name", ["libreoffice_needs.xls", "libreoffice_needs.ods"])
def test_what_libreoffice_saved_is_read_as_it_was_meant(name: str) -> None:
    """The samples were made by LibreOffice 7.4 from a workbook with a note, a formula, dates and merged cells."""
    sheet = only((DATA / name).read_bytes(), name)
    assert set(sheet.merged) == {(1, 1, 0, 4), (4, 5, 0, 0)}
    kinds = {number: [cell.kind for cell in row.values()] for number, row in sheet.rows.items() if number > 3}
    assert kinds == {
        4: ["text", "text", "number", "text", "date"],
        5: ["text", "number", "text", "number"],
        6: ["text", "text", "formula", "text", "text"],
        7: ["text", "text", "number", "text", "date"],
    }
    assert [sheet.rows[n][4].text for n in (4, 5, 6, 7)] == [
        "2022-04-21",
        "44672",
        "2022-04-21",
        "2022-04-21 09:30:00",
    ]
    assert words(sheet)[4][0] == "h1", "the note on the cell is no part of it"


def test_a_workbook_of_an_old_macintosh_says_so() -> None:
    book = xlwt.Workbook()
    book.dates_1904 = True
    book.add_sheet("s").write(0, 0, 1)
    out = io.BytesIO()
    book.save(out)
    assert only(out.getvalue(), "a.xls").day_zero == EPOCH_1904


def ods(body: str, **more: str) -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"{more.pop('doctype', '')}<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="s">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    return zipped({"mimetype": MIME, "content.xml": content, **more})


def test_cells_and_rows_that_stand_for_many_are_many() -> None:
    cell = (
        '<table:table-cell table:number-columns-repeated="2"><text:p>a<text:s text:c="2"/>b</text:p></table:table-cell>'
    )
    sheet = only(ods(f'<table:table-row table:number-rows-repeated="3">{cell}</table:table-row>'), "a.ods")
    assert words(sheet) == {n: {0: "a  b", 1: "a  b"} for n in (1, 2, 3)}


def locked_xls() -> bytes:
    """A real workbook whose first record after the beginning says that the rest is encrypted."""
    plain = table_file("a.xls", [["户号"] * 50] * 40)
    at = plain.index(struct.pack("<HHH", 0x0809, 16, 0x0600)) + 20
    return plain[:at] + struct.pack("<HH", 0x002F, 54) + bytes(54) + plain[at + 58 :]


ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
FULL = "<table:table-cell><text:p>x</text:p></table:table-cell>"
WIDE = FULL.replace("<table:table-cell>", '<table:table-cell table:number-columns-repeated="1000">')
HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "an empty xls": (table_file("a.xls", []), "a.xls", "file_empty"),
    "an empty ods": (table_file("a.ods", []), "a.ods", "file_empty"),
    "an xls cut short": (table_file("a.xls", ROWS)[:2000], "a.xls", "workbook_broken"),
    "an ods cut short": (table_file("a.ods", ROWS)[:500], "a.ods", "workbook_broken"),
    "no workbook in an old document": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "a.xls", "workbook_broken"),
    "an xls with a password": (locked_xls(), "a.xls", "file_encrypted"),
    "an ods with a password": (ods("", **{"META-INF/manifest.xml": "<encryption-data/>"}), "a.ods", "file_encrypted"),
    "an ods with entities": (
        ods(f"<table:table-row>{FULL}</table:table-row>", doctype=ENTITIES),
        "a.ods",
        "workbook_broken",
    ),
    "an ods that unpacks to a thousandfold": (ods("", more=" " * 120_000_000), "a.ods", "zip_bomb"),
    "an ods with a million full rows": (
        ods(f'<table:table-row table:number-rows-repeated="1048576">{FULL}</table:table-row>'),
        "a.ods",
        "table_too_big",
    ),
    "an ods with a thousand full columns": (
        ods(f"<table:table-row>{WIDE}</table:table-row>"),
        "a.ods",
        "table_too_big",
    ),
    "an xls with a cell at the far end": (table_file("a.xls", [[None] * 250 + ["x"]]), "a.xls", "table_too_big"),
    "an xlsx called ods": (table_file("a.xlsx", ROWS), "a.ods", "file_ending_wrong"),
    "an ods called xlsx": (table_file("a.ods", ROWS), "a.xlsx", "file_ending_wrong"),
    "an xlsx called xls": (table_file("a.xlsx", ROWS), "a.xls", "file_ending_wrong"),
    "an xls called xlsx": (table_file("a.xls", ROWS), "a.xlsx", "file_ending_wrong"),
    "an xls called csv": (table_file("a.xls", ROWS), "a.csv", "file_ending_wrong"),
    "a web page called xls": (b"<html><table><tr><td>h1</td></tr></table>", "a.xls", "file_ending_wrong"),
    "a tsv that is binary": (bytes(range(256)) * 4, "a.tsv", "file_binary"),
    "an xls beyond the limit": (b"\xd0\xcf" + b"1" * 1_100_000, "a.xls", "file_too_large"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_that_cannot_be_read_says_why(case: str) -> None:
    body, name, expected = HOSTILE[case]
    assert code(body, name) == expected


@lru_cache
def sound(name: str) -> bytes:
    """Made once: a workbook holds the time of its making, and Hypothesis wants the same bytes each time."""
    return table_file(name, ROWS, merge="A4:A5")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(WORKBOOKS), data=st.data())
def test_a_damaged_workbook_is_read_or_refused_and_never_crashes_the_reader(name: str, data: Any) -> None:
    body = bytearray(sound(name))
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    got = read(bytes(body), name, 1)
    assert (got.reason is None) == (got.sheets is not None)


@settings(max_examples=200)
@given(
    records=st.lists(st.tuples(st.sampled_from([6, 0xE5, 0x203, 0x809, 10, 0xFC]), st.binary(max_size=40)), max_size=8)
)
def test_any_records_behind_a_sound_beginning_are_read_or_refused(records: list[tuple[int, bytes]]) -> None:
    plain = table_file("a.xls", ROWS)
    at = plain.index(struct.pack("<HH", 0x00E5, 10)) if struct.pack("<HH", 0x00E5, 10) in plain else 1200
    junk = b"".join(struct.pack("<HH", opcode, len(data)) + data for opcode, data in records)
    got = read(plain[:at] + junk + plain[at + len(junk) :], "a.xls", 1)
    assert (got.reason is None) == (got.sheets is not None)
