"""Which reports of stock, and which counts of them, cannot well be what lies there."""

from datetime import date
from typing import Any

import pytest

from rules.plausibility import Count, doubts, twice
from tests.supply_town import community, item, store, town

ITEMS = [item(name) for name in ("beans", "flour", "leaf", "pork", "rice", "salt")]
TOWN = town([community("c1")], [store("s1"), store("s2")], ITEMS)
PACK, JIN = 5000, 500  # ten 斤 to the pack


def count(counted: int, booked: int, item_id: str = "rice", where: str = "s1", **known: Any) -> Count:
    facts = {"sold": None, "before": None, "handed_out": 0} | known
    return Count(where, item_id, counted, booked=booked, **facts)


def report(counted: list[int], booked: list[int], before: list[int] | None = None, where: str = "s1") -> list[Count]:
    earlier = before or [None] * len(counted)  # type: ignore[list-item]
    return [
        count(c, b, ITEMS[n].item_id, where, before=e)
        for n, (c, b, e) in enumerate(zip(counted, booked, earlier, strict=True))
    ]


def found(*counts: Count, same_file: dict[str, date] | None = None) -> list[tuple[str, str]]:
    return [(one.item_id, one.why.code) for one in doubts(counts, same_file or {}, TOWN)]


def test_a_count_that_the_books_confirm_is_believed() -> None:
    assert found(count(40_000, 40_000)) == []


@pytest.mark.parametrize("off", [-PACK, PACK])
def test_a_pack_more_or_less_is_no_matter(off: int) -> None:
    assert found(count(10_000 + off, 10_000)) == []
    assert found(count(10_000 + off + (JIN if off > 0 else -JIN), 10_000)) != []


def test_the_larger_the_stock_the_larger_the_leeway() -> None:
    assert found(count(120_000, 100_000)) == []
    assert found(count(120_001, 100_000)) == [("rice", "count_too_high")]
    assert found(count(30_000, 10_000, before=100_000)) == [], "of what lay there the last time"


def test_more_than_ever_came_cannot_be_there() -> None:
    (one,) = doubts([count(400_000, 40_000)], {}, TOWN)
    assert (one.why.code, one.why.args["counted"], one.why.args["booked"]) == ("count_too_high", "800斤", "80斤")


def test_what_was_sold_over_the_counter_is_accounted_for() -> None:
    assert found(count(10_000, 100_000)) == [("rice", "count_too_low")]
    assert found(count(10_000, 100_000, sold=80_000)) == []
    assert found(count(10_000, 100_000, sold=80_000, handed_out=80_000)) == [("rice", "count_too_low")], (
        "booked already"
    )


def test_the_file_of_another_day_is_told_with_that_day() -> None:
    (one,) = doubts([count(1, 1)], {"s1": date(2022, 4, 20)}, TOWN)
    assert (one.store_id, one.item_id, one.why.code) == ("s1", "", "report_file_of")
    assert one.why.args == {"day": "2022-04-20"}


def test_counts_that_stand_still_while_goods_move_were_copied() -> None:
    before = [50_000, 40_000, 30_000, 20_000, 10_000]
    moved = [q - 2000 for q in before]
    assert found(*report(before, moved, before)) == [("", "report_copied")]
    assert found(*report(before, [*moved[:2], *before[2:]], before)) == [], "two that moved may have been put back"
    assert found(*report([*before[:4], 9500], moved, before)) == [], "one was counted"
    assert found(*report(before, before, before)) == [], "nothing moved"


def test_the_counts_of_another_store_are_told_to_both() -> None:
    same = [50_000, 40_000, 30_000, 20_000, 10_000]
    both = report(same, same) + report(same, same, where="s2")
    told = doubts(both, {}, TOWN)
    assert [(d.store_id, d.why.code, d.why.args) for d in told] == [
        ("s1", "report_as_elsewhere", {"store": "s2示例店"}),
        ("s2", "report_as_elsewhere", {"store": "s1示例店"}),
    ]
    assert found(*report(same, same), *report([*same[:4], 10_500], [*same[:4], 10_500], where="s2")) == []


def test_empty_shelves_of_two_stores_are_alike_without_anybody_copying() -> None:
    empty = [0] * 6
    assert found(*report(empty, empty), *report(empty, empty, where="s2")) == []


def test_the_same_number_everywhere_was_not_counted() -> None:
    assert found(*report([50_000] * 5, [50_000] * 5)) == [("", "report_all_alike")]
    assert found(*report([50_000] * 4, [50_000] * 4)) == [], "of a few lines it may be so"


def test_of_two_lists_of_a_day_the_counts_that_differ_are_told() -> None:
    rows = [
        {"store_id": "s1", "item_id": "rice", "qty_base": 10_000, "state": "superseded"},
        {"store_id": "s1", "item_id": "flour", "qty_base": 5000, "state": "superseded"},
        {"store_id": "s1", "item_id": "rice", "qty_base": 12_000, "state": "accepted"},
        {"store_id": "s1", "item_id": "flour", "qty_base": 5000, "state": "accepted"},
    ]
    (one,) = twice(rows, TOWN)
    assert (one.item_id, one.why.code) == ("rice", "count_said_twice")
    assert (one.why.args["before"], one.why.args["now"]) == ("20斤", "24斤")
