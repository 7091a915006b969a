"""Stock reports and price lists over HTTP (A-02, B-06): real servers, real faults, and the day goes on."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from deployments.demo.store_server import StoreServer
from tests.factories.books import books
from tests.factories.sources import store_source
from tests.factories.working_town import Town
from tests.integration.sources_town import LATE, RICE, SUBMISSIONS, point_at, stocked_shop, with_sources

REPORTED = "SELECT item_id, qty_base, price_fen, sold_base FROM stock_report_line ORDER BY item_id"


@pytest.fixture
def server(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoreServer]:
    """The supermarket's server, and the plan that fetches its stock from it."""
    with_sources(town, store_source("stock"))
    with StoreServer() as server:
        point_at(monkeypatch, "market", server.base("market"))
        stocked_shop(server)
        yield server


def test_a_stock_report_over_http_is_stored_raw_and_counts_like_a_file(town: Town, server: StoreServer) -> None:
    told = town.run("check_stock", "13:30")
    assert (told["stores"], told["estimated"]) == (["market"], ["pharmacy"])
    assert town.rows(REPORTED) == [("pork", 125 * 500, 1500, None), ("rice", 58 * 5000, 3000, 10000)]
    assert town.rows(SUBMISSIONS) == [("http", "market", "http:market_stock", "read")]
    ((body,),) = town.rows("SELECT body FROM submission")
    assert b'"as_of"' in bytes(body)
    assert town.rows(LATE) == []
    duty = "SELECT state FROM duty WHERE duty_id = 'stock_report' AND subject = 'store:market'"
    assert town.rows(duty) == [("done",)]  # counted at 11:00, owed by 13:00, fetched at 13:30


def test_nobody_is_reminded_of_what_is_fetched_from_him_before_it_has_been_tried(
    town: Town, server: StoreServer
) -> None:
    town.run("watch_duties", "13:29")
    assert "manager_market" not in town.told("duty_reminded")
    assert "manager_pharmacy" in town.told("duty_reminded")
    server.always = "closed"
    town.run("check_stock", "13:30")
    town.run("watch_duties", "13:40")
    assert any("示例超市" in body for body in town.bodies("duty_escalated"))


def test_a_second_run_fetches_the_same_and_changes_nothing(town: Town, server: StoreServer) -> None:
    town.run("check_stock", "13:30")
    before = books(town.engine)
    town.run("check_stock", "13:30")
    assert books(town.engine) == before


def test_a_store_that_counts_again_is_followed(town: Town, server: StoreServer) -> None:
    town.run("check_stock", "13:30")
    stocked_shop(server, RICE | {"quantity": "50"}, clock="14:00")
    town.run("check_stock", "14:10")
    assert town.rows(REPORTED)[1] == ("rice", 50 * 5000, 3000, 10000)
    assert len(town.rows(SUBMISSIONS)) == 2


def test_a_list_over_several_pages_is_read_to_its_end(town: Town, server: StoreServer) -> None:
    server.page_size = 1
    town.run("check_stock", "13:30")
    assert [row[0] for row in town.rows(REPORTED)] == ["pork", "rice"]
    assert len(server.requests) == 2


def test_a_line_that_cannot_be_read_goes_back_and_the_others_count(town: Town, server: StoreServer) -> None:
    stocked_shop(server, RICE, {"item": "火箭", "unit": "枚", "quantity": "1", "price_fen": 1}, {"item": "白菜"})
    town.run("check_stock", "13:30")
    assert [row[0] for row in town.rows(REPORTED)] == ["rice"]
    assert len(town.reasons()) == 2
    assert town.told("lines_returned") == ["manager_market"]


@pytest.mark.parametrize("fault", ["half", "busy", "broken"])
def test_a_fault_that_passes_is_not_noticed(town: Town, server: StoreServer, fault: str) -> None:
    server.faults = [fault]
    assert town.run("check_stock", "13:30")["stores"] == ["market"]
    assert len(server.requests) == 2
    assert town.rows(LATE) == []


#: fault of the server -> (words that the duty's row must have, how often it is asked)
STAYING = {
    "half": ("断开", 3),
    "cut": ("JSON", 1),
    "busy_long": ("60 分钟", 1),
    "broken": ("500", 3),
    "hang": ("2 秒", 3),
    "trickle": ("2 秒", 3),
    "away": ("elsewhere.example", 1),
    "people": ("text/html", 1),
    "plain": ("text/plain", 1),
    "huge": ("5 MB", 1),
    "closed": ("密钥", 1),
}


@pytest.mark.parametrize("fault", list(STAYING))
def test_a_source_that_fails_is_a_late_duty_with_its_reason_and_the_day_goes_on(
    town: Town, server: StoreServer, fault: str
) -> None:
    server.always = fault
    told = town.run("check_stock", "13:30")
    words, asked = STAYING[fault]
    assert told["estimated"] == ["market", "pharmacy"]
    ((duty, state, reason),) = town.rows(LATE)
    assert (duty, state) == ("source_market_stock", "open")
    assert words in reason
    assert len(server.requests) == asked
    assert set(town.told("source_failed")) == {"manager_market", "liaison_1", "coordinator", "coordinator_2"}
    assert words in town.bodies("source_failed", "coordinator")[0]
    assert town.rows(REPORTED) == []


