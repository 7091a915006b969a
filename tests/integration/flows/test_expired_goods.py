"""Goods past their last day: never shared out, never packed, and told to their store once (C-07)."""

from tasks.stock_at import stock_at
from tests.factories.books import books, changes
from tests.factories.working_town import Town, at
from tests.integration.flows.test_stock_ledger import run as run_of


def test_what_expired_is_told_the_day_after_once_to_its_store_and_to_who_looks_after_supply(town: Town) -> None:
    # The opening stock of pork keeps three days from the 21st.
    town.run("watch_duties", "08:00", day=24)
    assert town.told("goods_expired") == []
    town.run("watch_duties", "00:00", day=25)
    assert town.told("goods_expired") == ["manager_market", "supply_1", "supply_2"]
    assert town.bodies("goods_expired", "manager_market")[0].startswith("示例超市：已过期：猪肉 120斤；请下架处理")
    before = books(town.engine, "duty", "notice_attempt")
    town.run("watch_duties", "00:00", day=25)
    assert changes(before, books(town.engine, "duty", "notice_attempt")) == {}
    town.run("watch_duties", "10:00", day=26)
    assert len(town.bodies("goods_expired", "manager_market")) == 1


def test_a_machine_that_was_off_tells_of_it_afterwards_as_it_was_then(town: Town) -> None:
    town.stock("market_1.csv", "猪肉,100,斤,15,20", day=24)
    town.run("watch_duties", "10:00", day=27)
    assert "猪肉 100斤" in town.bodies("goods_expired", "manager_market")[0]


def test_what_expired_is_neither_shared_out_nor_counted_as_usable(town: Town) -> None:
    town.needs("1. 3-2-501 猪肉2斤\n", day=25)
    town.run("allocate_orders", "16:20", day=25)
    assert town.rows("SELECT allocated_base, reason FROM allocation") == [(0, "no_stock")]
    (pork,) = [r for r in stock_at(run_of(town).plan, at("09:00", 25)) if r["item_id"] == "pork"]
    assert (pork["on_hand"], pork["usable"], pork["expired"]) == ("120", "0", "120")


def test_what_would_expire_before_it_reaches_the_door_is_not_shared_out(town: Town) -> None:
    town.needs("1. 3-2-501 猪肉2斤\n", day=24)
    town.run("allocate_orders", "16:20", day=24)
    assert town.rows("SELECT allocated_base, reason FROM allocation") == [(0, "no_stock")]
