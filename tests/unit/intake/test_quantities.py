"""Numbers as people write them."""

from decimal import Decimal

import pytest

from rules.intake.quantities import fold, house_number, parse_number


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("3", "3"),
        ("1.5", "1.5"),
        ("０．５", "0.5"),
        ("半", "0.5"),
        ("两", "2"),
        ("十", "10"),
        ("十二", "12"),
        ("二十一", "21"),
        ("一百零二", "102"),
        ("三百二十", "320"),
        ("两百", "200"),
        ("一千零五", "1005"),
        ("-3", "-3"),
        ("零", "0"),
    ],
)
def test_a_number_is_read_as_it_is_spelled(words: str, value: str) -> None:
    assert parse_number(fold(words)) == Decimal(value)


@pytest.mark.parametrize(
    "words", ["", "一百二", "十两", "三零二", "2-3", "1/2", "3千", "几", "一二", "1e3", "½", "十十"]
)
def test_what_can_be_read_in_two_ways_is_no_number(words: str) -> None:
    assert parse_number(words) is None


def test_every_number_up_to_9999_is_read_back_from_its_own_spelling() -> None:
    from rules.intake.quantities import _spelled

    assert all(parse_number(_spelled(n)) == n for n in range(1, 10_000))


@pytest.mark.parametrize(
    ("words", "number"), [("501", "501"), ("0501", "501"), ("三零二", "302"), ("十二", "12"), ("五", "5")]
)
def test_a_number_in_an_address_may_be_spelled_digit_by_digit(words: str, number: str) -> None:
    assert house_number(words) == number
