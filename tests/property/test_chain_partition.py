"""Whatever is written, every character of a chain belongs to exactly one piece, and every line to its own."""

import random
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.intake.chain import Chain, parse_chain
from rules.intake.lines import plain_vocabulary
from tests.unit.intake.test_chain_corpus import ALL

WORDS = plain_vocabulary()
TEXTS = [text for _, text, _ in ALL]
PIECES = [
    "1.",
    "2、",
    "(3)",
    "④",
    "5️⃣",
    "#接龙",
    "#Group-Note",
    "例",
    "\n",
    "\n\n",
    "\r\n",
    "\u3000",
    "，",
    "、",
    "；",
    "：",
    "/",
    "+",
    "*",
    "×",
    "-",
    "—",
    "~",
    "(",
    ")",
    "【",
    "】",
    "3-2-501",
    "3栋2单元501",
    "五号楼三零二",
    "12弄8号",
    "张三",
    "王阿姨",
    "张示例",
    "晴天",
    "土豆",
    "鸡蛋",
    "五花肉",
    "84消毒液",
    "六个核桃",
    "3斤",
    "半",
    "两",
    "各",
    "一板",
    "10个",
    "600ml*24瓶",
    "4箱",
    "24罐装",
    "5kg",
    "1/2",
    "三四斤",
    "左右",
    "不要了",
    "取消",
    "改成",
    "换成",
    "如果",
    "无需求",
    "截单",
    "收到👌",
    "谢谢",
    "22:14",
    "+1",
    "x2",
    "-1",
    "@张三",
    "13800000000",
    "15元",
    "¥3",
    "同上",
    "套餐A",
    "A1",
    "①2份",
    "<title>",
    "</title>",
    "<msg>",
    "&#10;",
    "<![CDATA[",
    "]]>",
    "１２",
    "\ufeff",
    "\u2028",
    "\x85",
    "\u200d",
    "雞蛋",
    "兩",
    "½",
    "𠮷",
    "0",
    ".",
    "。",
    "元",
    "号",
    "室",
    "斤",
]
chains = st.lists(st.sampled_from(PIECES) | st.just(" ") | st.text(max_size=4), max_size=40).map("".join)


def holds(text: str) -> Chain:
    """The chain, once it is seen that its pieces partition the text and its lines are pieces of it."""
    chain = parse_chain(text, WORDS)
    at = 0
    for piece in chain.pieces:
        assert piece.start == at
        assert piece.start < piece.end
        at = piece.end
    assert at == len(text)
    places = {(p.start, p.end) for p in chain.pieces if p.kind == "line"}
    spans = [(line.start, line.end) for entry in chain.entries for line in entry.lines]
    assert len(spans) == len(set(spans))
    assert set(spans) <= places
    asked = [(u.start, u.end) for u in chain.unresolved]
    assert asked == sorted(asked)
    assert {(p.start, p.end) for p in chain.pieces if p.kind == "unresolved"} <= set(asked)
    blank = "".join(text[p.start : p.end] for p in chain.pieces if p.kind == "blank")
    assert not any(unicodedata.category(c) in ("Lo", "Nd") for c in blank)
    for entry in chain.entries:
        for line in entry.lines:
            sure = not line.faults
            assert not sure or (entry.who and (line.op == "cancel" or (line.number is not None and line.number > 0)))
            assert not sure or line.item
    return chain


def mutated(text: str, chance: random.Random) -> str:
    """The text after a few slips: characters lost, doubled, moved, and pieces of other chains put in."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(text))
        how = chance.randrange(5)
        if how == 0:
            text = text[:at] + text[at + chance.randint(1, 3) :]
        elif how == 1:
            text = text[:at] + chance.choice(PIECES) + text[at:]
        elif how == 2:
            text = text[:at] + text[at : at + 3] * 2 + text[at + 3 :]
        elif how == 3:
            strange = (chance.randint(32, 126), chance.randint(0x4E00, 0x9FFF), 0x1F600)
            text = text[:at] + chr(chance.choice(strange)) + text[at:]
        else:
            other = chance.choice(TEXTS)
            start = chance.randrange(max(1, len(other)))
            text = text[:at] + other[start : start + 12] + text[at:]
    return text


def many(count: int, seed: int) -> Iterator[str]:
    """Mutated excerpts of the corpus, and chains put together from pieces."""
    chance = random.Random(seed)
    for _ in range(count):
        if chance.random() < 0.5:
            yield "".join(chance.choice(PIECES) + chance.choice(("", " ")) for _ in range(chance.randint(0, 25)))
            continue
        rows = chance.choice(TEXTS).splitlines(keepends=True)
        start = chance.randrange(len(rows)) if rows else 0
        yield mutated("".join(rows[start : start + 4]), chance)


@settings(max_examples=300)
@given(text=chains)
def test_every_character_of_any_text_belongs_to_one_piece(text: str) -> None:
    holds(text)


def test_every_character_of_a_mutated_chain_belongs_to_one_piece() -> None:
    for text in many(1500, seed=1):
        holds(text)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_character_of_a_hundred_thousand_chains_belongs_to_one_piece() -> None:
    for text in many(100_000, seed=2):
        holds(text)
