"""The inbox as it is found in the field: honest files, broken files, hostile files, and what is stored of each."""

import hashlib
import io
import os
import threading
import time
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from rules.intake.lines import Source, vocabulary
from rules.needs import judge_needs, raw_lines, read_needs, reconcile
from schemas.tables import CommunityRow, HouseholdRow, NeedLine, PlanRow, Submission
from tasks.database import insert, transaction
from tasks.intake.inbox import Waiting, waiting_files
from tasks.intake.readers import read
from tasks.intake.submissions import store_submissions, store_text
from tasks.plans import load_plan
from tests.factories.plan_folder import write_plan

DAY = date(2022, 4, 21)
NOW = datetime(2022, 4, 21, 8, tzinfo=UTC)
HEADER = ["户号", "商品", "数量", "单位"]


def workbook(*rows: list[Any], merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(inbox: Path, name: str, body: bytes | str, kind: str = "needs", dated: bool = True, age: float = 60) -> Path:
    path = inbox / kind / (DAY.isoformat() if dated else "") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def look(inbox: Path, settle: float = 0.0, **more: Any) -> Waiting:
    return waiting_files(inbox, "needs", DAY, settle, **more)


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
    "a workbook that does not unpack": (broken_stream(), "a.xlsx", "xlsx_broken"),
    "an entity bomb": (entities(), "a.xlsx", "xlsx_broken"),
    "a workbook cut short": (workbook(HEADER)[:2000], "a.xlsx", "xlsx_broken"),
    "a password": (locked(), "a.xlsx", "file_encrypted"),
    "an old workbook": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "a.xls", "file_old_excel"),
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


def test_files_wait_in_name_order_with_sender_and_digest(tmp_path: Path) -> None:
    put(tmp_path, "示例家园_上午.txt", "1. h1 土豆3斤")
    put(tmp_path, "c_sealed_2.csv", "x")
    put(tmp_path, "样本庄.txt", "无需求", dated=False)
    put(tmp_path, "其他.txt", "x", kind="stock")
    for passing in ("~$示例家园.xlsx", ".hidden.txt", "a.part", "b.tmp", "c.txt~"):
        put(tmp_path, passing, "x")
    found = look(tmp_path, senders=["c_sealed", "示例家园", "样本庄"]).arrived
    assert [(f.source_name, f.sender, f.dated) for f in found] == [
        (f"{DAY}/c_sealed_2.csv", "c_sealed", True),
        (f"{DAY}/示例家园_上午.txt", "示例家园", True),
        ("样本庄.txt", "样本庄", False),
    ]
    assert found[2].sha256 == hashlib.sha256("无需求".encode()).hexdigest()


def test_a_file_that_is_still_growing_is_told_and_taken_later(tmp_path: Path) -> None:
    path = put(tmp_path, "示例家园.txt", "1. h1", age=0)
    stop = threading.Event()

    def grow() -> None:
        while not stop.wait(0.02):
            with path.open("ab") as file:
                file.write(b" more")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        waiting = look(tmp_path, settle=0.3)
    finally:
        stop.set()
        writer.join()
    assert (waiting.arrived, waiting.still_growing) == ([], [f"{DAY}/示例家园.txt"])
    assert len(look(tmp_path, settle=0.2).arrived) == 1


def test_a_file_at_rest_costs_no_waiting(tmp_path: Path) -> None:
    put(tmp_path, "示例家园.txt", "1. h1", age=10)
    begun = time.monotonic()
    assert len(look(tmp_path, settle=5).arrived) == 1
    assert time.monotonic() - begun < 1


def test_a_link_out_of_the_inbox_and_a_dangling_link_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not ours")
    inbox = tmp_path / "inbox"
    folder = put(inbox, "示例家园.txt", "1. h1").parent
    (folder / "a.txt").symlink_to(secret)
    (folder / "b.txt").symlink_to(folder / "gone.txt")
    waiting = look(inbox)
    assert [f.sender for f in waiting.arrived] == ["示例家园"]
    assert (waiting.outside, waiting.unreadable_now) == ([f"{DAY}/a.txt"], [f"{DAY}/b.txt"])


def test_what_cannot_be_looked_into_is_told_and_the_files_beside_it_are_taken(tmp_path: Path) -> None:
    folder = put(tmp_path, "示例家园.txt", "1. h1").parent
    (folder / "a.txt").symlink_to(folder / "a.txt")
    (folder / "b").symlink_to(tmp_path)
    place = os.open(folder, os.O_DIRECTORY)
    for _ in range(20):  # deeper than any path may be long: nobody, not even root, can list the innermost
        os.mkdir("c" * 250, dir_fd=place)
        place, outer = os.open("c" * 250, os.O_DIRECTORY, dir_fd=place), place
        os.close(outer)
    os.close(place)
    waiting = look(tmp_path)
    assert [f.sender for f in waiting.arrived] == ["示例家园"]
    assert waiting.unreadable_now[:2] == [f"{DAY}/a.txt", f"{DAY}/b"]
    assert [name.strip("c/") for name in waiting.unreadable_now[2:]] == [str(DAY)]


