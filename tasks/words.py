"""Words for people: every text that a user reads comes through here, Chinese unless the locale says otherwise.

Message ids are the English sentences in the code; `locale/<locale>/LC_MESSAGES/*.po` hold the translations, read as
they are (no compiled copies that could go stale). `BAOGONG_LOCALE` chooses; English needs no catalogue.
"""

import json
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

LOCALES = Path(__file__).resolve().parent.parent / "locale"
#: One entry: its id and its translation, each of one or more quoted lines (escaped as JSON does it).
ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', re.MULTILINE)


@lru_cache(maxsize=8)
def _catalogue(locale: str) -> Mapping[str, str]:
    # Our catalogues have neither plurals nor contexts; babel's reader would cost `baogong --help` 150 ms.
    found: dict[str, str] = {}
    for path in sorted((LOCALES / locale / "LC_MESSAGES").glob("*.po")):
        for entry in ENTRY.finditer(path.read_text(encoding="utf-8")):
            msgid, words = ("".join(json.loads(line) for line in part.splitlines()) for part in entry.groups())
            if words:
                found[msgid] = words
    return found


def locale() -> str:
    """The locale in force: `zh_CN`, or what `BAOGONG_LOCALE` says."""
    return os.environ.get("BAOGONG_LOCALE", "zh_CN")


def say(msgid: str, /, **args: Any) -> str:
    """The message in the reader's language, with its values filled in."""
    words = _catalogue(locale()).get(msgid, msgid)
    return words.format(**args) if args else words


def reason_text(reason: Mapping[str, Any]) -> str:
    """A stored reason (`Text.as_json()`) in words."""
    from rules.reasons import REASONS

    return say(REASONS[str(reason["code"])], **reason["args"])
