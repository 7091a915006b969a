"""Orders to stores over HTTP and their confirmations (A-05, B-02): once under a key, short ones told."""

from collections.abc import Iterator

import orjson
import pytest

from deployments.demo.store_server import StoreServer
from tests.factories.books import books
from tests.factories.sources import store_source
from tests.factories.working_town import Town, at
from tests.integration.sources_town import LATE, point_at, with_sources

CONFIRMED = "SELECT cycle, revision, store_id, state FROM store_confirmation ORDER BY revision"
LINES = (
    "SELECT item_id, ordered_base, confirmed_base, reason FROM store_confirmation_line WHERE revision = :r ORDER BY 1"
)
ORDER = "demo:2022-04-21:1:market"


@pytest.fixture
def server(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoreServer]:
    """The supermarket takes orders over HTTP; two households have asked for something."""
    with_sources(town, store_source("order_confirmations"))
    with StoreServer() as server:
        point_at(monkeypatch, "market", server.base("market"))
        server.shop("market")
        server.clock = at("16:20")
        town.needs("1. 3-2-501 大米1袋 白菜5斤\n2. 3-2-502 大米2袋")
        yield server


def test_an_order_goes_out_once_and_is_confirmed(town: Town, server: StoreServer) -> None:
    town.run("allocate_orders", "16:20")
    (order,) = server.shop("market").orders.values()
    assert [(line["community"], line["item"], line["quantity"]) for line in order["lines"]] == [
        ("示例家园", "白菜", "5"),
        ("示例家园", "大米", "3"),
    ]
    assert "张示例" not in str(order)
    assert [str(x) for x in town.rows(CONFIRMED)[0]] == ["2022-04-21", "1", "market", "confirmed"]
    assert town.rows(LINES, r=1) == [("cabbage", 2500, 2500, ""), ("rice", 15000, 15000, "")]
    raw = "SELECT channel, sender FROM submission WHERE kind = 'orders'"
    assert town.rows(raw) == [("http", "market")]
    before = books(town.engine)
    town.run("allocate_orders", "16:20")
    assert books(town.engine) == before
    assert [r.verb for r in server.requests] == ["POST"]


def test_a_shortfall_is_recorded_and_told_to_the_coordinator(town: Town, server: StoreServer) -> None:
    server.shop("market").can_pack = {"大米": 1}
    town.run("allocate_orders", "16:20")
    assert town.rows(CONFIRMED)[0][3] == "short"
    assert town.rows(LINES, r=1)[1] == ("rice", 15000, 5000, "备货不足")
    assert set(town.told("order_short")) == {"coordinator", "coordinator_2"}
    (body,) = town.bodies("order_short", "coordinator")
    assert "大米 2袋" in body


def test_a_newer_revision_is_an_order_of_its_own(town: Town, server: StoreServer) -> None:
    town.run("allocate_orders", "16:20")
    town.needs("1. 3-2-501 大米2袋", "示例家园_2.txt", clock="16:30")
    town.run("allocate_orders", "16:40")
    assert list(server.shop("market").orders) == [ORDER, "demo:2022-04-21:2:market"]
    assert [row[1:] for row in town.rows(CONFIRMED)] == [(1, "market", "confirmed"), (2, "market", "confirmed")]


@pytest.mark.parametrize("fault", ["half", "busy", "broken"])
def test_an_order_whose_answer_was_lost_is_handed_over_again_and_taken_once(
    town: Town, server: StoreServer, fault: str
) -> None:
    server.faults = [fault]
    town.run("allocate_orders", "16:20")
    assert len(server.requests) == 2
    assert {r.headers["Idempotency-Key"] for r in server.requests} == {ORDER}
    assert len(server.shop("market").orders) == 1
    assert town.rows(CONFIRMED)[0][3] == "confirmed"


def test_an_order_that_nobody_took_is_told_and_handed_over_by_the_next_run(town: Town, server: StoreServer) -> None:
    server.always = "closed"
    assert town.run("allocate_orders", "16:20")["stores"] == ["market"]
    assert [row[:2] for row in town.rows(LATE)] == [("source_market_order_confirmations", "open")]
    assert town.rows(CONFIRMED) == []
    server.always = None
    town.run("allocate_orders", "16:40")
    assert town.rows(CONFIRMED)[0][3] == "confirmed"


def test_a_confirmation_that_comes_later_is_fetched_before_delivery(town: Town, server: StoreServer) -> None:
    server.always = "closed"
    town.run("allocate_orders", "16:20")
    server.always = None
    later = {"order": ORDER, "status": "partial", "confirmed_at": at("20:00").isoformat(), "version": "1"}
    rice = {"item": "大米", "unit": "袋", "confirmed": "3"}
    server.shop("market").confirmations = [
        later | {"store": "market", "lines": [rice, {"item": "白菜", "unit": "斤", "confirmed": "0", "reason": "断货"}]}
    ]
    town.run("deliver_orders", "07:30", 22)
    assert town.rows(LINES, r=1) == [("cabbage", 2500, 0, "断货"), ("rice", 15000, 15000, "")]
    assert "白菜 5斤" in town.bodies("order_short", "coordinator")[0]
    before = books(town.engine, "submission")
    town.run("deliver_orders", "07:30", 22)
    assert books(town.engine, "submission") == before


BAD = {
    "an order of nobody": ({"order": "demo:2022-04-21:9:market"}, "没有订单"),
    "a part that is silent": (
        {"status": "partial", "lines": [{"item": "大米", "unit": "袋", "confirmed": "1"}]},
        "白菜",
    ),
    "more than was ordered": ({"lines": [{"item": "大米", "unit": "袋", "confirmed": "30"}]}, "超过订单"),
    "a state of its own": ({"status": "maybe"}, "status"),
    "goods of its own": ({"lines": [{"item": "火箭", "unit": "枚", "confirmed": "1"}]}, "火箭"),
    "no number": ({"lines": [{"item": "大米", "unit": "袋", "confirmed": "些许"}]}, "些许"),
    "less than nothing": ({"lines": [{"item": "大米", "unit": "袋", "confirmed": "-1"}]}, "-1"),
}


@pytest.mark.parametrize("case", list(BAD))
def test_a_confirmation_that_cannot_be_is_told_and_nothing_is_recorded(
    town: Town, server: StoreServer, case: str
) -> None:
    server.always = "closed"
    town.run("allocate_orders", "16:20")
    server.always = None
    wrong, words = BAD[case]
    fine = {"version": "1", "store": "market", "order": ORDER, "status": "confirmed", "lines": []}
    server.shop("market").confirmations = [fine | {"confirmed_at": at("20:00").isoformat()} | wrong]
    town.run("deliver_orders", "07:30", 22)
    assert town.rows(CONFIRMED) == []
    assert any(words in row[2] for row in town.rows(LATE))
    assert orjson.loads(town.rows("SELECT body FROM submission WHERE kind = 'orders'")[-1][0])["confirmations"]


def test_a_store_that_has_not_decided_yet_is_neither_confirmed_nor_late(town: Town, server: StoreServer) -> None:
    town.run("allocate_orders", "16:20")
    town.execute("DELETE FROM store_confirmation_line", "DELETE FROM store_confirmation")
    pending = server.shop("market").confirmations[0] | {"status": "pending", "lines": []}
    server.shop("market").confirmations = [pending]
    town.run("deliver_orders", "07:30", 22)
    assert town.rows(CONFIRMED) == []
    assert town.rows(LATE) == []
