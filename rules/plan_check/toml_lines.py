"""On which line of a TOML text each key stands; `tomllib` does not tell.

Tables, arrays of tables and `key = value` lines are found. Keys inside an inline table share the line of the
table, so a caller falls back on the longest path that is known. Known drawback: a line inside a multi-line array
that looks like `key = …` would be taken for one; TOML allows none that is valid there but inside inline tables.
"""

import re

from rules.plan_check.draft import Path

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=")
_QUOTES = ('"""', "'''")


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _still_open(line: str, opened: str | None) -> str | None:
    for quote in (opened,) if opened else _QUOTES:
        if quote and line.count(quote) % 2:
            return None if opened else quote
    return opened


def key_lines(text: str) -> dict[Path, int]:
    """Line (from 1) of every table, entry and key; entries of arrays of tables are numbered from 0."""
    found: dict[Path, int] = {}
    entries: dict[Path, int] = {}
    here: Path = ()
    opened: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        table, key = (None, None) if opened else (_TABLE.match(line), _KEY.match(line))
        opened = _still_open(line, opened)
        if table:
            here = _table_path(_parts(table[2]), table[1] == "[[", entries)
            found.setdefault(here, number)
        elif key:
            found.setdefault(here + _parts(key[1]), number)
    return found


def _table_path(path: Path, is_entry: bool, entries: dict[Path, int]) -> Path:
    if is_entry:
        entries[path] = entries.get(path, -1) + 1
        return (*path, entries[path])
    head = path[:1]
    return (*head, entries[head], *path[1:]) if head in entries and len(path) > 1 else path


def line_in_message(message: str) -> int | None:
    """The line that a `TOMLDecodeError` names, if it names one."""
    found = re.search(r"line (\d+)", message)
    return int(found[1]) if found else None
