"""Files as they come in the field: empty, binary, huge, harmful, locked, growing, sent twice; flows live on."""

import os
import threading
import tracemalloc
import zipfile
from io import BytesIO

import pytest

from tests.factories.table_files import table_file
from tests.factories.working_town import Town, workbook

HEADER = ["户号", "商品", "数量", "单位"]
GOOD = "1. 3-2-501 大米1袋\n"
SUBMISSIONS = "SELECT sender, state, reasons FROM submission WHERE sender = '样本庄' ORDER BY sequence"
MEGABYTE = 1024 * 1024


def bomb() -> bytes:
    """Four kilobytes and more that unpack to three hundred megabytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    return out.getvalue()


UNREADABLE = {
    "empty": ("样本庄.txt", b"", "file_empty"),
    "binary": ("样本庄.txt", bytes(range(256)) * 4, "file_binary"),
    "wrong encoding": ("样本庄.csv", "户号,商品\nh4,大米\n".encode() + b"\xff\xff", "encoding_unknown"),
    "zip bomb": ("样本庄.xlsx", bomb(), "zip_bomb"),
    "cut short": ("样本庄.xlsx", workbook(HEADER)[:2000], "workbook_broken"),
    "an old workbook cut short": ("样本庄.xls", table_file("a.xls", [HEADER])[:2000], "workbook_broken"),
    "a damaged ods": ("样本庄.ods", table_file("a.ods", [HEADER])[:400], "workbook_broken"),
    "a picture": ("样本庄.png", b"\x89PNG\r\n\x1a\n....", "file_format"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_read_is_kept_and_goes_back_and_the_others_are_read(town: Town, case: str) -> None:
    name, body, code = UNREADABLE[case]
    town.put("needs", name, body)
    told = town.needs(GOOD)
    assert (told["accepted"], told["unreadable"]) == (1, 1)
    ((_, state, reasons),) = town.rows(SUBMISSIONS)
    assert state == "unreadable"
    assert code in str(reasons)
    assert town.told("lines_returned") == ["staff_controlled"]
    assert len(town.documents("*退回*样本庄*")) == 1


@pytest.mark.parametrize(("flow", "kind"), [("check_stock", "stock"), ("publish_catalog", "catalog")])
def test_a_stores_file_that_cannot_be_read_goes_back_to_the_store(town: Town, flow: str, kind: str) -> None:
    town.put(kind, "market.xlsx", bomb())
    town.run(flow, "13:30")
    assert town.rows("SELECT sender, state FROM submission") == [("market", "unreadable")]
    assert town.told("lines_returned") == ["manager_market"]


def test_a_file_of_200_megabytes_is_kept_where_it_lies_and_never_read_whole(town: Town) -> None:
    path = town.put("needs", "样本庄.txt", "")
    os.truncate(path, 200 * MEGABYTE)
    town.needs(GOOD, clock="15:00")  # all that is loaded once is loaded before memory is watched
    town.put("needs", "示例家园_2.txt", "1. 3-1-302 面粉1袋\n")
    tracemalloc.start()
    try:
        told = town.run("collect_needs", "16:05")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 60 * MEGABYTE
    assert (told["accepted"], told["unreadable"]) == (2, 1)
    query = "SELECT size, body, kept_at FROM submission WHERE sender = '样本庄'"
    assert town.rows(query) == [(200 * MEGABYTE, None, f"{town.plan_id}/needs/2022-04-21/样本庄.txt")]


def test_merged_header_cells_and_a_total_row_are_read_past(town: Town) -> None:
    rows = [["样本庄需求登记表", None, None, None], HEADER, ["h4", "大米", 2, "袋"], ["h5", "大米", 1, "袋"]]
    town.put("needs", "样本庄.xlsx", workbook(*rows, ["合计", None, 3, None], merge="A1:D1"))
    told = town.run("collect_needs", "16:05")
    assert (told["accepted"], told["rejected"]) == (2, 0)
    assert town.rows("SELECT household_id, qty_base FROM need ORDER BY 1") == [("h4", 10000), ("h5", 5000)]


def test_a_file_that_cannot_be_opened_is_told_and_taken_once_it_can(town: Town) -> None:
    path = town.data / "inbox" / "demo" / "needs" / "2022-04-21" / "样本庄.txt"
    path.parent.mkdir(parents=True)
    # Root reads whatever the permissions say; a pipe and a link to nowhere cannot be read by anybody.
    os.mkfifo(path)
    (path.parent / "样本庄_2.txt").symlink_to(path.parent / "gone.txt")
    told = town.needs(GOOD, clock="15:00")
    assert told["accepted"] == 1
    assert told["waiting"] == ["2022-04-21/样本庄.txt", "2022-04-21/样本庄_2.txt"]
    path.unlink()
    town.put("needs", "样本庄.txt", "1. 样本庄1号 大米1袋\n")
    assert town.run("collect_needs", "16:05")["accepted"] == 2


def test_a_file_that_still_grows_is_left_to_the_next_run(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOGONG_SETTLE_SECONDS", "0.3")
    path = town.put("needs", "样本庄.txt", "1. 样本庄1号 大米1袋\n", age=0)
    stop = threading.Event()

    def grow() -> None:
        with path.open("a", encoding="utf-8") as file:
            while not stop.wait(0.02):
                file.write("\n")
                file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        told = town.needs(GOOD, clock="15:00")
    finally:
        stop.set()
        writer.join()
    assert (told["accepted"], told["waiting"]) == (1, ["2022-04-21/样本庄.txt"])
    assert town.run("collect_needs", "16:05")["accepted"] == 2


def test_the_same_file_twice_counts_once(town: Town) -> None:
    town.needs(GOOD, clock="15:00")
    town.put("needs", "示例家园_再发.txt", GOOD)
    told = town.run("collect_needs", "16:05")
    assert (told["received"], told["accepted"], told["superseded"]) == (1, 1, 0)
    assert town.rows("SELECT state FROM submission ORDER BY sequence") == [("read",), ("duplicate",)]
    assert town.rows("SELECT MAX(revision) FROM need") == [(1,)]


def test_two_places_may_send_the_same_words(town: Town) -> None:
    for name in ("样本庄.txt", "示例家园.txt", "测试隔离点.txt"):
        town.put("needs", name, "无需求")
    assert town.run("collect_needs", "15:50")["silent"] == []
    assert town.rows("SELECT DISTINCT state FROM submission") == [("read",)]
