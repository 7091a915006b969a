"""Every flow run again for the same date and moment changes no business row and sends nothing (DESIGN 2)."""

from collections.abc import Iterable

import pytest

from tests.factories.books import books, changes, files
from tests.factories.working_town import ARRIVAL_HEAD, Town

#: flow -> its hour, its day, and the flows that come before it.
FLOWS: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "publish_catalog": ("08:00", 21, ()),
    "receive_goods": ("10:30", 21, ()),
    "check_stock": ("13:30", 21, ()),
    "purchase_supplies": ("13:50", 21, ("check_stock",)),
    "submit_report": ("14:30", 21, ("check_stock",)),
    "watch_duties": ("15:35", 21, ("check_stock",)),
    "collect_needs": ("16:05", 21, ()),
    "allocate_orders": ("16:20", 21, ("collect_needs",)),
    "deliver_orders": ("07:30", 22, ("collect_needs", "allocate_orders")),
}


def fill_inbox(town: Town, flows: Iterable[str]) -> None:
    """Good and bad lines of every kind that these flows take in."""
    if "collect_needs" in flows:
        town.put("needs", "示例家园_a.txt", "1. 3-2-501 大米1袋 白菜5斤\n2. 3-9-999 大米1袋\n3. 3-1-302 火箭2枚\n")
        town.put("needs", "样本庄_b.csv", "户号,商品,数量,单位\nh4,大米,2,袋\nh5,猪肉,3,斤\n".encode("gb18030"))
        town.put("needs", "测试隔离点.txt", b"\x00\x01\x02")
    if "check_stock" in flows:
        town.put("stock", "market_1.csv", "商品,库存,单位,售价,销量\n大米,5,袋,30,2\n猪肉,110,斤,面议,9\n")
    if "publish_catalog" in flows:
        town.put("catalog", "market_1.csv", "商品,单位,售价\n大米,袋,30\n面粉,袋,面议\n")


def run(town: Town, flow: str) -> object:
    """The flow at its own hour."""
    clock, day, _ = FLOWS[flow]
    of = 21 if flow == "allocate_orders" else None
    return town.run(flow, clock, day, of=of)


def standing(town: Town) -> tuple[dict[str, list[str]], dict[str, str], dict[str, str]]:
    """Books, documents, and notices as they were sent."""
    return books(town.engine), files(town.data / "documents"), files(town.data / "notices")


@pytest.mark.parametrize("flow", FLOWS)
def test_a_second_run_changes_nothing_and_sends_nothing(town: Town, flow: str) -> None:
    fill_inbox(town, {*FLOWS[flow][2], flow})
    for before in FLOWS[flow][2]:
        run(town, before)
    run(town, flow)
    first = standing(town)
    run(town, flow)
    again = standing(town)
    assert changes(first[0], again[0]) == {}
    assert again[1:] == first[1:]


def test_a_whole_day_repeated_afterwards_in_any_order_changes_nothing(town: Town) -> None:
    fill_inbox(town, FLOWS)
    for flow in FLOWS:
        run(town, flow)
    first = standing(town)
    for flow in [f for f in reversed(FLOWS) if f != "watch_duties"]:
        run(town, flow)
    again = standing(town)
    assert changes(first[0], again[0]) == {}
    assert again[1:] == first[1:]


def test_plan_c_repeated_from_list_to_hand_out_changes_nothing(station_town: Town) -> None:
    town = station_town
    paper = f"{town.plan_id}:2022-04-23:wholesale:station,大米,8,袋,25,示例批发,2022-04-20,监管示例,合格\n"
    town.put("needs", "示例家园.txt", "1. 3-2-501 大米6袋\n2. 3-1-302 大米6袋\n", day=22)
    town.put("arrivals", "station.csv", ARRIVAL_HEAD + paper, day=23)
    steps = [
        ("publish_catalog", "08:00", 22),
        ("collect_needs", "16:05", 22),
        ("purchase_supplies", "08:00", 23),
        ("purchase_supplies", "14:05", 23),
        ("receive_goods", "16:00", 23),
        ("allocate_orders", "17:00", 23),
        ("deliver_orders", "07:30", 24),
    ]
    for flow, clock, day in steps:
        if clock == "14:05":
            town.approve(day=23)
        assert town.run(flow, clock, day) is not None
    assert town.rows("SELECT state FROM purchase") == [("arrived",)]
    first = standing(town)
    for flow, clock, day in steps:
        town.run(flow, clock, day)
    again = standing(town)
    assert changes(first[0], again[0]) == {}
    assert again[1:] == first[1:]
