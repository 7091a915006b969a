"""The channel `file`: what an officer would have got, as a text file in a folder of his own."""

import hashlib
import os
import re
from datetime import datetime
from pathlib import Path

from schemas.text import N_
from tasks.channels.outcome import SENT, Outcome, undelivered
from tasks.words import say

SENT_AT = N_("Time: {at}")
FILES = N_("Files:")


def write_notice(
    folder: Path, officer_id: str, notice_id: str, at: datetime, title: str, body: str, attachments: list[str]
) -> Outcome:
    """Write `<folder>/<officer>/<YYYYMMDD-HHMMSS>_<stage>_<mark>.txt`, whole or not at all.

    The mark comes from the notice's id (`plan:stage:date:subject:revision:officer`): the same notice written again,
    even at another time, is the same file. `at` is aware and shown in its own zone.
    """
    try:
        place = folder / _file_name(officer_id)
        place.mkdir(parents=True, exist_ok=True)
        _replace(_path(place, notice_id, at), _words(at, title, body, attachments))
    except OSError as error:
        return undelivered("file_not_written", type(error).__name__, retryable=True)
    return SENT


def _path(place: Path, notice_id: str, at: datetime) -> Path:
    fields = notice_id.split(":")
    stage = _file_name(fields[1] if len(fields) > 1 else "notice")
    mark = hashlib.sha256(notice_id.encode()).hexdigest()[:8]
    written_before = sorted(place.glob(f"*_{mark}.txt"))
    return written_before[0] if written_before else place / f"{at:%Y%m%d-%H%M%S}_{stage}_{mark}.txt"


def _file_name(words: str) -> str:
    """Letters of any script, digits, `-` and `_`: an id never leads out of the folder."""
    return re.sub(r"[^\w-]+", "_", words)[:80] or "_"


def _words(at: datetime, title: str, body: str, attachments: list[str]) -> str:
    lines = [title, say(SENT_AT, at=f"{at:%Y-%m-%d %H:%M}"), "", body]
    if attachments:
        lines += ["", say(FILES), *(f"- {name}" for name in attachments)]
    return "\n".join(lines) + "\n"


def _replace(path: Path, words: str) -> None:
    # The half-written file has the notice's own name, so that the next try finishes it after a kill.
    half = path.with_name(f".{path.name}.part")
    half.unlink(missing_ok=True)
    # Readable by its owner only: there are people's data in it.
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(words.encode(errors="replace"))
    half.replace(path)
