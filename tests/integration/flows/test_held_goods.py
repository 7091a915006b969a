"""A failed batch is held; what lacks is told to who buys, and the communities that wait for it hear that it is late."""

from schemas.words import Process
from tasks.database import reading
from tasks.runs import Run
from tasks.shortfall import held_shortfalls
from tests.factories.plan_folder import change, station_document, station_sheets, write_plan
from tests.factories.working_town import Town, at, on
from tests.integration.flows.test_arrivals_flow import ORDER, arrive, usable

BAD, GOOD = "示例批发,2022-04-20,监管示例,不合格", "示例批发,2022-04-20,监管示例,合格"


def bought_for(town: Town, *chains: tuple[str, str], shelf: int = 0) -> None:
    """Friday's needs, bought on Saturday; so many bags of rice lie at the station."""
    for name, chain in chains:
        town.put("needs", name, chain, day=22)
    town.run("collect_needs", "16:05", day=22)
    counted = f"大米,{shelf},袋,30,0\n"
    town.put("stock", "station_1.csv", f"商品,库存,单位,售价,销量\n{counted}", day=23)
    town.run("check_stock", "07:30", day=23)
    town.run("purchase_supplies", "08:00", day=23)
    town.approve(day=23)
    town.run("purchase_supplies", "14:05", day=23)


SEALED = ("示例家园.txt", "1. 3-2-501 大米2袋\n2. 3-1-302 大米3袋\n")
VILLAGE = ("样本庄.txt", "1. 样本庄1号 鸡蛋1板\n")


def test_the_buyer_hears_what_lacks_and_only_the_communities_that_wait_for_it_hear_that_it_is_late(
    station_town: Town,
) -> None:
    town = station_town
    bought_for(town, SEALED, VILLAGE, shelf=1)
    assert usable(town, "rice") >= 5000
    assert arrive(town, f"大米,8,袋,25,{BAD}")["held"] == 1
    body = town.bodies("batch_held", "supply_1")[0]
    assert "需求尚缺大米 4袋" in body
    assert town.told("supply_delayed") == ["staff_sealed"]
    assert "示例家园：大米 8袋（0423-1）暂停发放，2户可能少供或晚到" in town.bodies("supply_delayed")[0]


def test_where_enough_is_left_nobody_is_told_that_goods_are_late(station_town: Town) -> None:
    town = station_town
    bought_for(town, SEALED, shelf=30)
    arrive(town, f"大米,8,袋,25,{BAD}")
    assert "需求尚缺" not in town.bodies("batch_held", "supply_1")[0]
    assert town.told("supply_delayed") == []


def test_a_batch_that_fails_after_it_was_shared_out_is_told_to_those_whose_orders_wait_for_it(
    station_town: Town,
) -> None:
    town = station_town
    bought_for(town, SEALED, shelf=0)
    arrive(town, f"大米,5,袋,25,{GOOD}")
    town.run("allocate_orders", "17:00", day=23)
    town.inspect("0423-1", failed="发现霉变", day=23, clock="18:00")
    assert town.told("supply_delayed") == ["staff_sealed"]
    assert "发现霉变" in town.bodies("supply_delayed")[0]
    town.run("deliver_orders", "07:30", day=24)
    assert town.rows("SELECT 1 FROM parcel_line WHERE item_id = 'rice'") == []
    assert town.rows("SELECT DISTINCT reason FROM undelivered") == [("not_on_shelf",)]


def test_other_sources_are_named_to_the_buyer(station_town: Town) -> None:
    sheets = station_sheets()
    sheets["stores"].append(
        sheets["stores"][-1] | {"store_id": "farm", "name": "示例农场", "kind": "farm", "lat": "34.0"}
    )
    change(sheets, "officers", "market_1", deputy="supply_2")
    from tasks.settings import settings

    write_plan(settings().plans / "station_demo", station_document("station_demo"), sheets)
    town = station_town
    bought_for(town, SEALED, shelf=0)
    arrive(town, f"大米,8,袋,25,{BAD}")
    assert "可联系货源：示例农场" in town.bodies("batch_held", "supply_1")[0]


def test_whoever_buys_is_told_the_shortfall_of_every_item_at_any_moment(station_town: Town) -> None:
    town = station_town
    bought_for(town, SEALED, VILLAGE, shelf=1)
    arrive(town, f"大米,8,袋,25,{BAD}", f"鸡蛋,1,板,15,{BAD}")
    with reading() as session:
        run = Run(town.plan_id, Process.PURCHASE_SUPPLIES, on(23), at("16:30", 23))
        rows = held_shortfalls(session, run).select("item_id", "held_base", "wanted_base", "missing_base").rows()
    assert rows == [("eggs", 30, 30, 0), ("rice", 40_000, 25_000, 20_000)]
    assert ORDER.startswith(town.plan_id)
