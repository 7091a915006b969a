"""配送分发: out the next day, unconfirmed until somebody named says so, shortage told (B-02, B-03, A-05, C-06)."""

import re
from pathlib import Path

import openpyxl
import pytest

from tests.factories.plan_folder import write_plan
from tests.factories.working_town import Town, stocked

HANDOVER = "SELECT household_id, state, confirmed_by, reason FROM handover ORDER BY household_id"


def ordered(town: Town) -> None:
    """A day's needs of two places, allocated."""
    town.put("needs", "示例家园.txt", "1. 3-2-501 大米2袋 白菜5斤\n2. 3-2-502 鸡蛋1板\n")
    town.put("needs", "样本庄.txt", "1. 样本庄1号 大米1袋\n2. 样本庄2号 大米2袋\n")
    town.run("collect_needs", "16:05")
    town.run("allocate_orders", "16:20")


def sheets(path: Path) -> dict[str, str]:
    """Sheet -> its cells as one text."""
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: " | ".join(str(c) for row in sheet.iter_rows(values_only=True) for c in row if c is not None)
        for sheet in book.worksheets
    }


def test_goods_go_out_the_day_after_and_not_before(town: Town) -> None:
    ordered(town)
    assert town.run("deliver_orders", "18:00")["parcels"] == 0
    assert town.told("delivered") == []  # nothing went out, so nothing is to be confirmed
    told = town.run("deliver_orders", "07:30", day=22)
    assert (told["parcels"], told["undelivered"]) == (4, 0)
    assert told["communities"] == ["c_controlled", "c_sealed"]
    assert town.rows("SELECT DISTINCT state FROM store_order") == [("packed",)]


def test_the_ledger_moves_what_is_in_the_parcels_from_store_to_household(town: Town) -> None:
    ordered(town)
    town.run("deliver_orders", "07:30", day=22)
    query = """SELECT m.from_place, m.to_place, b.item_id, m.qty_base FROM stock_move m
        JOIN batch b ON b.batch_id = m.batch_id WHERE m.cause = 'delivery' AND m.to_place = 'household:h1' ORDER BY 3"""
    assert town.rows(query) == [
        ("store:market", "household:h1", "cabbage", 2500),
        ("store:market", "household:h1", "rice", 10000),
    ]


def test_a_parcel_is_unconfirmed_until_somebody_named_confirms_it(town: Town) -> None:
    ordered(town)
    town.run("deliver_orders", "07:30", day=22)
    assert {row[1:3] for row in town.rows(HANDOVER)} == {("delivered_unconfirmed", None)}
    assert town.confirm("h1", "h2") == 2
    assert town.confirm("h4", by="staff_controlled", undelivered="无人应门") == 1
    assert town.rows(HANDOVER) == [
        ("h1", "signed", "staff_sealed", ""),
        ("h2", "signed", "staff_sealed", ""),
        ("h4", "undelivered", "staff_controlled", "无人应门"),
        ("h5", "delivered_unconfirmed", None, ""),
    ]


def test_what_was_confirmed_stays_confirmed(town: Town) -> None:
    ordered(town)
    town.run("deliver_orders", "07:30", day=22)
    town.confirm("h1")
    assert town.confirm("h1", by="staff_controlled", undelivered="找不到") == 0
    assert town.rows(HANDOVER)[0] == ("h1", "signed", "staff_sealed", "")


def test_a_place_without_a_parcel_has_nothing_to_confirm_and_is_not_reminded(town: Town) -> None:
    town.needs("1. 3-2-501 大米2袋\n")
    town.run("allocate_orders", "16:20")
    town.run("deliver_orders", "07:30", day=22)
    query = "SELECT subject FROM duty WHERE duty_id = 'delivery_confirmed' AND business_date = :on AND state = :state"
    assert town.rows(query, on="2022-04-22", state="open") == [("community:c_sealed",)]
    assert town.rows(query, on="2022-04-22", state="zero")
    town.run("watch_duties", "17:30", day=22)
    assert town.told("duty_reminded") == ["staff_sealed"]


