"""What stores expect to need."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from rules.demand import attribute, forecast, home_store, norm_prior
from schemas.frames.base import frame_of
from schemas.frames.supply import CommunityNeeds, Demand, History
from schemas.plan import Plan
from tests.supply_town import TWICE_A_WEEK_STEPS, community, item, sheet, store, town

MON = date(2022, 4, 18)
TOWN = town([community("c1")], [store("s1")], [item("rice")])
NO_PRIOR = frame_of(Demand)


def history(*amounts: int, first: date = MON, gap: int = 1) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for number, qty in enumerate(amounts):
        on = first + timedelta(days=number * gap)
        rows.append({"business_date": on, "store_id": "s1", "item_id": "rice", "qty_base": qty})
    return frame_of(History, [row for row in rows if row["qty_base"]])


def prior(per_day: float) -> pl.DataFrame:
    return frame_of(Demand, [{"store_id": "s1", "item_id": "rice", "demand_base_per_day": per_day}])


def per_day(plan: Plan, known: pl.DataFrame, before: pl.DataFrame, last_cycle: date) -> float:
    return float(forecast(known, before, plan, last_cycle)["demand_base_per_day"].item())


def test_without_history_the_norm_is_all_there_is() -> None:
    assert per_day(TOWN, history(), prior(350.0), MON) == 350


def test_even_demand_is_forecast_as_it_is() -> None:
    assert per_day(TOWN, history(*[900] * 8), prior(1.0), MON + timedelta(days=7)) == pytest.approx(900)


def test_yesterday_weighs_more_than_last_week() -> None:
    rising = per_day(TOWN, history(100, 100, 100, 100, 100, 100, 100, 800), NO_PRIOR, MON + timedelta(days=7))
    falling = per_day(TOWN, history(800, 100, 100, 100, 100, 100, 100, 100), NO_PRIOR, MON + timedelta(days=7))
    assert falling < 187.5 < rising


def test_the_norm_fades_as_days_come_in() -> None:
    assert per_day(TOWN, history(700), prior(350.0), MON) == pytest.approx(1 / 7 * 700 + 6 / 7 * 350)
    assert per_day(TOWN, history(*[700] * 7), prior(350.0), MON + timedelta(days=6)) == pytest.approx(700)


def test_a_day_without_needs_counts_as_zero_and_not_as_unknown() -> None:
    known = history(*[700] * 7)
    assert per_day(TOWN, known, NO_PRIOR, MON + timedelta(days=9)) < 700 * 0.75


def test_days_older_than_the_window_are_forgotten() -> None:
    known = pl.concat([history(99_000), history(*[700] * 14, first=MON + timedelta(days=1))])
    assert per_day(TOWN, known, NO_PRIOR, MON + timedelta(days=14)) == pytest.approx(700)


def test_needs_collected_later_than_the_last_closed_cycle_are_not_looked_at() -> None:
    assert per_day(TOWN, history(*[700] * 7, 90_000), NO_PRIOR, MON + timedelta(days=6)) == pytest.approx(700)


def test_what_is_collected_twice_a_week_is_spread_over_the_days_until_the_next_collection() -> None:
    plan_c = town([community("c1")], [store("s1")], [item("rice")], step=TWICE_A_WEEK_STEPS)
    known = pl.concat([history(4000), history(3000, first=MON + timedelta(days=4))])  # Mon for 4 days, Fri for 3
    assert per_day(plan_c, known, NO_PRIOR, MON + timedelta(days=4)) == pytest.approx(1000)


def two_stores() -> Plan:
    return town(
        [community("west", lon=116.0, population=100), community("east", lon=117.0, population=300)],
        [store("w", 116.0), store("e", 117.0), store("bulk", 116.5, 0, kind="wholesale", supplies_to="w")],
        [item("rice"), item("flour"), item("cabbage", "vegetables"), item("pills", "medicine", weight_g=20)],
        [
            sheet("w", "rice", 300),
            sheet("e", "rice", 10),
            sheet("w", "flour", 100),
            sheet("e", "pills", 5),
            sheet("bulk", "cabbage"),
        ],
    )


def test_a_need_belongs_to_the_nearest_store_that_sells_the_item() -> None:
    homes = {(c, i): s for c, i, s in home_store(two_stores()).iter_rows()}
    assert homes[("east", "rice")] == "e"
    assert homes[("east", "flour")] == "w"
    assert homes[("west", "cabbage")] == "w", "its source sells it"


def test_needs_of_communities_become_the_history_of_their_stores() -> None:
    rows = [
        {"business_date": MON, "community_id": c, "item_id": i, "qty_base": 500}
        for c, i in (("west", "flour"), ("east", "flour"), ("east", "rice"))
    ]
    found = attribute(frame_of(CommunityNeeds, rows), two_stores())
    assert found.select("store_id", "item_id", "qty_base").rows() == [("e", "rice", 500), ("w", "flour", 1000)]


def test_the_norm_counts_every_person_once() -> None:
    prior = norm_prior(two_stores()).filter(pl.col("item_id").is_in(["rice", "flour"]))
    assert prior["demand_base_per_day"].sum() == pytest.approx(400 * 350)


def test_the_norm_is_split_by_the_weight_of_the_opening_stock() -> None:
    demand = {(s, i): d for s, i, d in norm_prior(two_stores(), {"west": 100}).iter_rows()}
    assert demand["w", "rice"] == pytest.approx(100 * 350 * 0.75)
    assert demand["w", "flour"] == pytest.approx(100 * 350 * 0.25)
    assert demand["e", "pills"] == 0, "medicine has no norm"


def test_the_norm_is_in_the_items_own_unit() -> None:
    eggs = item("eggs", "eggs", measure="piece", unit="板", unit_base=30, step_base=30, weight_g=1800)
    demand = norm_prior(town([community("c1", population=10)], [store("s1")], [eggs]))
    assert demand["demand_base_per_day"].item() == pytest.approx(10)  # 60 g a person, an egg of 60 g
