"""到货验收: batch by batch, and nothing handed out that no inspector has released (C-07)."""

import pytest

from tasks.arrivals import NotInspected
from tests.factories.working_town import ARRIVAL_HEAD, Town

ORDER = "station_demo:2022-04-23:wholesale:station"
BATCH = "SELECT item_id, state, released, checked_by, reason FROM batch WHERE origin = :o ORDER BY item_id"


def bought(town: Town) -> None:
    """Saturday's purchase of plan C, ordered; the station's shelves hold no rice for it."""
    town.needs("1. 3-2-501 大米6袋\n2. 3-1-302 大米6袋\n", day=22)
    town.run("purchase_supplies", "08:00", day=23)
    town.approve(day=23)
    town.run("purchase_supplies", "14:05", day=23)


def arrive(town: Town, *lines: str, name: str = "station_1.csv", clock: str = "16:00") -> dict[str, object]:
    """Papers of an arrival on Saturday, taken in."""
    town.put("arrivals", name, ARRIVAL_HEAD + "".join(f"{ORDER},{line}\n" for line in lines), day=23)
    return town.run("receive_goods", clock, day=23)


def state(town: Town) -> list[tuple[object, ...]]:
    """item, state, released, who checked, reason of every batch of the order."""
    return [(i, s, bool(r), c, why) for i, s, r, c, why in town.rows(BATCH, o=ORDER)]


def usable(town: Town, item: str) -> int:
    """Base units of an item that the station may hand out."""
    query = """SELECT COALESCE(SUM(m.qty_base), 0) FROM stock_move m JOIN batch b ON b.batch_id = m.batch_id
        WHERE b.item_id = :i AND b.released AND m.to_place = 'store:station'"""
    return int(town.rows(query, i=item)[0][0])


def test_goods_that_nobody_has_checked_wait_and_their_inspector_is_told(station_town: Town) -> None:
    bought(station_town)
    told = arrive(station_town, "大米,8,袋,25,示例批发,2022-04-20,,")
    assert (told["batches"], told["waiting"], told["released"]) == (1, 1, 0)
    assert state(station_town) == [("rice", "arrived", False, None, "")]
    assert station_town.told("goods_arrived") == ["market_1"]


def test_a_batch_that_waits_is_not_allocated_from(station_town: Town) -> None:
    town = station_town
    bought(town)
    before = usable(town, "rice")
    arrive(town, "大米,8,袋,25,示例批发,2022-04-20,,")
    town.run("allocate_orders", "17:00", day=23)
    given = town.rows("SELECT COALESCE(SUM(qty_base), 0) FROM allocation_source WHERE item_id = 'rice'")[0][0]
    assert int(given) <= before == usable(town, "rice")


def test_the_database_itself_refuses_to_hand_out_an_unchecked_batch(station_town: Town) -> None:
    town = station_town
    bought(town)
    arrive(town, "大米,8,袋,25,示例批发,2022-04-20,,")
    town.run("allocate_orders", "17:00", day=23)
    town.run("deliver_orders", "07:30", day=24)
    ((batch,),) = town.rows("SELECT batch_id FROM batch WHERE origin = :o", o=ORDER)
    ((cycle, home, item, store),) = town.rows("SELECT cycle, household_id, item_id, store_id FROM parcel_line LIMIT 1")
    line = f"('station_demo', '{cycle}', '{home}', '{item}', '{store}', '{batch}', {{released}}, 5)"
    insert = (
        "INSERT INTO parcel_line (plan_id, cycle, household_id, item_id, store_id, batch_id, batch_released, qty_base)"
    )
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        town.execute(f"{insert} VALUES {line.format(released='TRUE')}")
    with pytest.raises(Exception, match="batch_is_released"):
        town.execute(f"{insert} VALUES {line.format(released='FALSE')}")


def test_a_batch_that_went_out_is_never_called_back_into_unchecked(station_town: Town) -> None:
    town = station_town
    bought(town)
    town.run("allocate_orders", "17:00", day=23)
    town.run("deliver_orders", "07:30", day=24)
    ((batch,),) = town.rows("SELECT DISTINCT batch_id FROM parcel_line WHERE item_id = 'rice'")
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        town.execute(f"UPDATE batch SET released = FALSE, state = 'arrived' WHERE batch_id = '{batch}'")  # noqa: S608 - an id read from this database
    with pytest.raises(Exception, match="released_is_checked"):
        town.execute(f"UPDATE batch SET checked_by = NULL WHERE batch_id = '{batch}'")  # noqa: S608 - an id read from this database


