"""Bytes of an answer -> a JSON object, and the few kinds of value that are read from it. Nothing is guessed."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from schemas.text import Text

Object = dict[str, Any]


class NotAsAgreed(Exception):
    """An answer that is not what the format says, with the reason for whoever runs the server."""

    def __init__(self, code: str, **args: object) -> None:
        super().__init__(code)
        self.reason = Text(code, args)


def json_object(body: bytes) -> Object:
    """The object that the whole of the body is; decimals stay decimals.

    Raises:
        NotAsAgreed: not JSON (half a page, or a page for people), or no object.
    """
    try:
        found = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as fault:
        raise NotAsAgreed("page_not_json") from fault
    if not isinstance(found, dict):
        raise NotAsAgreed("page_not_agreed", what="{}")
    return found


def _no_number(word: str) -> object:
    raise ValueError(word)


def objects(found: Object, name: str) -> list[Object]:
    """The list of objects under a name.

    Raises:
        NotAsAgreed: no such list, or something else in it.
    """
    listed = found.get(name)
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise NotAsAgreed("page_not_agreed", what=name)
    return listed


def link(found: Object, name: str) -> str | None:
    """The address of the next page; None where this is the last.

    Raises:
        NotAsAgreed: neither an address nor nothing.
    """
    told = found.get(name)
    if told is not None and not isinstance(told, str):
        raise NotAsAgreed("page_not_agreed", what=name)
    return told or None


def moment(told: object, what: str, assumed_utc: bool = False) -> datetime:
    """An aware moment; `assumed_utc`: the format writes UTC without saying so.

    Raises:
        NotAsAgreed: no moment, or one without a zone.
    """
    try:
        found = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        found = None
    if found is not None and found.tzinfo is None and assumed_utc:
        found = found.replace(tzinfo=UTC)
    if found is None or found.tzinfo is None:
        raise NotAsAgreed("page_not_agreed", what=what)
    return found


def words(value: object) -> str:
    """What a cell would show: text as it is, a number in plain digits, nothing for null and for lists."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, str | int) else ""
