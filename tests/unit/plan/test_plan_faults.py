"""A plan with one fault is told in one line that names file, row and cure; several faults are all told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.plans import check_plan, fault_line, fault_message
from tests.factories.plan_folder import (
    LEFT_OUT,
    Document,
    Sheets,
    change,
    entry,
    plan_document,
    plan_sheets,
    station_document,
    station_sheets,
    write_plan,
)

Edit = Callable[[Document, Sheets], object]
Place = tuple[str, int | None, str | None]

COMMUNITIES, HOUSEHOLDS, STORES = "communities.csv", "households.csv", "stores.csv"
ITEMS, STOCK, OFFICERS, PLAN = "items.csv", "stock.csv", "officers.csv", "plan.toml"


def cell(sheet: str, row_id: str, **cells: str) -> Edit:
    return lambda _, sheets: change(sheets, sheet, row_id, **cells)


def again(sheet: str, number: int) -> Edit:
    return lambda _, sheets: sheets[sheet].append(dict(sheets[sheet][number]))


def rule(section: str, key: str, value: object) -> Edit:
    return lambda document, _: document[section][key].update(value=value)


def clause(section: str, key: str, value: str) -> Edit:
    return lambda document, _: document[section][key].update(clause=value)


def of(table: str, name: str, **values: object) -> Edit:
    return lambda document, _: entry(document, table, name).update(values)


SHEET_FAULTS: dict[str, tuple[Edit, Place, str]] = {
    "a household in no community": (
        cell("households", "h4", community_id="nowhere"),
        (HOUSEHOLDS, 5, "community_id"),
        "no_such_community",
    ),
    "a household that stands there twice": (again("households", 0), (HOUSEHOLDS, 11, "household_id"), "duplicate_key"),
    "a special group without a carer": (cell("households", "h2", carer=""), (HOUSEHOLDS, 3, "carer"), "no_carer"),
    "a carer who is no officer": (cell("households", "h2", carer="x"), (HOUSEHOLDS, 3, "carer"), "no_such_officer"),
    "a household without a responsible person": (
        cell("households", "h1", responsible=""),
        (HOUSEHOLDS, 2, "responsible"),
        "empty_cell",
    ),
    "a telephone number as Excel shortens it": (
        cell("households", "h1", phone="1.39E+10"),
        (HOUSEHOLDS, 2, "phone"),
        "excel_number",
    ),
    "a house number that Excel took for a date": (
        cell("households", "h1", address="3月2日"),
        (HOUSEHOLDS, 2, "address"),
        "excel_date",
    ),
    "an id that Excel took for a date": (
        cell("households", "h1", household_id="2001/3/2"),
        (HOUSEHOLDS, 2, "household_id"),
        "excel_date",
    ),
    "a price in yuan": (cell("stock", "pharmacy", price_fen="29.40"), (STOCK, 9, "price_fen"), "not_fen"),
    "persons with a unit": (cell("households", "h1", persons="3人"), (HOUSEHOLDS, 2, "persons"), "not_whole"),
    "nobody in a household": (cell("households", "h1", persons="0"), (HOUSEHOLDS, 2, "persons"), "not_above"),
    "too many in a household": (cell("households", "h1", persons="31"), (HOUSEHOLDS, 2, "persons"), "not_at_most"),
    "a group that is not known": (
        cell("households", "h1", special_group="老人"),
        (HOUSEHOLDS, 2, "special_group"),
        "not_one_of",
    ),
    "a sale unit of a thousand tonnes": (
        cell("items", "rice", unit_base="1000000000"),
        (ITEMS, 2, "unit_base"),
        "not_at_most",
    ),
    "goods that keep for ten thousand years": (
        cell("items", "rice", keeps_days="4000000"),
        (ITEMS, 2, "keeps_days"),
        "not_at_most",
    ),
    "a price beyond eight bytes": (cell("stock", "market", price_fen="9" * 30), (STOCK, 2, "price_fen"), "not_at_most"),
    "a space in an id": (cell("households", "h1", responsible="a b"), (HOUSEHOLDS, 2, "responsible"), "bad_key"),
    "a contact who is no officer": (
        cell("communities", "c_sealed", contact="x"),
        (COMMUNITIES, 2, "contact"),
        "no_such_officer",
    ),
    "a zone that is not known": (cell("communities", "c_sealed", zone="封控"), (COMMUNITIES, 2, "zone"), "not_one_of"),
    "a community on the other side of the earth": (
        cell("communities", "c_sealed", lon="-116.12"),
        (COMMUNITIES, 2, "lat"),
        "far_away",
    ),
    "latitude and longitude exchanged": (
        cell("communities", "c_sealed", lat="116.12", lon="32.76"),
        (COMMUNITIES, 2, "lat"),
        "not_at_most",
    ),
    "a latitude that is no number": (cell("communities", "c_sealed", lat="nan"), (COMMUNITIES, 2, "lat"), "not_number"),
    "a store that sells nothing": (
        lambda _, sheets: sheets["stock"].__delitem__(slice(7, None)),
        (STORES, 3, "store_id"),
        "sells_nothing",
    ),
    "a store of no use": (
        lambda _, sheets: (
            change(sheets, "stores", "pharmacy", capacity_parcels="0"),
            sheets["stock"].__delitem__(slice(7, None)),
        ),
        (STORES, 3, "capacity_parcels"),
        "serves_nobody",
    ),
    "a supplier of nobody": (
        cell("stores", "wholesale", supplies_to="x"),
        (STORES, 4, "supplies_to"),
        "no_such_store",
    ),
    "a supplier of itself": (
        cell("stores", "wholesale", supplies_to="wholesale"),
        (STORES, 4, "supplies_to"),
        "supplies_itself",
    ),
    "a store without a liaison": (cell("stores", "market", liaison="x"), (STORES, 2, "liaison"), "no_such_officer"),
    "a store 200 km away": (cell("stores", "market", lat="34.6"), (STORES, 2, "lat"), "far_away"),
    "stock of a store that is not there": (
        cell("stock", "pharmacy", store_id="x"),
        (STOCK, 9, "store_id"),
        "no_such_store",
    ),
    "stock of an item that is not there": (
        cell("stock", "pharmacy", item_id="x"),
        (STOCK, 9, "item_id"),
        "no_such_item",
    ),
    "stock told twice": (again("stock", 3), (STOCK, 11, "item_id"), "duplicate_key"),
    "an item of no category": (cell("items", "rice", category="x"), (ITEMS, 2, "category"), "no_such_category"),
    "one word for two items": (cell("items", "potato", aliases="大白菜"), (ITEMS, 8, "aliases"), "alias_of_two"),
    "a word that differs in width only": (
        cell("items", "potato", aliases="马铃薯|布洛芬"),
        (ITEMS, 9, "name"),
        "alias_of_two",
    ),
    "a 斤 of 600 g": (
        cell("items", "pork", unit_base="600", step_base="600", weight_g="600"),
        (ITEMS, 5, "unit_base"),
        "unit_size",
    ),
    "pieces sold by the 斤": (cell("items", "eggs", unit="斤"), (ITEMS, 6, "unit_base"), "unit_of_other_measure"),
    "a step that does not fit": (cell("items", "pork", step_base="300"), (ITEMS, 5, "step_base"), "step_uneven"),
    "another unit without its size": (
        cell("items", "eggs", also_units="箱"),
        (ITEMS, 6, "also_units"),
        "also_units_form",
    ),
    "another unit told twice": (
        cell("items", "eggs", also_units="箱=360|箱=300"),
        (ITEMS, 6, "also_units"),
        "unit_twice",
    ),
    "goods lighter than what is in them": (
        cell("items", "rice", weight_g="500"),
        (ITEMS, 2, "weight_g"),
        "lighter_than_content",
    ),
    "medicine that is perhaps": (cell("items", "rice", medicine="也许"), (ITEMS, 2, "medicine"), "not_yes_no"),
    "an officer without a channel": (cell("officers", "leader", channels=""), (OFFICERS, 2, "channels"), "no_channel"),
    "an officer with an empty list of channels": (
        cell("officers", "leader", channels="|"),
        (OFFICERS, 2, "channels"),
        "no_channel",
    ),
    "an address for a channel": (
        cell("officers", "leader", channels="wecombot://secret"),
        (OFFICERS, 2, "channels"),
        "channel_is_address",
    ),
    "a channel that is no name": (
        cell("officers", "leader", channels="微信"),
        (OFFICERS, 2, "channels"),
        "bad_channel",
    ),
    "a role that the plan has not": (
        cell("officers", "coordinator_2", role="x"),
        (OFFICERS, 4, "role"),
        "no_such_role",
    ),
    "an officer of no place": (cell("officers", "carer_1", serves="x"), (OFFICERS, 14, "serves"), "serves_nowhere"),
    "a deputy who is no officer": (cell("officers", "leader", deputy="x"), (OFFICERS, 2, "deputy"), "no_such_officer"),
    "deputies of each other": (
        cell("officers", "supply_2", deputy="supply_1"),
        (OFFICERS, 5, "deputy"),
        "deputy_cycle",
    ),
    "an escalation that comes back": (
        cell("officers", "leader", escalates_to="supply_1"),
        (OFFICERS, 2, "escalates_to"),
        "escalation_cycle",
    ),
}

PLAN_FAULTS: dict[str, tuple[Edit, str, str]] = {
    "a key that is not known": (lambda d, _: d["needs"].update(cutof=1), "needs.cutof", "unknown_key"),
    "a section that is not known": (lambda d, _: d.update(need={"x": 1}), "need", "unknown_key"),
    "a mark of the loader's": (
        lambda d, _: d["needs"]["cutoff"].update(from_template=True),
        "needs.cutoff.from_template",
        "unknown_key",
    ),
    "a time in numbers": (rule("needs", "cutoff", 1600), "needs.cutoff.value", "not_clock"),
    "a time with a full-width colon": (rule("needs", "cutoff", "16：00"), "needs.cutoff.value", "not_clock"),
    "a number in quotation marks": (rule("delivery", "lag_days", "1"), "delivery.lag_days.value", "not_whole"),
    "a number for a truth value": (
        rule("allocation", "special_groups_first", 1),
        "allocation.special_groups_first.value",
        "not_yes_no",
    ),
    "a value without its clause": (
        lambda d, _: d["needs"].update(cutoff="16:00"),
        "needs.cutoff",
        "not_table",
    ),
    "no days of reserve": (rule("reserve", "min_cover_days", 0), "reserve.min_cover_days.value", "not_above"),
    "a delivery after the end of days": (rule("delivery", "lag_days", 10**9), "delivery.lag_days.value", "not_at_most"),
    "a budget beyond eight bytes": (rule("purchase", "budget_fen", 10**18), "purchase.budget_fen.value", "not_at_most"),
    "a decay above one": (rule("reserve", "forecast_decay", 1.5), "reserve.forecast_decay.value", "not_at_most"),
    "a date of the thirteenth month": (rule("prices", "since", "2022-13-01"), "prices.since.value", "not_date"),
    "a stage that is not known": (rule("notices", "at_once", ["fevr"]), "notices.at_once.value[1]", "not_one_of"),
    "an address for the endpoint": (
        rule("report", "endpoint", "http://127.0.0.1/"),
        "report.endpoint.value",
        "bad_name",
    ),
    "a zone of time on the moon": (
        lambda d, _: d["plan"].update(timezone="Moon/Base"),
        "plan.timezone",
        "not_zone_of_time",
    ),
    "a clause in words": (clause("needs", "cutoff", "第二条"), "needs.cutoff.clause", "bad_clause"),
    "a clause that no plan has": (clause("needs", "cutoff", "B-02, B-14"), "needs.cutoff.clause", "no_such_clause"),
    "a clause of a fact that no plan has": (
        lambda d, _: d["fact"].append({"clause": "D-12", "text": "示例"}),
        "fact[2].clause",
        "no_such_clause",
    ),
    "a plan under another name": (lambda d, _: d["plan"].update(id="other"), "plan.id", "id_not_folder"),
    "a step that is there twice": (lambda d, _: d["step"].append(dict(d["step"][0])), "step[9]", "duplicate_entry"),
    "a wait for a step that is not there": (
        of("step", "check_stock", after=["review_zones"]),
        "step[check_stock].after",
        "no_such_step",
    ),
    "steps that wait for each other": (
        lambda d, _: (
            entry(d, "step", "check_stock").update(at="14:30", after=["submit_report"]),
            entry(d, "step", "purchase_supplies").update(at="14:30"),
        ),
        "step[check_stock].after",
        "step_cycle",
    ),
    "a collection before the cut-off": (
        lambda d, _: (
            entry(d, "step", "collect_needs").update(at="15:59"),
            entry(d, "duty", "needs_list").update(due="15:30"),
        ),
        "step[collect_needs].at",
        "before_cutoff",
    ),
    "an allocation before the needs are in": (
        of("step", "allocate_orders", at="16:00"),
        "step[allocate_orders].at",
        "before_other_step",
    ),
    "a report that is due before it is ready": (rule("report", "ready_at", "15:00"), "report.ready_at", "not_before"),
    "an approval that ends before it is asked": (
        rule("purchase", "approval_until", "13:00"),
        "step[purchase_supplies].at",
        "not_before",
    ),
    "a departure before the lists": (rule("delivery", "depart_at", "07:00"), "delivery.depart_at", "before_other_step"),
    "a duty that is due before it opens": (
        of("duty", "needs_list", opens="16:00"),
        "duty[needs_list].due",
        "not_after",
    ),
    "needs that are due after the collection": (
        of("duty", "needs_list", due="16:30"),
        "duty[needs_list].due",
        "due_after_input",
    ),
    "stock that is due after the check": (
        of("duty", "stock_report", due="13:31"),
        "duty[stock_report].due",
        "due_after_input",
    ),
    "a report that is owed before it is made": (
        of("duty", "market_report", due="14:20"),
        "duty[market_report].due",
        "due_before_step",
    ),
    "a duty of a role that is not there": (
        of("duty", "market_report", owed_by="role:nobody"),
        "duty[market_report].owed_by",
        "no_such_role",
    ),
    "a duty of everybody": (of("duty", "market_report", owed_by="all"), "duty[market_report].owed_by", "bad_owed_by"),
    "a duty on no day": (of("duty", "needs_list", days=[]), "duty[needs_list].days", "too_short"),
    "a stage told to a role that nobody has": (
        lambda d, _: (d["roles"].update(press="宣传"), d["notices"]["to"]["value"].update(delivered=["press"])),
        "notices.to.value.delivered",
        "role_of_nobody",
    ),
    "a budget of notices for no role": (
        rule("notices", "role_budgets", {"x": 3}),
        "notices.role_budgets",
        "no_such_role",
    ),
    "nobody to approve": (rule("purchase", "approver_roles", []), "purchase.approver_roles", "no_role_named"),
    "no money": (rule("purchase", "budget_fen", 0), "purchase.budget_fen", "no_budget"),
    "digests out of order": (rule("notices", "digest_at", ["11:30", "08:30"]), "notices.digest_at", "not_ascending"),
    "a zone without a way of delivery": (
        rule("delivery", "modes", {"sealed": "address", "isolation": "address"}),
        "delivery.modes",
        "no_mode",
    ),
    "a zone without a place in the order": (
        rule("allocation", "tiers", [["sealed", "controlled"]]),
        "allocation.tiers",
        "no_tier",
    ),
    "a zone with two places in the order": (
        rule("allocation", "tiers", [["sealed", "controlled"], ["isolation", "sealed"]]),
        "allocation.tiers",
        "two_tiers",
    ),
    "a purchase by cycle without a time": (
        lambda d, _: (d["purchase"]["trigger"].update(value="cycle"), entry(d, "step", "purchase_supplies").pop("at")),
        "step[purchase_supplies]",
        "no_step_at",
    ),
}


def faults_after(tmp_path: Path, edit: Edit) -> list[tuple[Place, str, str]]:
    document, sheets = plan_document(), plan_sheets()
    edit(document, sheets)
    plan, faults, _ = check_plan(write_plan(tmp_path / "demo", document, sheets))
    assert (plan is None) == bool(faults)
    return [((f.file, f.row, f.column), f.code, fault_line(f)) for f in faults]


def line_begins_with(key: str) -> str:
    """`step[check_stock].at` stands on a line `at = …`, `needs.cutoff.value` on `cutoff = …`, `need` on `[need]`."""
    section, _, rest = key.partition("]") if "[" in key.partition(".")[0] else key.partition(".")
    return rest.strip(".").split(".")[0] or ("[[" if "[" in section else f"[{section}]")


def test_the_plan_of_the_factory_has_no_fault(tmp_path: Path) -> None:
    assert faults_after(tmp_path, lambda *_: None) == []


@pytest.mark.parametrize("name", SHEET_FAULTS)
def test_one_fault_of_a_sheet_is_one_line(name: str, tmp_path: Path) -> None:
    edit, place, code = SHEET_FAULTS[name]
    [(found, found_code, line)] = faults_after(tmp_path, edit)
    assert (found, found_code) == (place, code)
    assert line.startswith(f"{place[0]} 第 {place[1]} 行 {place[2]}：")
    assert "请" in line or "必须" in line or "不得" in line
    assert "\n" not in line


@pytest.mark.parametrize("name", PLAN_FAULTS)
def test_one_fault_of_the_plan_file_is_one_line_with_its_key(name: str, tmp_path: Path) -> None:
    edit, key, code = PLAN_FAULTS[name]
    [((file, row, column), found_code, line)] = faults_after(tmp_path, edit)
    assert (file, column, found_code) == (PLAN, key, code)
    assert row is not None and f" 第 {row} 行 {key}：" in line
    written = (tmp_path / "demo" / PLAN).read_text("utf-8").splitlines()[row - 1]
    assert written.startswith(line_begins_with(key))


def test_faults_are_told_in_english_where_the_locale_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOGONG_LOCALE", "en")
    [(_, _, line)] = faults_after(tmp_path, cell("households", "h2", carer=""))
    assert (
        line
        == "households.csv row 3 carer: Household 「h2」 is of a special group and has no carer; name an officer (C-09)"
    )


@pytest.mark.parametrize("line", ["x = " + "[" * 5000, f"x = {'9' * 5000}"], ids=["brackets", "digits"])
def test_a_plan_file_that_is_too_much_for_its_reader_is_told_as_broken(line: str, tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "demo")
    with (folder / "plan.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    assert "broken_toml" in [fault.code for fault in check_plan(folder)[1]]


def test_all_faults_are_told_at_once_in_the_order_of_files_and_rows(tmp_path: Path) -> None:
    def break_much(document: Document, sheets: Sheets) -> None:
        rule("needs", "cutoff", "noon")(document, sheets)
        of("step", "collect_needs", at="99:00")(document, sheets)
        of("duty", "market_report", due="14:20")(document, sheets)
        cell("households", "h4", community_id="nowhere", persons="x")(document, sheets)
        cell("households", "h2", carer="")(document, sheets)
        cell("items", "rice", category="x")(document, sheets)
        cell("officers", "leader", channels="|")(document, sheets)

    found = faults_after(tmp_path, break_much)
    assert [(place[0], place[2], code) for place, code, _ in found] == [
        (PLAN, "needs.cutoff.value", "not_clock"),
        (PLAN, "step[collect_needs].at", "not_clock"),
        (PLAN, "duty[market_report].due", "due_before_step"),
        (HOUSEHOLDS, "carer", "no_carer"),
        (HOUSEHOLDS, "persons", "not_whole"),
        (ITEMS, "category", "no_such_category"),
        (OFFICERS, "channels", "no_channel"),
    ]


def test_a_row_that_cannot_be_used_is_not_told_again_by_those_who_refer_to_it(tmp_path: Path) -> None:
    found = faults_after(tmp_path, cell("communities", "c_sealed", population="many"))
    assert [place for place, _, _ in found] == [(COMMUNITIES, 2, "population")]


def test_an_address_in_a_channel_is_not_repeated(tmp_path: Path) -> None:
    [(_, _, line)] = faults_after(tmp_path, cell("officers", "leader", channels="mailtos://me:secret@host"))
    assert "secret" not in line and "mailtos" in line


def test_a_station_needs_a_wholesale_store_that_supplies_it(tmp_path: Path) -> None:
    sheets = station_sheets()
    change(sheets, "stores", "wholesale", kind="supermarket")
    _, faults, _ = check_plan(write_plan(tmp_path / "demo", station_document("demo"), sheets))
    assert [(f.file, f.row, f.code) for f in faults] == [(STORES, 2, "station_unsupplied")]


def test_the_source_station_needs_a_station(tmp_path: Path) -> None:
    sheets = station_sheets()
    change(sheets, "stores", "station", kind="supermarket")
    _, faults, _ = check_plan(write_plan(tmp_path / "demo", station_document("demo"), sheets))
    assert [(f.file, f.column, f.code) for f in faults] == [(PLAN, "allocation.source", "no_station")]


def test_delivery_of_the_same_day_waits_for_the_allocation(tmp_path: Path) -> None:
    _, faults, _ = check_plan(write_plan(tmp_path / "demo", delivery__lag_days=0))
    assert [(f.column, f.code) for f in faults] == [("step[deliver_orders].at", "before_other_step")]


def test_a_key_that_neither_plan_nor_template_has_is_missing(tmp_path: Path) -> None:
    write_plan(tmp_path / "_template", prices__since=LEFT_OUT)
    _, faults, _ = check_plan(write_plan(tmp_path / "demo", prices__since=LEFT_OUT))
    assert [(f.column, f.code) for f in faults] == [("prices.since", "missing_key")]
    assert "缺少" in fault_message(faults[0])
