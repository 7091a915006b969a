"""Forms to fill in: what is written into them is read back whole, also when LibreOffice saved them otherwise."""

import shutil
import subprocess
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from deployments.templates import write_templates
from rules.intake.identify import Directory
from rules.intake.lines import Source, vocabulary
from rules.needs import Judged, judge_needs, raw_lines, read_needs
from rules.reconcile import reconcile
from rules.stock_intake import StoreJudged, StoreList, judge_arrivals, judge_catalog, judge_stock
from schemas.plan import Plan
from tasks.documents.templates import Template, templates
from tasks.intake.handed_in import known_senders
from tasks.intake.inbox import sender_of
from tasks.intake.readers import read
from tasks.plans import load_plan
from tests.factories.plan_folder import plan_sheets, write_plan

DAY = date(2022, 4, 21)
NOON = datetime(2022, 4, 21, 4, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "data"
HEAD = 3
#: What people write into the long form: household, goods, amount, unit.
WISHES = [("h4", "大米", 2, "袋"), ("h4", "鸡蛋", 1, "板"), ("h4", "猪肉", 1.5, "斤"), ("h9", "白菜", 3, "公斤")]
MEANT = [("h4", "eggs", 30), ("h4", "pork", 750), ("h4", "rice", 10_000), ("h9", "cabbage", 3000)]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return load_plan(write_plan(tmp_path_factory.mktemp("plans") / "demo"))


@pytest.fixture(scope="module")
def made(plan: Plan) -> dict[str, Template]:
    return {one.file_name: one for one in templates(plan, DAY)}


def filled(template: Template, fill: Any) -> bytes:
    book = openpyxl.load_workbook(BytesIO(template.content))
    fill(book.worksheets[0])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def heads(page: Any) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in page[HEAD] if cell.value}


def fill_long(page: Any) -> None:
    at = heads(page)
    rows = {home: [c.row for c in page["A"] if c.value == home] for home, *_ in WISHES}
    for home, *written in WISHES:
        row = rows[home].pop(0)
        for head, value in zip(("商品", "数量", "单位"), written, strict=True):
            page.cell(row, at[head]).value = value
    new = next(c.row for c in page["A"] if c.row > HEAD and c.value is None)
    for head, value in {"地址": "样本庄77号", "户主": "新示例", "商品": "大米", "数量": 1, "单位": "袋"}.items():
        page.cell(new, at[head]).value = value


def fill_wide(page: Any) -> None:
    at = heads(page)
    rows = {c.value: c.row for c in page["A"]}
    for home, item, qty, unit in WISHES:
        head = next(h for h in at if h.startswith(f"{item}("))
        page.cell(rows[home], at[head]).value = qty if f"({unit})" in head else f"{qty}{unit}"


def judged(plan: Plan, body: bytes, name: str, community: str = "c_controlled") -> Judged:
    got = read(body, name, 20)
    assert got.reason is None, got.reason
    reading = read_needs(vocabulary(plan), got.text, got.sheets or ())
    return judge_needs(raw_lines([(Source("s", community, "inbox", NOON, 1), reading)]), plan)


def held(plan: Plan, found: Judged) -> list[tuple[Any, ...]]:
    rows = (
        reconcile(found, Directory(plan))
        .lines.filter(state="accepted")
        .select("household_id", "item_id", "qty_base")
        .rows()
    )
    return sorted(row for row in rows if row[0] in ("h4", "h9"))


def test_every_community_and_every_store_gets_its_forms_named_after_itself(plan: Plan, made: dict[str, Any]) -> None:
    assert len(made) == 2 * len(plan.communities) + 3 * len(plan.stores)
    directory, senders = Directory(plan), known_senders(plan)
    for template in made.values():
        sender = sender_of(template.file_name, senders)
        assert (directory.community if template.kind == "needs" else directory.store)(sender) is not None


def test_two_stores_of_one_name_get_forms_that_say_which(tmp_path: Path) -> None:
    sheets = plan_sheets()
    for row in sheets["stores"]:
        row["name"] = "示例店" if row["store_id"] in ("market", "pharmacy") else row["name"]
    plan = load_plan(write_plan(tmp_path / "demo", sheets=sheets))
    names = [one.file_name for one in templates(plan, DAY)]
    assert len(set(names)) == len(names)
    assert {"market_库存日报.xlsx", "pharmacy_库存日报.xlsx"} < set(names)


def test_the_form_lists_the_households_of_its_community_alone(plan: Plan, made: dict[str, Template]) -> None:
    page = openpyxl.load_workbook(BytesIO(made["样本庄_需求登记横表.xlsx"].content)).worksheets[0]
    own = [h.household_id for h in plan.households.values() if h.community_id == "c_controlled"]
    assert [c.value for c in page["A"][HEAD:] if c.value] == own
    assert page.freeze_panes == "D4"


def test_goods_and_units_are_chosen_from_lists_and_numbers_have_their_limits(made: dict[str, Template]) -> None:
    book = openpyxl.load_workbook(BytesIO(made["样本庄_需求登记表.xlsx"].content))
    page, goods = book.worksheets[0], book["商品清单"]
    at = {head: get_column_letter(column) for head, column in heads(page).items()}
    by_head = {
        head: next((r for r in page.data_validations.dataValidation if f"{c}4" in r.cells), None)
        for head, c in at.items()
    }
    assert (by_head["商品"].formula1, by_head["数量"].type, by_head["户号"]) == ("商品名单", "decimal", None)
    assert book.defined_names["商品名单"].attr_text == f"'商品清单'!$A$3:$A${goods.max_row}"
    chosen = {row[0].value: [c.value for c in row[2:] if c.value] for row in goods.iter_rows(min_row=3)}
    assert (chosen["大米"], chosen["鸡蛋"], chosen["猪肉"]) == (["袋"], ["板", "个", "箱"], ["斤", "公斤"])
    wide = openpyxl.load_workbook(BytesIO(made["样本庄_需求登记横表.xlsx"].content)).worksheets[0]
    column = get_column_letter(heads(wide)["大米(袋)"])
    rule = next(r for r in wide.data_validations.dataValidation if f"{column}4" in r.cells)
    assert (rule.formula2, rule.error) == ("6", "每户最多 6 袋")


