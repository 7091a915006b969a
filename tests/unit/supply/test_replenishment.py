"""The replenishment rule on the eight cases that it is defined by, and at its edges."""

from typing import Any

import polars as pl
import pytest
from pandera.errors import SchemaErrors

from rules.replenishment import replenish
from schemas.frames.base import frame_of
from schemas.frames.replenishment import DatedQuantities, ReplenishLines

Moves = list[tuple[int, int]]
NOTHING = (0, None, None, None, 0)


def line(
    on_hand: int, levels: tuple[int, ...], lead: int, review: int, pack: int = 1, number: int = 0
) -> dict[str, Any]:
    low, target, high = (*levels, None)[:3]
    return {
        "line": number,
        "on_hand": on_hand,
        "min_level": low,
        "target_level": target,
        "max_level": high,
        "lead_days": lead,
        "review_days": review,
        "pack": pack,
    }


def moves(found: Moves, number: int = 0) -> pl.DataFrame:
    return frame_of(DatedQuantities, [{"line": number, "day": day, "qty": qty} for day, qty in found])


def suggested(asked: dict[str, Any], demand: Moves = (), receipts: Moves = ()) -> tuple[int | None, ...]:  # type: ignore[assignment]
    found = replenish(frame_of(ReplenishLines, [asked]), moves(demand), moves(receipts)).row(0, named=True)
    return tuple(found[name] for name in ("qty", "need_by_day", "order_by_day", "expedite_day", "surplus"))


@pytest.mark.parametrize(
    ("on_hand", "levels", "lead", "review", "demand", "receipts", "result"),
    [
        (0, (0, 0), 1, 30, [(0, 1), (10, 1)], [], (2, 1, 0, 0, 0)),
        (0, (5, 10), 1, 30, [(0, 1), (10, 1)], [], (12, 1, 0, 0, 0)),
        (0, (-2, 10), 1, 30, [(0, 1), (10, 1)], [], NOTHING),
        (20, (10, 30), 3, 7, [(9, 15)], [], (25, 9, 6, None, 0)),
        (20, (10, 30), 3, 7, [(10, 15)], [], NOTHING),
        (20, (10, 30), 3, 7, [(1, 15)], [(2, 10)], (0, None, None, 1, 0)),
        (5, (10, 30), 3, 7, [(4, 5)], [(5, 5)], (30, 3, 0, 0, 0)),
        (100, (10, 60, 80), 1, 7, [], [], (0, None, None, None, 40)),
    ],
)
def test_the_eight_cases_that_the_rule_is_defined_by(
    on_hand: int,
    levels: tuple[int, ...],
    lead: int,
    review: int,
    demand: Moves,
    receipts: Moves,
    result: tuple[int, ...],
) -> None:
    assert suggested(line(on_hand, levels, lead, review), demand, receipts) == result


def test_what_is_late_counts_today() -> None:
    assert suggested(line(10, (5, 20), 2, 1), [(-4, 8)]) == (18, 2, 0, 0, 0)
    assert suggested(line(0, (5, 20), 2, 1), receipts=[(-4, 8)]) == NOTHING


def test_goods_that_come_on_a_day_serve_that_day() -> None:
    assert suggested(line(0, (0, 0), 1, 3), [(2, 7)], [(2, 7)]) == NOTHING
    assert suggested(line(0, (0, 0), 1, 3), [(2, 7)], [(3, 7)]) == (7, 2, 1, None, 0)


def test_demand_of_one_day_adds_up_whatever_the_order_in_which_it_stands() -> None:
    at_once = suggested(line(10, (0, 5), 0, 9), [(3, 12)], [(3, 4)])
    assert suggested(line(10, (0, 5), 0, 9), [(3, 8), (1, 0), (3, 4)], [(3, 1), (3, 3)]) == at_once == NOTHING


def test_whole_packs_are_bought_even_where_one_is_more_than_the_target() -> None:
    assert suggested(line(0, (1, 1), 0, 1, pack=24)) == (24, 0, 0, None, 0)
    assert suggested(line(0, (20, 24), 0, 1, pack=24)) == (24, 0, 0, None, 0)
    assert suggested(line(0, (20, 25), 0, 1, pack=24)) == (48, 0, 0, None, 0)


def test_without_a_lead_today_can_be_cured_and_nothing_is_to_be_hastened() -> None:
    assert suggested(line(0, (5, 10), 0, 1)) == (10, 0, 0, None, 0)


def test_a_shortage_before_the_window_is_hastened_and_never_ordered() -> None:
    assert suggested(line(0, (5, 10), 3, 2), receipts=[(3, 10)]) == (0, None, None, 0, 0)


def test_only_what_stays_over_until_the_window_ends_is_offered_to_others() -> None:
    full = line(100, (10, 60, 80), 1, 7)
    assert suggested(full, [(7, 15)])[4] == 25
    assert suggested(full, [(7, 20)])[4] == 0, "80 is the maximum and not above it"
    assert suggested(full, [(8, 90)])[4] == 40, "beyond the window"
    assert suggested(line(0, (10, 60, 80), 3, 7), receipts=[(1, 200)])[4] == 0, "what is not there cannot be given"
    assert suggested(line(100, (10, 60), 1, 7))[4] == 0, "without a maximum nothing is too much"


def test_a_horizon_of_a_thousand_years_is_no_more_work_than_one_of_a_week() -> None:
    assert suggested(line(5, (0, 3), 2, 365_000), [(364_999, 9)]) == (7, 364_999, 364_997, None, 0)


def test_many_lines_are_judged_each_for_itself_and_answered_in_their_order() -> None:
    asked = [line(20, (10, 30), 3, 7, number=7), line(0, (0, 0), 1, 30, number=3), line(50, (0, 9), 0, 1, number=5)]
    demand = pl.concat([moves([(9, 15)], 7), moves([(0, 1), (10, 1)], 3)])
    found = replenish(frame_of(ReplenishLines, asked), demand, moves([]))
    assert found.select("line", "qty", "need_by_day").rows() == [(7, 25, 9), (3, 2, 1), (5, 0, None)]


def test_no_line_is_no_suggestion() -> None:
    assert replenish(frame_of(ReplenishLines), moves([]), moves([])).is_empty()


@pytest.mark.parametrize(
    "wrong",
    [
        line(0, (0, 1), 0, 1, pack=0),
        line(0, (0, 1), 0, 1, pack=-6),
        line(0, (0, 1), 0, 0),
        line(0, (0, 1), -1, 1),
        line(0, (5, 4), 0, 1),
        line(0, (0, 4, 3), 0, 1),
    ],
)
def test_a_line_that_cannot_be_judged_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SchemaErrors):
        suggested(wrong)


def test_a_line_that_stands_twice_is_refused() -> None:
    with pytest.raises(SchemaErrors):
        replenish(frame_of(ReplenishLines, [line(0, (0, 1), 0, 1)] * 2), moves([]), moves([]))


def test_demand_below_nothing_is_refused() -> None:
    with pytest.raises(SchemaErrors):
        suggested(line(0, (0, 1), 0, 1), [(0, -1)])


def test_a_movement_of_a_line_that_is_not_there_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match=r"\[4\]"):
        replenish(frame_of(ReplenishLines, [line(0, (0, 1), 0, 1)]), moves([(0, 1)], 4), moves([]))
