"""A chain as `collect_needs` has it: what is plain is read, everything else goes back with its reason."""

import pytest

from rules.intake.chain import read_chain
from rules.intake.lines import COMMON_UNITS, Reading, Said, Vocabulary
from schemas.units import BASE_PER_UNIT

ITEMS = ["土豆", "鸡蛋", "苹果", "西瓜", "五花肉", "猪肉", "豆腐", "84消毒液", "600ml牛奶"]
WORDS = Vocabulary(
    frozenset(ITEMS),
    frozenset(COMMON_UNITS) | {u for per in BASE_PER_UNIT.values() for u in per},
    frozenset({"df-001"}),
)


def said(text: str) -> list[Said]:
    reading: Reading = read_chain(text, WORDS, ("东风村",))
    assert all(text[s.place["start"] : s.place["end"]] == s.words for s in reading.said if s.place)  # type: ignore[misc]
    return reading.said


def goods(text: str) -> list[tuple[str, str, str]]:
    return [(line.item, str(line.number), line.unit) for line in said(f"1. 3-2-501 {text}") if not line.faults]


def code(text: str) -> list[str]:
    return [fault.code for line in said(text) for fault in line.faults]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("土豆3斤", [("土豆", "3", "斤")]),
        ("土豆３斤，鸡蛋一板", [("土豆", "3", "斤"), ("鸡蛋", "1", "板")]),
        ("五斤西瓜，十斤苹果", [("西瓜", "5", "斤"), ("苹果", "10", "斤")]),
        ("土豆 3斤 鸡蛋 1板", [("土豆", "3", "斤"), ("鸡蛋", "1", "板")]),
        ("3斤 土豆 1板 鸡蛋", [("土豆", "3", "斤"), ("鸡蛋", "1", "板")]),
        ("土豆 3 斤", [("土豆", "3", "斤")]),
        ("猪肉1.5斤、豆腐半斤", [("猪肉", "1.5", "斤"), ("豆腐", "0.5", "斤")]),
        ("西瓜一斤半", [("西瓜", "1.5", "斤")]),
        ("半个西瓜", [("西瓜", "0.5", "个")]),
        ("五花肉2斤", [("五花肉", "2", "斤")]),
        ("84消毒液2瓶；600ml牛奶3盒", [("84消毒液", "2", "瓶"), ("600ml牛奶", "3", "盒")]),
        ("土豆：10KG", [("土豆", "10", "kg")]),
        ("土豆2公斤", [("土豆", "2", "公斤")]),
        ("土豆十二斤", [("土豆", "12", "斤")]),
    ],
)
def test_goods_are_split_into_item_number_and_unit(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert goods(text) == expected


@pytest.mark.parametrize(
    ("text", "number", "unit"), [("土豆两斤", "2", "斤"), ("土豆二两", "2", "两"), ("土豆两两", "2", "两")]
)
def test_liang_is_two_before_a_unit_and_fifty_grams_after_a_number(text: str, number: str, unit: str) -> None:
    assert goods(text) == [("土豆", number, unit)]


@pytest.mark.parametrize("mark", ["1.", "1、", "(2)", "（2）", "③", "４．", "5)", "⑫", "6️⃣"])
def test_an_entry_may_be_numbered_in_many_ways(mark: str) -> None:
    assert [(s.who, s.item) for s in said(f"{mark} 3栋2单元501 土豆3斤")] == [("3栋2单元501", "土豆")]


@pytest.mark.parametrize(
    ("head", "who", "name"),
    [
        ("3-2-501", "3-2-501", ""),
        ("3栋 2单元 501", "3栋 2单元 501", ""),
        ("五号楼三零二", "五号楼三零二", ""),
        ("李示例", "", "李示例"),
        ("李示例 3-2-501", "3-2-501", "李示例"),
        ("3-2-501 李示例", "3-2-501", "李示例"),
        ("3-2-501 李示例 13800000000", "3-2-501", "李示例"),
        ("df-001", "df-001", ""),
        ("样本庄3组12号", "样本庄3组12号", ""),
    ],
)
def test_a_household_is_named_by_address_name_or_both(head: str, who: str, name: str) -> None:
    assert [(s.who, s.name, s.item) for s in said(f"1. {head} 土豆3斤")] == [(who, name, "土豆")]


def test_an_address_may_touch_its_goods() -> None:
    assert [(s.who, s.item) for s in said("1. 4-1-302土豆3斤")] == [("4-1-302", "土豆")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1. 3-2-501 牛奶250ml*12盒", "quantity_missing"),
        ("1. 3-2-501 酱油500ml", "size_no_count"),
        ("1. 3-2-501 土豆各一斤", "each_unclear"),
        ("1. 3-2-501 同上", "same_as_before"),
        ("1. 3-2-501 没有土豆就换豆腐2块", "conditional"),
        ("1. 3-2-501 鸡蛋 3斤土豆", "split_unclear"),
        ("1. 3-2-501 2斤土豆3个", "split_unclear"),
        ("1. 3-2-501 土豆2-3斤", "quantity_range"),
        ("1. 3-2-501 土豆3/4斤", "quantity_range"),
        ("1.295-909 6份", "goods_missing_count"),
        ("1. 3-2-501 鸡蛋30", "unit_missing"),
        ("1. 3-2-501 鸡蛋", "quantity_missing"),
        ("1. 3-2-501", "goods_missing"),
        ("1. 土豆3斤", "household_missing"),
        ("1. 3-2-501 土豆3斤\n22:14 张三+1", "goods_missing_count"),
        ("1. 3-2-501 土豆3斤\n\n鸡蛋1板", "not_numbered"),
        ("鸡蛋1板", "not_numbered"),
        ("#接龙\n", "no_lines"),
        ("1. " + "土" * 1001, "line_too_long"),
    ],
)
def test_what_is_not_plain_goes_back_with_its_reason(text: str, reason: str) -> None:
    assert code(text) == [reason]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1. 3-2-501 再加土豆1斤", "list"),
        ("1. 3-2-501 鸡蛋1板\n3-2-502 再加土豆1斤", "message"),
        ("#接龙\n3-2-501 土豆1斤", "list"),
        ("今日蔬菜\n3-2-501 土豆1斤", "list"),
        ("3-2-501 土豆1斤", "message"),
        ("#接龙\n3-2-501 再加土豆1斤", "message"),
        ("1. 3-2-501 鸡蛋1板\n3-2-502 不要了", "message"),
    ],
)
def test_the_chain_itself_is_told_from_the_messages_around_it(text: str, part: str) -> None:
    assert said(text)[-1].part == part
    adds = "再加" in text
    assert (said(text)[-1].op == "add") == adds


