"""Purchase orders to suppliers over HTTP: a row first, sent once under its key, answered, and the rest elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.demo.store_server import StoreServer
from deployments.demo.supplier_side import SupplierSide
from tests.factories.books import books
from tests.factories.suppliers import FIRST, SECOND, write_supplier_plan
from tests.factories.working_town import Town, at
from tests.integration.sources_town import LATE, point_at

ORDERS = "SELECT order_id, state, sent_at IS NOT NULL FROM purchase_order ORDER BY placed_at, order_id"
LINES = "SELECT packs FROM purchase_order_line WHERE order_id = :o AND item_id = 'rice'"
ANSWERS = "SELECT order_id, number, state, via, late FROM supplier_answer ORDER BY order_id, number"
REST = "SELECT order_id, item_id, packs, state, new_order_id FROM purchase_rest ORDER BY order_id, item_id, number"
QUESTIONS = "SELECT number, kind, item_id, supplier_id, packs, state FROM purchase_question ORDER BY number"
ORDER, OTHER = f"demo:2022-04-21:{FIRST}:market", f"demo:2022-04-21:{SECOND}:market"


@pytest.fixture
def server(town: Town, plans: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoreServer]:
    """Two suppliers take orders over HTTP; the first is nearer, both ask the same."""
    write_supplier_plan(plans / "demo", http=True)
    with StoreServer() as server:
        for supplier in (FIRST, SECOND):
            point_at(monkeypatch, supplier, server.base(supplier))
            server.shop(supplier)
        server.clock = at("13:55")
        yield server


def first(server: StoreServer) -> SupplierSide:
    return server.shop(FIRST).supplies


def second(server: StoreServer) -> SupplierSide:
    return server.shop(SECOND).supplies


def rice(town: Town, order_id: str = ORDER) -> int:
    return int(town.rows(LINES, o=order_id)[0][0])


def test_an_order_goes_out_once_under_its_number_and_its_answer_is_kept(town: Town, server: StoreServer) -> None:
    told = town.run("purchase_supplies", "13:50")
    assert (told["state"], told["orders"]) == ("ordered", 1)
    (order,) = first(server).orders.values()
    assert order["deliver_to"] == "示例超市"
    assert {"item": "大米", "unit": "袋", "pack_units": 4, "packs": rice(town), "pack_price_fen": 10000} in order[
        "lines"
    ]
    assert town.rows(ORDERS) == [(ORDER, "placed", True)]
    assert next(tuple(map(str, row)) for row in town.rows(ANSWERS))[:4] == (ORDER, "1", "confirmed", "http")
    assert town.rows("SELECT state FROM duty WHERE duty_id = 'order_confirmation'") == [("done",)]
    before = books(town.engine)
    town.run("purchase_supplies", "13:50")
    assert books(town.engine) == before
    assert [(r.verb, r.headers["Idempotency-Key"]) for r in server.requests] == [("POST", ORDER)]


def test_an_order_that_nobody_took_stays_a_row_is_told_and_goes_out_with_the_next_watch(
    town: Town, server: StoreServer
) -> None:
    server.always = "closed"
    assert town.run("purchase_supplies", "13:50")["state"] == "ordered"
    assert town.rows(ORDERS) == [(ORDER, "placed", False)]
    assert [row[:2] for row in town.rows(LATE)] == [(f"source_{FIRST}_supplier_orders", "open")]
    assert "supplier_1" in town.told("source_failed")
    server.always = None
    town.run("watch_duties", "14:00")
    assert town.rows(ORDERS) == [(ORDER, "placed", True)]
    assert list(first(server).orders) == [ORDER]
    assert [row[1] for row in town.rows(LATE)] == ["late"]


@pytest.mark.parametrize("fault", ["half", "busy", "broken"])
def test_an_order_whose_answer_was_lost_is_sent_again_under_the_same_key_and_taken_once(
    town: Town, server: StoreServer, fault: str
) -> None:
    server.faults = [fault]
    town.run("purchase_supplies", "13:50")
    assert [r.headers["Idempotency-Key"] for r in server.requests] == [ORDER, ORDER]
    assert list(first(server).orders) == [ORDER]
    assert town.rows(ORDERS) == [(ORDER, "placed", True)]


def test_an_answer_that_names_another_order_is_no_receipt(town: Town, server: StoreServer) -> None:
    server.always = "people"
    town.run("purchase_supplies", "13:50")
    assert town.rows(ORDERS) == [(ORDER, "placed", False)]


def test_an_order_leaves_for_no_host_that_the_plan_does_not_name(
    town: Town, server: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(monkeypatch, FIRST, "https://elsewhere.example/api")
    town.run("purchase_supplies", "13:50")
    assert server.requests == []
    assert any("elsewhere.example" in row[2] for row in town.rows(LATE))


def test_what_one_supplier_cannot_bring_is_ordered_from_the_next_under_a_key_of_its_own(
    town: Town, server: StoreServer
) -> None:
    first(server).can_supply = {"大米": 30}
    told = town.run("purchase_supplies", "13:50")
    wanted = rice(town)
    assert town.rows(REST) == [(ORDER, "rice", wanted - 30, "ordered", OTHER)]
    assert town.rows(LINES, o=OTHER) == [(wanted - 30,)]
    assert list(second(server).orders) == [OTHER]
    assert told["amount_fen"] == town.rows("SELECT amount_fen FROM purchase")[0][0]
    (body,) = town.bodies("supplier_answered", "supply_1")
    assert f"大米{wanted - 30}件" in body
    assert "已改向样本批发采购" in body
    assert town.rows(QUESTIONS) == []


def test_what_nobody_brings_is_no_longer_expected_and_wanted_again_the_next_day(
    town: Town, server: StoreServer
) -> None:
    first(server).can_supply = {"大米": 3}
    second(server).can_supply = {"大米": 0}
    town.run("purchase_supplies", "13:50")
    assert [row[3] for row in town.rows(REST)] == ["ordered", "nobody"]
    assert [row[:2] for row in town.rows(ORDERS)] == [(ORDER, "placed"), (OTHER, "refused")]
    town.run("purchase_supplies", "13:50", day=22)
    on_order = "SELECT on_order_base FROM purchase_line WHERE cycle = '2022-04-22' AND item_id = 'rice'"
    assert town.rows(on_order) == [(3 * 20_000,)]


def test_a_refused_order_is_the_next_suppliers_as_a_whole(town: Town, server: StoreServer) -> None:
    first(server).refuses = True
    town.run("purchase_supplies", "13:50")
    assert [row[:2] for row in town.rows(ORDERS)] == [(ORDER, "refused"), (OTHER, "placed")]
    lines = "SELECT item_id, packs FROM purchase_order_line WHERE order_id = :o ORDER BY item_id"
    assert town.rows(lines, o=ORDER) == town.rows(lines, o=OTHER)


def test_the_next_supplier_is_not_taken_without_a_yes_where_it_is_dearer(
    town: Town, server: StoreServer, plans: Path
) -> None:
    prices = {(FIRST, "rice"): 2500, (SECOND, "rice"): 2600}
    write_supplier_plan(plans / "demo", http=True, prices=prices)
    first(server).can_supply = {"大米": 30}
    town.run("purchase_supplies", "13:50")
    wanted = rice(town)
    assert town.rows(REST) == [(ORDER, "rice", wanted - 30, "waiting", None)]
    assert town.rows(QUESTIONS) == [(1, "dearer", "rice", SECOND, wanted - 30, "waiting")]
    assert second(server).orders == {}
    assert "大米改由别家供，超出批准" in town.bodies("order_questioned", "supply_1")[0]
    told = town.run("purchase_supplies", "14:10", answers="1=是", answered_by="供给示例")
    assert told["answered"] == [1]
    assert list(second(server).orders) == [OTHER]
    assert town.rows(REST) == [(ORDER, "rice", wanted - 30, "ordered", OTHER)]


def test_a_supplier_who_decides_later_is_asked_by_the_watch(town: Town, server: StoreServer) -> None:
    first(server).slow = True
    town.run("purchase_supplies", "13:50")
    assert town.rows(ORDERS) == [(ORDER, "placed", True)]
    assert town.rows(ANSWERS) == []
    first(server).decide(at("14:20"))
    server.clock = at("14:20")
    town.run("watch_duties", "14:30")
    assert [row[2] for row in town.rows(ANSWERS)] == ["confirmed"]
    asked = len(server.requests)
    town.run("watch_duties", "14:40")
    assert len(server.requests) == asked


def test_a_supplier_who_stays_silent_is_reminded_then_escalated_and_told_late_when_he_answers(
    town: Town, server: StoreServer
) -> None:
    first(server).slow = True
    town.run("purchase_supplies", "13:50")
    town.run("watch_duties", "14:50")
    assert any(ORDER in body for body in town.bodies("duty_reminded", "supplier_1"))
    town.run("watch_duties", "15:50")
    for officer in ("liaison_1", "supply_1", "coordinator"):
        assert any(ORDER in body for body in town.bodies("duty_escalated", officer))
    first(server).decide(at("16:05"))
    town.run("watch_duties", "16:10")
    assert [(row[2], bool(row[4])) for row in town.rows(ANSWERS)] == [("confirmed", True)]
    assert "答复晚于15:50" in town.bodies("supplier_answered", "supply_1")[0]
    assert town.rows("SELECT state FROM duty WHERE duty_id = 'order_confirmation'") == [("late",)]


def test_more_than_was_ordered_is_told_and_capped_until_the_buyer_says_yes(town: Town, server: StoreServer) -> None:
    first(server).gives_more = {"大米": 5}
    town.run("purchase_supplies", "13:50")
    wanted = rice(town)
    line = "SELECT ordered_packs, offered_packs, confirmed_packs FROM supplier_answer_line WHERE item_id = 'rice'"
    assert town.rows(line) == [(wanted, wanted + 5, wanted)]
    assert town.rows(QUESTIONS) == [(1, "more", "rice", FIRST, 5, "waiting")]
    assert list(first(server).orders) == [ORDER]
    first(server).gives_more = {}
    town.run("purchase_supplies", "14:10", answers="1=是", answered_by="supply_1")
    assert list(first(server).orders) == [ORDER, f"{ORDER}:2"]
    assert town.rows(LINES, o=f"{ORDER}:2") == [(5,)]


def test_another_price_counts_only_once_somebody_has_said_yes(town: Town, server: StoreServer) -> None:
    first(server).pack_prices = {"大米": 10500}
    town.run("purchase_supplies", "13:50")
    wanted, price = rice(town), "SELECT pack_price_fen, agreed_fen FROM purchase_order_line WHERE item_id = 'rice'"
    assert town.rows(QUESTIONS) == [(1, "price", "rice", FIRST, wanted, "waiting")]
    assert town.rows(price) == [(10000, None)]
    told = town.run("purchase_supplies", "14:10", answers="1=是", answered_by="supply_1")
    assert town.rows(price) == [(10000, 10500)]
    assert told["amount_fen"] == town.rows("SELECT amount_fen FROM purchase")[0][0] + 500 * wanted


def test_a_price_that_is_refused_goes_to_the_next_supplier(town: Town, server: StoreServer) -> None:
    first(server).pack_prices = {"大米": 10500}
    town.run("purchase_supplies", "13:50")
    wanted = rice(town)
    town.run("purchase_supplies", "14:10", answers="1=否 太贵", answered_by="supply_1")
    assert town.rows(REST) == [(ORDER, "rice", wanted, "ordered", OTHER)]
    assert town.rows(LINES, o=OTHER) == [(wanted,)]
    (answer,) = town.rows("SELECT answered_by FROM purchase_question")
    assert answer == ("supply_1",)


BAD = {
    "goods that were not ordered": ({"lines": [{"item": "布洛芬", "packs": 1}]}, "布洛芬"),
    "goods of nobody": ({"lines": [{"item": "火箭", "packs": 1}]}, "火箭"),
    "half a pack": ({"lines": [{"item": "大米", "packs": 1.5}]}, "大米"),
    "less than nothing": ({"lines": [{"item": "大米", "packs": -1}]}, "大米"),
    "a price of nothing": ({"lines": [{"item": "大米", "packs": 1, "pack_price_fen": 0}]}, "大米"),
    "a part that is silent": ({"status": "partial", "lines": [{"item": "大米", "packs": 1}]}, "白菜"),
    "a state of its own": ({"status": "maybe"}, "status"),
    "an order of nobody": ({"order": "demo:2022-04-21:nobody:market"}, "nobody"),
}


@pytest.mark.parametrize("case", list(BAD))
def test_an_answer_that_cannot_be_used_is_told_and_nothing_is_bought_by_it(
    town: Town, server: StoreServer, case: str
) -> None:
    first(server).slow = True
    town.run("purchase_supplies", "13:50")
    wrong, words = BAD[case]
    fine = {"version": "1", "store": FIRST, "order": ORDER, "status": "confirmed", "lines": []}
    first(server).confirmations = [fine | {"confirmed_at": at("14:00").isoformat()} | wrong]
    town.run("watch_duties", "14:10")
    assert town.rows(ANSWERS) == []
    assert any(words in row[2] for row in town.rows(LATE))


def test_a_later_answer_replaces_the_former_and_an_older_one_changes_nothing(town: Town, server: StoreServer) -> None:
    town.run("purchase_supplies", "13:50")
    later = first(server).confirmations[0] | {"confirmed_at": at("14:20").isoformat(), "status": "refused", "lines": []}
    first(server).confirmations.append(later)
    # An order that was answered is asked about no more; the server tells of it when another one is pending.
    town.execute("DELETE FROM purchase_question", "UPDATE purchase_order SET sent_at = NULL")
    town.run("watch_duties", "14:30")
    assert [row[2] for row in town.rows(ANSWERS) if row[0] == ORDER] == ["confirmed", "refused"]
    assert [row[:2] for row in town.rows(ORDERS)] == [(ORDER, "refused"), (OTHER, "placed")]
