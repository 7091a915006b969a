"""Kinds of value that plan files and sheets are made of, each refusing what it would otherwise have to guess."""

import re
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

#: Highest clause number of each plan of `docs/CLAUSES.md`.
LAST_CLAUSE: dict[str, int] = {"A": 12, "B": 13, "C": 12, "D": 11}

SLUG = r"^[a-z][a-z0-9_]*$"
NAME = r"^[A-Za-z][A-Za-z0-9_]*$"
KEY = r"^[^\s:|/\\]+$"
HOST = r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"
CLAUSE = r"^([A-D]-\d{2}(, ?[A-D]-\d{2})*|default|local)$"
PRESCRIPTION = r"^[A-Za-z0-9-]{1,40}$"
OWED_BY = r"^(communities|stores|producers|carriers|role:[a-z][a-z0-9_]*)$"


def _clock(value: object) -> time:
    # Pydantic would read the number 1600 as 1600 seconds after midnight, and "16:00Z" as a time of another zone.
    text = value.isoformat() if isinstance(value, time) else value
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?", text, re.ASCII) if isinstance(text, str) else None
    if found is None:
        raise PydanticCustomError("clock", "not a time of day, HH:MM")
    return time(int(found[1]), int(found[2]))


def _day(value: object) -> object:
    # Pydantic would read 20220421 as seconds since 1970.
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise PydanticCustomError("date_parsing", "not a date, YYYY-MM-DD")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise PydanticCustomError("timezone", "not a zone of time") from exc
    return value


def _split(value: object) -> object:
    return [part.strip() for part in value.split("|") if part.strip()] if isinstance(value, str) else value


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


_EXCEL_NUMBER = re.compile(r"\d(\.\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
_EXCEL_DATE = re.compile(
    r"(\d{2,4}年)?\d{1,2}月\d{1,2}日|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
    re.ASCII,
)


def _not_by_excel(value: object) -> object:
    """Refuse what Excel makes of a long number (1.39E+10) or of 3-2 (3月2日): what was typed cannot be told from it."""
    text = value.strip() if isinstance(value, str) else ""
    if _EXCEL_NUMBER.fullmatch(text):
        raise PydanticCustomError("excel_number", "a number as Excel shortens it")
    if _EXCEL_DATE.fullmatch(text):
        raise PydanticCustomError("excel_date", "a date that Excel made")
    return value


def _yes_no(value: object) -> object:
    return {"是": True, "否": False}.get(value, value) if isinstance(value, str) else value


Slug = Annotated[str, Field(pattern=SLUG)]
Name = Annotated[str, Field(pattern=NAME)]
Host = Annotated[str, Field(pattern=HOST, max_length=253)]
AsTyped = BeforeValidator(_not_by_excel)
Key = Annotated[str, AsTyped, Field(min_length=1, max_length=60, pattern=KEY)]
ClauseId = Annotated[str, Field(pattern=CLAUSE)]
Words = Annotated[list[str], BeforeValidator(_split)]
Maybe = BeforeValidator(_none_if_empty)
YesNo = Annotated[bool, BeforeValidator(_yes_no)]

Clock = Annotated[time, BeforeValidator(_clock), Field(description="HH:MM in the plan's zone")]
TimeZone = Annotated[str, AfterValidator(_zone)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Weekdays = Annotated[list[Weekday], Field(min_length=1)]
EVERY_DAY: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: What is larger is a slip of the pen: so many days, minutes, packs or grams of one sale unit has no township. Dates
#: reckoned with it stay in the calendar, products of it in the eight bytes of a database.
MOST = 1_000_000
#: Of fen, and of sale units on one shelf.
MOST_ON_HAND = 1_000_000_000
Count = Annotated[int, Field(ge=0, le=MOST)]
Positive = Annotated[int, Field(gt=0, le=MOST)]
Fen = Annotated[int, Field(ge=0, le=1000 * MOST_ON_HAND)]
Percent = Annotated[int, Field(gt=0, le=1000)]
Day = Annotated[date, BeforeValidator(_day)]
Doses = Annotated[Decimal, Field(ge=0, le=10_000, decimal_places=3)]
Share = Annotated[float, Field(gt=0, le=1)]
PositiveNumber = Annotated[float, Field(gt=0)]
#: Characters of a group message; below this not even its head and foot would fit.
MessageLimit = Annotated[int, Field(ge=300)]
MoreThanOnce = Annotated[float, Field(gt=1)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
