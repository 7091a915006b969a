"""Replies by the numbers of the published list: read where they can be nothing else, asked about where they may be."""

from dataclasses import replace

import pytest

from rules.intake.chain import parse_chain, read_chain
from rules.intake.identify import Directory
from rules.intake.lines import Said, Vocabulary, vocabulary
from rules.menu import listed
from schemas.plan import Plan

MENU = {3: "rice", 5: "eggs", 12: "potato"}


@pytest.fixture(scope="module")
def published(plan: Plan) -> Vocabulary:
    return vocabulary(plan, listed(MENU, plan.items))


def goods(said: list[Said], directory: Directory) -> list[tuple[str, str]]:
    """(item, amount) of lines that are sure."""
    found = [(directory.item(s.item), f"{s.number}{s.unit}") for s in said if not s.faults]
    return [(getattr(item, "item_id", "?"), amount) for item, amount in found]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("3号2份", [("rice", "2袋")]),
        ("3号 两袋", [("rice", "2袋")]),
        ("12*2", [("potato", "2斤")]),
        ("12×2斤", [("potato", "2斤")]),
        ("第3号要2袋", [("rice", "2袋")]),
        ("No.3 2袋", [("rice", "2袋")]),
        ("#12 2斤", [("potato", "2斤")]),
        ("三号两份", [("rice", "2袋")]),
        ("3号2份5号1份", [("rice", "2袋"), ("eggs", "1板")]),
        ("3号2，5号1", [("rice", "2袋"), ("eggs", "1板")]),
        ("１２号３斤", [("potato", "3斤")]),
        ("12号半斤", [("potato", "0.5斤")]),
        ("3号2份 大米1袋", [("rice", "2袋"), ("rice", "1袋")]),
        ("鸡蛋1板，12*2", [("eggs", "1板"), ("potato", "2斤")]),
        ("3号改成1份", [("rice", "1袋")]),
    ],
)
def test_a_number_with_an_amount_is_the_goods_of_the_list(
    words: str, expected: list[tuple[str, str]], published: Vocabulary, directory: Directory
) -> None:
    said = read_chain(f"1. 3-2-501 {words}", published).said
    assert not any(line.faults for line in said)
    assert goods(said, directory) == expected
    assert {line.who for line in said} == {"3-2-501"}


@pytest.mark.parametrize(
    ("words", "number"), [("99号2份", "99号"), ("A5 两份", "A5"), ("7*2", "7"), ("99号不要了", "99号")]
)
def test_a_number_that_is_not_on_the_list_is_a_question_that_names_it(
    words: str, number: str, published: Vocabulary
) -> None:
    (line,) = read_chain(f"1. 3-2-501 {words}", published).said
    assert [(f.code, f.args["number"]) for f in line.faults] == [("menu_number_unknown", number)]


@pytest.mark.parametrize("words", ["3号2份", "12*2", "A5 两份", "3号 大米"])
def test_where_no_list_was_published_such_a_line_is_a_question_as_ever(words: str, words_: Vocabulary) -> None:
    said = read_chain(f"1. 3-2-501 {words}", words_).said
    assert said
    assert all(line.faults for line in said)


@pytest.fixture(scope="module")
def words_(published: Vocabulary) -> Vocabulary:
    return replace(published, listed={})


@pytest.mark.parametrize(
    ("text", "who", "item"),
    [
        ("1. 3号楼2单元501 大米1袋", "3号楼2单元501", "大米"),
        ("1. 样本庄4号 3号2份", "样本庄4号", "rice"),
        ("1. 4号 12*2", "4号", "potato"),
        ("1. 3栋2单元501室 3号2份", "3栋2单元501室", "rice"),
        ("1. 5号 大米1袋", "5号", "大米"),
        ("1. 样本庄3组5号 大米1袋", "样本庄3组5号", "大米"),
    ],
)
def test_a_house_is_no_number_of_the_list(text: str, who: str, item: str, published: Vocabulary) -> None:
    assert [(s.who, s.item, s.faults) for s in read_chain(text, published).said] == [(who, item, ())]


@pytest.mark.parametrize(
    "text",
    [
        "1. 3号2份",  # household 3, and nobody knows of what
        "1. 张示例 3号2份",  # his house, or his goods
        "3号不要了",
        "1. 9号 3号2份",
        "1. 3-2-501 可乐 12*2箱",
        "1. 3-2-501 12*2*3",
        "1. 3-2-501 12#302",
        "1. 3-2-501 4月21号2份",
        "1. 3-2-501 3号25号1份",
        "1. 3-2-501 大米 3号2份",
        "1. 3-2-501 3号2份大米",
        "1. 3-2-501 12号大米2袋",
        "1. 3-2-501 3号1500",
    ],
)
def test_what_may_be_a_house_a_size_or_a_date_is_never_sure(text: str, published: Vocabulary) -> None:
    said = read_chain(text, published).said
    assert said
    assert all(line.faults for line in said)


def test_several_numbers_behind_a_name_are_numbers_since_nobody_has_two_houses(
    published: Vocabulary, directory: Directory
) -> None:
    said = read_chain("1. 张示例 3号2份 5号1份", published).said
    assert [(s.who, s.name) for s in said] == [("", "张示例")] * 2
    assert goods(said, directory) == [("rice", "2袋"), ("eggs", "1板")]


def test_batteries_and_masks_keep_the_numbers_of_their_names(published: Vocabulary) -> None:
    said = read_chain("1. 3-2-501 5号电池2节，N95口罩2盒", published).said
    assert [(s.item, str(s.number), s.unit) for s in said] == [("5号电池", "2", "节"), ("N95口罩", "2", "盒")]


def test_codes_of_the_text_itself_go_before_the_published_numbers(published: Vocabulary) -> None:
    text = "#接龙\n1. 青菜 3元/斤\n3. 豆腐 2元/块\n\n1. 3-2-501 3号2块"
    assert [s.item for s in read_chain(text, published).said] == ["豆腐"]


def test_a_number_is_added_to_and_taken_back(published: Vocabulary) -> None:
    chain = parse_chain("3-2-501 再加3号1份\n3-2-501 5号不要了", published)
    assert [(e.op, [line.stands_for for line in e.lines]) for e in chain.entries] == [
        ("add", ["rice"]),
        ("cancel", ["eggs"]),
    ]


@pytest.mark.parametrize("words", ["3号2份5号1份", "3号 2袋，大米1袋", "99号2份", "12*2\n5号1份"])
def test_every_character_of_a_reply_belongs_to_one_piece(words: str, published: Vocabulary) -> None:
    text = f"#接龙\n1. 3-2-501 {words}\n"
    assert "".join(text[p.start : p.end] for p in parse_chain(text, published).pieces) == text
