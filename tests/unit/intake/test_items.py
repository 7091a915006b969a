"""Which item a word names: exactly, by a known slip, or nearly and beyond doubt; everything else is asked."""

import dataclasses

import pytest

from rules.intake.identify import Directory
from rules.intake.items import Published
from rules.intake.packs import pack_base
from schemas.plan import Item, Plan
from schemas.text import Text
from schemas.words import Measure


@pytest.fixture(scope="module")
def published(plan: Plan) -> Published:
    water = plan.items["eggs"].model_copy(update={"item_id": "water", "name": "瓶装饮用水", "aliases": ["胡萝卜丝"]})
    return Published(dataclasses.replace(plan, items=plan.items | {"water": water}))


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("土豆", "potato"),
        ("馬鈴薯", "potato"),
        ("新鲜土豆", "potato"),
        ("马玲薯", "potato"),
        ("鸡旦", "eggs"),
        ("瓶装引用水", "water"),
        ("瓶裝飲用水", "water"),
    ],
)
def test_a_word_names_an_item_in_spite_of_a_slip(published: Published, words: str, item: str) -> None:
    found = published.find(words)
    assert isinstance(found, Item)
    assert found.item_id == item


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("土豆粉", "item_near"),
        ("小土豆", "item_near"),
        ("胡萝卜条", "item_near"),
        ("白萝卜丝", "item_near"),
        ("瓶装饮用", "item_near"),
        ("火箭", "item_unknown"),
        ("布洛分", "maybe_medicine"),
        ("", "item_missing"),
    ],
)
def test_a_word_that_may_be_something_else_is_asked_about(published: Published, words: str, code: str) -> None:
    found = published.find(words)
    assert isinstance(found, Text)
    assert found.code == code


@pytest.mark.parametrize(
    ("size", "measure", "base"),
    [
        ("10斤装", Measure.GRAM, 5000),
        ("5kg", Measure.GRAM, 5000),
        ("500g*10袋", Measure.GRAM, 5000),
        ("5L装", Measure.MILLILITRE, 5000),
        ("600ml×24瓶", Measure.PIECE, 24),
        ("24罐装", Measure.PIECE, 24),
        ("30枚/板", Measure.PIECE, 30),
        ("600ml", Measure.PIECE, None),
        ("红", Measure.GRAM, None),
        ("24罐装", Measure.GRAM, None),
    ],
)
def test_a_packs_size_is_counted_in_base_units(size: str, measure: Measure, base: int | None) -> None:
    assert pack_base(size, measure) == base


def test_a_pack_of_another_size_than_the_items_is_asked_about(plan: Plan, directory: Directory) -> None:
    rice = plan.items["rice"]
    assert directory.size(rice, "袋", "10斤装") is None
    assert directory.size(rice, "袋", "红") is None
    unfit = directory.size(rice, "袋", "20斤装")
    assert unfit is not None
    assert (unfit.code, unfit.args["sold"]) == ("size_unfit", "5000克")
