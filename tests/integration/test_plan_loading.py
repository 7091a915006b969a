"""Plans as they are loaded from real folders, checked by the command, and copied into a real database."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from deployments.check import check
from schemas.plan import Plan
from schemas.words import SpecialGroup, Zone
from tasks.database import reading, transaction
from tasks.plans import PlanFaults, check_plan, fault_line, load_plan, plan_ids, sync_plan
from tasks.settings import ROOT
from tests.factories.plan_folder import (
    LEFT_OUT,
    change,
    plan_document,
    plan_sheets,
    write_plan,
    write_station_plan,
)

NOW = datetime(2022, 4, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path / "plans"))
    (tmp_path / "plans").mkdir()
    return tmp_path / "plans"


def test_a_plan_is_loaded_by_its_id_with_every_row_under_its_key(plans: Path) -> None:
    write_plan(plans / "demo")
    plan = load_plan("demo")
    assert plan.communities["c_isolation"].zone is Zone.ISOLATION
    assert plan.households["h2"].special_group is SpecialGroup.ELDERLY_ALONE
    assert plan.items["eggs"].also_units == ["个=1", "箱=360"]
    assert plan.min_cover_days("vegetables") == 3.0
    assert [o.officer_id for o in plan.officers_in(["community_staff"], "c_sealed")] == ["staff_sealed"]


def test_a_plan_through_a_station_loads_too(plans: Path) -> None:
    plan = load_plan(write_station_plan(plans / "station_demo"))
    assert plan.file.allocation.source.value == "station"
    assert plan.stores["wholesale"].supplies_to == "station"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_sheets_saved_by_excel_give_the_same_plan(plans: Path, encoding: str) -> None:
    plain = load_plan(write_plan(plans / "demo"))
    other = load_plan(write_plan(plans / "demo", encoding=encoding))
    assert other.digest != plain.digest
    assert (other.households, other.items, other.file) == (plain.households, plain.items, plain.file)


def test_plans_are_folders_with_a_plan_file_and_the_template_is_none(plans: Path) -> None:
    for name in ("demo", "another", "_template"):
        write_plan(plans / name)
    (plans / "notes").mkdir()
    assert plan_ids() == ["another", "demo"]


@pytest.mark.parametrize("name", ["nowhere", "../demo", "", "De mo", "notes/demo"])
def test_a_plan_that_is_not_there_is_told_with_those_that_are(plans: Path, name: str) -> None:
    write_plan(plans / "demo")
    with pytest.raises(PlanFaults, match="现有：demo"):
        load_plan(name)


def test_a_plan_with_faults_is_refused_with_all_of_them(plans: Path) -> None:
    sheets = plan_sheets()
    change(sheets, "households", "h1", community_id="x")
    change(sheets, "officers", "leader", channels="")
    write_plan(plans / "demo", sheets=sheets)
    with pytest.raises(PlanFaults) as caught:
        load_plan("demo")
    assert str(caught.value).splitlines() == [
        "households.csv 第 2 行 community_id：没有小区 「x」；请在 communities.csv 添加，或改正编号",
        "officers.csv 第 2 行 channels：人员 「leader」 没有通知渠道；请至少写一个渠道名，例如 file",
    ]


def test_a_plan_that_has_not_changed_is_not_read_again(plans: Path) -> None:
    write_plan(plans / "demo")
    first = load_plan("demo")
    assert load_plan("demo") is first
    (plans / "demo" / "plan.toml").touch()
    assert load_plan("demo") is first


def test_a_change_of_one_cell_is_seen_at_once(plans: Path) -> None:
    write_plan(plans / "demo")
    first = load_plan("demo")
    sheets = plan_sheets()
    change(sheets, "households", "h1", persons="13")
    write_plan(plans / "demo", sheets=sheets)
    again = load_plan("demo")
    assert again.households["h1"].persons == 13
    assert again.digest != first.digest


def test_a_fault_that_comes_later_is_told_though_the_plan_was_loaded_before(plans: Path) -> None:
    write_plan(plans / "demo")
    load_plan("demo")
    (plans / "demo" / "stock.csv").unlink()
    with pytest.raises(PlanFaults, match=r"stock\.csv：缺少这个文件"):
        load_plan("demo")


def test_what_the_plan_leaves_open_is_the_templates_and_says_so(plans: Path) -> None:
    write_plan(plans / "_template", reserve__min_cover_days=9)
    document = plan_document("demo")
    document["reserve"].pop("min_cover_days")
    document["category"] = [c for c in document["category"] if c["id"] != "eggs"]
    plan, faults, defaults = check_plan(write_plan(plans / "demo", document))
    assert plan is not None and not faults
    ruling = plan.file.reserve.min_cover_days
    assert (ruling.value, ruling.clause, ruling.from_template) == (9, "default", True)
    assert plan.categories["eggs"].clause == "default"
    assert [(d.path, d.value) for d in defaults if d.from_template] == [
        ("reserve.min_cover_days", 9),
        ("category[eggs]", 60),
    ]


def test_a_category_of_the_template_that_no_item_names_is_not_taken(plans: Path) -> None:
    document = plan_document("template")
    document["category"].append({"id": "toys", "name": "玩具", "norm_g": 0, "clause": "default"})
    write_plan(plans / "_template", document)
    assert "toys" not in load_plan(write_plan(plans / "demo")).categories


def test_a_section_left_out_as_a_whole_is_the_templates(plans: Path) -> None:
    write_plan(plans / "_template")
    document = plan_document("demo")
    document.pop("prices")
    plan, faults, _ = check_plan(write_plan(plans / "demo", document))
    assert plan is not None and not faults
    assert plan.file.prices.blue_pct.from_template


def test_a_role_that_only_the_template_names_is_a_fault_of_the_plan(plans: Path) -> None:
    template = plan_document("template")
    template["roles"]["press"] = "宣传"
    template["notices"]["to"]["value"]["delivered"] = ["press"]
    write_plan(plans / "_template", template)
    _, faults, _ = check_plan(write_plan(plans / "demo", notices__to=LEFT_OUT))
    assert [(f.column, f.code) for f in faults] == [("notices.to.value.delivered", "no_such_role")]


def test_a_sheet_that_was_saved_as_a_workbook_is_told_as_that(plans: Path) -> None:
    folder = write_plan(plans / "demo")
    (folder / "stock.csv").rename(folder / "stock.xlsx")
    _, faults, _ = check_plan(folder)
    assert [(f.file, f.code, f.args) for f in faults] == [("stock.csv", "sheet_is_workbook", {"found": "stock.xlsx"})]


def test_words_to_choose_from_stand_with_their_meaning(plans: Path) -> None:
    document, sheets = plan_document(), plan_sheets()
    change(sheets, "communities", "c_sealed", zone="封控区")
    change(sheets, "officers", "supply_1", role="供给保障")
    change(sheets, "items", "rice", category="粮食")
    _, faults, _ = check_plan(write_plan(plans / "demo", document, sheets))
    told = "\n".join(fault_line(fault) for fault in faults)
    assert "sealed 封控区" in told
    assert "grain 粮食" in told
    assert "supply 供给保障" in told


def test_broken_toml_is_told_with_its_line_and_the_sheets_are_still_checked(plans: Path) -> None:
    sheets = plan_sheets()
    change(sheets, "households", "h1", persons="x")
    folder = write_plan(plans / "demo", sheets=sheets)
    (folder / "plan.toml").write_text('[plan]\nid = "demo\n', "utf-8")
    _, faults, _ = check_plan(folder)
    assert [(f.file, f.row, f.code) for f in faults] == [
        ("plan.toml", 2, "broken_toml"),
        ("households.csv", 2, "not_whole"),
    ]


def test_a_sheet_under_a_wrong_name_is_told(plans: Path) -> None:
    folder = write_plan(plans / "demo")
    (folder / "officers.csv").rename(folder / "officer.csv")
    _, faults, _ = check_plan(folder)
    assert [(f.file, f.code) for f in faults] == [("officer.csv", "unknown_sheet"), ("officers.csv", "sheet_missing")]


def test_a_folder_in_the_place_of_a_sheet_is_told_and_not_called_missing(plans: Path) -> None:
    folder = write_plan(plans / "demo")
    (folder / "stock.csv").unlink()
    (folder / "stock.csv").mkdir()
    _, faults, _ = check_plan(folder)
    assert [(f.file, f.code) for f in faults] == [("stock.csv", "unreadable")]


def test_learnt_aliases_are_read_where_there_are_any(plans: Path) -> None:
    sheets = {**plan_sheets(), "aliases_learnt": [{"alias": "洋山芋", "item_id": "potato"}]}
    assert load_plan(write_plan(plans / "demo", sheets=sheets)).learnt_aliases == {"洋山芋": "potato"}
    sheets["aliases_learnt"] = [{"alias": "大白菜", "item_id": "potato"}, {"alias": "粉", "item_id": "x"}]
    _, faults, _ = check_plan(write_plan(plans / "demo", sheets=sheets))
    assert [(f.row, f.code) for f in faults] == [(2, "alias_of_two"), (3, "no_such_item")]


def test_the_command_prints_counts_and_defaults_of_a_plan_that_passes(
    plans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_plan(plans / "_template")
    write_plan(plans / "demo", reserve__min_cover_days=LEFT_OUT)
    assert check() == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first == "demo：通过。9 户、25 人、3 个小区（村）、3 家门店和供货单位、8 种商品、14 名人员"
    assert "  缺省：reserve.min_cover_days = 7（模板）" in others


def test_the_command_fails_on_any_fault_and_still_tells_of_the_other_plans(
    plans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_plan(plans / "good")
    write_plan(plans / "bad", needs__cutoff="noon")
    assert check(["good", "bad", "nowhere"], as_json=True) == 1
    good, bad, nowhere = json.loads(capsys.readouterr().out)["plans"]
    assert good["ok"] and good["faults"] == [] and good["counts"]["persons"] == 25
    assert {"key": "needs.cutoff", "value": "16:00", "from_template": False} in good["defaults"]
    assert not bad["ok"] and bad["counts"] == {}
    [fault] = bad["faults"]
    assert set(fault) == {"file", "row", "column", "code", "message"}
    assert (fault["file"], fault["column"], fault["code"]) == ("plan.toml", "needs.cutoff.value", "not_clock")
    assert [f["code"] for f in nowhere["faults"]] == ["no_plan"]


def test_the_command_fails_where_there_is_no_plan(plans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check() == 1
    assert "没有方案" in capsys.readouterr().out


@pytest.mark.parametrize("plan_id", ["shengtang", "matiwan", "zhalainuoer", "laoshan", "_template"])
def test_the_plans_that_are_shipped_have_no_fault(plan_id: str) -> None:
    _, faults, _ = check_plan(ROOT / "plans" / plan_id)
    assert faults == []


def test_a_township_is_added_by_copying_the_template_and_changing_its_id(plans: Path) -> None:
    folder = shutil.copytree(ROOT / "plans" / "_template", plans / "newtown")
    _, faults, _ = check_plan(folder)
    assert [f.code for f in faults] == ["id_not_folder"]
    text = (folder / "plan.toml").read_text("utf-8")
    (folder / "plan.toml").write_text(text.replace('id = "template"', 'id = "newtown"'), "utf-8")
    assert load_plan("newtown").id == "newtown"


def rows(query: str) -> list[tuple[object, ...]]:
    with reading() as session:
        return [tuple(row) for row in session.execute(sa.text(query))]


def synced(plan: Plan) -> bool:
    with transaction() as session:
        return sync_plan(session, plan, NOW)


def test_the_sheets_are_copied_once_for_each_digest(plans: Path, database: sa.Engine) -> None:
    plan = load_plan(write_plan(plans / "demo"))
    assert synced(plan)
    assert not synced(plan)
    assert rows("SELECT plan_id, digest FROM plan") == [("demo", plan.digest)]
    tables = ("community", "household", "store", "item", "officer")
    counts = [rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]  # noqa: S608 - names from this test
    assert counts == [3, 9, 3, 8, 14]
    assert rows("SELECT zone, population FROM community WHERE community_id = 'c_sealed'") == [("sealed", 120)]


def test_a_household_gone_from_the_sheet_is_inactive_until_it_comes_back(plans: Path, database: sa.Engine) -> None:
    synced(load_plan(write_plan(plans / "demo")))
    sheets = plan_sheets()
    sheets["households"] = [row for row in sheets["households"] if row["household_id"] != "h3"]
    change(sheets, "households", "h1", persons="8")
    synced(load_plan(write_plan(plans / "demo", sheets=sheets)))
    asked = "SELECT household_id, persons FROM household WHERE NOT active"
    assert rows(asked) == [("h3", 4)]
    assert rows("SELECT persons FROM household WHERE household_id = 'h1'") == [(8,)]
    synced(load_plan(write_plan(plans / "demo")))
    assert rows(asked) == []


def test_a_provisional_household_stays_until_the_sheet_has_it(plans: Path, database: sa.Engine) -> None:
    synced(load_plan(write_plan(plans / "demo")))
    with transaction() as session:
        session.execute(
            sa.text(
                "INSERT INTO household (plan_id, household_id, community_id, address, head, persons, special_group, "
                "provisional, active) VALUES ('demo', 'guest', 'c_sealed', '工地板房', '', 2, '', true, true)"
            )
        )
    sheets = plan_sheets()
    change(sheets, "households", "h1", persons="8")
    synced(load_plan(write_plan(plans / "demo", sheets=sheets)))
    asked = "SELECT provisional, active, persons FROM household WHERE household_id = 'guest'"
    assert [tuple(map(bool, row[:2])) for row in rows(asked)] == [(True, True)]
    sheets["households"].append(sheets["households"][0] | {"household_id": "guest", "persons": "5"})
    synced(load_plan(write_plan(plans / "demo", sheets=sheets)))
    [(provisional, active, persons)] = rows(asked)
    assert (bool(provisional), bool(active), persons) == (False, True, 5)
