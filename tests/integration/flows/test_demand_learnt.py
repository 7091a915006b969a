"""What demand is learnt from on the real books: needs of those who were heard, for what was on the list (B-05)."""

from pathlib import Path

import pytest

from tasks.database import reading
from tasks.demand import demand_of
from tasks.plans import load_plan
from tests.factories.plan_folder import write_plan
from tests.factories.working_town import Town, on, stocked

SEALED, CONTROLLED = "示例家园.txt", "样本庄.txt"


def per_day(town: Town, item: str, day: int) -> dict[str, float]:
    """Community -> base units of an item per day, as of a day."""
    with reading() as session:
        found = demand_of(session, load_plan(town.plan_id), on(day)).filter(item_id=item)
    return dict(found.select("community_id", "demand_base_per_day").iter_rows())


def test_a_silent_community_is_expected_to_need_what_it_needed_before(town: Town) -> None:
    for day in (21, 22):
        town.put("needs", SEALED, "1. 3-2-501 大米2袋\n", day)
        town.needs("1. 样本庄1号 大米2袋\n", CONTROLLED, day)
    both = per_day(town, "rice", 23)
    town.needs("1. 样本庄1号 大米2袋\n", CONTROLLED, 23)
    assert per_day(town, "rice", 24)["c_sealed"] == pytest.approx(both["c_sealed"])
    town.put("needs", SEALED, "本次无需求\n", 24)
    town.needs("1. 样本庄1号 大米2袋\n", CONTROLLED, 24)
    assert per_day(town, "rice", 25)["c_sealed"] < both["c_sealed"], "it said that it needs none"


def test_goods_that_stood_on_no_list_are_not_goods_that_nobody_wanted(town: Town, plans: Path) -> None:
    write_plan(plans / "demo", stock=stocked(pork=0))
    before = per_day(town, "pork", 21)
    town.run("publish_catalog", "08:00")
    town.needs("1. 3-2-501 大米2袋\n")
    assert per_day(town, "pork", 22)["c_sealed"] < before["c_sealed"], "a shelf that is always empty counts as it is"
    write_plan(plans / "demo", stock=stocked(pork=100))
    town.stock("market.csv", "猪肉,100,斤,15,0", day=22, clock="07:00")
    town.run("publish_catalog", "08:00", day=22)
    town.needs("1. 3-2-501 猪肉10斤\n", day=22)
    mean = 10 * 500
    norm = before["c_sealed"]
    assert per_day(town, "pork", 23)["c_sealed"] == pytest.approx(mean / 7 + norm * 6 / 7)


def test_the_plans_break_leaves_out_what_was_before_it(town: Town, plans: Path) -> None:
    for day in (21, 22):
        town.needs("1. 3-2-501 大米6袋\n", day=day)
    assert per_day(town, "rice", 23)["c_sealed"] > 6 * 5000 * 2 / 7
    norm = per_day(town, "rice", 21)["c_sealed"]
    write_plan(plans / "demo", reserve__breaks=["2022-04-23"])
    assert per_day(town, "rice", 24)["c_sealed"] == pytest.approx(norm)