def test_the_duty_to_confirm_is_done_once_every_parcel_of_the_place_is_answered(town: Town) -> None:
    ordered(town)
    town.run("deliver_orders", "07:30", day=22)
    query = """SELECT state FROM duty WHERE duty_id = 'delivery_confirmed' AND subject = 'community:c_sealed'
        AND business_date = '2022-04-22'"""
    town.confirm("h1")
    assert town.rows(query) == [("open",)]
    town.confirm("h2")
    assert town.rows(query) == [("done",)]


def test_the_database_takes_no_signature_of_nobody(town: Town) -> None:
    ordered(town)
    town.run("deliver_orders", "07:30", day=22)
    with pytest.raises(Exception, match="signed_by_somebody"):
        town.execute("UPDATE handover SET state = 'signed' WHERE household_id = 'h1'")


def test_a_sealed_place_is_served_at_the_door_and_a_controlled_one_by_one_pick_list(town: Town) -> None:
    ordered(town)
    town.run("deliver_orders", "07:30", day=22)
    modes = dict(town.rows("SELECT DISTINCT community_id, mode FROM parcel"))
    assert modes == {"c_sealed": "address", "c_controlled": "village"}
    (sealed,), (village,) = town.documents("*配送*示例家园*"), town.documents("*配送*样本村*")
    door, picked = sheets(sealed), sheets(village)
    assert "3-2-501" in " ".join(door.values())
    assert not any("采买" in name or "Pick" in name for name in door)
    assert "第 1 版" in next(iter(door.values()))
    assert "更正" not in next(iter(door.values()))
    # Three bags for two households are one line of the list that the village's person buys by.
    first = next(iter(picked.values()))
    assert re.search(r"大米 \| 3 \| 袋", first)
    assert "样本庄1号" not in first


def test_the_person_of_each_place_hears_that_goods_are_on_their_way(town: Town) -> None:
    ordered(town)
    town.run("deliver_orders", "07:30", day=22)
    assert {"staff_sealed", "staff_controlled"} <= set(town.told("goods_out"))
    assert "staff_isolation" not in town.told("goods_out")


def test_a_shortage_is_told_with_what_is_missing_and_why(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", stock=stocked(rice=4))
    ordered(town)
    town.run("deliver_orders", "07:30", day=22)
    (sealed,) = town.documents("*配送*示例家园*")
    told = " ".join(sheets(sealed).values())
    assert "3-2-501" in told
    assert re.search(r"大米 \| 2 袋 \| 1 袋 \| [^|]*50%", told)
    assert "缺口1项，请告知住户" in town.bodies("goods_out", "staff_sealed")[0]


def test_a_place_that_gets_nothing_at_all_is_told_so(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", stock=stocked(rice=3))
    town.put("needs", "示例家园.txt", "1. 3-2-501 大米2袋\n")
    town.put("needs", "样本庄.txt", "1. 样本庄1号 大米3袋\n")
    town.run("collect_needs", "16:05")
    town.run("allocate_orders", "16:20")
    town.run("deliver_orders", "07:30", day=22)
    assert town.told("goods_out") == ["staff_controlled", "staff_sealed"]
    (sealed,) = town.documents("*配送*示例家园*")
    assert "3-2-501" in " ".join(sheets(sealed).values())


def test_goods_that_left_the_shelf_meanwhile_are_undelivered_with_a_reason(town: Town) -> None:
    ordered(town)
    town.stock("market_1.csv", "大米,2,袋,30,0", clock="18:00")
    told = town.run("deliver_orders", "07:30", day=22)
    assert (told["parcels"], told["undelivered"]) == (4, 2)
    # The controlled village is in the first tier (C-02), so the two bags that are left go there.
    assert town.rows("SELECT household_id, qty_base, reason FROM undelivered ORDER BY household_id") == [
        ("h1", 10000, "not_on_shelf"),
        ("h5", 5000, "not_on_shelf"),
    ]


def test_plan_c_hands_out_through_its_station(station_town: Town) -> None:
    station_town.needs("1. 3-2-501 大米2袋\n", day=22)
    station_town.run("allocate_orders", "17:00", day=23)
    told = station_town.run("deliver_orders", "07:30", day=24)
    assert told["parcels"] == 1
    assert station_town.rows("SELECT DISTINCT mode FROM parcel") == [("station",)]
