"""A chain posted again: nothing of anybody's order is lost, and what nobody can tell is asked."""

from collections import Counter

import pytest

from rules.intake.chain import Chain, parse_chain
from rules.intake.lines import plain_vocabulary
from rules.intake.reposts import Compared, compare

FORMER = "#接龙\n今日蔬菜\n1. 3-2-501 土豆3斤，白菜2斤\n2. 3-2-502 鸡蛋1板"


def read(text: str) -> Chain:
    return parse_chain(text, plain_vocabulary())


def compared(posted: str, former: str = FORMER, *older: str) -> Compared:
    return compare(read(former), read(posted), [read(text) for text in older])


def stands(result: Compared) -> set[str]:
    return {f"{w.who} {w.item}{w.number:f}{w.unit}" for w in result.standing}


def asked(result: Compared) -> list[str]:
    return [change.why.code for change in result.changes if change.why is not None]


ALL = {"3-2-501 土豆3斤", "3-2-501 白菜2斤", "3-2-502 鸡蛋1板"}
CASES = {
    "one line more": (f"{FORMER}\n3. 3-2-503 土豆1斤", "continuation", ALL | {"3-2-503 土豆1斤"}, []),
    "the very same": (FORMER, "continuation", ALL, []),
    "another spelling of the address": (FORMER.replace("3-2-501", "3栋2单元501室"), "continuation", ALL, []),
    "an amount corrected": (
        FORMER.replace("土豆3斤", "土豆5斤"),
        "correction",
        ALL - {"3-2-501 土豆3斤"} | {"3-2-501 土豆5斤"},
        [],
    ),
    "a line missing": ("#接龙\n今日蔬菜\n1. 3-2-501 土豆3斤，白菜2斤", "correction", ALL, ["missing_in_repost"]),
    "goods missing from a line": (FORMER.replace("，白菜2斤", ""), "correction", ALL, ["missing_in_repost"]),
    "an empty text": ("", "broken", ALL, []),
    "a header alone": ("#接龙\n今日蔬菜", "broken", ALL, []),
    "a text cut off": ("#接龙\n今日蔬菜\n1. 3-2-501", "broken", ALL, []),
    "the household cancels one thing": (
        FORMER.replace("白菜2斤", "白菜不要了"),
        "correction",
        ALL - {"3-2-501 白菜2斤"},
        [],
    ),
    "the household cancels everything": (
        "#接龙\n今日蔬菜\n1. 3-2-501 不要了\n2. 3-2-502 鸡蛋1板",
        "correction",
        {"3-2-502 鸡蛋1板"},
        [],
    ),
    "another chain of other people": ("#接龙\n水果\n1. 3-2-601 苹果3斤", "new", ALL | {"3-2-601 苹果3斤"}, []),
    "another title and the same people": ("#接龙\n水果\n1. 3-2-501 苹果3斤", "unclear", ALL, ["repost_unclear"]),
    "the same title and other people": ("#接龙\n今日蔬菜\n1. 3-2-601 土豆3斤", "unclear", ALL, ["repost_unclear"]),
    "a message that changes": ("3-2-501 土豆改成5斤", "messages", ALL - {"3-2-501 土豆3斤"} | {"3-2-501 土豆5斤"}, []),
    "a message that adds": ("3-2-501 再加土豆1斤", "messages", ALL - {"3-2-501 土豆3斤"} | {"3-2-501 土豆4斤"}, []),
    "a message that adds to nothing": ("3-2-502 再加土豆1斤", "messages", ALL, ["adds_to_nothing"]),
    "a message that adds in another unit": ("3-2-501 再加土豆1袋", "messages", ALL, ["adds_to_nothing"]),
    "a message that cancels": ("3-2-502 不要了", "messages", ALL - {"3-2-502 鸡蛋1板"}, []),
    "an amount that nobody can read": (FORMER.replace("土豆3斤", "土豆三四斤"), "correction", ALL, ["quantity_range"]),
    "two amounts for one thing": (f"{FORMER}\n3. 3-2-501 土豆5斤", "correction", ALL, ["said_twice_in_chain"] * 2),
}


@pytest.mark.parametrize("case", CASES)
def test_a_chain_posted_again_changes_only_what_it_says_plainly(case: str) -> None:
    posted, relation, standing, questions = CASES[case]
    result = compared(posted)
    assert (result.relation, stands(result), asked(result)) == (relation, standing, questions)


def test_an_old_copy_posted_again_undoes_nothing() -> None:
    oldest, former = FORMER, FORMER.replace("土豆3斤", "土豆5斤")
    result = compared(f"{oldest}\n3. 3-2-503 土豆1斤", former, oldest)
    assert "3-2-501 土豆5斤" in stands(result)
    assert "3-2-503 土豆1斤" in stands(result)
    assert asked(result) == ["reverted_in_repost"]


@pytest.mark.parametrize("case", CASES)
def test_every_line_that_stood_is_kept_changed_cancelled_or_asked_about(case: str) -> None:
    posted = CASES[case][0]
    result = compared(posted)
    kinds = Counter(change.kind for change in result.changes)
    gone = ALL - stands(result)
    assert len(gone) <= kinds["changed"] + kinds["cancelled"] + kinds["added"]