@pytest.mark.parametrize("fault", ["cut", "people", "plain"])
def test_what_cannot_be_used_is_kept_all_the_same(town: Town, server: StoreServer, fault: str) -> None:
    server.always = fault
    town.run("check_stock", "13:30")
    assert town.rows(SUBMISSIONS) == [("http", "market", "http:market_stock", "unreadable")]


def test_a_source_that_comes_back_the_same_day_closes_its_duty_late(town: Town, server: StoreServer) -> None:
    server.always = "broken"
    town.run("check_stock", "13:30")
    server.always = None
    town.run("check_stock", "14:00")
    ((_, state, reason),) = town.rows(LATE)
    assert state == "late"
    assert "500" in reason


def test_a_source_that_never_comes_is_missed_when_its_day_ends(town: Town, server: StoreServer) -> None:
    server.always = "closed"
    town.run("check_stock", "13:30")
    town.run("watch_duties", "00:10", 22)
    assert [row[1] for row in town.rows(LATE)] == ["missed"]


def _another_store(server: StoreServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.shop("pharmacy").lists = server.shop("market").lists
    point_at(monkeypatch, "market", server.base("pharmacy"))


def _otherwise(part: str, other: str) -> "Upset":
    return lambda s, m: point_at(m, "market", s.base("market").replace(part, other))


Upset = Callable[[StoreServer, pytest.MonkeyPatch], object]
WRONG: dict[str, tuple[Upset, str]] = {
    "yesterday's list": (lambda s, _: stocked_shop(s, day=20), "不是当天"),
    "a clock that is a day off": (lambda s, _: setattr(s, "clock_off", timedelta(days=1)), "时钟"),
    "another store's list": (_another_store, "pharmacy"),
    "pages that lead to themselves": (lambda s, _: setattr(s, "again", True), "循环"),
    "no address": (lambda _, m: m.delenv("BAOGONG_ENDPOINT_MARKET"), "BAOGONG_ENDPOINT_MARKET"),
    "a host that the plan does not name": (_otherwise("127.0.0.1", "localhost"), "localhost"),
    "a name before the host": (_otherwise("//", "//a:b@"), "未列明"),
    "an address that is none": (lambda _, m: point_at(m, "market", "market's server"), "未列明"),
    "nobody at home": (lambda _, m: point_at(m, "market", "http://127.0.0.1:9"), "无法连接"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(WRONG))
def test_what_is_not_the_stores_list_of_the_day_is_refused_and_told(
    town: Town, server: StoreServer, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    upset, words = WRONG[case]
    upset(server, monkeypatch)
    told = town.run("check_stock", "13:30")
    ((_, _, reason),) = town.rows(LATE)
    assert words in reason
    assert told["estimated"] == (["pharmacy"] if case == "pages that lead to themselves" else ["market", "pharmacy"])


def test_plain_http_is_spoken_to_this_machine_only(
    town: Town, server: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sources(town, store_source("stock", hosts=["store.example"]))
    point_at(monkeypatch, "market", "http://store.example/market")
    town.run("check_stock", "13:30")
    ((_, _, reason),) = town.rows(LATE)
    assert "https://" in reason


def test_a_certificate_that_nobody_signed_is_refused(
    town: Town, server: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(monkeypatch, "market", server.base("market").replace("http:", "https:"))
    town.run("check_stock", "13:30")
    ((_, _, reason),) = town.rows(LATE)
    assert "无法连接" in reason
    assert server.requests == []


def test_a_key_goes_along_and_one_that_is_missing_is_told(
    town: Town, server: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.token = "示例密钥-000".encode().hex()
    with_sources(town, store_source("stock", token="market_key"))
    town.run("check_stock", "13:30")
    assert "BAOGONG_TOKEN_MARKET_KEY" in town.rows(LATE)[0][2]
    monkeypatch.setenv("BAOGONG_TOKEN_MARKET_KEY", server.token)
    assert town.run("check_stock", "13:40")["stores"] == ["market"]
    assert not any(server.token in str(row) for table in books(town.engine).values() for row in table)


def test_one_source_that_fails_leaves_the_others_alone(
    town: Town, server: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sources(town, store_source("stock"), store_source("stock", store="pharmacy", endpoint="nowhere"))
    town.put("stock", "pharmacy.csv", "商品,库存,单位,售价,销量\n布洛芬,70,盒,18,1\n")
    told = town.run("check_stock", "13:30")
    assert told["stores"] == ["market", "pharmacy"]
    assert [row[0] for row in town.rows(LATE)] == ["source_pharmacy_stock"]


def test_a_price_list_over_http_is_published(town: Town, server: StoreServer) -> None:
    with_sources(town, store_source("stock"), store_source("catalog"))
    line = {"item": "大米", "unit": "袋", "price_fen": 2900, "available": True}
    server.shop("market").lists["catalog"] = (server.shop("market").lists["stock"][0], [line])
    told = town.run("publish_catalog", "12:00")
    assert "market" in told["stores"]
    catalog = "SELECT item_id, price_fen FROM catalog_line WHERE store_id = 'market'"
    assert town.rows(catalog) == [("rice", 2900)]


def test_a_dry_run_asks_nobody(town: Town, server: StoreServer, plans: Path) -> None:
    town.run("check_stock", "13:30", dry_run=True)
    assert server.requests == []
