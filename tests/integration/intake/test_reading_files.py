"""Files as they come from the field, honest, broken and hostile: what each holds, or why it cannot be read."""

import io
import os
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from rules.intake.identify import Directory
from rules.intake.lines import Source, vocabulary
from rules.needs import judge_needs, raw_lines, read_needs
from rules.reconcile import reconcile
from tasks.intake.readers import read
from tasks.plans import load_plan
from tests.factories.plan_folder import write_plan
from tests.factories.working_town import workbook
from tests.integration.intake.inbox import HEADER, NOW


def reason(body: bytes, name: str, limit_mb: int = 1) -> str | None:
    found = read(body, name, limit_mb).reason
    return found.code if found else None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_chain_is_read_in_every_encoding_in_use(encoding: str) -> None:
    assert read("1. 3-2-501 土豆3斤\r\n".encode(encoding), "示例家园.txt", 1).text == "1. 3-2-501 土豆3斤\r\n"


def test_a_workbook_keeps_cells_as_written_with_their_places() -> None:
    body = workbook(
        ["需求表"],
        [],
        HEADER,
        ["h1", "土豆", 3, "斤"],
        ["", "鸡蛋", 1.5, "板"],
        ["h2", "白菜", "=1+2", "斤"],
        merge="A4:A5",
    )
    (sheet,) = read(body, "a.xlsx", 1).sheets or ()
    assert [cell.text for cell in sheet.rows[4].values()] == ["h1", "土豆", "3", "斤"]
    assert (sheet.rows[5][2].text, sheet.rows[6][2].kind, sheet.merged) == ("1.5", "formula", ((4, 5, 0, 0),))
    assert 2 not in sheet.rows


def test_a_date_that_excel_made_of_a_door_number_is_seen() -> None:
    body = workbook(HEADER, [datetime(2022, 3, 2), "土豆", 3, "斤"])  # noqa: DTZ001 - Excel's dates have no zone
    (sheet,) = read(body, "a.xlsx", 1).sheets or ()
    assert (sheet.rows[2][0].kind, sheet.rows[2][0].text) == ("date", "2022-03-02")


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    return out.getvalue()


def entities() -> bytes:
    """A workbook whose sheet defines entities, as a billion laughs does."""
    laughs = b'<!DOCTYPE worksheet [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(HEADER))) as good, zipfile.ZipFile(out, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name).replace(b"<worksheet", laughs, 1))
    return out.getvalue()


def rewritten(**parts: bytes) -> bytes:
    """A workbook with other bytes in its `sheet1` or its `styles`."""
    names = {"xl/worksheets/sheet1.xml": "sheet1", "xl/styles.xml": "styles"}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(HEADER))) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in good.namelist():
            bad.writestr(name, parts.get(names.get(name, ""), good.read(name)))
        bad.writestr("xl/media/image1.png", os.urandom(100_000), zipfile.ZIP_STORED)
    return out.getvalue()


def styles() -> bytes:
    """Six megabytes of styles, each of which would become an object."""
    return rewritten(styles=b'<styleSheet xmlns="urn:x"><cellXfs>' + b"<xf/>" * 1_200_000 + b"</cellXfs></styleSheet>")


def broken_stream() -> bytes:
    """A workbook whose sheet does not unpack."""
    whole = bytearray(rewritten(sheet1=bytes(os.urandom(2000))))
    at = whole.index(b"xl/worksheets/sheet1.xml") + 24
    whole[at : at + 200] = b"\xff" * 200
    return bytes(whole)


def locked() -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")


