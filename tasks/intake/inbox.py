"""The inbox `<data>/inbox/<plan>/<kind>/<date>/<file>`: which files lie there at rest, with their bytes.

A file counts once it has come to rest: unchanged for `settle_seconds` by its own clock, or seen twice unchanged; and
unchanged while it was read. What is still growing or locked is told and taken by the next run. Files right in
`<kind>/` take the date of the run that first sees them, and are then that date's for good, so that a file left lying
is not asked for again each day.
"""

import hashlib
import os
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tasks.intake.readers import FORMATS

_TEMPORARY = ("~$", ".", "._")
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".swp")
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file at rest. `body` is None where it is beyond the limit; `dated`: lies in the folder of its date."""

    path: Path
    source_name: str
    sender: str
    sha256: str
    size: int
    body: bytes | None
    mtime: float
    dated: bool


@dataclass
class Waiting:
    """What lies in the inbox for one kind and date; the names beside `arrived` are told, and tried by the next run."""

    arrived: list[Arrived] = field(default_factory=list)
    still_growing: list[str] = field(default_factory=list)
    unreadable_now: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def waiting_files(
    inbox: Path,
    kind: str,
    business_date: date,
    settle_seconds: float = 2.0,
    limit_mb: int = 20,
    senders: Collection[str] = (),
    undated: bool = True,
) -> Waiting:
    """Files of a kind and date in the plan's inbox folder, in the order of their names.

    `undated`: those right in the folder of the kind, too.

    `senders`: ids and names that a file name may begin with; without a match the sender is what stands before the
    first `_`.
    """
    waiting = Waiting()
    folder = inbox / kind
    listed = [one for one in _candidates(folder, business_date) if undated or one[1]]
    before = {path: _stamp(path) for path, _ in listed}
    _let_settle([stamp for stamp in before.values() if stamp], settle_seconds)
    for path, dated in listed:
        name = _shown(path.relative_to(folder))
        # A link that leads to itself or nowhere has no stamp, and is never resolved.
        if (first := before[path]) is None or not path.is_file():
            waiting.unreadable_now.append(name)
        # Only what really lies in the inbox is read: a link may point at anything on this machine.
        elif not path.resolve().is_relative_to(inbox.resolve()):
            waiting.outside.append(name)
        elif _stamp(path) != first:
            waiting.still_growing.append(name)
        else:
            _take(waiting, path, name, dated, limit_mb, senders)
    return waiting


def names_waiting(inbox: Path, kind: str, business_date: date) -> list[str]:
    """Names of the files of a kind and date, whether at rest or not; nothing of them is read."""
    return [_shown(Path(path.name)) for path, _ in _candidates(inbox / kind, business_date)]


def _candidates(folder: Path, business_date: date) -> Iterator[tuple[Path, bool]]:
    dated = folder / business_date.isoformat()
    found = [(path, False) for path in _files(folder)]
    closed: list[OSError] = []
    for place, folders, names in os.walk(dated, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # A linked folder is not walked into; it is a candidate itself, so that it is told and not passed over.
        linked = [name for name in folders if os.path.islink(f"{place}/{name}")]  # noqa: PTH114 - pathlib's raises
        found += [(Path(place, name), True) for name in (*names, *linked) if not _passing(name)]
    # So is a folder that cannot be opened; the date's own may well not be there.
    found += [(Path(fault.filename), True) for fault in closed if Path(fault.filename) != dated]
    yield from sorted(found, key=lambda pair: os.fsencode(pair[0]))


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if not path.is_dir() and not _passing(path.name)]


def _passing(name: str) -> bool:
    return name.startswith(_TEMPORARY) or name.lower().endswith(_UNFINISHED) or name.endswith("~")


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_size, seen.st_mtime_ns


def _let_settle(stamps: list[tuple[int, int]], settle_seconds: float) -> None:
    """Wait once, and only as long as the youngest file needs to be at rest."""
    youngest = max((mtime for _, mtime in stamps), default=0) / 1e9
    rest = settle_seconds - (time.time() - youngest)
    if rest > 0:
        # A file from the future (another machine's clock) is watched for the whole time, not until its future comes.
        time.sleep(min(rest, settle_seconds))


def _take(waiting: Waiting, path: Path, name: str, dated: bool, limit_mb: int, senders: Collection[str]) -> None:
    first = _stamp(path)
    try:
        with path.open("rb") as source:
            body = source.read(limit_mb * _CHUNK + 1)
            whole = len(body) <= limit_mb * _CHUNK
            digest = hashlib.sha256(body)
            size = len(body)
            while chunk := b"" if whole else source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError:
        waiting.unreadable_now.append(name)
        return
    if first is None or _stamp(path) != first or size != first[0]:
        waiting.still_growing.append(name)
        return
    sender = sender_of(Path(name).name, senders)
    kept = body if whole else None
    waiting.arrived.append(Arrived(path, name, sender, digest.hexdigest(), size, kept, first[1] / 1e9, dated))


def _shown(path: Path) -> str:
    """A name as text: UTF-8, or GB18030 as unpacked from archives made on Windows."""
    raw = os.fsencode(path.as_posix())
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def sender_of(file_name: str, senders: Collection[str] = ()) -> str:
    """The longest known sender that the name begins with, up to `_` or its end; else what stands before `_`."""
    stem = Path(file_name).stem if Path(file_name).suffix.lower() in FORMATS else file_name
    known = [s for s in senders if stem == s or stem.startswith((f"{s}_", f"{s}＿", f"{s}."))]
    return max(known, key=len) if known else stem.replace("＿", "_").split("_", 1)[0].strip()
