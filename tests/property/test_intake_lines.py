"""Whatever is written: nothing is lost, no place lies outside its source, and every line ends in exactly one state."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.intake.chain import read_chain
from rules.intake.identify import Directory
from rules.intake.lines import Source, Vocabulary, vocabulary
from rules.needs import judge_needs, raw_lines, read_needs
from rules.reconcile import reconcile
from rules.standing import consolidate
from schemas.plan import Plan
from tasks.intake.readers import read
from tasks.plans import load_plan
from tests.factories.plan_folder import write_plan

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
NOON = datetime(2022, 4, 21, 4, tzinfo=UTC)
FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
MANY = settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return load_plan(write_plan(Path(tmp_path_factory.mktemp("plans")) / "demo"))


@pytest.fixture(scope="module")
def words(plan: Plan) -> Vocabulary:
    return vocabulary(plan)


PIECES = (
    "1. 2、 (3) ④ #接龙 例 \n \r\n \u3000 ， 、 ； 3-2-501 3栋2单元501 三零二 样本庄1号 张示例 h1 土豆 鸡蛋"
    " 3斤 半 两 一板 10个 土豆3斤 五斤 各 不要了 取消 无需求 零报告 截单 收到👌 600ml*24瓶 22:14 +1"
    " １２ =1+1 \ufeff \u2028 \x85 ½ 𠮷"
)
pieces = st.sampled_from(PIECES.split(" "))
chains = st.lists(pieces | st.just(" ") | st.text(max_size=4), max_size=40).map("".join)
amounts = st.sampled_from(
    ["土豆3斤", "土豆5斤", "鸡蛋1板", "白菜0斤", "大米99袋", "坦克1辆", "鸡蛋0.01板", "土豆", "不要了", "土豆不要了"]
)
homes = st.sampled_from(["3-2-501", "h1", "张示例", "3-2-502", "9-9-9", "王阿姨", "h4", "土豆"])
posts = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["inbox", "form"]), st.lists(st.tuples(homes, amounts), max_size=6)),
    max_size=5,
)


@MANY
@given(text=chains)
def test_every_span_holds_its_own_words_and_no_character_that_means_something_is_lost(
    text: str, words: Vocabulary
) -> None:
    reading = read_chain(text, words, ("示例家园",))
    covered = set()
    for found in (*reading.said, *reading.aside):
        if not found.place:
            continue
        start, end = int(str(found.place["start"])), int(str(found.place["end"]))
        assert 0 <= start <= end <= len(text)
        assert text[start:end] == found.words
        covered |= {int(str(found.place["line"]))}
    spoken = {n for n, line in enumerate(text.splitlines(), start=1) if re.search(r"\w", line)}
    assert spoken <= covered
    assert [line.line_no for line in reading.said] == list(range(1, len(reading.said) + 1))


@FEW
@given(said=posts)
def test_received_is_accepted_superseded_withdrawn_and_rejected(
    said: list[tuple[int, str, list[tuple[str, str]]]], plan: Plan, words: Vocabulary
) -> None:
    sources = [
        (
            Source(f"s{n}", "c_sealed", channel, NOON + timedelta(minutes=minutes), n),
            read_needs(words, "\n".join(f"{k}. {who} {what}" for k, (who, what) in enumerate(lines, start=1))),
        )
        for n, (minutes, channel, lines) in enumerate(said)
    ]
    raw = raw_lines(sources)
    judged = judge_needs(raw, plan)
    directory = Directory(plan)
    states = reconcile(judged, directory).lines
    assert raw.height == states.height + judged.rejected.height + judged.zero.height
    keys = [
        *states.select("submission_id", "line_no").rows(),
        *judged.rejected.select("submission_id", "line_no").rows(),
    ]
    assert sorted(keys) == sorted(raw.select("submission_id", "line_no").rows())
    holding = states.filter(state="accepted")
    assert not holding.select("household_id", "item_id").is_duplicated().any()
    assert consolidate(states, plan)["qty_base"].sum() == holding["qty_base"].sum()
    again = reconcile(judge_needs(raw.reverse(), plan), directory).lines
    assert again.equals(states), "the order of reading changes nothing"


@MANY
@given(body=st.binary(max_size=400), name=st.sampled_from(["a.txt", "a.csv", "a.xlsx", "a.xls", "a.ods", "a"]))
def test_random_bytes_never_crash_a_reader(body: bytes, name: str, words: Vocabulary) -> None:
    for content in (body, b"PK\x03\x04" + body, OLE + body, b"\xff\xfe" + body, b"\xef\xbb\xbf" + body):
        result = read(content, name, 1)
        assert (result.reason is None) == (result.text is not None or result.sheets is not None)
        if result.reason is None:
            read_needs(words, result.text, result.sheets or ())


@MANY
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["h1", "3-2-502", "王阿姨"]), st.sampled_from(["土豆", "鸡蛋"]), st.integers(0, 9))
    ),
    delimiter=st.sampled_from([",", "\t", ";"]),
)
def test_gb18030_and_utf8_say_the_same(rows: list[tuple[str, str, int]], delimiter: str, words: Vocabulary) -> None:
    header = delimiter.join(["户号", "商品", "数量", "单位"])
    text = "\r\n".join([header, *(delimiter.join([who, item, str(n), "斤"]) for who, item, n in rows)])
    readings = [read(text.encode(encoding), "a.csv", 1) for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16")]
    assert readings[0].reason is None
    assert all(reading == readings[0] for reading in readings)
