"""Words that answers teach: only where the answer says nothing but what the word means, and never against the plan."""

import dataclasses
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.intake.aliases import Alias, Judgement, holding, learnable, standing, with_learnt
from rules.intake.answers import Answer, Desk, Unclear
from rules.intake.identify import Directory
from rules.intake.lines import Source, vocabulary
from schemas.plan import Item, Plan
from schemas.text import Text

DAY = date(2022, 4, 21)


@pytest.fixture(scope="module")
def desk(plan: Plan) -> Desk:
    return Desk(plan, Directory(plan), vocabulary(plan))


def asked(desk: Desk, words: str, item: str, code: str = "item_unknown") -> Unclear:
    place = next(iter(desk.plan.communities))
    source = Source("s", place, "inbox", datetime(2022, 4, 21, 8, tzinfo=UTC), 1)
    return Unclear(1, 1, source, "3-2-501", words, [{"code": code, "args": {"item": item}}])


def test_an_answer_that_changes_nothing_but_the_word_teaches_it(desk: Desk) -> None:
    taught = learnable(Answer(asked(desk, "洋山芋3斤", "洋山芋"), "土豆 3斤"), desk)
    assert taught == Alias("洋山芋", "洋山芋", "potato")


@pytest.mark.parametrize(
    ("words", "item", "answer", "why"),
    [
        ("洋山芋3斤", "洋山芋", "土豆 5斤", "another amount"),
        ("洋山芋3斤", "洋山芋", "鸡蛋 3板", "another unit"),
        ("洋山芋3斤", "洋山芋", "土豆 3斤、白菜 3斤", "two goods"),
        ("洋山芋3斤", "洋山芋", "3-2-502 土豆 3斤", "another household"),
        ("洋山芋3斤", "洋山芋", "", "left as it is"),
        ("洋山芋3斤", "洋山芋", "洋山芋 3斤", "as unclear as before"),
        ("芋3斤", "芋", "土豆 3斤", "one character stands in too many words"),
        ("阿莫西林3斤", "阿莫西林", "土豆 3斤", "what may be medicine"),
        ("3号3斤", "3号", "土豆 3斤", "an amount"),
        ("洋山芋、洋山芋3斤", "洋山芋", "土豆 3斤", "said twice"),
    ],
)
def test_an_answer_that_says_more_or_less_than_the_word_teaches_nothing(
    desk: Desk, words: str, item: str, answer: str, why: str
) -> None:
    assert learnable(Answer(asked(desk, words, item), answer), desk) is None, why


@pytest.mark.parametrize("code", ["maybe_medicine", "unit_missing", "item_ambiguous"])
def test_only_a_word_that_names_nothing_is_learnt(desk: Desk, code: str) -> None:
    assert learnable(Answer(asked(desk, "洋山芋3斤", "洋山芋", code), "土豆 3斤"), desk) is None


def test_a_word_of_the_list_is_never_learnt_for_another_item(desk: Desk) -> None:
    assert learnable(Answer(asked(desk, "白菜3斤", "白菜"), "土豆 3斤"), desk) is None


def said(word: str, item: str, verdict: str = "accepted", day: date = DAY) -> Judgement:
    return Judgement(Alias(word, word, item), verdict, day)  # type: ignore[arg-type]  # one of the two


def test_a_learnt_word_names_its_item_from_its_day_on(plan: Plan) -> None:
    told = [said("洋山芋", "potato", day=date(2022, 4, 22))]
    assert holding(told, plan, DAY) == {}
    later = with_learnt(plan, holding(told, plan, date(2022, 4, 22)))
    found = Directory(later).item("洋山芋")
    assert isinstance(found, Item)
    assert found.item_id == "potato"


def test_a_word_that_was_refused_is_asked_about_again_and_stays_refused(plan: Plan) -> None:
    told = [said("洋山芋", "potato"), said("洋山芋", "potato", "refused"), said("洋山芋", "potato")]
    assert isinstance(Directory(with_learnt(plan, holding(told, plan, DAY))).item("洋山芋"), Text)


def test_a_word_that_was_learnt_for_two_items_means_neither_until_one_is_refused(plan: Plan) -> None:
    told = [said("洋山芋", "potato"), said("洋山芋", "cabbage")]
    assert holding(told, plan, DAY) == {}
    assert holding([*told, said("洋山芋", "cabbage", "refused")], plan, DAY) == {"洋山芋": "potato"}


def test_the_plans_own_sheet_goes_before_what_was_learnt(plan: Plan) -> None:
    corrected = dataclasses.replace(plan, learnt_aliases={"洋山芋": "cabbage"})
    assert holding([said("洋山芋", "potato")], corrected, DAY) == {}


WORDS = ["洋山芋", "土豆", "大米", "洋白菜", "白菜"]
judgements = st.builds(
    said,
    st.sampled_from(WORDS),
    st.sampled_from(["potato", "cabbage", "rice", "no_such_item"]),
    st.sampled_from(["accepted", "refused"]),
    st.sampled_from([date(2022, 4, day) for day in (20, 21, 22)]),
)


@given(told=st.lists(judgements, max_size=12))
def test_whatever_was_said_no_word_of_the_plan_changes_and_no_learnt_word_is_ambiguous(
    plan: Plan, told: list[Judgement]
) -> None:
    learnt = holding(told, plan, DAY)
    later = Directory(with_learnt(plan, learnt))
    for item in plan.items.values():
        for word in (item.item_id, item.name, *item.aliases):
            assert later.item(word) == item
    for word, item_id in learnt.items():
        assert later.item(word) == plan.items[item_id]
    refused = {(j.alias.word, j.alias.item_id) for j in told if j.verdict == "refused"}
    assert not {(a.word, a.item_id) for a in standing(told)} & refused
