"""The replenishment rule against a clerk who goes through the days one by one."""

from dataclasses import dataclass, field, replace

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from rules.replenishment import replenish
from schemas.frames.base import frame_of
from schemas.frames.replenishment import DatedQuantities, ReplenishLines

Moves = list[tuple[int, int]]
Answer = tuple[int, int | None, int | None, int | None, int]


@dataclass(frozen=True)
class Asked:
    """One line as the clerk has it on his card."""

    on_hand: int
    low: int
    target: int
    high: int | None
    lead: int
    review: int
    pack: int
    demand: Moves = field(default_factory=list)
    receipts: Moves = field(default_factory=list)


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """Small numbers, so that levels meet their limits often."""
    low = draw(st.integers(-4, 8))
    target = low + draw(st.integers(0, 8))
    moves = st.lists(st.tuples(st.integers(-2, 12), st.integers(0, 9)), max_size=6)
    return Asked(
        draw(st.integers(-3, 25)),
        low,
        target,
        draw(st.none() | st.integers(target, target + 6)),
        draw(st.integers(0, 4)),
        draw(st.integers(1, 8)),
        draw(st.integers(1, 7)),
        draw(moves),
        draw(moves),
    )


def by_hand(line: Asked) -> Answer:
    """Day by day: what came in, what went out, and whether that is too little."""
    level, need_by, expedite = line.on_hand, None, None
    window, levels = [], []
    for day in range(line.lead + line.review):
        level += sum(qty for on, qty in line.receipts if max(on, 0) == day)
        level -= sum(qty for on, qty in line.demand if max(on, 0) == day)
        levels.append(level)
        if day < line.lead:
            expedite = day if expedite is None and level < line.low else expedite
            continue
        window.append(level)
        need_by = day if need_by is None and level < line.low else need_by
    qty = 0
    while need_by is not None and min(window) + qty < line.target:
        qty += line.pack
    order_by = None if need_by is None else need_by - line.lead
    return qty, need_by, order_by, expedite, spare(line, min(levels))


def spare(line: Asked, lowest: int) -> int:
    """What nobody will miss before the window ends, of goods that are there."""
    if line.high is None or lowest <= line.high:
        return 0
    return max(0, lowest - max(line.target, 0))


def judged(lines: list[Asked]) -> pl.DataFrame:
    rows = [
        {
            "line": n,
            "on_hand": x.on_hand,
            "min_level": x.low,
            "target_level": x.target,
            "max_level": x.high,
            "lead_days": x.lead,
            "review_days": x.review,
            "pack": x.pack,
        }
        for n, x in enumerate(lines)
    ]
    demand, receipts = (
        frame_of(
            DatedQuantities,
            [{"line": n, "day": day, "qty": qty} for n, x in enumerate(lines) for day, qty in getattr(x, name)],
        )
        for name in ("demand", "receipts")
    )
    return replenish(frame_of(ReplenishLines, rows), demand, receipts)


def suggested(lines: list[Asked]) -> list[Answer]:
    return judged(lines).select("qty", "need_by_day", "order_by_day", "expedite_day", "surplus").rows()


@given(st.lists(asked(), max_size=8))
def test_the_rule_says_for_all_at_once_what_going_through_the_days_of_each_says(lines: list[Asked]) -> None:
    assert suggested(lines) == [by_hand(line) for line in lines]


@given(asked())
def test_it_says_which_level_it_reckoned_from_and_on_which_day(line: Asked) -> None:
    found = judged([line]).row(0, named=True)
    window = range(line.lead, line.lead + line.review)
    levels = {
        day: line.on_hand
        + sum(qty for on, qty in line.receipts if max(on, 0) <= day)
        - sum(qty for on, qty in line.demand if max(on, 0) <= day)
        for day in window
    }
    assert found["lowest_in_window"] == min(levels.values())
    assert found["lowest_day"] == min(window, key=lambda day: (levels[day], day))


@given(asked())
def test_one_line_alone_is_told_the_same_as_among_others(line: Asked) -> None:
    other = replace(line, on_hand=line.on_hand + 1)
    assert suggested([line]) == suggested([other, line, other])[1:2]


@given(asked())
def test_what_was_ordered_is_not_suggested_again(line: Asked) -> None:
    ((qty, need_by, *_),) = suggested([line])
    if need_by is not None:
        ((again, *_),) = suggested([replace(line, receipts=[*line.receipts, (need_by, qty)])])
        assert (qty > 0, again) == (True, 0)


@given(asked())
def test_giving_the_surplus_away_is_never_the_reason_of_a_purchase(line: Asked) -> None:
    ((_, _, _, _, surplus),) = suggested([line])
    if surplus:
        assert surplus <= line.on_hand + sum(qty for _, qty in line.receipts), "nobody gives what he does not have"
        assert suggested([replace(line, on_hand=line.on_hand - surplus)]) == [(0, None, None, None, 0)]


@given(asked(), st.integers(0, 12), st.integers(1, 9))
def test_more_demand_never_asks_for_less_nor_later(line: Asked, day: int, qty: int) -> None:
    (before,) = suggested([line])
    (after,) = suggested([replace(line, demand=[*line.demand, (day, qty)])])
    assert after[0] >= before[0]
    assert after[4] <= before[4]
    for earlier, later in ((after[1], before[1]), (after[3], before[3])):
        assert later is None or (earlier is not None and earlier <= later)


def test_days_too_many_to_walk_through_give_the_same_as_a_few() -> None:
    near = Asked(20, 10, 30, None, 3, 7, 5, [(9, 15)])
    far = replace(near, review=10**12)
    assert suggested([near]) == suggested([far])