def test_the_paper_of_the_plans_inspector_releases(station_town: Town) -> None:
    bought(station_town)
    before = usable(station_town, "rice")
    told = arrive(station_town, "大米,8,袋,25,示例批发,2022-04-20,监管示例,合格")
    assert told["released"] == 1
    assert state(station_town) == [("rice", "released", True, "market_1", "")]
    assert usable(station_town, "rice") == before + 8 * 5000


def test_a_signature_of_somebody_else_releases_nothing(station_town: Town) -> None:
    bought(station_town)
    told = arrive(station_town, "大米,8,袋,25,示例批发,2022-04-20,店长甲示例,合格")
    assert (told["released"], told["waiting"]) == (0, 1)


def test_an_inspector_releases_a_batch_that_waits(station_town: Town) -> None:
    town = station_town
    bought(town)
    arrive(town, "大米,8,袋,25,示例批发,2022-04-20,,")
    ((batch,),) = town.rows("SELECT batch_id FROM batch WHERE origin = :o", o=ORDER)
    with pytest.raises(NotInspected, match="监管示例"):
        town.inspect(batch, by="店长甲示例", day=23)
    assert town.inspect(batch, day=23) is True
    assert town.inspect(batch, day=23) is False
    assert state(town) == [("rice", "released", True, "market_1", "")]


def test_a_batch_is_held_only_with_a_reason(station_town: Town) -> None:
    town = station_town
    bought(town)
    arrive(town, "大米,8,袋,25,示例批发,2022-04-20,,")
    ((batch,),) = town.rows("SELECT batch_id FROM batch WHERE origin = :o", o=ORDER)
    assert town.inspect(batch, failed="包装破损", day=23) is True
    assert state(town) == [("rice", "held", False, "market_1", "包装破损")]
    with pytest.raises(NotInspected):
        town.inspect("no-such-batch", day=23)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("大米,8,袋,25,示例批发,2022-04-20,监管示例,不合格", "inspection_failed"),
        ("大米,8,袋,40,示例批发,2022-04-20,监管示例,合格", "batch_price_rise"),
        ("大米,8,袋,25,示例批发,2021-01-01,监管示例,合格", "batch_expired"),
        ("大米,8,袋,25,示例批发,2032-04-20,监管示例,合格", "batch_made_later"),
        ("大米,8,袋,25,示例批发,9999-12-31,监管示例,合格", "batch_made_later"),
        ("大米,4000,袋,25,示例批发,2022-04-20,监管示例,合格", "batch_more_than_ordered"),
    ],
)
def test_a_batch_with_a_fault_is_held_and_told_to_be_sourced_again(station_town: Town, line: str, reason: str) -> None:
    bought(station_town)
    assert arrive(station_town, line)["held"] == 1
    assert [row[1:] for row in state(station_town)] == [("held", False, "market_1", reason)]
    ((last,),) = station_town.rows("SELECT expires_on FROM batch WHERE origin LIKE 'station_demo:%'")
    assert str(last) < "2023", "a slip of the pen lengthens no shelf life"
    assert station_town.told("batch_held") == ["market_1", "supply_1", "supply_2"]
    assert "大米" in station_town.bodies("batch_held", "supply_1")[0]


def test_an_arrival_without_an_order_goes_back_and_makes_no_batch(station_town: Town) -> None:
    bought(station_town)
    station_town.put("arrivals", "station_1.csv", ARRIVAL_HEAD + "没有这个单号,大米,8,袋,25,示例批发,,,\n", day=23)
    told = station_town.run("receive_goods", "16:00", day=23)
    assert (told["batches"], told["returned"]) == (0, 1)
    assert [codes for _, codes in station_town.reasons()] == [["order_unknown"]]


def test_papers_handed_in_twice_make_one_batch(station_town: Town) -> None:
    bought(station_town)
    arrive(station_town, "大米,8,袋,25,示例批发,2022-04-20,监管示例,合格")
    arrive(station_town, "大米,8,袋,25,示例批发,2022-04-20,监管示例,合格", name="station_再发.csv", clock="16:30")
    assert len(state(station_town)) == 1
    assert station_town.rows("SELECT state FROM purchase") == [("arrived",)]