@pytest.mark.parametrize(
    ("name", "fill"), [("样本庄_需求登记表.xlsx", fill_long), ("样本庄_需求登记横表.xlsx", fill_wide)]
)
def test_what_is_filled_in_is_read_back_without_a_rejected_line(
    plan: Plan, made: dict[str, Template], name: str, fill: Any
) -> None:
    found = judged(plan, filled(made[name], fill), name)
    assert found.rejected.is_empty()
    assert held(plan, found) == MEANT


def test_a_household_that_is_not_listed_is_written_below_with_its_address(
    plan: Plan, made: dict[str, Template]
) -> None:
    found = judged(plan, filled(made["样本庄_需求登记表.xlsx"], fill_long), "样本庄.xlsx")
    assert found.provisional["address"].to_list() == ["样本庄77号"]


def test_a_form_that_nobody_filled_in_says_so(plan: Plan, made: dict[str, Template]) -> None:
    reasons = judged(plan, made["样本庄_需求登记表.xlsx"].content, "样本庄.xlsx").rejected["reasons"].to_list()
    assert ["no_lines" in reason for reason in reasons] == [True]


def store_list(plan: Plan, template: Template, body: bytes) -> StoreJudged:
    sheets = read(body, template.file_name, 20).sheets
    directory, words = Directory(plan), vocabulary(plan)
    lists = [StoreList("s", 1, "market", sheets)]
    if template.kind == "stock":
        return judge_stock(lists, directory, words)
    if template.kind == "catalog":
        return judge_catalog(lists, directory)
    return judge_arrivals(lists, directory, words, {"po-1"})


FILLED = {
    "库存日报": {"大米": {"库存": 120, "售价(元)": 38.5, "今日销量": 4}, "面粉": {"库存": 0, "售价(元)": 20}},
    "可售物品清单": {"大米": {"售价(元)": 38.5, "是否有货": "有货"}, "面粉": {"售价(元)": 20, "是否有货": "缺货"}},
}


@pytest.mark.parametrize("form", FILLED)
def test_a_stores_form_is_read_back_and_goods_left_alone_say_nothing(
    plan: Plan, made: dict[str, Template], form: str
) -> None:
    def fill(page: Any) -> None:
        at = heads(page)
        rows = {row[at["商品"] - 1].value: row[0].row for row in page.iter_rows(min_row=HEAD + 1)}
        for item, cells in FILLED[form].items():
            for head, value in cells.items():
                page.cell(rows[item], at[head]).value = value

    template = made[f"示例超市_{form}.xlsx"]
    found = store_list(plan, template, filled(template, fill))
    assert found.rejected.is_empty()
    assert sorted(found.accepted.select("item_id", "price_fen").rows()) == [("flour", 2000), ("rice", 3850)]


def test_a_form_of_arrivals_is_read_back_with_its_dates(plan: Plan, made: dict[str, Template]) -> None:
    def fill(page: Any) -> None:
        written = ["po-1", "大米", 20, "袋", 30.5, date(2022, 4, 1), "2022-10-01", "示例批发", None, "合格"]
        for column, value in enumerate(written, start=1):
            page.cell(HEAD + 1, column).value = value

    template = made["示例超市_到货登记表.xlsx"]
    found = store_list(plan, template, filled(template, fill))
    assert found.rejected.is_empty()
    assert found.accepted.select("qty_base", "produced_on", "expires_on").row(0) == (
        100_000,
        date(2022, 4, 1),
        date(2022, 10, 1),
    )


def converted(body: bytes, ending: str, folder: Path) -> bytes:
    """The file as LibreOffice saves it; the sample beside, which it saved before, on a machine without it."""
    office = shutil.which("soffice")
    if office is None:
        return (DATA / f"template_saved_by_libreoffice.{ending}").read_bytes()
    (folder / "form.xlsx").write_bytes(body)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [
        office,
        profile,
        "--headless",
        "--convert-to",
        ending,
        "--outdir",
        str(folder),
        str(folder / "form.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    return (folder / f"form.{ending}").read_bytes()


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_a_form_that_libreoffice_saved_is_read_back(
    plan: Plan, made: dict[str, Template], ending: str, tmp_path: Path
) -> None:
    body = filled(made["样本庄_需求登记表.xlsx"], fill_long)
    sample = (DATA / f"template_saved_by_libreoffice.{ending}").read_bytes()
    for saved in (converted(body, ending, tmp_path), sample):
        found = judged(plan, saved, f"样本庄.{ending}")
        assert found.rejected.is_empty()
        assert held(plan, found) == MEANT


def test_the_command_writes_them_by_the_folders_of_the_inbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path / "plans"))
    write_plan(tmp_path / "plans" / "demo")
    assert write_templates("demo", tmp_path / "out") == 0
    written = sorted(str(p.relative_to(tmp_path / "out" / "demo").parent) for p in (tmp_path / "out").rglob("*.xlsx"))
    assert written == ["arrivals"] * 3 + ["catalog"] * 3 + ["needs"] * 6 + ["stock"] * 3
    assert "15" in capsys.readouterr().out
    assert write_templates("nowhere", tmp_path / "out") == 1
