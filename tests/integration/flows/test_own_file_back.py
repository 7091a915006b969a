"""A table with something wrong in it goes back as the sender's own file, its bad cells coloured and commented."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from tasks.documents.own_file import LARGE, marked
from tasks.intake.readers import read
from tests.factories.table_files import DELIMITED, NAMES, table_file
from tests.factories.working_town import Town

HEADER = ["户号", "商品", "数量", "单位", "备注"]
ROWS = [
    ["样本庄需求登记表"],
    HEADER,
    ["h4", "大米", 2, "袋", "放门口"],
    ["h5", "火箭", 1, "枚", None],
    ["h5", "大米", "若干", "袋", None],
    ["h4", "面粉", 1, "桶", "再加一袋大米"],
]
BAD = "FFFFC7CE"


def returned(town: Town) -> list[Path]:
    return town.documents("*退回*样本庄*")


def red(page: Any) -> dict[str, str]:
    cells = (cell for row in page.iter_rows() for cell in row)
    return {c.coordinate: c.comment.text for c in cells if c.fill.fgColor.rgb in (BAD, "00FFC7CE")}


def formulas(path: Path) -> list[str]:
    pages = openpyxl.load_workbook(path).worksheets
    return [c.coordinate for p in pages for r in p.iter_rows() for c in r if c.data_type == "f" or c.hyperlink]


@pytest.mark.parametrize("name", NAMES)
def test_every_bad_cell_is_coloured_and_says_why_in_its_own_place(town: Town, name: str) -> None:
    town.put("needs", f"样本庄.{name}", table_file(name, ROWS))
    told = town.run("collect_needs", "16:05")
    assert (told["accepted"], told["rejected"]) == (1, 4)
    (path,) = returned(town)
    book = openpyxl.load_workbook(path)
    listed, own, taken = book.worksheets
    assert (listed.title, taken.title, book.active.title) == ("需要更正", "已读取", "需要更正")
    kept = [[c.value and str(c.value) for c in row] for row in own.iter_rows(min_row=2, max_row=4)]
    assert kept == [[v and str(v) for v in row] for row in ROWS[1:4]]
    assert list(red(own)) == ["B4", "C5", "D6", "E6"]
    assert "没有" in red(own)["B4"] or "火箭" in red(own)["B4"]
    assert "再加一袋大米" in red(own)["E6"]
    sheet = "" if name in DELIMITED else "表1"
    rows = [[c.value or "" for c in row] for row in listed.iter_rows(min_row=4, max_row=7)]
    assert [(row[1], row[2]) for row in rows] == [(sheet, "B4"), (sheet, "C5"), (sheet, "D6"), (sheet, "E6")]
    assert [c.value for c in taken[4]] == ["A3", "h4", "大米", "2袋", "已受理"]
    assert formulas(path) == []


def test_the_corrected_file_is_sent_as_it_came_back_and_everything_counts(town: Town) -> None:
    town.put("needs", "样本庄.xls", table_file("a.xls", ROWS))
    town.run("collect_needs", "15:00")
    (path,) = returned(town)
    book = openpyxl.load_workbook(path)
    own = book.worksheets[1]
    own["B4"], own["D4"], own["C5"], own["D6"], own["E6"] = "面粉", "袋", 3, "袋", None
    out = io.BytesIO()
    book.save(out)
    town.put("needs", "样本庄_更正.xlsx", out.getvalue())
    told = town.run("collect_needs", "16:05")
    assert (told["rejected"], told["accepted"]) == (4, 4), "the first file's rows still wait; nothing decided on them"
    needs = town.rows("SELECT household_id, item_id, qty_base FROM need WHERE revision = 2 ORDER BY 1, 2")
    assert needs == [("h4", "flour", 2500), ("h4", "rice", 10000), ("h5", "flour", 2500), ("h5", "rice", 15000)]


def hostile() -> bytes:
    """A workbook with whatever could run or lead away when somebody opens it."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "需求"
    for row in (["需求"], HEADER[:4], ["h4", "大米", "=1+1", "袋"], ["h5", "=cmd|'/C calc'!A0", 1, "袋"]):
        page.append(row)
    page["F1"] = '=HYPERLINK("http://198.51.100.1/","点我")'
    page["G1"] = "='[1]外部'!A1"
    page["A3"].hyperlink = "http://198.51.100.1/"
    page["A3"].font = Font(bold=True)
    page["C3"].comment = Comment("写的时候先空着", "示例")
    page.merge_cells("A5:B5")
    book.defined_names["外"] = DefinedName("外", attr_text="'[1]外部'!$A$1")
    away, own = DataValidation("list", formula1="[1]外部!$A$1"), DataValidation("list", formula1='"袋,斤"')
    for rule in (away, own):
        page.add_data_validation(rule)
        rule.add("D3:D9")
    page.conditional_formatting.add("A1:A9", FormulaRule(formula=["[1]外部!$A$1>1"]))
    out = io.BytesIO()
    book.save(out)
    return with_members(out.getvalue(), {"xl/vbaProject.bin": b"macro", "xl/externalLinks/externalLink1.xml": b"<x/>"})


