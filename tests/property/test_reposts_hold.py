"""Whatever a group posts again: nothing is lost, nothing is added twice, and reading it again changes nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.intake.identify import Directory
from rules.intake.lines import Source, Vocabulary, vocabulary
from rules.needs import judge_needs, raw_lines, read_needs
from rules.reconcile import Reconciled, reconcile
from schemas.plan import Plan
from tasks.plans import load_plan
from tests.factories.plan_folder import write_plan

NOON = datetime(2022, 4, 21, 4, tzinfo=UTC)
MANY = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])

homes = st.sampled_from(["3-2-501", "3栋2单元502", "王示例"])
goods = st.sampled_from(["土豆1斤", "土豆2斤", "白菜1斤", "鸡蛋1板", "鸡蛋30个", "大米1袋", "火箭1枚", "土豆三四斤"])
adding = st.sampled_from(["再加土豆1斤", "再加土豆1斤", "再加鸡蛋1板", "再加大米1袋"])
cancelling = st.sampled_from(["不要了", "土豆不要了", "鸡蛋不要了"])
entries = st.lists(st.tuples(homes, goods | adding), max_size=5)
titles = st.sampled_from(["#接龙\n今日蔬菜\n", "#接龙\n水果\n", "#接龙\n", ""])


def text(title: str, listed: Sequence[tuple[str, str]], messages: Sequence[tuple[str, str]]) -> str:
    """A chain with the messages around it."""
    rows = [f"{n}. {who} {what}" for n, (who, what) in enumerate(listed, start=1)]
    return title + "\n".join([*rows, "", *(f"{who} {what}" for who, what in messages)])


chains = st.builds(text, titles, entries, st.lists(st.tuples(homes, goods | adding), max_size=2))
with_cancelling = st.builds(text, titles, entries, st.lists(st.tuples(homes, goods | adding | cancelling), max_size=3))
phoned = st.tuples(homes, goods | cancelling).map(lambda said: f"phone:1. {said[0]} {said[1]}")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return load_plan(write_plan(Path(tmp_path_factory.mktemp("plans")) / "demo"))


@pytest.fixture(scope="module")
def words(plan: Plan) -> Vocabulary:
    return vocabulary(plan)


@pytest.fixture(scope="module")
def directory(plan: Plan) -> Directory:
    return Directory(plan)


def held(said: Sequence[str], words: Vocabulary, directory: Directory, backwards: bool = False) -> Reconciled:
    """What holds of texts that came a minute apart; every line of them ends in exactly one place."""
    sources, posts = [], {}
    for n, told in enumerate(said):
        reading = read_needs(words, told.removeprefix("phone:"))
        channel = "phone" if told.startswith("phone:") else "inbox"
        sources.append((Source(f"s{n}", "c_sealed", channel, NOON + timedelta(minutes=n), n), reading))
        if channel == "inbox":
            posts[f"s{n}"] = reading.title or ""
    raw = raw_lines(sources)
    judged = judge_needs(raw.reverse() if backwards else raw, directory.plan, (), directory)
    result = reconcile(judged, directory, posts)
    keys = ["submission_id", "line_no"]
    parts = [result.lines, result.rejected, judged.zero]
    assert sorted(row for part in parts for row in part.select(keys).rows()) == sorted(raw.select(keys).rows())
    return result


def standing(result: Reconciled) -> dict[tuple[str, str], int]:
    holding = result.lines.filter(state="accepted").select("household_id", "item_id", "qty_base")
    assert not holding.select("household_id", "item_id").is_duplicated().any()
    return {(home, item): qty for home, item, qty in holding.rows()}


def asked(result: Reconciled) -> set[tuple[str, int]]:
    """Lines that go back and ask what none has asked; a text that says nothing is one each time."""
    rows = result.rejected.filter(result.rejected["words"] != "").select("submission_id", "line_no").rows()
    return {(submission_id, line_no) for submission_id, line_no in rows} - set(result.repeats)


@MANY
@given(said=st.lists(with_cancelling | phoned, max_size=5))
def test_every_line_ends_in_one_place_and_the_order_of_reading_changes_nothing(
    said: list[str], words: Vocabulary, directory: Directory
) -> None:
    result, again = held(said, words, directory), held(said, words, directory, backwards=True)
    assert again.lines.equals(result.lines)
    assert again.rejected.equals(result.rejected)
    assert again.questions.equals(result.questions)


@MANY
@given(said=st.lists(chains, min_size=1, max_size=5))
def test_where_nobody_cancels_nothing_that_once_stood_is_ever_gone(
    said: list[str], words: Vocabulary, directory: Directory
) -> None:
    before: set[tuple[str, str]] = set()
    for upto in range(1, len(said) + 1):
        now = set(standing(held(said[:upto], words, directory)))
        assert before <= now
        before = now


@MANY
@given(said=st.lists(with_cancelling | phoned, min_size=1, max_size=4))
def test_the_last_post_posted_again_changes_no_amount_and_asks_nothing_more(
    said: list[str], words: Vocabulary, directory: Directory
) -> None:
    posts = [told for told in said if not told.startswith("phone:")]
    if not posts or said[-1] != posts[-1]:
        said = [*said, posts[-1] if posts else "1. 3-2-501 土豆1斤"]
    once, twice = held(said, words, directory), held([*said, f"{said[-1]}\n收到"], words, directory)
    assert standing(twice) == standing(once)
    assert asked(twice) == asked(once)
    assert twice.questions.equals(once.questions)


@MANY
@given(former=entries, posted=st.lists(st.tuples(homes, goods), max_size=5))
def test_what_a_post_lacks_stays_as_it_was_and_is_asked_about(
    former: list[tuple[str, str]], posted: list[tuple[str, str]], words: Vocabulary, directory: Directory
) -> None:
    first, second = (text("#接龙\n今日蔬菜\n", listed, ()) for listed in (former, posted))
    before, result = standing(held([first], words, directory)), held([first, second], words, directory)
    there = set(standing(held([second], words, directory)))
    asked = {home for home in result.questions["about"] if home != "chain"}
    unclear = set(result.rejected.filter(submission_id="s1").select("household_id", "item_id").rows())
    shared = {home for home, _ in before} & {home for home, _ in there}
    for key in set(before) - there:
        assert standing(result)[key] == before[key] or key in unclear
        assert not shared or key[0] in asked or key in unclear
