"""A message that is chosen by a rule and put into words later, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
