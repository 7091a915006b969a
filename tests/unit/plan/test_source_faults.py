"""A source over HTTP that cannot work is told before anybody asks it: with its key, and what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.plans import check_plan, fault_line
from tests.factories.plan_folder import Document, Sheets, change, plan_document, plan_sheets, write_plan
from tests.factories.sources import form_source, store_source

Edit = Callable[[Document], object]


def _with(*sources: Document, channel: str = "http", edit: Edit | None = None) -> tuple[Document, Sheets]:
    document, sheets = plan_document(), plan_sheets()
    document["source"] = list(sources)
    change(sheets, "stores", "market", channel=channel)
    if edit is not None:
        edit(document)
    return document, sheets


def _no_collection(document: Document) -> None:
    gone = ("collect_needs", "allocate_orders", "deliver_orders")
    document["step"] = [step for step in document["step"] if step["flow"] not in gone]


STOCK, FORM = store_source("stock"), form_source()
CASES: dict[str, tuple[tuple[Document, Sheets], str, str]] = {
    "an address for a host": (
        _with(STOCK | {"hosts": ["https://store.example"]}),
        "source[market_stock].hosts[1]",
        "bad_host",
    ),
    "no host at all": (_with(STOCK | {"hosts": []}), "source[market_stock].hosts", "too_short"),
    "a kind that nobody knows": (_with(STOCK | {"kind": "prices"}), "source[market_stock].kind", "not_one_of"),
    "an answer of a gigabyte": (_with(STOCK | {"limit_mb": 1000}), "source[market_stock].limit_mb", "not_at_most"),
    "a wait of an hour": (
        _with(STOCK | {"timeout_seconds": 3600}),
        "source[market_stock].timeout_seconds",
        "not_at_most",
    ),
    "an address for an endpoint's name": (
        _with(STOCK | {"endpoint": "https://store.example/"}),
        "source[market_stock].endpoint",
        "bad_name",
    ),
    "a key of its own": (_with(STOCK | {"password": "x"}), "source[market_stock].password", "unknown_key"),
    "a question that no form has": (
        _with(STOCK, FORM | {"mapping": FORM["mapping"] | {"village": "v"}}),
        "source[needs_form].mapping.village",
        "unknown_key",
    ),
    "stock out of a form": (_with(STOCK | {"format": "kobo_v2"}), "source[market_stock].format", "source_format"),
    "stock of nobody": (
        _with({k: v for k, v in STOCK.items() if k != "store"}, channel="inbox"),
        "source[market_stock]",
        "source_no_store",
    ),
    "a store that does not exist": (
        _with(STOCK, store_source("catalog", store="nowhere")),
        "source[nowhere_catalog].store",
        "no_such_store",
    ),
    "a community that does not exist": (
        _with(STOCK, FORM | {"community": "nowhere"}),
        "source[needs_form].community",
        "no_such_community",
    ),
    "a form of nobody": (
        _with(STOCK, FORM | {"mapping": {k: v for k, v in FORM["mapping"].items() if k != "community"}}),
        "source[needs_form]",
        "source_no_community",
    ),
    "a form of a store and a community": (
        _with(STOCK, FORM | {"store": "market", "community": "c_sealed"}),
        "source[needs_form].community",
        "source_two_owners",
    ),
    "a form without a household": (
        _with(STOCK, FORM | {"mapping": {k: v for k, v in FORM["mapping"].items() if k not in ("household", "name")}}),
        "source[needs_form].mapping",
        "form_without_home",
    ),
    "a form without goods": (
        _with(STOCK, FORM | {"mapping": {k: v for k, v in FORM["mapping"].items() if k != "item"}}),
        "source[needs_form].mapping",
        "form_without_goods",
    ),
    "goods twice over": (
        _with(STOCK, FORM | {"mapping": FORM["mapping"] | {"wide": {"q_rice": "rice"}}}),
        "source[needs_form].mapping",
        "form_both_goods",
    ),
    "a question for goods that do not exist": (
        _with(
            STOCK,
            FORM | {"mapping": {"community": "a", "household": "h", "wide": {"q_rocket": "rocket"}}},
        ),
        "source[needs_form].mapping.wide.q_rocket",
        "no_such_item",
    ),
    "questions asked of a store": (
        _with(STOCK | {"mapping": {"item": "x"}}),
        "source[market_stock].mapping",
        "form_no_use",
    ),
    "two sources of one kind": (
        _with(STOCK, STOCK | {"id": "again"}),
        "source[again].store",
        "source_twice",
    ),
    "two sources of one name": (
        _with(STOCK, store_source("catalog") | {"id": "market_stock"}),
        "source[2]",
        "duplicate_entry",
    ),
    "a store that sends files": (_with(STOCK, channel="inbox"), "source[market_stock].store", "source_store_files"),
    "a store that nobody asks": (_with(), "channel", "store_without_source"),
    "a form that no step reads": (
        _with(STOCK, FORM, edit=_no_collection),
        "source[needs_form].kind",
        "source_unread",
    ),
    "a clause that does not exist": (
        _with(STOCK | {"clause": "B-99"}),
        "source[market_stock].clause",
        "no_such_clause",
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_a_source_that_cannot_work_is_told_with_its_key_and_its_cure(tmp_path: Path, case: str) -> None:
    (document, sheets), column, code = CASES[case]
    _, faults, _ = check_plan(write_plan(tmp_path / "demo", document, sheets))
    assert [(fault.column, fault.code) for fault in faults] == [(column, code)]
    assert faults[0].row is not None
    assert "{" not in fault_line(faults[0])


def test_sources_that_can_work_are_no_fault(tmp_path: Path) -> None:
    wide = {"community": "place/community", "name": "place/head", "wide": {"goods/rice": "rice", "goods/eggs": "eggs"}}
    forms = [FORM, FORM | {"id": "wide_form", "format": "odk_central", "mapping": wide}]
    document, sheets = _with(STOCK, store_source("catalog"), store_source("order_confirmations"), *forms)
    plan, faults, _ = check_plan(write_plan(tmp_path / "demo", document, sheets))
    assert faults == []
    assert plan is not None
    assert [s.id for s in plan.sources.values()][:2] == ["market_stock", "market_catalog"]
