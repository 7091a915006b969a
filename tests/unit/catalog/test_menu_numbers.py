"""Numbers that residents reply by: given once, kept for good, and understood as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.menu import item_numbered, menu, numbered

IDS = st.lists(st.text("abcdefg", min_size=1, max_size=3), unique=True, max_size=8)


def test_at_first_items_are_numbered_in_the_order_of_the_plans_sheet() -> None:
    assert numbered(["rice", "flour", "oil"], {}) == {"rice": 1, "flour": 2, "oil": 3}


def test_an_item_keeps_its_number_when_others_are_put_before_it() -> None:
    assert numbered(["millet", "rice", "flour"], {"rice": 1, "flour": 2}) == {"millet": 4, "rice": 1, "flour": 2}


def test_an_item_that_was_never_listed_takes_its_place_in_the_sheet_where_nobody_had_it() -> None:
    assert numbered(["rice", "flour", "oil"], {"rice": 1, "oil": 3})["flour"] == 2


def test_the_number_of_an_item_that_has_left_the_plan_is_given_to_no_other() -> None:
    assert numbered(["flour", "oil"], {"rice": 1, "oil": 2}) == {"flour": 3, "oil": 2}


@given(IDS, st.lists(IDS, max_size=4))
def test_through_any_changes_of_the_plan_no_number_ever_stands_for_two_items(
    first: list[str], later: list[list[str]]
) -> None:
    known: dict[str, int] = {}
    for ids in [first, *later]:
        given_now = numbered(ids, known)
        assert all(known.get(item_id, number) == number for item_id, number in given_now.items())
        known |= given_now
        assert len(set(known.values())) == len(known)


def test_a_menu_holds_every_number_of_all_lists_but_one_that_stood_for_two_items() -> None:
    assert menu([(1, "rice"), (2, "flour"), (1, "rice"), (3, "oil"), (3, "salt")]) == {1: "rice", 2: "flour"}


@pytest.mark.parametrize("words", ["12", "12号", "#12", "No.12", "12.", "12、", "第12号", "十二号", " 12 ", "１２号"])
def test_a_number_is_understood_as_people_write_it(words: str) -> None:
    assert item_numbered({12: "rice", 2: "flour"}, words) == "rice"


@pytest.mark.parametrize("words", ["13号", "12斤", "大米12", "", "12+2", "1200000", "十二", "A12"])
def test_what_is_no_number_of_the_menu_names_nothing(words: str) -> None:
    assert item_numbered({12: "rice"}, words) is None
