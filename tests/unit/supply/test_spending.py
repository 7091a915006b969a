"""Who gets how many packs when money or vehicles are short."""

from collections.abc import Sequence
from math import inf

from rules.spending import Claim, Means, spend


def claim(
    asked: Sequence[int] = (0,),
    wanted: int = 0,
    fen: int = 100,
    grams: int = 1000,
    lifeline: bool = False,
    days: float = 0,
) -> Claim:
    return Claim(list(asked), wanted or asked[-1], lifeline, fen, grams, lambda packs: days + packs)


def shared(*claims: Claim, fen: int = 10**6, grams: int | None = None) -> list[int]:
    spend(claims, Means(fen, grams))
    return [one.packs for one in claims]


def test_where_there_is_enough_everybody_gets_what_he_wants() -> None:
    assert shared(claim(wanted=5), claim([2], 3)) == [5, 3]


def test_life_lines_come_first_with_their_reserve_too() -> None:
    assert shared(claim([3]), claim(wanted=4, lifeline=True), fen=500) == [1, 4]


def test_what_was_asked_for_comes_before_reserve() -> None:
    assert shared(claim(wanted=4), claim([3]), fen=400) == [1, 3]


def test_the_first_tiers_asked_for_goods_come_before_those_of_the_second() -> None:
    first, second = claim([2, 2]), claim([0, 2])
    assert shared(second, first, fen=300) == [1, 2]
    assert shared(claim([1, 3]), claim([1, 1]), fen=300) == [2, 1]


def test_of_what_was_asked_for_everybody_gets_the_same_part() -> None:
    assert shared(claim([4]), claim([2]), fen=300) == [2, 1]


def test_reserve_goes_to_the_lowest_cover_and_last_to_what_nobody_asks_for() -> None:
    assert shared(claim(wanted=5, days=3), claim(wanted=5, days=0), fen=400) == [1, 3]
    endless = Claim([0], 2, False, 100, 1000, lambda _: inf)
    assert shared(endless, claim(wanted=2), fen=300) == [1, 2]


def test_what_is_too_dear_or_too_heavy_does_not_stop_what_is_not() -> None:
    dear, cheap = claim([2], fen=500), claim([2], fen=100)
    assert shared(dear, cheap, fen=300) == [0, 2]
    assert (dear.short, cheap.short) == ({"money"}, set())
    heavy, light = claim([2], grams=9000), claim([2], grams=500)
    assert shared(heavy, light, grams=4000) == [0, 2]
    assert heavy.short == {"vehicles"}


def test_where_nobody_knows_what_the_vehicles_carry_nothing_is_cut_for_them() -> None:
    assert shared(claim([9], grams=10**9), grams=None) == [9]
    assert shared(claim([9], grams=10), grams=0) == [0]


def test_without_money_everybody_is_told_that_there_was_none() -> None:
    one = claim([1], 2)
    assert shared(one, fen=0) == [0]
    assert one.short == {"money"}