def with_members(body: bytes, more: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
        for name, content in more.items():
            target.writestr(name, content)
    return out.getvalue()


def test_nothing_in_the_file_that_goes_back_runs_or_leads_away(town: Town) -> None:
    town.put("needs", "样本庄.xlsx", hostile())
    town.run("collect_needs", "16:05")
    (path,) = returned(town)
    assert formulas(path) == []
    with zipfile.ZipFile(path) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    assert [name for name in inside if "vba" in name or "external" in name.lower()] == []
    # Text stands as text in the sheets; outside of it nothing may name the other file, and no formula is there at all.
    beside = {name: re.sub(b"<is>.*?</is>", b"", content) for name, content in inside.items()}
    assert [name for name, content in beside.items() if b"[1]" in content or b"<f>" in content] == []
    own = openpyxl.load_workbook(path).worksheets[1]
    assert (own["C3"].value, own["C3"].quotePrefix, own["A3"].font.b) == ("=1+1", True, True)
    assert [rule.formula1 for rule in own.data_validations.dataValidation] == ['"袋,斤"']
    assert "写的时候先空着" in own["C3"].comment.text, "what the sender had noted there stands below"
    assert sorted(red(own)) == ["B4", "C3"]


def test_the_same_file_gives_the_same_bytes_again(town: Town) -> None:
    town.put("needs", "样本庄.csv", table_file("gb.csv", ROWS))
    town.run("collect_needs", "15:00")
    (path,) = returned(town)
    before = path.read_bytes()
    path.unlink()
    town.run("collect_needs", "16:05")
    assert returned(town)[0].read_bytes() == before


def test_a_sender_of_a_chain_and_two_tables_gets_a_list_and_two_files_and_is_told_of_all(town: Town) -> None:
    town.put("needs", "样本庄_1.txt", "1. 样本庄1号 火箭1枚\n")
    town.put("needs", "样本庄_2.csv", table_file("gb.csv", ROWS))
    town.put("needs", "样本庄_3.xlsx", table_file("a.xlsx", ROWS[:4]))
    town.run("collect_needs", "16:05")
    assert len(returned(town)) == 3
    listed = next(p for p in returned(town) if "样本庄_" not in p.name.removeprefix("退回补正_需求_样本庄"))
    texts = [str(c.value) for row in openpyxl.load_workbook(listed).active.iter_rows() for c in row if c.value]
    assert [text for text in texts if "样本庄_" in text] == ["2022-04-21/样本庄_1.txt"]
    ((documents,),) = town.rows("SELECT attachments FROM notice WHERE stage = 'lines_returned'")
    assert str(documents).count(".xlsx") == 3


@pytest.mark.parametrize(
    ("flow", "kind", "bad"), [("check_stock", "stock", "C2"), ("publish_catalog", "catalog", "C2")]
)
def test_a_stores_list_goes_back_to_the_store_as_its_own_file(town: Town, flow: str, kind: str, bad: str) -> None:
    rows = [["商品", "库存", "单位", "售价"], ["大米", 5, "车", 30], ["面粉", 5, "袋", 20]]
    town.put(kind, "market.ods", table_file("a.ods", rows))
    town.run(flow, "13:30")
    (path,) = town.documents("*退回*market*")
    own = openpyxl.load_workbook(path).worksheets[1]
    assert list(red(own)) == [bad]
    town.run("collect_needs", "16:05")
    assert town.documents("*退回*market*") == [path], "it is the store's, and not once more the needs'"


def test_a_cell_merged_over_several_is_marked_where_it_begins() -> None:
    body = table_file("a.xlsx", [["户号", "商品"], ["h4", "大米"], [None, "面粉"]], merge="A2:A3")
    book = marked(body, ".xlsx", read(body, "a.xlsx", 1).sheets or (), {"表1": {"A3": "看不清"}})
    assert red(book.worksheets[0]) == {"A2": "看不清"}


def test_of_a_file_too_large_to_be_held_whole_the_rows_at_fault_come_back() -> None:
    rows = [HEADER, *(["h4", "大米", n, "袋", "x"] for n in range(LARGE // 5 + 100))]
    body = table_file("utf8.csv", rows)
    book = marked(body, ".csv", read(body, "utf8.csv", 20).sheets or (), {"": {"C15000": "看不清"}})
    (page,) = book.worksheets
    full = [row[0].row for row in page.iter_rows() if row[0].value]
    assert full == [*range(1, 11), 15000]
    assert red(page) == {"C15000": "看不清"}
