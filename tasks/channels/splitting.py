"""A long text in parts that a service takes: cut between lines, and inside a line only where no sign is torn apart.

The parts joined are the text, byte for byte.
"""

import json
import unicodedata
from collections.abc import Callable

JOINER = "\u200d"


def utf8_size(text: str) -> int:
    """Bytes of the text itself."""
    return len(text.encode())


def json_size(text: str) -> int:
    """Bytes of the text inside a JSON body, where a line break or a quotation mark takes two."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def split_text(text: str, limit: int, size: Callable[[str], int] = utf8_size) -> list[str]:
    """Parts of at most `limit` by `size`, which must add up over the characters; an empty text is one empty part."""
    parts = [""]
    room = limit
    for line in text.splitlines(keepends=True):
        rest, needed = line, size(line)
        if needed > room and parts[-1]:
            parts.append("")
            room = limit
        if needed > limit:
            *full, rest = _cut_line(line, limit, size)
            parts[-1:] = [*full, ""]
            needed = size(rest)
        parts[-1] += rest
        room -= needed
    return parts


def _cut_line(line: str, limit: int, size: Callable[[str], int]) -> list[str]:
    pieces: list[str] = []
    start = used = 0
    for at, sign in enumerate(line):
        cost = size(sign)
        if used + cost > limit:
            cut = _between_signs(line, start, at)
            # What stays together moves to the next part only where that has room for it.
            cut = cut if size(line[cut : at + 1]) <= limit else at
            pieces.append(line[start:cut])
            start, used = cut, size(line[cut:at])
        used += cost
    return [*pieces, line[start:]]


def _between_signs(line: str, start: int, at: int) -> int:
    """The last place at or before `at` that tears no joined emoji and no accent off; `at` itself if there is none."""
    for cut in range(at, start, -1):
        if not _belongs_to_former(line[cut]) and line[cut - 1] != JOINER:
            return cut
    return at


def _belongs_to_former(sign: str) -> bool:
    skin_tone = "\U0001f3fb" <= sign <= "\U0001f3ff"
    return sign == JOINER or skin_tone or unicodedata.category(sign) in ("Mn", "Me", "Mc")
