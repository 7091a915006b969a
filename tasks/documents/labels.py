"""Words of the closed vocabularies as documents show them, and dates as officers write them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from rules.reasons import REASONS
from schemas.plan import Plan
from schemas.text import N_
from schemas.words import DeliveryMode, Process, SpecialGroup, Zone
from tasks.words import reason_text, say

ZONES: Mapping[str, str] = {
    Zone.ISOLATION: N_("isolation point"),
    Zone.SEALED: N_("sealed zone"),
    Zone.CONTROLLED: N_("controlled zone"),
    Zone.PRECAUTION: N_("precaution zone"),
    Zone.OPEN: N_("zone without restriction"),
}
MODES: Mapping[str, str] = {
    DeliveryMode.ADDRESS: N_("delivered to the address"),
    DeliveryMode.VILLAGE: N_("bought and distributed by the village's person"),
    DeliveryMode.STORAGE_POINT: N_("delivered to the storage point"),
    DeliveryMode.STATION: N_("handed out through the station"),
}
GROUPS: Mapping[str, str] = {
    SpecialGroup.ELDERLY_ALONE: N_("elderly living alone"),
    SpecialGroup.NO_SMARTPHONE: N_("elderly without a smartphone"),
    SpecialGroup.DISABLED: N_("severely disabled"),
    SpecialGroup.HARDSHIP: N_("in hardship"),
    SpecialGroup.HOMELESS: N_("homeless"),
    SpecialGroup.STRANDED: N_("stranded from elsewhere"),
}
LEVELS: Mapping[str, str] = {
    "ok": N_("enough"),
    "low": N_("below the minimum"),
    "out": N_("out of stock"),
    "no_demand": N_("no demand"),
}
WEEKDAYS = (N_("Mon."), N_("Tue."), N_("Wed."), N_("Thu."), N_("Fri."), N_("Sat."), N_("Sun."))


def word(words: Mapping[str, str], value: str) -> str:
    """The reader's word for a value of a vocabulary; the value itself where there is none, empty for empty."""
    return say(words[value]) if value in words else value


def day_words(day: date) -> str:
    """`2022年4月21日（周四）`."""
    weekday = say(WEEKDAYS[day.weekday()])
    return say("{year}-{month}-{day} ({weekday})", year=day.year, month=day.month, day=day.day, weekday=weekday)


def subtitle(plan: Plan, day: str, revision: int | None, clause: str) -> list[str]:
    """Who this is, which day, which revision, and the clause that it follows."""
    parts = [plan.file.plan.name, day]
    if revision is not None:
        parts.append(say("revision {revision}", revision=revision))
    if clause and clause not in ("default", "local"):
        parts.append(say("under clause {clause}", clause=clause))
    return [" · ".join(parts)]


def store_label(plan: Plan, store_id: str) -> str:
    """A store's name, with its id where another store has the same name; the id where it has left the plan."""
    if store_id not in plan.stores:
        return store_id
    name = plan.stores[store_id].name
    return name if [s.name for s in plan.stores.values()].count(name) == 1 else with_note(name, store_id)


def community_label(plan: Plan, community_id: str) -> str:
    """A community's name, with its id where another one has the same name; the id where it has left the plan."""
    if community_id not in plan.communities:
        return community_id
    name = plan.communities[community_id].name
    return name if [c.name for c in plan.communities.values()].count(name) == 1 else with_note(name, community_id)


def with_note(text: str, note: str) -> str:
    """A text with what is to be known about it in brackets; the text alone where there is no note."""
    return say("{text} ({note})", text=text, note=note) if note else text


def clause_of(plan: Plan, process: Process) -> str:
    """The clause under which the plan runs a process; empty where it does not run it."""
    step = plan.steps.get(process)
    return "" if step is None else step.clause


def reason_words(code: str, known: Mapping[str, Any]) -> str:
    """A stored reason code in words, with the values known about it; never fails on a value that was not kept."""
    if not code:
        return ""
    try:
        return reason_text({"code": code, "args": dict(known)})
    except KeyError:
        return say("not available (code {code})", code=code) if code not in REASONS else _without_values(code)


def _without_values(code: str) -> str:
    """The sentence with an ellipsis where a value was not kept with the row."""

    class Unknown(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return "…"

    return say(REASONS[code]).format_map(Unknown())


def reasons_words(reasons: Iterable[Mapping[str, Any]]) -> str:
    """All stored reasons of a line, one sentence per line."""
    return "\n".join(reason_words(str(r["code"]), r.get("args") or {}) for r in reasons)


#: More days of cover than this are shown as so many: the figure behind them is a division by almost nothing.
MOST_DAYS = 99


def days_of_cover(days: float | None) -> Decimal | str | None:
    """Days of cover for a cell, to one decimal."""
    if days is None:
        return None
    return f">{MOST_DAYS}" if days > MOST_DAYS else Decimal(str(days)).quantize(Decimal("0.1"))
