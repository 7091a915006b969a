"""The forecast against sums written out by hand, and what holds of it whatever the days were."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.forecast import Method, forecast
from schemas.frames.base import frame_of
from schemas.frames.forecast import Observed, Priors

#: Of each day, the newest first: nothing known, or how much, and whether the shelf was empty.
days = st.lists(st.none() | st.tuples(st.integers(0, 50), st.booleans()), max_size=20)
priors = st.none() | st.floats(0, 50)
METHOD = Method()


def told(known: list[tuple[int, bool] | None], prior: float | None, horizon: int = 7) -> dict[str, Any]:
    rows = [
        {"line": 0, "age": age, "span": 1, "qty": float(day[0]), "censored": day[1]}
        for age, day in enumerate(known)
        if day is not None
    ]
    asked = frame_of(Priors, [{"line": 0, "prior_per_day": prior}])
    return forecast(frame_of(Observed, rows), asked, METHOD, horizon).row(0, named=True)


def by_hand(known: list[tuple[int, bool] | None], prior: float | None) -> float | None:
    """The mean as the docstring has it."""
    inside = [(0.9**age, *day) for age, day in enumerate(known[:14]) if day is not None]
    full = [(w, qty) for w, qty, empty in inside if not empty] or [(w, qty) for w, qty, _ in inside]
    if not full:
        return prior
    mean = sum(w * qty for w, qty in full) / sum(w for w, _ in full)
    trust = min(1, len(full) / 7) if prior is not None else 1
    return trust * mean + (1 - trust) * (prior or 0)


@given(days, priors)
def test_the_mean_is_the_sum_written_out(known: list[tuple[int, bool] | None], prior: float | None) -> None:
    assert told(known, prior)["per_day"] == pytest.approx(by_hand(known, prior))


@given(days, priors, st.integers(1, 30))
def test_the_band_holds_the_total_and_nothing_is_below_nothing(
    known: list[tuple[int, bool] | None], prior: float | None, horizon: int
) -> None:
    found = told(known, prior, horizon)
    if found["total"] is not None:
        assert 0 <= found["low"] <= found["total"] <= found["high"]
        assert found["total"] == pytest.approx(found["per_day"] * horizon)


@given(days, st.integers(0, 13), st.integers(1, 50))
def test_more_wanted_on_a_day_never_lowers_the_forecast(
    known: list[tuple[int, bool] | None], age: int, more: int
) -> None:
    day = known[age] if age < len(known) else None
    if day is not None:
        raised = [(day[0] + more, day[1]) if n == age else other for n, other in enumerate(known)]
        assert told(raised, 5.0)["per_day"] >= told(known, 5.0)["per_day"] - 1e-9


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20), st.integers(2, 40))
def test_in_another_unit_all_of_it_is_the_same_in_that_unit(amounts: list[int], times: int) -> None:
    plain = told([(qty, False) for qty in amounts], None)
    scaled = told([(qty * times, False) for qty in amounts], None)
    for name in ("total", "low", "high"):
        assert scaled[name] == pytest.approx(plain[name] * times, abs=1e-6)