def test_a_file_beyond_the_limit_is_hashed_and_not_held(tmp_path: Path) -> None:
    body = os.urandom(3_000_000)
    put(tmp_path, "示例家园.txt", body)
    (found,) = look(tmp_path, limit_mb=1).arrived
    assert (found.body, found.size, found.sha256) == (None, 3_000_000, hashlib.sha256(body).hexdigest())


def test_a_name_in_gb18030_is_shown_as_it_was_meant(tmp_path: Path) -> None:
    folder = put(tmp_path, "x.txt", "1. h1").parent
    (folder / "x.txt").rename(os.fsdecode(os.fsencode(folder) + b"/" + "示例家园.txt".encode("gb18030")))
    assert [f.sender for f in look(tmp_path).arrived] == ["示例家园"]


@pytest.fixture
def stored(database: sa.Engine) -> sa.Engine:
    with transaction() as session:
        insert(session, PlanRow, [{"plan_id": "demo", "name": "示例", "digest": "0", "loaded_at": NOW}])
    return database


def file_all(inbox: Path, day: date = DAY) -> list[Submission]:
    waiting = waiting_files(inbox, "needs", day, 0, limit_mb=1)
    with transaction() as session:
        return store_submissions(session, "demo", "needs", day, NOW, waiting.arrived, limit_mb=1)


def test_files_are_stored_raw_once_however_often_they_are_seen(stored: sa.Engine, tmp_path: Path) -> None:
    put(tmp_path, "示例家园.txt", "1. h1 土豆3斤")
    put(tmp_path, "示例家园_再发.txt", "1. h1 土豆3斤")
    put(tmp_path, "样本庄.txt", "1. h1 土豆3斤")
    rows = file_all(tmp_path)
    assert [(r.sequence, r.sender, r.state, r.body) for r in rows] == [
        (1, "样本庄", "read", "1. h1 土豆3斤".encode()),
        (2, "示例家园", "read", "1. h1 土豆3斤".encode()),
        (3, "示例家园", "duplicate", "1. h1 土豆3斤".encode()),
    ]
    assert rows[2].reasons == [{"code": "duplicate_of", "args": {"name": f"{DAY}/示例家园.txt"}}]
    put(tmp_path, "示例家园.txt", "1. h1 土豆5斤")
    again = file_all(tmp_path)
    assert [(r.sequence, r.state) for r in again] == [(1, "read"), (3, "duplicate"), (4, "read")]
    with stored.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(Submission)).scalar() == 4


def test_a_file_beyond_the_limit_is_stored_by_its_place(stored: sa.Engine, tmp_path: Path) -> None:
    put(tmp_path, "示例家园.txt", b"1" * 2_000_000)
    (row,) = file_all(tmp_path)
    assert (row.state, row.body, row.kept_at) == ("unreadable", None, f"demo/needs/{DAY}/示例家园.txt")


def test_a_file_left_undated_belongs_to_the_date_that_took_it(stored: sa.Engine, tmp_path: Path) -> None:
    put(tmp_path, "示例家园.txt", "1. h1 土豆3斤", dated=False)
    assert len(file_all(tmp_path)) == 1
    assert file_all(tmp_path, date(2022, 4, 22)) == []
    put(tmp_path, "示例家园.txt", "1. h1 土豆4斤", dated=False)
    assert len(file_all(tmp_path, date(2022, 4, 22))) == 1


def test_a_pasted_text_is_stored_once(stored: sa.Engine) -> None:
    for _ in range(2):
        with transaction() as session:
            row = store_text(session, "demo", "needs", DAY, NOW, "1. h1 土豆3斤", "示例家园")
    assert (row.sequence, row.channel, row.sender, row.body) == (1, "form", "示例家园", "1. h1 土豆3斤".encode())


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
        results.append(reconcile(judged.accepted).select("household_id", "item_id", "qty_base", "state").rows())
    assert results[0] == [("h1", "potato", 1500, "accepted"), ("h2", "eggs", 30, "accepted")]
    assert results[0] == results[1] == results[2]


def test_a_household_that_takes_back_everything_is_a_line_without_an_item(stored: sa.Engine) -> None:
    place = {"plan_id": "demo", "community_id": "c"}
    with transaction() as session:
        row = store_text(session, "demo", "needs", DAY, NOW, "1. 张示例 不要了", "示例家园")
        insert(session, CommunityRow, [place | {"name": "示例家园", "village": "v", "zone": "sealed", "population": 1}])
        insert(session, HouseholdRow, [place | {"household_id": "h1", "address": "1", "head": "张示例", "persons": 1}])
        line = {
            "submission_id": row.submission_id,
            "plan_id": "demo",
            "cycle": DAY,
            "household_id": "h1",
            "qty_base": 0,
        }
        assert insert(session, NeedLine, [line | {"line_no": 1, "words": "不要了", "state": "withdrawn"}]) == 1
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.execute(
            sa.insert(NeedLine).values(line | {"line_no": 2, "words": "x", "place": {}, "state": "accepted"})
        )
