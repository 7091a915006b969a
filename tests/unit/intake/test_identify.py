"""Whom and what words mean in the small plan."""

import dataclasses
from decimal import Decimal

import pytest

from rules.intake.identify import Directory, Household
from schemas.plan import Item, Plan
from schemas.text import Text


def found(answer: object) -> str:
    assert isinstance(answer, Household | Text | Item)
    return answer.code if isinstance(answer, Text) else getattr(answer, "household_id", None) or answer.item_id  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "who",
    ["h1", "H1", "3-2-501", "３－２－５０１", "3栋2单元501室", "三号楼二单元五零一", "示例家园3-2-501", "3#2-501"],
)
def test_a_household_is_found_by_id_or_by_any_spelling_of_its_address(directory: Directory, who: str) -> None:
    assert found(directory.household("c_sealed", who, "")) == "h1"


@pytest.mark.parametrize(
    ("community", "who", "home"), [("c_controlled", "1号", "h4"), ("c_isolation", "隔离点101", "h7")]
)
def test_words_before_the_number_may_be_left_out_where_one_household_has_it(
    directory: Directory, community: str, who: str, home: str
) -> None:
    assert found(directory.household(community, who, "")) == home


def test_a_household_is_found_by_the_name_of_its_head(directory: Directory) -> None:
    assert found(directory.household("c_sealed", "", "张示例")) == "h1"
    assert found(directory.household("c_sealed", "张示例", "")) == "h1"


def test_a_name_that_two_households_share_is_not_guessed(plan: Plan) -> None:
    twin = plan.households["h2"].model_copy(update={"head": "张示例"})
    two = Directory(dataclasses.replace(plan, households=plan.households | {"h2": twin}))
    assert found(two.household("c_sealed", "", "张示例")) == "household_ambiguous"
    assert found(two.household("c_sealed", "3-2-502", "张示例")) == "h2"


def test_who_is_on_no_register_becomes_provisional(directory: Directory) -> None:
    home = directory.household("c_sealed", "9栋1单元101", "租户示例")
    assert home == Household("c_sealed~9-1-101", True, "9栋1单元101", "租户示例")
    assert found(directory.household("c_sealed", "", "王阿姨")) == "c_sealed~王阿姨"


@pytest.mark.parametrize(
    ("who", "name", "code"),
    [
        ("h4", "", "household_elsewhere"),
        ("9-9-999", "张示例", "household_contradicts"),
        ("", "", "household_missing"),
        ("张三3 李四4", "", "household_unclear"),
        ("宿舍" * 30, "", "household_unclear"),
    ],
)
def test_what_names_no_household_plainly_goes_back(directory: Directory, who: str, name: str, code: str) -> None:
    assert found(directory.household("c_sealed", who, name)) == code


def test_a_sender_is_known_by_id_or_name(directory: Directory) -> None:
    assert (directory.community("示例家园"), directory.community("c_sealed")) == ("c_sealed", "c_sealed")
    assert directory.community("样本村") == "c_controlled"
    assert directory.community("示例村") is None, "two communities belong to that village"
    assert (directory.store("示例超市"), directory.store("nobody")) == ("market", None)


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("土豆", "potato"),
        ("洋芋", "potato"),
        ("POTATO", "potato"),
        ("食用油", "oil"),
        ("坦克", "item_unknown"),
        ("阿莫西林", "maybe_medicine"),
        ("感冒颗粒", "maybe_medicine"),
        ("", "item_missing"),
    ],
)
def test_goods_are_known_by_exact_words_only(directory: Directory, words: str, item: str) -> None:
    assert found(directory.item(words)) == item


def test_a_word_of_two_goods_is_not_guessed(plan: Plan) -> None:
    answer = Directory(dataclasses.replace(plan, learnt_aliases={"土豆": "cabbage"})).item("土豆")
    assert isinstance(answer, Text)
    assert (answer.code, answer.args["choices"]) == ("item_ambiguous", "土豆、白菜")


@pytest.mark.parametrize(
    ("item", "number", "unit", "base"),
    [
        ("potato", "3", "斤", 1500),
        ("potato", "2", "两", 100),
        ("potato", "1.5", "公斤", 1500),
        ("potato", "1", "KG", 1000),
        ("eggs", "1", "板", 30),
        ("eggs", "10", "个", 10),
        ("eggs", "2", "箱", 720),
        ("rice", "0.5", "袋", 2500),
    ],
)
def test_amounts_become_base_units(
    directory: Directory, plan: Plan, item: str, number: str, unit: str, base: int
) -> None:
    assert directory.base_units(plan.items[item], Decimal(number), unit) == base


@pytest.mark.parametrize(
    ("item", "number", "unit", "code"),
    [
        ("potato", "3", "", "unit_missing"),
        ("potato", "3", "箱", "unit_unknown"),
        ("rice", "3", "斤", None),
        ("eggs", "0.333", "板", "not_a_step"),
        ("potato", "9999999", "斤", "quantity_absurd"),
    ],
)
def test_an_amount_without_a_plain_size_goes_back(
    directory: Directory, plan: Plan, item: str, number: str, unit: str, code: str | None
) -> None:
    answer = directory.base_units(plan.items[item], Decimal(number), unit)
    assert (answer.code if isinstance(answer, Text) else None) == code
