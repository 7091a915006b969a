"""物资分配派单: strict tiers, special groups first, a reason on what is short, the nearest store (A-01, B-02, C-02)."""

import json
from pathlib import Path

from tasks.words import reason_text
from tests.factories.plan_folder import write_plan
from tests.factories.working_town import Town, stocked

GIVEN = """SELECT household_id, allocated_base, short_base, reason FROM allocation
    WHERE item_id = :item AND revision = (SELECT MAX(revision) FROM allocation) ORDER BY household_id"""
SOURCES = "SELECT household_id, store_id, qty_base FROM allocation_source WHERE item_id = 'eggs' ORDER BY 1, 2"
SEALED = "1. 3-2-501 大米4袋\n2. 3-2-502 大米2袋\n"
CONTROLLED = "1. 样本庄1号 大米4袋\n2. 样本庄4号 大米2袋\n"


def everybody(town: Town, clock: str = "16:05") -> None:
    town.put("needs", "示例家园.txt", SEALED)
    town.put("needs", "样本庄.txt", CONTROLLED)
    town.run("collect_needs", clock)


def why(town: Town, household: str) -> dict[str, object]:
    ((found,),) = town.rows("SELECT why FROM allocation WHERE household_id = :h AND revision = 1", h=household)
    return json.loads(found) if isinstance(found, str) else found


def test_enough_for_everybody_is_given_to_everybody(town: Town) -> None:
    everybody(town)
    told = town.run("allocate_orders", "16:20")
    assert (told["lines"], told["allocated_full"], told["short"]) == (4, 4, 0)
    assert told["deliver_on"] == "2022-04-22"
    assert {row[2:] for row in town.rows(GIVEN, item="rice")} == {(0, "")}


