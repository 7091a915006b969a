"""What really came is booked; the buyer hears what differs, what becomes of it, and says whether a surplus is taken."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from schemas.words import Process
from tasks import supply
from tasks.corrections import Correction, correct_move
from tasks.database import reading
from tasks.duties import next_change
from tasks.refused import Refused
from tasks.runs import Run, working
from tasks.surplus import answer_surplus
from tests.factories.plan_folder import write_station_plan
from tests.factories.working_town import Town, at, on
from tests.integration.flows.test_arrivals_flow import ORDER, arrive, bought, state, usable

LINES = "SELECT item_id, qty_base, arrived_base FROM purchase_order_line ORDER BY item_id"
GOOD = "示例批发,2022-04-20,监管示例,合格"


@pytest.fixture
def patient(database: sa.Engine, data: Path, plans: Path) -> Iterator[Town]:
    """The town as plan C that waits two days for the rest of an order."""
    write_station_plan(plans / "station_demo", receiving__wait_days=2)
    made = Town("station_demo", data)
    yield made
    assert made.broken() == {}


def whole_order(town: Town, but: str = "") -> list[str]:
    """A line of the paper for every line of the order, but one item."""
    query = """SELECT i.item_id, i.name, i.unit, l.qty_base / i.unit_base FROM purchase_order_line l
        JOIN item i ON i.plan_id = :plan AND i.item_id = l.item_id ORDER BY i.item_id"""
    lines = [(item_id, f"{name},{qty},{unit},0.5,{GOOD}") for item_id, name, unit, qty in town.rows(query)]
    return [line for item_id, line in lines if item_id != but]


def on_order(town: Town, clock: str, day: int = 23) -> int:
    """Bags of rice still to come, as the next proposal sees it."""
    with reading() as session:
        found = supply.on_order(session, town.plan_id, at(clock, day)).filter(item_id="rice")
    return int(found["qty_base"].sum()) // 5000


def answer(town: Town, batch: str, take: bool, by: str = "供给示例", clock: str = "16:30") -> Any:
    with working(Run(town.plan_id, Process.RECEIVE_GOODS, on(23), at(clock, 23))) as work:
        return answer_surplus(work, batch, by, take)


def order_state(town: Town) -> Any:
    return town.rows("SELECT state FROM purchase_order")[0][0]


def test_what_is_missing_is_told_to_the_buyer_and_no_longer_waited_for(station_town: Town) -> None:
    town = station_town
    bought(town)
    whole = on_order(town, "15:00")
    arrive(town, f"大米,4,袋,25,{GOOD}")
    assert whole > 4
    assert (order_state(town), on_order(town, "16:00")) == ("arrived", 0)
    assert town.told("arrival_differs") == ["supply_1", "supply_2"]
    body = town.bodies("arrival_differs", "supply_1")[0]
    assert f"大米 {whole - 4}袋" in body
    assert "另行采购" in body


def test_what_came_whole_is_told_to_nobody(station_town: Town) -> None:
    town = station_town
    bought(town)
    arrive(town, *whole_order(town))
    assert town.told("arrival_differs") == []
    assert order_state(town) == "arrived"


def test_a_plan_that_waits_keeps_the_rest_on_order_and_closes_it_after_its_days(patient: Town) -> None:
    town = patient
    bought(town)
    whole = on_order(town, "15:00")
    arrive(town, f"大米,4,袋,25,{GOOD}")
    assert (order_state(town), on_order(town, "16:00")) == ("placed", whole - 4)
    assert on_order(town, "15:00") == whole, "as it was known then"
    assert "等到4月25日为止" in town.bodies("arrival_differs", "supply_1")[0]
    assert next_change(town.plan_id, at("23:59", 25)) == at("00:00", 26)
    town.run("watch_duties", "23:50", day=25)
    assert order_state(town) == "placed"
    town.run("watch_duties", "00:00", day=26)
    town.run("watch_duties", "00:10", day=26)
    assert (order_state(town), on_order(town, "00:10", 26)) == ("arrived", 0)
    assert len(town.bodies("arrival_differs", "supply_1")) == 2
    assert town.rows("SELECT state FROM purchase") == [("arrived",)]


def test_a_second_load_that_completes_the_order_closes_it(patient: Town) -> None:
    town = patient
    bought(town)
    rest = on_order(town, "15:00") - 4
    arrive(town, f"大米,4,袋,25,{GOOD}", *whole_order(town, but="rice"))
    arrive(town, f"大米,{rest},袋,25,{GOOD}", name="station_2.csv", clock="16:30")
    assert order_state(town) == "arrived"


def test_what_is_more_than_ordered_is_a_batch_of_its_own_and_a_question_to_the_buyer(station_town: Town) -> None:
    town = station_town
    bought(town)
    whole, before = on_order(town, "15:00"), usable(town, "rice")
    told = arrive(town, f"大米,{whole + 3},袋,25,{GOOD}")
    assert (told["batches"], told["released"], told["held"]) == (2, 1, 1)
    assert usable(town, "rice") == before + whole * 5000, "what was ordered is not held up by what was not"
    assert [row[1] for row in state(town)] == ["released", "held"]
    assert "多到：大米 3袋（0423-2）" in town.bodies("arrival_differs", "supply_1")[0]
    assert town.told("batch_held") == [], "it is no fault that anybody must source again"
    with pytest.raises(Refused, match="采购人"):
        town.inspect("0423-2", day=23)


def test_a_surplus_that_the_buyer_takes_waits_for_its_check_like_any_other_batch(station_town: Town) -> None:
    town = station_town
    bought(town)
    arrive(town, f"大米,{on_order(town, '15:00') + 3},袋,25,{GOOD}")
    with pytest.raises(Refused, match="监管示例"):
        answer(town, "0423-2", take=True, by="监管示例")
    assert answer(town, "0423-2", take=True) == {"batch": "0423-2", "changed": True}
    assert answer(town, "0423-2", take=True)["changed"] is False
    assert town.told("inspection_wanted") == ["market_1"]
    with pytest.raises(Refused, match="收下"):
        answer(town, "0423-2", take=False)
    assert town.inspect("0423-2", day=23)


def test_a_surplus_that_goes_back_leaves_the_store_and_the_orders_count(station_town: Town) -> None:
    town = station_town
    bought(town)
    whole = on_order(town, "15:00")
    arrive(town, f"大米,{whole + 3},袋,25,{GOOD}")
    assert answer(town, "0423-2", take=False)["changed"] is True
    assert answer(town, "0423-2", take=False)["changed"] is False
    moves = "SELECT from_place, to_place, qty_base, entered_by FROM stock_move WHERE cause = 'return'"
    assert town.rows(moves) == [("store:station", "supplier:wholesale", 15_000, "supply_1")]
    assert town.rows(LINES)[-1][1:] == (whole * 5000, whole * 5000)
    with pytest.raises(Refused, match="采购人"):
        town.inspect("0423-2", day=23)
    with pytest.raises(Refused, match="退回"):
        answer(town, "0423-2", take=True)


def test_goods_that_were_never_ordered_are_wholly_a_question(station_town: Town) -> None:
    town = station_town
    bought(town)
    told = arrive(town, f"菜籽油,2,桶,62,{GOOD}")
    assert (told["batches"], told["held"]) == (1, 1)
    assert town.rows("SELECT reason FROM batch WHERE item_id = 'oil' AND number = 1") == [("batch_more_than_ordered",)]
    with pytest.raises(Refused, match="待答复"):
        answer(town, town.rows("SELECT batch_id FROM batch WHERE item_id = 'flour' LIMIT 1")[0][0], take=True)


def test_an_arrival_that_is_corrected_is_still_to_come(patient: Town) -> None:
    town = patient
    bought(town)
    whole = on_order(town, "15:00")
    arrive(town, f"大米,4,袋,25,{GOOD}")
    ((move,),) = town.rows("SELECT move_id FROM stock_move WHERE cause = 'arrival'")
    with working(Run(town.plan_id, Process.CHECK_STOCK, on(23), at("17:00", 23))) as work:
        correct_move(work, Correction(move, "供给示例", "少了一袋", right="3"))
    assert on_order(town, "17:00") == whole - 3
    assert town.rows(LINES)[-1][2] == 3 * 5000
    assert ORDER.startswith(town.plan_id)
