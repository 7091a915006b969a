"""What holds for every kind of document: it prints, it runs nothing, it names nobody it need not, it is made again.

The trading towns' documents are looked at as bytes read back, never through the code that made them.
"""

import re
import zipfile
from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from schemas.plan import Plan
from tasks.database import reading, transaction
from tasks.documents import Made
from tests.factories.every_document import every_document
from tests.factories.read_back import cells, pages, text
from tests.factories.trading_days import write_days
from tests.factories.trading_town import SPELLS, spelled, town_b

#: How the spells that are seen look in a cell.
SEEN = ("=1+", "+", "-", "@", "#N/A ", "␇", "=cmd|")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
FORMS = {"money": "#,##0.00", "price": "#,##0.00", "percent": '+0.0"%";-0.0"%";0.0"%"', "date": "yyyy-mm-dd"}


@pytest.fixture
def documents(library: dict[str, list[Made]], plan: Plan) -> list[Made]:
    """All documents of a town."""
    return library[plan.id]


@pytest.fixture
def workbooks(documents: list[Made]) -> list[Made]:
    """Those that are spreadsheets."""
    return [made for made in documents if made.path.endswith(".xlsx")]


@pytest.fixture
def spelled_books(library: dict[str, list[Made]], town_of_spells: Plan) -> list[Made]:
    """Spreadsheets full of words that a spreadsheet program would run."""
    return [made for made in library[town_of_spells.id] if made.path.endswith(".xlsx")]


def test_no_cell_is_a_formula_whatever_stands_in_it(spelled_books: list[Made]) -> None:
    for made in spelled_books:
        assert {cell.data_type for cell in cells(made)} <= {"s", "n", "d"}, made.path
        with zipfile.ZipFile(BytesIO(made.content)) as archive:
            raw = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
        assert not any(re.search(rb"<f[ >]", page) for page in raw), made.path


def test_words_that_look_like_a_formula_stay_words_when_somebody_edits_them(spelled_books: list[Made]) -> None:
    seen: set[str] = set()
    for made in spelled_books:
        for cell in cells(made):
            words = str(cell.value)
            if cell.data_type == "s" and words.lstrip()[:1] in ("=", "+", "-", "@"):
                assert cell.quotePrefix, (made.path, cell.coordinate)
            seen |= {spell for spell in SEEN if words.startswith(spell)}
    assert seen == set(SEEN)


def test_what_cannot_be_seen_is_shown(spelled_books: list[Made]) -> None:
    assert any(UNSEEN.search(spell) for spell in SPELLS)
    for made in spelled_books:
        assert [c.coordinate for c in cells(made) if UNSEEN.search(str(c.value))] == [], made.path


def test_every_sheet_prints_on_a4_as_wide_as_the_page_and_numbers_its_pages(workbooks: list[Made]) -> None:
    for made in workbooks:
        for page in pages(made).values():
            assert page.page_setup.paperSize == int(Worksheet.PAPERSIZE_A4)
            assert page.sheet_properties.pageSetUpPr.fitToPage
            assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
            assert {"&P", "&N"} <= set(re.findall("&[PN]", page.oddFooter.center.text))
            assert page.oddFooter.right.text == page.title


def test_every_printed_page_begins_with_the_title_and_with_the_header_of_the_one_table(workbooks: list[Made]) -> None:
    with_header = set()
    for made in workbooks:
        for page in pages(made).values():
            first, last = str(page.print_title_rows).replace("$", "").split(":")
            assert first == "1"
            if page.cell(int(last), 1).style == "head":
                with_header.add(page.title)
                assert page.freeze_panes == f"A{int(last) + 1}"
    assert with_header >= {"采购建议单", "采购单", "汇总拣货", "退回补正", "预警清单", "可售物品清单", "迟报未报"}


def test_a_wide_table_lies_across_and_a_narrow_one_stands_upright(workbooks: list[Made]) -> None:
    turned = {page.title: page.page_setup.orientation for made in workbooks for page in pages(made).values()}
    assert turned["采购建议单"] == "landscape"
    assert turned["汇总拣货"] == "portrait"


def test_every_number_is_shown_in_the_form_of_its_kind(workbooks: list[Made]) -> None:
    shown = set()
    for made in workbooks:
        for cell in cells(made):
            kind = cell.style.split(" ")[0]
            if kind in FORMS and cell.data_type != "s":
                shown.add(kind)
                assert cell.number_format == FORMS[kind], (made.path, cell.coordinate)
    assert shown == set(FORMS)


def test_every_sheet_says_whose_it_is_and_which_day(workbooks: list[Made], plan: Plan) -> None:
    for made in workbooks:
        for page in pages(made).values():
            assert page.cell(1, 1).style == "title"
            assert plan.file.plan.name in str(page.cell(2, 1).value)
            assert re.search("2022年4月2[12]日", str(page.cell(2, 1).value))


def test_no_document_carries_a_telephone_number_or_a_residents_whole_name(documents: list[Made], plan: Plan) -> None:
    heads = {home.head for home in plan.households.values()}
    phones = {home.phone for home in plan.households.values()} | {who.phone for who in plan.officers.values()}
    for made in documents:
        assert [kept for kept in heads | phones if kept and kept in text(made)] == [], made.path


def test_addresses_stand_on_nothing_but_what_goes_to_the_door(documents: list[Made], plan: Plan) -> None:
    addresses = {home.address for home in plan.households.values()}
    bearing = {made.title.split("：")[0] for made in documents if any(a in text(made) for a in addresses)}
    assert bearing == {"配送 2022-04-22", "一对一包保服务单"}


def test_made_again_a_document_is_the_same_to_the_byte(documents: list[Made], books: Session, plan: Plan) -> None:
    assert len(documents) > 15
    assert {made.path: made.sha256 for made in every_document(books, plan)} == {m.path: m.sha256 for m in documents}


def test_what_is_in_the_file_tells_nothing_of_the_hour_or_the_machine(workbooks: list[Made]) -> None:
    for made in workbooks:
        with zipfile.ZipFile(BytesIO(made.content)) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
        stamps = {date.fromisoformat(stamp) for stamp in re.findall(r"(\d{4}-\d\d-\d\d)T", core)}
        assert stamps == {made.business_date}


def test_no_two_documents_of_a_day_share_a_file(library: dict[str, list[Made]]) -> None:
    for documents in library.values():
        paths = [made.path for made in documents]
        assert len({path.casefold() for path in paths}) == len(paths)
        assert all(re.fullmatch(r"2022-04-2[12]/[^/\x00-\x1f<>:\"|?*\\]+\.(xlsx|json|txt|pdf)", path) for path in paths)


def test_both_databases_give_the_same_bytes(database: sa.Engine, library: dict[str, list[Made]]) -> None:
    for plan in (town_b(), spelled(town_b())):
        with transaction() as session:
            write_days(session, plan)
        with reading() as session:
            here = {made.path: made.sha256 for made in every_document(session, plan)}
        assert here == {made.path: made.sha256 for made in library[plan.id]}
