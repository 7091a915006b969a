"""Words for people: every text that a user reads comes through here, Chinese unless the locale says otherwise.

Message ids are the English sentences in the code; `locale/<locale>/LC_MESSAGES/*.po` hold the translations, read as they
are (no compiled copies that could go stale). `BAOGONG_LOCALE` chooses; English needs no catalogue.
"""

import gettext as _gettext
import io
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

LOCALES = Path(__file__).resolve().parent.parent / "locale"


@lru_cache(maxsize=8)
def _catalogue(locale: str) -> _gettext.NullTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged: _gettext.NullTranslations = _gettext.NullTranslations()
    for path in sorted((LOCALES / locale / "LC_MESSAGES").glob("*.po")):
        binary = io.BytesIO()
        with path.open("rb") as source:
            write_mo(binary, read_po(source, locale=locale))
        binary.seek(0)
        translations = _gettext.GNUTranslations(binary)
        translations.add_fallback(merged)
        merged = translations
    return merged


def locale() -> str:
    """The locale in force: `zh_CN`, or what `BAOGONG_LOCALE` says."""
    return os.environ.get("BAOGONG_LOCALE", "zh_CN")


def say(msgid: str, /, **args: Any) -> str:
    """The message in the reader's language, with its values filled in."""
    words = _catalogue(locale()).gettext(msgid)
    return words.format(**args) if args else words


def reason_text(reason: Mapping[str, Any]) -> str:
    """A stored reason (`Text.as_json()`) in words."""
    from rules.reasons import REASONS

    return say(REASONS[str(reason["code"])], **reason["args"])
