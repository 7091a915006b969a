"""From whom a store buys: price, distance, lead time, and how much of what was ordered came so far."""

from datetime import date

import polars as pl
import pytest

from rules.sourcing import PastOrder, asked_prices, lead_days, offers, opening_prices, reliability
from schemas.frames.base import frame_of
from schemas.frames.supply import SupplierPrices
from tests.supply_town import community, item, sheet, store, town

DAY = date(2022, 4, 21)
HUB = store("hub", kind="station")
NEAR = store("near", 116.1, 0, kind="wholesale", supplies_to="hub")
FAR = store("far", 118.0, 0, kind="wholesale", supplies_to="hub", lead_days=2)
SHEETS = [sheet("hub", "rice", cost_fen=200), sheet("near", "rice", price_fen=250), sheet("far", "rice", price_fen=240)]
TOWN = town([community("c1")], [HUB, NEAR, FAR], [item("rice"), item("flour")], SHEETS)


def ranked(prices: dict[str, int], reliable: dict[str, float] | None = None) -> list[str]:
    asked = frame_of(SupplierPrices, [{"supplier_id": s, "item_id": "rice", "cost_fen": f} for s, f in prices.items()])
    return [o.supplier_id for o in offers(TOWN, asked, reliable or {})["hub", "rice"]]


def past(came: float, on: date = DAY) -> PastOrder:
    return PastOrder("near", came, DAY, on)


def test_the_haul_counts_and_not_the_price_alone() -> None:
    assert ranked({"near": 250, "far": 240}) == ["near", "far"]
    assert ranked({"near": 250, "far": 210}) == ["far", "near"]


def test_who_brings_half_has_to_be_asked_twice() -> None:
    assert ranked({"near": 250, "far": 260}, {"near": 0.5}) == ["far", "near"]


def test_without_a_past_a_source_is_trusted_and_one_mishap_does_not_end_that() -> None:
    assert reliability([]) == {}
    assert reliability([past(0.0)]) == {"near": pytest.approx(2 / 3)}
    assert reliability([past(1.0)] * 5) == {"near": 1.0}


def test_late_is_not_as_good_as_in_time_and_more_than_ordered_is_no_better_than_all() -> None:
    assert reliability([past(1.0, date(2022, 4, 22))]) == {"near": pytest.approx((0.9 + 2) / 3)}
    assert reliability([past(1.4)]) == {"near": 1.0}


def test_nobody_is_thought_to_bring_less_than_half() -> None:
    assert reliability([past(0.0)] * 50) == {"near": 0.5}


def test_the_longer_of_the_two_leads_holds() -> None:
    assert (lead_days(TOWN, "near"), lead_days(TOWN, "far")) == (0, 2)


def test_a_declared_price_comes_before_that_of_the_sheet() -> None:
    schema = {"store_id": pl.String, "item_id": pl.String, "price_fen": pl.Int64}
    told = pl.DataFrame([("near", "rice", 199), ("far", "rice", None)], schema=schema, orient="row")
    found = {s: fen for s, _, fen in asked_prices(TOWN, told).iter_rows()}
    assert found == {"near": 199, "far": 240}


def test_what_no_source_prices_is_asked_of_the_nearest_at_what_it_cost_the_store() -> None:
    assert [o.supplier_id for o in offers(TOWN, frame_of(SupplierPrices), {})["hub", "rice"]] == ["near"]
    assert offers(TOWN, frame_of(SupplierPrices), {})["hub", "rice"][0].cost_fen == 200
    assert ("hub", "flour") not in offers(TOWN, opening_prices(TOWN), {})
