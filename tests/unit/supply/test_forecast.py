"""What is expected of the days ahead, and how far off it may be."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from rules.forecast import UNSEEN_SPREAD, Method, forecast
from schemas.frames.base import frame_of
from schemas.frames.forecast import Observed, Priors

PLAIN = Method()


def observed(days: Sequence[float | None], line: int = 0, empty: Sequence[int] = ()) -> list[dict[str, Any]]:
    """The days up to the newest one; None: nothing is known of it; `empty`: places of days with an empty shelf."""
    return [
        {"line": line, "age": len(days) - 1 - n, "span": 1, "qty": float(qty), "censored": n in empty}
        for n, qty in enumerate(days)
        if qty is not None
    ]


def expected(
    rows: list[dict[str, Any]], prior: float | None = None, horizon: int = 7, method: Method = PLAIN
) -> dict[str, Any]:
    asked = frame_of(Priors, [{"line": 0, "prior_per_day": prior}])
    return forecast(frame_of(Observed, rows), asked, method, horizon).row(0, named=True)


def test_a_steady_series_goes_on_as_it_is_with_no_room_for_doubt() -> None:
    found = expected(observed([5] * 14))
    assert (found["total"], found["low"], found["high"]) == pytest.approx((35, 35, 35))


def test_nobody_wanted_any_is_known_and_is_nought() -> None:
    found = expected(observed([0] * 14))
    assert (found["total"], found["low"], found["high"]) == (0, 0, 0)


def test_a_day_weighs_nine_tenths_of_the_day_after_it() -> None:
    assert expected(observed([10, 0]))["per_day"] == pytest.approx(0.9 * 10 / 1.9)


def test_what_is_older_than_the_window_is_forgotten() -> None:
    assert expected(observed([1000, *[5] * 14]))["per_day"] == pytest.approx(5)


def test_a_day_without_a_row_is_unknown_and_not_a_day_without_demand() -> None:
    assert expected(observed([6, None, None, 6]))["per_day"] == pytest.approx(6)
    assert expected(observed([6, 0, 0, 6]))["per_day"] < 4


def test_a_gap_does_not_make_what_lies_behind_it_any_younger() -> None:
    gap = expected(observed([10, None, None, None, 0]))["per_day"]
    assert gap == pytest.approx(0.9**4 * 10 / (1 + 0.9**4))


def test_days_with_an_empty_shelf_are_left_out_and_not_known() -> None:
    found = expected(observed([8, 8, 2, 0], empty=[2, 3]))
    assert (found["per_day"], found["known_days"]) == (pytest.approx(8), 2)


def test_where_the_shelf_was_always_empty_what_was_seen_is_better_than_nothing() -> None:
    assert expected(observed([2, 2], empty=[0, 1]))["per_day"] == pytest.approx(2)


def test_the_prior_fades_as_days_become_known() -> None:
    for known, weight in ((0, 0.0), (1, 1 / 7), (6, 6 / 7), (7, 1.0), (12, 1.0)):
        found = expected(observed([10] * known), prior=3.0)
        assert found["per_day"] == pytest.approx(weight * 10 + (1 - weight) * 3)


def test_unknown_days_leave_the_prior_its_weight() -> None:
    assert expected(observed([10, *[None] * 6, 10]), prior=3.0)["per_day"] == pytest.approx(2 / 7 * 10 + 5 / 7 * 3)


def test_of_what_nothing_is_known_nothing_is_said() -> None:
    found = expected([])
    assert (found["total"], found["low"], found["high"], found["known_days"]) == (None, None, None, 0)


def test_the_norm_alone_is_as_far_off_as_a_villages_week_was_found_to_be() -> None:
    found = expected([], prior=10.0)
    assert (found["total"], found["low"], found["high"]) == pytest.approx(
        (70, 70 * (1 - UNSEEN_SPREAD), 70 * (1 + UNSEEN_SPREAD))
    )


def test_one_day_says_how_much_and_nothing_of_its_spread() -> None:
    found = expected(observed([4]))
    assert (found["total"], found["high"]) == pytest.approx((28, 28 * (1 + UNSEEN_SPREAD)))


def test_a_collection_for_four_days_is_four_days_of_a_quarter_each() -> None:
    together = [{"line": 0, "age": 0, "span": 4, "qty": 40.0, "censored": False}]
    assert expected(together)["per_day"] == pytest.approx(10)
    assert expected(together)["known_days"] == 4
    older = [{"line": 0, "age": 4, "span": 4, "qty": 80.0, "censored": False}]
    apart = expected([*observed([20] * 4 + [10] * 4)])["per_day"]
    assert expected(together + older)["per_day"] == pytest.approx(apart)


def test_four_days_told_as_one_are_one_observation_of_the_spread() -> None:
    told = [{"line": 0, "age": 4 * n, "span": 4, "qty": q, "censored": False} for n, q in enumerate((40.0, 80.0, 20.0))]
    daily = observed([5] * 4 + [20] * 4 + [10] * 4)
    width, narrow = (found["high"] - found["low"] for found in (expected(told), expected(daily)))
    assert width > narrow, "days that only repeat each other make nothing surer"


def test_a_window_cuts_through_a_collection() -> None:
    found = expected([{"line": 0, "age": 12, "span": 4, "qty": 40.0, "censored": False}])
    assert (found["per_day"], found["known_days"]) == (pytest.approx(10), 2)


def test_without_decay_all_days_weigh_alike() -> None:
    assert expected(observed([1, 2, 3]), method=Method(decay=1.0))["per_day"] == pytest.approx(2)


def test_the_band_holds_eight_of_ten_weeks_of_a_steady_series() -> None:
    chance = random.Random(7)
    weeks = [[chance.gauss(100, 30) for _ in range(21)] for _ in range(2000)]
    rows = [row for n, week in enumerate(weeks) for row in observed([max(0, q) for q in week[:14]], n)]
    asked = frame_of(Priors, [{"line": n, "prior_per_day": None} for n in range(len(weeks))])
    found = forecast(frame_of(Observed, rows), asked, PLAIN, 7)
    held = [
        low <= sum(week[14:]) <= high
        for week, (low, high) in zip(weeks, found.select("low", "high").iter_rows(), strict=True)
    ]
    assert 0.76 < sum(held) / len(held) < 0.88


def test_lines_are_forecast_each_for_itself_in_their_order() -> None:
    rows = observed([1] * 8, 4) + observed([9] * 8, 2)
    asked = frame_of(Priors, [{"line": n, "prior_per_day": None} for n in (4, 3, 2)])
    found = forecast(frame_of(Observed, rows), asked, PLAIN, 1)
    assert found["line"].to_list() == [4, 3, 2]
    assert found["total"].to_list() == [pytest.approx(1), None, pytest.approx(9)]
