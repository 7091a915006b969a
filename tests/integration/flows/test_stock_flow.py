"""库存监测: reports against the books, days of cover, alerts before a shelf is empty (B-05, B-06)."""

from pathlib import Path

import pytest

from tests.factories.plan_folder import write_plan
from tests.factories.working_town import Town, stocked

COVER = """SELECT stock_base, demand_base_per_day, cover_days, level, estimated, why FROM cover_line
    WHERE store_id = :s AND item_id = :i AND revision = (SELECT MAX(revision) FROM cover_line)"""
HELD = """SELECT SUM(CASE WHEN m.to_place = 'store:market' THEN m.qty_base ELSE -m.qty_base END) FROM stock_move m
    JOIN batch b ON b.batch_id = m.batch_id WHERE b.item_id = :i AND b.store_id = 'market'"""


def held(town: Town, item: str) -> int:
    """Base units of an item at the supermarket, by the ledger."""
    return int(town.rows(HELD, i=item)[0][0])


def test_days_of_cover_are_stock_over_demand_and_say_so(town: Town) -> None:
    town.stock("market.csv", "大米,58,袋,30,2")
    ((stock, demand, cover, _, estimated, why),) = town.rows(COVER, s="market", i="rice")
    assert stock == 58 * 5000
    assert cover == pytest.approx(stock / demand)
    assert not estimated
    assert why


def test_a_shelf_below_its_minimum_is_told_with_what_is_missing(town: Town) -> None:
    told = town.stock("market.csv", "大米,4,袋,30,2", "面粉,1,袋,15,0")
    assert told["alerts"] > 0
    assert told["min_cover_days"] < 7
    ((_, _, cover, level, _, _),) = town.rows(COVER, s="market", i="rice")
    assert cover < 7
    assert level == "low"
    assert set(town.told("cover_low")) | set(town.told("stock_out_soon")) >= {"supply_1", "liaison_1"}
    assert any("大米" in body for body in town.bodies("stock_out_soon", "supply_1"))


def test_enough_on_every_shelf_is_no_alert(town: Town, plans: Path) -> None:
    rows = stocked(rice=9000, flour=9000, oil=9000, pork=9000, eggs=9000, cabbage=9000, potato=9000, ibuprofen=9000)
    write_plan(plans / "demo", stock=rows)
    assert town.run("check_stock", "13:30")["alerts"] == 0
    assert town.told("cover_low") == []


def test_a_silent_store_is_estimated_from_the_books_and_named(town: Town) -> None:
    told = town.stock("market.csv", "大米,58,袋,30,2")
    assert (told["stores"], told["estimated"]) == (["market"], ["pharmacy"])
    assert bool(town.rows(COVER, s="pharmacy", i="ibuprofen")[0][4]) is True
    assert "示例药房" in town.bodies("stock_checked", "supply_1")[0]


def test_a_count_below_the_books_is_booked_as_a_loss_and_one_above_as_a_find(town: Town) -> None:
    town.stock("market.csv", "大米,58,袋,30,2", "面粉,45,袋,15,0")
    assert (held(town, "rice"), held(town, "flour")) == (58 * 5000, 45 * 2500)
    moves = "SELECT from_place, to_place, qty_base FROM stock_move WHERE cause = 'count' ORDER BY qty_base"
    assert town.rows(moves) == [("store:market", "count", 10000), ("count", "store:market", 12500)]


def test_a_shelf_that_goes_up_and_down_and_up_again_is_followed_each_time(town: Town) -> None:
    for hour, count in ((9, 65), (10, 60), (11, 65), (12, 60), (13, 65)):
        town.stock(f"market_{hour}.csv", f"大米,{count},袋,30,{hour}", clock=f"{hour:02}:00")
        assert held(town, "rice") == count * 5000


def test_a_second_report_of_the_day_holds_for_what_it_names(town: Town) -> None:
    town.stock("market_1.csv", "大米,58,袋,30,2", "面粉,40,袋,15,0", clock="13:00")
    told = town.stock("market_2.csv", "大米,55,袋,31,5", clock="13:30")
    assert told["stores"] == ["market"]
    lines = "SELECT item_id, qty_base, price_fen FROM stock_report_line ORDER BY item_id"
    assert town.rows(lines) == [("flour", 40 * 2500, 1500), ("rice", 55 * 5000, 3100)]
    assert held(town, "rice") == 55 * 5000


def test_a_report_that_cannot_be_read_goes_back_and_the_store_counts_as_silent(town: Town) -> None:
    told = town.stock("market.csv", "大米,五十八,袋,面议,2")
    assert told["estimated"] == ["market", "pharmacy"]
    assert town.told("lines_returned") == ["manager_market"]
    assert town.rows("SELECT state FROM duty WHERE duty_id = 'stock_report' AND subject = 'store:market'") in (
        [],
        [("open",)],
    )


def test_a_stations_found_goods_wait_for_the_inspector(station_town: Town) -> None:
    station_town.stock("station.csv", "大米,70,袋,30,0")
    assert station_town.rows("SELECT state, checked_by FROM batch WHERE origin = 'count'") == [("arrived", None)]
    ((stock, *_),) = station_town.rows(COVER, s="station", i="rice")
    assert stock == 60 * 5000


def test_a_slip_of_the_pen_in_one_list_stops_the_step_for_nobody(town: Town) -> None:
    # Three thousand tonnes, beyond what 32 bits hold in grams, and sales that ask for as much to be bought.
    town.put("stock", "pharmacy.csv", "商品,库存,单位,售价,销量\n布洛芬,50,盒,18,1\n")
    town.stock("market.csv", "大米,600000,袋,9999999,0", "面粉,1,袋,15,900000")
    assert held(town, "rice") == 600_000 * 5000
    assert town.rows("SELECT DISTINCT store_id FROM stock_report_line ORDER BY 1") == [("market",), ("pharmacy",)]
    town.run("purchase_supplies", "13:50")
    town.approve()
    assert town.run("purchase_supplies", "14:10")["state"] in ("ordered", "rejected")
    town.run("submit_report", "14:30")
