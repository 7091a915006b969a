"""`kill -9` at every step of a purchase, then the run again: exactly one order per supplier and line, in both houses.

From the proposal over the answer (a person's, the plan's, none) to the orders, what suppliers say, and the next one.
The suppliers' servers are real, and live through the kill as other people's servers do: what they have taken is
compared as well as our books.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.demo.store_server import StoreServer
from deployments.demo.supplier_side import SupplierSide
from tests.factories.suppliers import FIRST, SECOND, write_supplier_plan
from tests.factories.working_town import at
from tests.faults.cases import Cases, lost
from tests.faults.child import Act

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]
BUY = Act("purchase_supplies", "demo", at("13:50"))
APPROVE = Act("approve", "demo", at("14:00"), (("changes", "大米=40;面粉=3"),))
CARRY_ON = Act("watch_duties", "demo", at("14:10"))
LEFT = Act("watch_duties", "demo", at("18:00"))
ANSWER = Act("purchase_supplies", "demo", at("14:20"), (("answers", "1=是"), ("answered_by", "supply_1")))
ORDER, OTHER = f"demo:2022-04-21:{FIRST}:market", f"demo:2022-04-21:{SECOND}:market"


@pytest.fixture
def cases(tmp_path: Path) -> Iterator[Cases]:
    """Two suppliers over HTTP: the first brings but ten packs of rice and wants more for flour."""
    (tmp_path / "start").mkdir()
    with StoreServer() as server:
        server.clock = at("13:55")

        def begin() -> None:
            server.shop(FIRST).supplies = SupplierSide(can_supply={"大米": 10}, pack_prices={"面粉": 9900})
            server.shop(SECOND).supplies = SupplierSide()

        def outside() -> dict[str, list[str]]:
            return {name: sorted(server.shop(name).supplies.orders) for name in (FIRST, SECOND)}

        environment = {
            "BAOGONG_PLANS": str(tmp_path / "plans"),
            "BAOGONG_DATABASE_URL": "",
            "BAOGONG_SETTLE_SECONDS": "0",
            f"BAOGONG_ENDPOINT_{FIRST.upper()}": server.base(FIRST),
            f"BAOGONG_ENDPOINT_{SECOND.upper()}": server.base(SECOND),
        }
        begin()
        yield Cases(tmp_path, environment, begin=begin, outside=outside)


def lines_of(books: dict[str, list[str]]) -> list[str]:
    """`order item` of every line that is on record."""
    found = [dict(part.split("=", 1) for part in row.split(", ")) for row in books["purchase_order_line"]]
    return sorted(f"{row['order_id']} {row['item_id']}" for row in found)


def prepared(cases: Cases, *acts: Act) -> Path:
    """The state before an act: those before it have run."""
    before = cases.copy(cases.root / "start")
    for act in acts:
        cases.finished(act, before)
    return before


def test_a_purchase_by_rule_killed_anywhere_is_ordered_once_from_each_supplier(cases: Cases) -> None:
    write_supplier_plan(cases.root / "plans" / "demo", http=True)
    before = cases.root / "start"
    unharmed, taken = cases.unharmed(BUY, before)
    assert taken == {FIRST: [ORDER], SECOND: [OTHER]}
    lines = lines_of(unharmed.books)
    assert len(set(lines)) == len(lines) > 1
    assert f"{OTHER} rice" in lines
    assert any("supplier_answer" in name for name in unharmed.passed)
    assert lost(cases, BUY, before, unharmed, set(), taken) == []


def test_an_approval_killed_anywhere_is_given_once_and_ordered_once(cases: Cases) -> None:
    write_supplier_plan(cases.root / "plans" / "demo", http=True, purchase__approve_below_fen=0)
    before = prepared(cases, BUY)
    unharmed, taken = cases.unharmed(APPROVE, before)
    assert len(unharmed.books["approval"]) == 1
    assert lost(cases, APPROVE, before, unharmed, set(), taken) == []
    before = prepared(cases, BUY, APPROVE)
    unharmed, taken = cases.unharmed(CARRY_ON, before)
    assert taken == {FIRST: [ORDER], SECOND: [OTHER]}
    assert lost(cases, CARRY_ON, before, unharmed, set(), taken) == []


def test_when_nobody_answers_a_watch_killed_anywhere_lets_the_plan_decide_once(cases: Cases) -> None:
    write_supplier_plan(cases.root / "plans" / "demo", http=True, purchase__approve_below_fen=0)
    before = prepared(cases, BUY)
    unharmed, taken = cases.unharmed(LEFT, before)
    assert taken == {FIRST: [ORDER], SECOND: [OTHER]}
    assert ["policy:unanswered" in row for row in unharmed.books["approval"]] == [True]
    assert lost(cases, LEFT, before, unharmed, set(), taken) == []


def test_a_yes_to_another_price_killed_anywhere_is_carried_out_once(cases: Cases) -> None:
    write_supplier_plan(cases.root / "plans" / "demo", http=True)
    before = prepared(cases, BUY)
    unharmed, taken = cases.unharmed(ANSWER, before)
    assert any("agreed_fen=9900" in row for row in unharmed.books["purchase_order_line"])
    assert lost(cases, ANSWER, before, unharmed, set(), taken) == []


def test_a_confirmation_by_file_killed_anywhere_has_its_rest_ordered_once(cases: Cases) -> None:
    write_supplier_plan(cases.root / "plans" / "demo")
    before = prepared(cases, BUY)
    inbox = before / "inbox" / "demo" / "confirmations" / "2022-04-21"
    inbox.mkdir(parents=True)
    (inbox / "示例批发_1.csv").write_text(f"采购单号,商品,确认件数\n{ORDER},大米,10\n", encoding="utf-8")
    unharmed, taken = cases.unharmed(CARRY_ON, before)
    assert f"{OTHER} rice" in lines_of(unharmed.books)
    assert lost(cases, CARRY_ON, before, unharmed, set(), taken) == []
