"""Pages of a store's server (`baogong_v1`, docs/store-api.yaml) -> the sheet that the store would have sent.

A page names the contract's version, the store it speaks for and the moment it is of (`as_of`). A page of another store,
or of another day by its own account, is refused: yesterday's list is not today's report (B-06), and a clock that is off
by a day is told to whoever runs it. Its lines become rows with the header of a store's list, so that they are judged by
the very same rules. A store has reported when it counted, not when we came to ask. Drawback: a clock that is off by
hours goes unnoticed where that keeps the date; it can make a report seem earlier than it was, never later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rules.intake.http_json import NotAsAgreed, Object, json_object, link, moment, objects, words
from rules.intake.layouts import Cell, Sheet
from schemas.units import yuan

VERSION = "1"
PATHS = {"stock": "stock", "catalog": "catalog", "order_confirmations": "confirmations"}
#: kind -> (header, key of a line) of the sheet
COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "stock": (
        ("item", "item"),
        ("stock", "quantity"),
        ("unit", "unit"),
        ("price", "price_fen"),
        ("sold", "sold"),
    ),
    "catalog": (("item", "item"), ("unit", "unit"), ("price", "price_fen"), ("available", "available")),
}


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose page of which day it must be."""

    store_id: str
    on: date
    zone: ZoneInfo


def store_page(body: bytes, expected: Expected, list_name: str = "lines") -> tuple[Sequence[Object], str | None]:
    """(its entries, the address of the next page).

    Raises:
        NotAsAgreed: not such a page, or of another store.
    """
    found = json_object(body)
    if words(found.get("version")) != VERSION:
        raise NotAsAgreed("page_not_agreed", what="version")
    if found.get("store") != expected.store_id:
        raise NotAsAgreed("page_other_store", store=words(found.get("store")) or "?")
    as_of(body)
    return objects(found, list_name), link(found, "next")


def as_of(body: bytes) -> datetime:
    """The moment that a page is of, by its store's own clock.

    Raises:
        NotAsAgreed: it tells none.
    """
    return moment(json_object(body).get("as_of"), "as_of")


def list_sheet(body: bytes, kind: str, expected: Expected) -> Sheet:
    """A stock or catalogue page as a sheet: row n is the page's nth line.

    Raises:
        NotAsAgreed: not such a page, of another store, or of another day.
    """
    lines, _ = store_page(body, expected)
    there = as_of(body).astimezone(expected.zone)
    if there.date() != expected.on:
        raise NotAsAgreed("page_other_day", as_of=f"{there:%Y-%m-%d %H:%M}")
    header = {column: Cell(name) for column, (name, _) in enumerate(COLUMNS[kind])}
    rows = {number: _cells(kind, line) for number, line in enumerate(lines, start=1)}
    return Sheet(kind, {0: header} | {number: row for number, row in rows.items() if row})


def _cells(kind: str, line: Mapping[str, Any]) -> dict[int, Cell]:
    shown = {column: _shown(key, line.get(key)) for column, (_, key) in enumerate(COLUMNS[kind])}
    return {column: Cell(text) for column, text in shown.items() if text}


def _shown(key: str, value: object) -> str:
    if key == "available":
        return {True: "有货", False: "缺货"}.get(value, "?") if isinstance(value, bool) else words(value)
    if key == "price_fen":
        return yuan(value) if isinstance(value, int) and not isinstance(value, bool) else words(value) and "?"
    return words(value)
