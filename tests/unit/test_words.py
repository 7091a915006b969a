"""The catalogues are gettext's, whoever reads them."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tasks.words import LOCALES, say

CATALOGUES = sorted((LOCALES / "zh_CN" / "LC_MESSAGES").glob("*.po"))


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=[p.stem for p in CATALOGUES])
def test_every_message_is_read_as_gettext_reads_it(catalogue: Path) -> None:
    with catalogue.open("rb") as file:
        messages = [m for m in read_po(file, locale="zh_CN") if m.id and m.string]
    assert messages
    assert not [m for m in messages if m.pluralizable or m.context]
    later = {m.id for after in CATALOGUES[CATALOGUES.index(catalogue) + 1 :] for m in _messages(after)}
    for message in messages:
        if message.id not in later:
            assert say(str(message.id)) == message.string


def _messages(catalogue: Path) -> list[object]:
    with catalogue.open("rb") as file:
        return [m for m in read_po(file, locale="zh_CN") if m.id]


def test_a_message_without_a_translation_is_said_as_it_is_written() -> None:
    assert say("No catalogue has {this}", this="these words") == "No catalogue has these words"


def test_another_locale_without_a_catalogue_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOGONG_LOCALE", "en")
    assert say("Print JSON") == "Print JSON"
