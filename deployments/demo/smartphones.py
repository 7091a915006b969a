"""Households that fill in the township's form themselves: a few, some with a slip, and one edits what it sent.

The form is of KoboToolbox's kind (`form_server.py`); what they say stands in no letter of their community.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from deployments.demo.chance import Chance
from deployments.demo.form_server import FormServer
from deployments.demo.lines import Line, another_number, wish_line
from deployments.demo.wishes import Town

#: Minutes before the cut-off: until when forms come in, and when one of them is edited.
FILLED_UNTIL, EDITED_AT = 90, 20
#: From when, in minutes of the day: the list has been in the groups for a while.
FILLED_FROM = 9 * 60


@dataclass(frozen=True)
class Form:
    """A form as somebody fills it in at an hour; the same number again is the same form, edited."""

    number: int
    at: time
    community: str
    house: str
    goods: tuple[tuple[str, str, str], ...]


def open_form(town: Town, server: FormServer) -> None:
    """The server has no forms yet, and its address stands in the environment."""
    server.forms.clear()
    if town.form is not None:
        os.environ[f"BAOGONG_ENDPOINT_{town.form.endpoint.upper()}"] = server.data


def forms(town: Town, on: date) -> list[Form]:
    """What is filled in for the collection of a day; the first one is edited shortly before it closes."""
    closes = town.cutoff.hour * 60 + town.cutoff.minute
    found: list[Form] = []
    for count, wishes in enumerate(town.wishes(town.by_form, on), start=1):
        home = wishes[0].home
        chance = Chance(town.seed, town.plan.id, on, home.household_id, "form")
        place = town.plan.communities[home.community_id].name
        lines = [wish_line(chance, wish) for wish in wishes]
        at = _clock(chance.between(FILLED_FROM, closes - FILLED_UNTIL))
        form = Form(int(f"{on:%m%d}{count:02d}"), at, place, home.address, _goods(lines))
        found.append(form)
        if count == 1:
            corrected = _goods([another_number(lines[0]), *lines[1:-1]])
            found.append(replace(form, at=_clock(closes - EDITED_AT), goods=corrected))
    return found


def fill(server: FormServer, form: Form, at: datetime) -> None:
    """Somebody sends it off."""
    server.fill(form.number, at, form.community, form.house, *form.goods)


def _goods(lines: Sequence[Line]) -> tuple[tuple[str, str, str], ...]:
    return tuple((line.item, line.number, line.unit) for line in lines)


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
