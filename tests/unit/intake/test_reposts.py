"""A chain posted again: nothing of anybody's order is lost, and what nobody can tell is asked, once."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from rules.intake.identify import Directory
from rules.intake.lines import Source, Vocabulary
from rules.needs import judge_needs, raw_lines, read_needs
from rules.reconcile import Reconciled, reconcile
from schemas.plan import Plan

NOON = datetime(2022, 4, 21, 4, tzinfo=UTC)
FORMER = "#接龙\n今日蔬菜\n1. 3-2-501 土豆3斤，白菜2斤\n2. 3-2-502 鸡蛋1板"
ALL = {"h1 potato 1500", "h1 cabbage 1000", "h2 eggs 30"}
Read = Callable[..., Reconciled]


@pytest.fixture
def read(plan: Plan, words: Vocabulary, directory: Directory) -> Read:
    """Texts of one community, a quarter of an hour apart; `phone:` before one: a call, which is no post."""

    def texts(*said: str) -> Reconciled:
        sources, posts = [], {}
        for n, text in enumerate(said):
            by_phone = text.startswith("phone:")
            reading = read_needs(words, text.removeprefix("phone:"))
            channel = "phone" if by_phone else "inbox"
            sources.append((Source(f"s{n}", "c_sealed", channel, NOON + timedelta(minutes=15 * n), n), reading))
            if not by_phone:
                posts[f"s{n}"] = reading.title or ""
        return reconcile(judge_needs(raw_lines(sources), plan, (), directory), directory, posts)

    return texts


def stands(result: Reconciled) -> set[str]:
    holding = result.lines.filter(state="accepted")
    return {f"{home} {item} {qty}" for home, item, qty in holding.select("household_id", "item_id", "qty_base").rows()}


def codes(reasons: str) -> list[str]:
    return [reason["code"] for reason in json.loads(reasons)]


def asked(result: Reconciled) -> list[str]:
    """Codes of what is asked: lines that go back and repeat no other, then what is missing."""
    new = [r for r in result.rejected.iter_rows(named=True) if (r["submission_id"], r["line_no"]) not in result.repeats]
    return [code for row in (*new, *result.questions.iter_rows(named=True)) for code in codes(row["reasons"])]


def missing(result: Reconciled) -> list[tuple[str, str, str]]:
    """(post, household, what is missing from it) of every question."""
    return [tuple(row) for row in result.questions.select("submission_id", "about", "words").rows()]


CASES = {
    "one line more": (f"{FORMER}\n3. 3-1-302 土豆1斤", ALL | {"h3 potato 500"}, []),
    "the very same": (FORMER, ALL, []),
    "another spelling of the address": (FORMER.replace("3-2-501", "3栋2单元501室"), ALL, []),
    "another name of the item": (FORMER.replace("土豆", "马铃薯"), ALL, []),
    "another unit of the same amount": (FORMER.replace("土豆3斤", "土豆1.5公斤"), ALL, []),
    "an amount corrected": (FORMER.replace("土豆3斤", "土豆5斤"), ALL - {"h1 potato 1500"} | {"h1 potato 2500"}, []),
    "a household missing": ("#接龙\n今日蔬菜\n1. 3-2-501 土豆3斤，白菜2斤", ALL, ["missing_in_repost"]),
    "goods missing from a line": (FORMER.replace("，白菜2斤", ""), ALL, ["missing_in_repost"]),
    "an empty text": ("", ALL, ["no_lines"]),
    "a header alone": ("#接龙\n今日蔬菜", ALL, ["no_lines"]),
    "a text cut off": ("#接龙\n今日蔬菜\n1. 3-2-501", ALL, ["goods_missing"]),
    "the household cancels one thing": (FORMER.replace("白菜2斤", "白菜不要了"), ALL - {"h1 cabbage 1000"}, []),
    "the household cancels everything": ("#接龙\n今日蔬菜\n1. 3-2-501 不要了\n2. 3-2-502 鸡蛋1板", {"h2 eggs 30"}, []),
    "another chain of other people": ("#接龙\n水果\n1. 3-1-302 白菜3斤", ALL | {"h3 cabbage 1500"}, []),
    "another title and other goods": ("#接龙\n粮油\n1. 3-2-501 大米1袋", ALL | {"h1 rice 5000"}, []),
    "another title and other amounts": ("#接龙\n特价菜\n1. 3-2-501 土豆1斤", ALL, ["differs_in_chain"]),
    "the same title and other people": (
        "#接龙\n今日蔬菜\n1. 3-1-302 土豆3斤",
        ALL | {"h3 potato 1500"},
        ["repost_unclear"],
    ),
    "a message that changes": ("3-2-501 土豆改成5斤", ALL - {"h1 potato 1500"} | {"h1 potato 2500"}, []),
    "a message that adds": ("3-2-501 再加土豆1斤", ALL - {"h1 potato 1500"} | {"h1 potato 2000"}, []),
    "a message that adds to nothing": ("3-2-502 再加土豆1斤", ALL, ["adds_to_nothing"]),
    "a message that adds in another unit": ("3-2-502 再加鸡蛋10个", ALL, ["adds_other_unit"]),
    "a message that cancels": ("3-2-502 不要了", ALL - {"h2 eggs 30"}, []),
    "an amount that nobody can read": (FORMER.replace("土豆3斤", "土豆三四斤"), ALL, ["quantity_range"]),
    "two amounts for one thing": (f"{FORMER}\n3. 3-2-501 土豆5斤", ALL, ["said_twice_in_chain"]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_chain_posted_again_changes_only_what_it_says_plainly(case: str, read: Read) -> None:
    posted, standing, questions = CASES[case]
    result = read(FORMER, posted)
    assert (stands(result), asked(result)) == (standing, questions)


@pytest.mark.parametrize("case", CASES)
def test_a_text_that_is_read_again_under_another_name_changes_nothing_more(case: str, read: Read) -> None:
    posted, standing, questions = CASES[case]
    result = read(FORMER, posted, posted)
    assert stands(result) == standing
    assert asked(result) == ([*questions, "no_lines"] if questions == ["no_lines"] else questions)


def test_what_is_missing_is_asked_of_its_household_at_once_with_all_that_it_had(read: Read) -> None:
    result = read(FORMER, "#接龙\n今日蔬菜\n2. 3-2-502 鸡蛋1板")
    assert missing(result) == [("s1", "h1", "土豆3斤、白菜2斤")]
    (place,) = result.questions["place"]
    assert json.loads(place) == {"who": "3-2-501", "stood_in": "s0"}


def test_what_is_missing_from_several_posts_is_asked_about_once(read: Read) -> None:
    short = "#接龙\n今日蔬菜\n1. 3-2-501 土豆3斤，白菜2斤"
    result = read(FORMER, short, f"{short}\n2. 3-1-302 大米1袋")
    assert missing(result) == [("s1", "h2", "鸡蛋1板")]
    assert stands(result) >= ALL


def test_what_is_in_the_chain_again_is_asked_about_no_more(read: Read) -> None:
    assert missing(read(FORMER, FORMER.replace("，白菜2斤", ""), FORMER)) == []


@pytest.mark.parametrize("word", ["3-2-502 鸡蛋改成2板", "3-2-502 鸡蛋不要了", "phone:3-2-502 鸡蛋1板"])
def test_a_household_that_has_spoken_since_is_asked_no_more(word: str, read: Read) -> None:
    assert missing(read(FORMER, "#接龙\n今日蔬菜\n1. 3-2-501 土豆3斤，白菜2斤", word)) == []


def test_a_line_that_is_there_and_cannot_be_read_is_not_missing(read: Read) -> None:
    result = read(FORMER, FORMER.replace("土豆3斤", "土豆三四斤"))
    assert missing(result) == []
    assert "h1 potato 1500" in stands(result)


def test_an_old_copy_posted_again_undoes_nothing(read: Read) -> None:
    corrected = FORMER.replace("土豆3斤", "土豆5斤")
    result = read(FORMER, corrected, f"{FORMER}\n3. 3-1-302 土豆1斤")
    assert stands(result) == ALL - {"h1 potato 1500"} | {"h1 potato 2500", "h3 potato 500"}
    assert asked(result) == ["reverted_in_repost"]
    (reason,) = json.loads(result.rejected["reasons"][0])
    assert reason["args"] == {"who": "3-2-501", "words": "土豆3斤", "item": "土豆", "stands": "土豆5斤"}


@pytest.mark.parametrize("between", ["3-2-501 土豆改成5斤", "phone:3-2-501 土豆5斤", "phone:3-2-501 土豆不要了"])
def test_a_copy_does_not_outdo_what_its_household_said_elsewhere_since(between: str, read: Read) -> None:
    result = read(FORMER, between, f"{FORMER}\n3. 3-1-302 土豆1斤")
    assert "h1 potato 1500" not in stands(result)
    assert asked(result) == ["reverted_in_repost"]


def test_a_message_that_an_older_text_said_is_asked_about_where_another_was_said_since(read: Read) -> None:
    result = read(FORMER, "3-2-501 土豆改成5斤", "3-2-501 土豆改成4斤", "3-2-501 土豆改成5斤\n3-1-302 大米1袋")
    assert "h1 potato 2000" in stands(result)
    assert asked(result) == ["reverted_in_repost"]


def test_a_log_of_messages_that_is_handed_in_again_with_more_is_a_copy(read: Read) -> None:
    log = "3-2-501 土豆改成5斤\n3-2-501 土豆改成4斤\n3-2-502 不要了"
    result = read(FORMER, log, f"{log}\n3-1-302 大米1袋")
    assert stands(result) == {"h1 potato 2000", "h1 cabbage 1000", "h3 rice 5000"}
    assert asked(result) == []


def test_a_copied_cancellation_takes_back_nothing_that_was_said_since(read: Read) -> None:
    off = "#接龙\n今日蔬菜\n1. 3-2-501 不要了\n2. 3-2-502 鸡蛋1板"
    result = read(FORMER, off, "phone:3-2-501 大米1袋", f"{off}\n3. 3-1-302 土豆1斤")
    assert stands(result) == {"h1 rice 5000", "h2 eggs 30", "h3 potato 500"}
    assert asked(result) == ["reverted_in_repost"]


def test_two_groups_of_one_community_do_not_miss_each_others_lines(read: Read) -> None:
    other = "#接龙\n三号楼蔬菜\n1. 3-1-302 土豆1斤\n2. 9-9-901 白菜1斤"
    result = read(FORMER, other, f"{FORMER}\n3. 9-9-902 土豆1斤", f"{other}\n3. 9-9-903 土豆1斤")
    assert asked(result) == []
    assert len(stands(result)) == 7


def test_a_chain_without_a_title_goes_on_with_the_one_whose_households_it_has(read: Read) -> None:
    result = read(FORMER, "1. 3-2-501 土豆3斤")
    assert missing(result) == [("s1", "h1", "白菜2斤"), ("s1", "h2", "鸡蛋1板")]


def test_a_numbered_supplement_without_a_title_lacks_nothing(read: Read) -> None:
    long = FORMER + "".join(f"\n{n}. 9-9-90{n} 大米1袋" for n in range(3, 8))
    result = read(long, "1. 3-2-501 土豆5斤\n2. 3-1-302 大米1袋")
    assert asked(result) == []
    assert {"h1 potato 2500", "h1 cabbage 1000", "h3 rice 5000"} <= stands(result)


ADDING = f"{FORMER}\n\n3-2-501 再加土豆1斤"
SUM = ALL - {"h1 potato 1500"} | {"h1 potato 2000"}


@pytest.mark.parametrize(
    "texts",
    [
        (ADDING,),
        (ADDING, ADDING),
        (ADDING, f"{ADDING}\n收到"),
        (ADDING, f"{FORMER}\n3. 3-1-302 大米1袋\n\n3-2-501 再加土豆1斤"),
        (FORMER, "3-2-501 再加土豆1斤", FORMER),
        (FORMER, "3-2-501 再加土豆1斤", f"{FORMER}\n3. 3-1-302 大米1袋", ADDING),
        (FORMER, "3-2-501 再加土豆1斤", "3-2-501 再加土豆1斤\n3-1-302 大米1袋"),
        (FORMER, ADDING, FORMER, ADDING),
        (f"{FORMER}\n3. 3-2-501 再加土豆1斤", f"{FORMER}\n3. 3-2-501 再加土豆1斤\n4. 3-1-302 大米1袋"),
        (FORMER, f"{FORMER}\n3. 3-2-501 再加土豆1斤", f"{FORMER}\n3. 3-2-501 再加土豆1斤"),
        (FORMER, ADDING, FORMER.replace("土豆3斤", "土豆4斤")),
        (FORMER, ADDING, ADDING.replace("土豆3斤", "土豆4斤")),
        ("#接龙 土豆 3元一斤\n1. 3-2-501 3斤\n\n3-2-501+1\n3-2-502+2",),
    ],
)
def test_what_is_added_once_is_added_once_however_often_the_chain_is_posted(texts: tuple[str, ...], read: Read) -> None:
    result = read(*texts)
    assert "h1 potato 2000" in stands(result)
    assert [code for code in asked(result) if code not in ("missing_in_repost", "adds_to_nothing")] == []


def test_the_line_of_a_sum_says_what_it_was_added_to(read: Read) -> None:
    result = read(ADDING, f"{ADDING}\n3-2-501 再加土豆2斤")
    holding = result.lines.filter(state="accepted", item_id="potato")
    assert holding["qty_base"].to_list() == [3000]
    assert holding["words"].to_list() == ["再加土豆2斤"]
    assert json.loads(holding["place"][0])["added_to"] == "土豆3斤 + 再加土豆1斤"


def test_two_additions_in_one_text_are_two(read: Read) -> None:
    assert "h1 potato 2500" in stands(read(f"{ADDING}\n3-2-501 再加土豆1斤"))


def test_the_same_addition_said_alone_in_another_text_is_asked_about(read: Read) -> None:
    result = read(FORMER, "3-2-501 再加土豆1斤\n3-2-502 再加鸡蛋1板", "3-2-501 再加土豆1斤\n3-1-302 大米1袋")
    assert "h1 potato 2000" in stands(result)
    assert asked(result) == ["adds_again"]


def test_an_addition_of_a_supplement_that_stands_in_the_chain_later_is_asked_about(read: Read) -> None:
    long = FORMER + "".join(f"\n{n}. 9-9-90{n} 大米1袋" for n in range(3, 8))
    result = read(long, "1. 3-2-501 再加土豆1斤", f"{long}\n8. 3-2-501 再加土豆1斤")
    assert "h1 potato 2000" in stands(result)
    assert asked(result) == ["adds_again"]


def test_the_same_addition_twice_in_one_chain_is_two(read: Read) -> None:
    first = f"{FORMER}\n3. 3-2-501 再加土豆1斤"
    assert "h1 potato 2500" in stands(read(first, f"{first}\n4. 3-2-501 再加土豆1斤"))


def test_an_addition_that_stays_while_the_line_before_it_is_corrected_is_asked_about(read: Read) -> None:
    first = f"{FORMER}\n3. 3-2-501 再加土豆1斤"
    result = read(first, first.replace("1. 3-2-501 土豆3斤", "1. 3-2-501 土豆4斤"))
    assert "h1 potato 2000" in stands(result)
    assert asked(result) == ["adds_again"]


def test_an_addition_is_never_more_than_one_household_is_given(read: Read) -> None:
    result = read(FORMER, "3-2-501 再加土豆50斤")
    assert asked(result) == ["quantity_absurd"]
    assert "h1 potato 1500" in stands(result)


def test_an_unclear_line_that_is_posted_again_is_one_question(read: Read) -> None:
    unclear = "#接龙\n今日蔬菜\n1. 3-2-501 火箭2枚\n2. 3-2-502 鸡蛋1板"
    result = read(unclear, f"{unclear}\n3. 3-1-302 火箭2枚", f"{unclear}\n3. 3-1-302 火箭2枚")
    assert asked(result) == ["item_unknown", "item_unknown"]
    assert dict(result.repeats) == {("s1", 1): ("s0", 1), ("s2", 1): ("s0", 1), ("s2", 3): ("s1", 3)}