HOSTILE = {
    "nothing": (b"", "a.txt", "file_empty"),
    "blanks": (b"\xef\xbb\xbf \r\n", "a.csv", "file_empty"),
    "an empty workbook": (workbook(), "a.xlsx", "file_empty"),
    "binary": (bytes(range(256)) * 4, "a.txt", "file_binary"),
    "neither encoding": ("土豆".encode() + b"\xff\xff", "a.txt", "encoding_unknown"),
    "either encoding": ("h1,\u00e9\u00e9,1\n".encode(), "a.csv", "encoding_unclear"),
    "too large": (b"1" * 1_100_000, "a.csv", "file_too_large"),
    "a zip bomb": (bomb(), "a.xlsx", "zip_bomb"),
    "a workbook of a million styles": (styles(), "a.xlsx", "table_too_big"),
    "a workbook that does not unpack": (broken_stream(), "a.xlsx", "workbook_broken"),
    "an entity bomb": (entities(), "a.xlsx", "workbook_broken"),
    "a workbook cut short": (workbook(HEADER)[:2000], "a.xlsx", "workbook_broken"),
    "a password": (locked(), "a.xlsx", "file_encrypted"),
    "an old workbook": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "a.xls", "workbook_broken"),
    "a workbook called csv": (workbook(HEADER), "a.csv", "file_ending_wrong"),
    "a text called xlsx": (b"1. h1", "a.xlsx", "file_ending_wrong"),
    "a picture": (b"\x89PNG\r\n\x1a\n....", "a.png", "file_format"),
    "an open quotation mark": ('户号,商品\nh1,"土豆\nh2,鸡蛋\n'.encode(), "a.csv", "csv_broken"),
    "too many columns": (("," * 300 + "1\n").encode(), "a.csv", "table_too_big"),
    "a cell at the far end": (workbook([None] * 400 + ["x"]), "a.xlsx", "table_too_big"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_that_cannot_be_read_says_why_in_chinese(case: str) -> None:
    from tasks.words import reason_text

    body, name, code = HOSTILE[case]
    found = read(body, name, 1).reason
    assert found is not None
    assert found.code == code
    assert any("\u4e00" <= character <= "\u9fff" for character in reason_text(found.as_json()))


def test_rows_beyond_the_limit_are_not_held_before_the_file_is_refused() -> None:
    body = "户号,商品\n".encode() + b"\n" * 1_000_000
    tracemalloc.start()
    try:
        assert reason(body, "a.csv") == "table_too_big"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


def test_empty_rows_are_counted_over_all_sheets_of_a_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.intake.workbook.MAX_CELLS", 1000)
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet(), book.create_sheet()):
        sheet["A400"] = "大米"
    out = io.BytesIO()
    book.save(out)
    assert reason(out.getvalue(), "a.xlsx") == "table_too_big"


def test_every_reason_has_its_chinese_words() -> None:
    from rules.reasons import REASONS
    from tasks.words import say

    assert [code for code, msgid in REASONS.items() if say(msgid) == msgid] == []


def test_the_same_needs_come_out_of_a_chain_a_csv_and_a_workbook(tmp_path: Path) -> None:
    plan = load_plan(write_plan(tmp_path / "demo"))
    rows: list[list[Any]] = [["h1", "土豆", 3, "斤"], ["h2", "鸡蛋", 1, "板"]]
    table = "\n".join(",".join(map(str, row)) for row in [HEADER, *rows])
    bodies = {
        "a.txt": "#接龙\n1. 3-2-501 土豆3斤\n2. 李示例 鸡蛋一板".encode(),
        "a.csv": table.encode("gb18030"),
        "a.xlsx": workbook(["示例家园需求表"], HEADER, *rows, ["合计", None, 4, None], merge="A1:D1"),
    }
    results = []
    for name, body in bodies.items():
        got = read(body, name, 1)
        reading = read_needs(vocabulary(plan), got.text, got.sheets or ())
        judged = judge_needs(raw_lines([(Source("s", "c_sealed", "inbox", NOW, 1), reading)]), plan)
        assert judged.rejected.is_empty()
        results.append(
            reconcile(judged, Directory(plan)).lines.select("household_id", "item_id", "qty_base", "state").rows()
        )
    assert results[0] == [("h1", "potato", 1500, "accepted"), ("h2", "eggs", 30, "accepted")]
    assert results[0] == results[1] == results[2]
