"""`kill -9` at every boundary of fetching, deciding and handing over; then the run again: nothing lost, nothing twice.

Among the boundaries are those between a page and the cursor, and between an order's answer and its record. The servers
are real, and live through the kill as other people's servers do.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deployments.demo.form_server import SERVERS
from deployments.demo.store_server import StoreServer
from tests.factories.books import changes
from tests.factories.plan_folder import change, plan_document, plan_sheets, write_plan
from tests.factories.sources import form_source, store_source
from tests.factories.working_town import at
from tests.faults.child import Act, Played, kill, play

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
COLLECT, SHARE = Act("collect_needs", "demo", at("16:05")), Act("allocate_orders", "demo", at("16:20"))


@dataclass
class Cases:
    """A folder of the day's state for each act; every case is a copy of it."""

    root: Path
    environment: dict[str, str]
    number: int = field(default=0)

    def finished(self, act: Act, case: Path) -> Played:
        return play(act, case, self.environment | {"BAOGONG_DATA": str(case)})

    def copy(self, before: Path) -> Path:
        self.number += 1
        case = self.root / f"case-{self.number}"
        shutil.copytree(before, case)
        return case

    def killed(self, act: Act, before: Path, boundary: int) -> tuple[str, Played]:
        case = self.copy(before)
        where = kill(act, case, self.environment | {"BAOGONG_DATA": str(case)}, boundary)
        after = self.finished(act, case)
        shutil.rmtree(case)
        return where, after


@pytest.fixture(params=list(SERVERS))
def cases(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Cases]:
    """Three forms, one a page, and a store that takes orders; nothing has run yet."""
    document, sheets = plan_document("demo"), plan_sheets()
    document["source"] = [form_source(request.param), store_source("order_confirmations")]
    change(sheets, "stores", "market", channel="http")
    write_plan(tmp_path / "plans" / "demo", document, sheets)
    (tmp_path / "start").mkdir()
    with SERVERS[request.param](page_size=1) as forms, StoreServer() as store:
        for number, home in enumerate(("h1", "h2", "h3"), start=1):
            forms.fill(number, at(f"1{number}:00"), "示例家园", home, ("大米", str(number), "袋"))
        store.shop("market").can_pack, store.clock = {"大米": 4}, at("16:20")
        yield Cases(
            tmp_path,
            {
                "BAOGONG_PLANS": str(tmp_path / "plans"),
                "BAOGONG_DATABASE_URL": "",
                "BAOGONG_SETTLE_SECONDS": "0",
                "BAOGONG_ENDPOINT_FORM": forms.data,
                "BAOGONG_ENDPOINT_MARKET": store.base("market"),
            },
        )


def _until_notices_go_out(passed: list[str]) -> list[str]:
    """Sending is cut off everywhere in `test_killed_at_every_boundary`, which says what may differ then."""
    return passed[: next((n for n, name in enumerate(passed) if "notice_attempt" in name), len(passed))]


def _lost(cases: Cases, act: Act, before: Path, unharmed: Played, may_differ: set[str]) -> list[str]:
    found = []
    for boundary, name in enumerate(_until_notices_go_out(unharmed.passed)):
        where, after = cases.killed(act, before, boundary)
        different = changes(unharmed.books, after.books)
        found += [f"{boundary} {name}: {t}: {r}" for t, rows in different.items() if t not in may_differ for r in rows]
        found += [f"{boundary} {name}: reached {where}"] if where != name else []
        found += [f"{boundary} {name}: {after.broken}"] if after.broken else []
    return found


def test_a_collection_killed_anywhere_has_every_form_once(cases: Cases) -> None:
    before = cases.root / "start"
    unharmed = cases.finished(COLLECT, cases.copy(before))
    assert len(unharmed.books["need"]) == 3
    assert any("source_cursor" in name for name in unharmed.passed)
    # A server that is asked from a moved cursor gives another page, which is stored as every answer is.
    kobo = "/api/v2/" in cases.environment["BAOGONG_ENDPOINT_FORM"]
    assert _lost(cases, COLLECT, before, unharmed, set() if kobo else {"submission"}) == []


def test_an_order_killed_anywhere_is_taken_once_and_its_shortfall_told_once(cases: Cases) -> None:
    before = cases.copy(cases.root / "start")
    cases.finished(COLLECT, before)
    unharmed = cases.finished(SHARE, cases.copy(before))
    assert any("store_confirmation" in name for name in unharmed.passed)
    assert [row for row in unharmed.books["store_confirmation"] if "state=short" in row]
    assert _lost(cases, SHARE, before, unharmed, set()) == []