@pytest.mark.parametrize(
    "text", ["1. 3-2-501 土豆3斤\n鸡蛋1板", "3-2-501\n土豆3斤 鸡蛋1板", "3-2-501 土豆3斤，鸡蛋1板"]
)
def test_an_entry_may_be_broken_over_rows_and_stand_without_a_number(text: str) -> None:
    assert [(s.who, s.item, s.faults) for s in said(text)] == [("3-2-501", "土豆", ()), ("3-2-501", "鸡蛋", ())]


def test_a_household_that_is_not_named_is_asked_for_beside_what_else_is_unclear() -> None:
    assert [[f.code for f in s.faults] for s in said("1. 土豆 鸡蛋1板")] == [
        ["quantity_missing", "household_missing"],
        ["household_missing"],
    ]


def test_what_is_plain_in_an_entry_is_kept_beside_what_is_not() -> None:
    lines = said("1. 3-2-501 土豆3斤，牛奶250ml*12盒，鸡蛋1板")
    assert [(s.words, bool(s.faults)) for s in lines] == [
        ("土豆3斤", False),
        ("牛奶250ml*12盒", True),
        ("鸡蛋1板", False),
    ]


@pytest.mark.parametrize(
    ("words", "item"),
    [("不要了", ""), ("取消", ""), ("无需求", ""), ("土豆不要了", "土豆"), ("土豆取消", "土豆"), ("取消土豆", "土豆")],
)
def test_a_household_takes_back_one_item_or_everything(words: str, item: str) -> None:
    assert [(s.op, s.item, s.faults) for s in said(f"1. 3-2-501 {words}")] == [("withdraw", item, ())]


