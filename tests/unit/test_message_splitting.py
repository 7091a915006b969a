"""A long notice is cut into parts that a service takes, and nothing of it is lost."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.channels.splitting import json_size, split_text, utf8_size

#: Widest single character by either measure: "\\u0000" inside JSON.
WIDEST = 6


def test_a_short_text_is_one_part() -> None:
    assert split_text("三点截单", 2048) == ["三点截单"]


def test_parts_end_where_lines_end() -> None:
    lines = [f"{number} 号楼 大米 10 公斤\n" for number in range(200)]
    parts = split_text("".join(lines), 2048)
    assert "".join(parts) == "".join(lines)
    assert all(part.endswith("\n") and len(part.encode()) <= 2048 for part in parts)
    assert len(parts) == -(-len("".join(lines).encode()) // 2048)


def test_a_line_longer_than_a_message_is_cut_between_characters() -> None:
    line = "白菜" * 2000
    parts = split_text(line, 2048)
    assert "".join(parts) == line
    assert max(len(part.encode()) for part in parts) == 2046  # 682 characters of three bytes


def test_a_family_emoji_is_not_torn_apart() -> None:
    family = "👨\u200d👩\u200d👧"
    text = "一" * 5 + family * 3
    parts = split_text(text, 40)
    assert "".join(parts) == text
    assert not any(part.startswith("\u200d") or part.endswith("\u200d") for part in parts)


def test_an_endless_run_of_marks_is_still_cut() -> None:
    text = "e" + "\u0301" * 100
    assert "".join(split_text(text, 10)) == text
    assert all(len(part.encode()) <= 10 for part in split_text(text, 10))


def test_a_json_body_counts_the_escapes() -> None:
    text = '"引号"\n\t\\' * 50
    assert json_size(text) == len(json.dumps(text, ensure_ascii=False).encode()) - 2
    assert all(json_size(part) <= 64 for part in split_text(text, 64, json_size))


@pytest.mark.parametrize("size", [utf8_size, json_size])
@example(text="0𐀀\x80𐀀ꫫ", limit=6)  # a mark that would move together with a sign of four bytes
@given(
    text=st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("\n\r\u200d\u0301粮油🏽\"'"))),
    limit=st.integers(WIDEST, 80),
)
def test_parts_joined_are_the_text_and_each_fits(size: object, text: str, limit: int) -> None:
    measure = json_size if size is json_size else utf8_size
    parts = split_text(text, limit, measure)
    assert "".join(parts) == text
    assert all(measure(part) <= limit for part in parts)
