"""What communities are expected to need, and the stores that are expected to serve them."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from rules.demand import attribute, expected, home_store, norm_prior, of_stores
from schemas.frames.base import frame_of
from schemas.frames.supply import CommunityDemand, CommunityNeeds, OffList
from schemas.plan import Plan
from tests.supply_town import CATEGORIES, TWICE_A_WEEK_STEPS, community, item, sheet, store, town

MON = date(2022, 4, 18)
#: A town of one, so that the norm is 350 g; and one without a norm, where what was asked for is all there is.
ONE = [community("c1", population=1)]
TOWN = town(ONE, [store("s1")], [item("rice")])
NO_NORM = [CATEGORIES[0] | {"norm_g": 0}, *CATEGORIES[1:]]
BARE = town(ONE, [store("s1")], [item("rice")], category=NO_NORM)


def day(number: int) -> date:
    return MON + timedelta(days=number)


def asked(amounts: Mapping[date, int], item_id: str = "rice", who: str = "c1") -> pl.DataFrame:
    rows: list[dict[str, Any]] = [
        {"business_date": on, "community_id": who, "item_id": item_id, "qty_base": qty} for on, qty in amounts.items()
    ]
    return frame_of(CommunityNeeds, [row for row in rows if row["qty_base"]])


def daily(*amounts: int, first: int = 0) -> dict[date, int]:
    return {day(first + n): qty for n, qty in enumerate(amounts)}


def off_list(*days: date, item_id: str = "rice") -> pl.DataFrame:
    return frame_of(OffList, [{"business_date": on, "store_id": "s1", "item_id": item_id} for on in days])


def forecast(
    plan: Plan,
    needs: Mapping[date, int],
    until: date | None = None,
    heard: Collection[date] | None = None,
    off: Collection[date] = (),
) -> dict[str, Any]:
    """The one line; by default every day with an amount, 0 included, is a collection that was heard."""
    days = {on: ["c1"] for on in (needs if heard is None else heard)}
    found = expected(asked(needs), days, off_list(*off), plan, until or max(needs, default=MON))
    return found.row(0, named=True)


def per_day(*given: Any, **more: Any) -> float:
    return float(forecast(*given, **more)["demand_base_per_day"])


def test_without_history_the_norm_is_all_there_is() -> None:
    assert per_day(TOWN, {}) == 350


def test_even_demand_is_forecast_as_it_is() -> None:
    assert per_day(TOWN, daily(*[900] * 8)) == pytest.approx(900)


def test_yesterday_weighs_more_than_last_week() -> None:
    rising, falling = (per_day(BARE, daily(*days)) for days in ([100] * 7 + [800], [800] + [100] * 7))
    assert falling < 187.5 < rising


def test_the_norm_fades_as_days_come_in() -> None:
    assert per_day(TOWN, daily(700)) == pytest.approx(1 / 7 * 700 + 6 / 7 * 350)
    assert per_day(TOWN, daily(*[700] * 7)) == pytest.approx(700)


def test_where_there_is_no_norm_what_was_asked_for_holds_from_the_first_day() -> None:
    assert per_day(BARE, daily(700)) == 700
    assert per_day(BARE, {}) == 0, "nothing is known, and nothing is bought for it"


def test_who_was_heard_and_did_not_ask_wanted_none() -> None:
    known = daily(*[700] * 7, 0, 0, 0)
    assert per_day(BARE, known) < 700 * 0.75


def test_a_collection_that_did_not_take_place_or_was_not_answered_is_unknown() -> None:
    known = daily(*[700] * 7)
    assert per_day(BARE, known, until=day(9), heard=list(known)) == pytest.approx(700)


def test_days_on_which_it_stood_on_no_list_are_left_out() -> None:
    known = daily(*[700] * 7, 0, 0)
    assert per_day(BARE, known, off=[day(7), day(8)]) == pytest.approx(700)
    assert forecast(TOWN, daily(700, 0), off=[day(1)])["demand_base_per_day"] == pytest.approx(
        1 / 7 * 700 + 6 / 7 * 350
    )


def test_days_older_than_the_window_are_forgotten() -> None:
    assert per_day(BARE, daily(99_000, *[700] * 14)) == pytest.approx(700)


def test_needs_collected_later_than_the_last_closed_cycle_are_not_looked_at() -> None:
    assert per_day(BARE, daily(*[700] * 7, 90_000), until=day(6)) == pytest.approx(700)


def test_what_was_asked_for_before_a_break_tells_of_another_life() -> None:
    breaks = [day(3), day(20)]
    plan = town(ONE, [store("s1")], [item("rice")], category=NO_NORM, reserve__breaks=breaks)
    assert per_day(plan, daily(5000, 5000, 5000, 700, 700)) == pytest.approx(700)
    assert per_day(TOWN, daily(5000, 5000)) > 1000


def test_what_is_collected_twice_a_week_is_spread_over_the_days_until_the_next_collection() -> None:
    plan_c = town(ONE, [store("s1")], [item("rice")], step=TWICE_A_WEEK_STEPS, category=NO_NORM)
    known = {MON: 4000, day(4): 3000}  # Mon for 4 days, Fri for 3
    assert per_day(plan_c, known) == pytest.approx(1000)


def test_the_band_widens_with_the_unrest_of_the_days_and_holds_the_mean() -> None:
    calm, wild = forecast(BARE, daily(*[700] * 10)), forecast(BARE, daily(*[1400, 0] * 5))
    assert calm["low_base_per_day"] == pytest.approx(calm["high_base_per_day"]) == pytest.approx(700)
    assert wild["low_base_per_day"] < wild["demand_base_per_day"] < wild["high_base_per_day"]
    unseen = forecast(TOWN, {})
    assert unseen["high_base_per_day"] == pytest.approx(350 * 1.35)


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


def test_a_store_needs_what_those_need_whom_it_is_expected_to_serve() -> None:
    plan = two_stores()
    heard = {day(n): ["west", "east"] for n in range(7)}
    needs = pl.concat([asked(dict.fromkeys(heard, 700), "flour", who) for who in ("west", "east")])
    found = expected(needs, heard, off_list(), plan, day(6))
    stores = {
        (s, i): q for s, i, q in of_stores(found).select("store_id", "item_id", "demand_base_per_day").iter_rows()
    }
    assert stores["w", "flour"] == pytest.approx(1400)
    assert ("e", "flour") not in stores
    assert stores["e", "rice"] == 0, "seven days on which nobody asked for any"


def test_one_silent_community_does_not_lower_what_another_is_expected_to_need() -> None:
    plan = two_stores()
    heard = {day(n): ["west", "east"] if n < 7 else ["west"] for n in range(9)}
    needs = pl.concat([asked(daily(*[700] * 9), "flour", "west"), asked(daily(*[700] * 7), "flour", "east")])
    found = expected(needs, heard, off_list(), plan, day(8)).filter(item_id="flour")
    assert found["demand_base_per_day"].to_list() == pytest.approx([700, 700])


def test_a_stores_band_is_that_of_its_communities_off_each_for_itself() -> None:
    ends = [("c1", 400.0, 300.0, 600.0), ("c2", 800.0, 700.0, 950.0), ("c3", 10.0, 0.0, 20.0)]
    rows = [
        {"community_id": c, "item_id": "rice", "store_id": "s1"}
        | {"demand_base_per_day": mean, "low_base_per_day": low, "high_base_per_day": high}
        for c, mean, low, high in ends
    ]
    (found,) = of_stores(frame_of(CommunityDemand, rows)).rows(named=True)
    assert found["demand_base_per_day"] == 1210
    assert found["low_base_per_day"] == pytest.approx(1210 - (100**2 + 100**2 + 10**2) ** 0.5)
    assert found["high_base_per_day"] == pytest.approx(1210 + (200**2 + 150**2 + 10**2) ** 0.5)


def norms(plan: Plan, people: Mapping[str, int] | None = None) -> dict[tuple[str, str], float]:
    prior = norm_prior(plan, people).group_by("store_id", "item_id").agg(pl.col("demand_base_per_day").sum())
    return {(s, i): d for s, i, d in prior.iter_rows()}


def test_the_norm_counts_every_person_once() -> None:
    prior = norms(two_stores())
    assert sum(d for (_, i), d in prior.items() if i in ("rice", "flour")) == pytest.approx(400 * 350)


def test_the_norm_is_split_by_the_weight_of_the_opening_stock() -> None:
    demand = norms(two_stores(), {"west": 100})
    assert demand["w", "rice"] == pytest.approx(100 * 350 * 0.75)
    assert demand["w", "flour"] == pytest.approx(100 * 350 * 0.25)
    assert demand["e", "pills"] == 0, "medicine has no norm"


def test_the_norm_is_in_the_items_own_unit() -> None:
    eggs = item("eggs", "eggs", measure="piece", unit="板", unit_base=30, step_base=30, weight_g=1800)
    (per_day,) = norms(town([community("c1", population=10)], [store("s1")], [eggs])).values()
    assert per_day == pytest.approx(10)  # 60 g a person, an egg of 60 g