@pytest.mark.parametrize(
    "text",
    ["无需求", "零报告", "东风村今日零报告", "东风村\n4月21日 无需求", "1. 东风村 无需求", "#接龙\n本村今日无需求。"],
)
def test_a_text_that_says_nothing_is_needed_is_a_zero_report(text: str) -> None:
    assert [(s.op, s.faults) for s in said(text)] == [("zero", ())]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("1. 东风村4号 无需求", "东风村4号"),
        ("1、4号 李示例 无需求", "4号"),
        ("东风村3组4号无需求", "东风村3组4号"),
        ("df-001 无需求", "df-001"),
    ],
)
def test_a_households_own_word_that_it_needs_nothing_is_not_its_communitys(text: str, who: str) -> None:
    assert [(s.op, s.who, s.item, s.faults) for s in said(text)] == [("withdraw", who, "", ())]


@pytest.mark.parametrize("text", ["东风村 4月21号 无需求", "4月21日：无需求", "1. 东风村4月21号 无需求"])
def test_a_date_beside_a_zero_report_is_no_house(text: str) -> None:
    assert [s.op for s in said(text)] == ["zero"]


@pytest.mark.parametrize("text", ["21号 无需求", "东风村21号无需求", "今天21号，无需求"])
def test_a_number_that_may_be_the_day_or_a_house_is_asked_about(text: str) -> None:
    assert code(text) == ["day_or_house"]


@pytest.mark.parametrize(
    "above",
    ["土豆3斤", "张示例 土豆3斤", "李示例 不要了", "张示例+1", "#接龙 鸡蛋1板", "豆腐2块，苹果一斤", "请给我土豆3斤"],
)
def test_what_may_be_an_order_above_the_first_number_is_never_taken_for_a_title(above: str) -> None:
    lines = said(f"{above}\n1. 3-2-502 土豆1斤")
    assert [(s.words, [f.code for f in s.faults]) for s in lines] == [
        (above.removeprefix("#接龙 "), ["not_numbered"]),
        ("土豆1斤", []),
    ]


@pytest.mark.parametrize("above", ["3-2-501 土豆3斤", "3-2-501\n土豆3斤", "样本庄3组12号 土豆3斤"])
def test_a_households_order_above_the_first_number_is_read(above: str) -> None:
    assert [(s.item, str(s.number), s.faults) for s in said(f"{above}\n1. 3-2-502 苹果1斤")] == [
        ("土豆", "3", ()),
        ("苹果", "1", ()),
    ]


def test_a_household_that_takes_all_back_above_the_first_number_is_heard() -> None:
    assert [(s.who, s.op) for s in said("3-2-501 不要了\n1. 3-2-502 苹果1斤")] == [
        ("3-2-501", "withdraw"),
        ("3-2-502", "need"),
    ]


@pytest.mark.parametrize(
    "title",
    [
        "今日蔬菜",
        "鸡蛋 18元一板",
        "半个南瓜 等会送来 共20份",
        "蔬菜包 每户限2份",
        "4月21日生活物资需求",
        "2022-04-21 蔬菜",
    ],
)
def test_what_is_offered_above_the_first_number_is_a_title(title: str) -> None:
    reading = read_chain(f"#接龙\n{title}\n1. 3-2-501 土豆1斤", WORDS)
    assert [a.code for a in reading.aside] == ["header", "title"]


def test_a_zero_report_beside_needs_contradicts_itself() -> None:
    assert code("无需求\n1. 3-2-501 土豆3斤") == ["zero_with_needs"]


def test_header_title_example_closing_and_empty_entry_are_set_aside_with_their_places() -> None:
    text = "#Group Note\n半个南瓜 共20份\n例 楼栋号-房间号 多少份\n1.\n2. 3-2-501 土豆3斤 谢谢\n三点截单\n"
    reading = read_chain(text, WORDS)
    assert [a.code for a in reading.aside] == ["header", "title", "example", "empty_entry", "chatter", "closing"]
    assert all(text[a.place["start"] : a.place["end"]] == a.words for a in reading.aside)  # type: ignore[misc]
    assert [s.item for s in reading.said] == ["土豆"]


def test_a_chain_of_thousands_keeps_its_numbers_apart_from_its_rooms() -> None:
    text = "\n".join(f"{n}. 3-2-501 土豆3斤" for n in range(1, 2001))
    assert {(s.who, s.item, s.faults) for s in said(text)} == {("3-2-501", "土豆", ())}
    assert len(said(text)) == 2000
    assert [(s.who, s.item) for s in said("1203、土豆3斤")] == [("1203", "土豆")]
