"""How faults of a plan are told: all of them at once, each once, in the reader's language, and no secret repeated."""

from pathlib import Path

import pytest

from tasks.plans import check_plan, fault_message
from tests.factories.plan_edits import (
    COMMUNITIES,
    HOUSEHOLDS,
    ITEMS,
    OFFICERS,
    PLAN,
    STORES,
    cell,
    faults_after,
    of,
    rule,
)
from tests.factories.plan_folder import (
    LEFT_OUT,
    Document,
    Sheets,
    change,
    station_document,
    station_sheets,
    write_plan,
)


def test_the_plan_of_the_factory_has_no_fault(tmp_path: Path) -> None:
    assert faults_after(tmp_path, lambda *_: None) == []


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
