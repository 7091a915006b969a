"""Every stage has words, in Chinese, for a phone; people's data is masked in them."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from schemas.words import Stage
from tasks.notices.masking import masked, masked_name, masked_room, without_phones
from tasks.notices.templates import TEMPLATES, keys
from tasks.words import say

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "zh_CN" / "LC_MESSAGES" / "notices.po"
SOURCES = [*(ROOT / "tasks" / "notices").glob("*.py"), ROOT / "tasks" / "duties.py"]
#: Longer titles are cut by a phone's alert, longer sentences are not read.
TITLE_SIGNS, SENTENCE_SIGNS = 14, 32


def marked(source: Path) -> set[str]:
    """Messages that a module marks for translation."""
    calls = [n for n in ast.walk(ast.parse(source.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    return {ast.literal_eval(c.args[0]) for c in calls if isinstance(c.func, ast.Name) and c.func.id == "N_"}


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_title_and_sentences_short_enough_for_a_phone(stage: Stage) -> None:
    template = TEMPLATES[stage]
    assert len(say(template.title)) <= TITLE_SIGNS
    assert template.sentences
    spoken = [re.sub(r"{\w+}", "##", say(sentence)) for sentence in template.sentences]
    assert all(len(words) <= SENTENCE_SIGNS for words in spoken)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_translation_names_the_values_of_its_sentence(stage: Stage) -> None:
    for sentence in TEMPLATES[stage].sentences:
        assert sorted(keys(say(sentence))) == sorted(keys(sentence))
        assert "\n" not in say(sentence)


def test_every_message_of_the_notices_is_in_the_catalogue_and_no_other() -> None:
    with CATALOGUE.open("rb") as file:
        translated = {str(m.id) for m in read_po(file, locale="zh_CN") if m.id and m.string}
    assert translated == set().union(*(marked(source) for source in SOURCES))


def test_names_rooms_and_numbers_are_masked_by_what_they_are() -> None:
    assert masked_name("张示例") == "张**"
    assert masked_room("3-2-501") == "3**"
    assert masked_room("3栋2单元501") == "3栋**"
    assert masked_room("h1") == "h**"
    assert masked("phone", "000-0000-0001") == "**01"
    assert without_phones("联系 000-0000-0001 或 13800000002，共20份") == "联系 **01 或 **02，共20份"
