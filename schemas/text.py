"""A message that is chosen by a rule and put into words later, in the reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: What no database takes for text: PostgreSQL refuses the NUL, and half of a surrogate pair has no bytes in UTF-8.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` as every database can keep it: what cannot be kept is marked (U+FFFD), so that its word is asked back.

    Nothing is dropped: `1` and `2` with a NUL between them are not 12.
    """
    return _NO_TEXT.sub("\ufffd", text)


def N_(msgid: str) -> str:  # noqa: N802 - gettext's own name for "mark, do not translate yet"
    """Mark an English message for the catalogues; it is translated where it is shown."""
    return msgid


@dataclass(frozen=True)
class Text:
    """A code that never changes, and the values that go into its words (see `rules/reasons.py`)."""

    code: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For a JSON column."""
        return {"code": self.code, "args": dict(self.args)}