def test_controlled_places_come_before_sealed_ones_and_special_groups_before_others(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", stock=stocked(rice=7))
    everybody(town)
    town.run("allocate_orders", "16:20")
    # h9 is disabled and lives in the controlled village; h2 is old and alone on the sealed estate.
    assert [row[:3] for row in town.rows(GIVEN, item="rice")] == [
        ("h1", 0, 20000),
        ("h2", 5000, 5000),
        ("h4", 20000, 0),
        ("h9", 10000, 0),
    ]


def test_special_groups_are_served_first_inside_their_tier(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", stock=stocked(rice=3))
    everybody(town)
    town.run("allocate_orders", "16:20")
    assert [row[:2] for row in town.rows(GIVEN, item="rice")] == [("h1", 0), ("h2", 0), ("h4", 5000), ("h9", 10000)]


def test_equals_share_in_equal_proportion(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", stock=stocked(rice=3))
    town.put("needs", "样本庄.txt", "1. 样本庄1号 大米4袋\n2. 样本庄2号 大米2袋\n")
    town.run("collect_needs", "16:05")
    town.run("allocate_orders", "16:20")
    assert [row[:2] for row in town.rows(GIVEN, item="rice")] == [("h4", 10000), ("h5", 5000)]


def test_every_short_line_has_a_reason_with_words_and_the_clause_behind_it(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", stock=stocked(rice=3))
    everybody(town)
    told = town.run("allocate_orders", "16:20")
    assert (told["allocated_full"], told["allocated_part"], told["short"]) == (1, 1, 2)
    reasons = {row[0]: row[3] for row in town.rows(GIVEN, item="rice") if row[2]}
    assert reasons == {"h1": "tier_before", "h2": "tier_before", "h4": "stock_shared"}
    for household in reasons:
        found = why(town, household)
        assert "大米" in reason_text(found["reason"])  # type: ignore[arg-type]
        assert "C-02" in found["clauses"]  # type: ignore[operator]


def test_what_nobody_has_is_short_because_there_is_none(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", stock=stocked(rice=0))
    everybody(town)
    told = town.run("allocate_orders", "16:20")
    assert (told["short"], told["stores"]) == (4, [])
    assert {row[3] for row in town.rows(GIVEN, item="rice")} == {"no_stock"}
    # Rice is a life-line: those who must find another source hear of it at once.
    assert town.told("lifeline_short") == ["coordinator", "coordinator_2", "supply_1", "supply_2"]
    assert "大米" in town.bodies("lifeline_short", "supply_1")[0]


def test_the_same_lack_of_a_life_line_is_told_once_however_often_goods_are_shared(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", stock=stocked(rice=0))
    everybody(town)
    town.run("allocate_orders", "16:20")
    town.put("needs", "样本庄_晚.txt", "1. 样本庄1号 鸡蛋1板")
    town.run("collect_needs", "16:35")
    assert town.run("allocate_orders", "16:40")["lines"] == 5
    assert len(town.bodies("lifeline_short", "supply_1")) == 1
    town.put("needs", "样本庄_更晚.txt", "1. 样本庄2号 大米1袋")
    town.run("collect_needs", "16:55")
    town.run("allocate_orders", "17:00")
    assert len(town.bodies("lifeline_short", "supply_1")) == 2


def test_goods_come_from_the_nearest_store_and_then_from_the_next(town: Town, plans: Path) -> None:
    rows = [r | {"qty_units": "2"} if r["store_id"] == "pharmacy" else r for r in stocked()]
    write_plan(plans / "demo", stock=rows)
    town.put("needs", "示例家园.txt", "1. 3-2-501 鸡蛋1板")
    town.put("needs", "样本庄.txt", "1. 样本庄1号 鸡蛋3板")
    town.run("collect_needs", "16:05")
    told = town.run("allocate_orders", "16:20")
    assert town.rows(SOURCES) == [("h1", "market", 30), ("h4", "market", 30), ("h4", "pharmacy", 60)]
    assert told["stores"] == ["market", "pharmacy"]


def test_every_store_gets_its_own_order_with_amounts_at_its_prices(town: Town) -> None:
    everybody(town)
    town.run("allocate_orders", "16:20")
    query = "SELECT store_id, deliver_on, amount_fen, state FROM store_order"
    ((store, day, amount, state),) = town.rows(query)
    assert (store, str(day), amount, state) == ("market", "2022-04-22", 12 * 3000, "placed")
    own = "SELECT officer_id FROM notice WHERE stage = 'orders_allocated' AND notice_id LIKE '%:market:%' ORDER BY 1"
    assert town.rows(own) == [("liaison_1",), ("manager_market",)]
    assert town.rows(own.replace(":market:", ":pharmacy:")) == []


def test_a_correction_before_packing_supersedes_the_order_and_keeps_the_old_one(town: Town) -> None:
    everybody(town)
    town.run("allocate_orders", "16:20")
    town.put("needs", "示例家园_更正.txt", "1. 3-2-501 大米1袋\n")
    town.run("collect_needs", "16:40")
    town.run("allocate_orders", "16:45")
    assert town.rows("SELECT revision, state FROM store_order ORDER BY revision") == [(1, "superseded"), (2, "placed")]
    query = "SELECT revision, needed_base FROM allocation WHERE household_id = 'h1' ORDER BY revision"
    assert town.rows(query) == [(1, 20000), (2, 5000)]
    own = "SELECT COUNT(*) FROM notice WHERE officer_id = 'manager_market' AND notice_id LIKE '%:market:%'"
    assert town.rows(own) == [(2,)]


def test_a_store_hears_that_an_order_corrects_the_one_before_or_is_no_more(town: Town) -> None:
    town.needs("1. 3-2-501 大米2袋\n")
    town.run("allocate_orders", "16:20")
    assert not any("更正" in body for body in town.bodies("orders_allocated"))
    town.put("needs", "示例家园_2.txt", "1. 3-2-501 大米1袋\n", age=2)
    town.run("collect_needs", "16:30")
    town.run("allocate_orders", "16:40")
    assert any("第2版" in body for body in town.bodies("orders_allocated"))
    town.put("needs", "示例家园_3.txt", "1. 3-2-501 不要了\n", age=1)
    town.run("collect_needs", "16:50")
    town.run("allocate_orders", "16:55")
    assert any("前一版订单已撤销" in body for body in town.bodies("orders_allocated"))


def test_stock_that_is_ordered_for_one_cycle_is_not_given_to_the_next(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", stock=stocked(rice=5))
    town.needs("1. 3-2-501 大米4袋\n")
    town.run("allocate_orders", "16:20")
    town.needs("1. 3-2-501 大米4袋\n", day=22)
    town.run("allocate_orders", "16:20", day=22)
    query = "SELECT cycle, allocated_base, short_base FROM allocation ORDER BY cycle"
    assert [row[1:] for row in town.rows(query)] == [(20000, 0), (5000, 15000)]
