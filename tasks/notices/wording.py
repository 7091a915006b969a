"""A notice in the reader's words: values shown, people masked, the place in front and the clause behind."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from schemas.plan import Plan
from schemas.text import N_
from schemas.units import yuan
from schemas.words import Process, Stage
from tasks.notices.masking import ROOMS, masked, without_phones
from tasks.notices.templates import TEMPLATES, Template, keys
from tasks.words import say

PLACES = ("community", "store", "supplier")
NAMED = 8
#: Lists that are told in full: an address that is cut off is a household that nobody asks.
WHOLE = frozenset({"rooms", "special_rooms", "ordinary_rooms", "orders", "my_orders"})
LONGEST = 160
DAY = N_("{month}/{day}")
AND_MORE = N_("{names} and others, {count} in all")
TITLE = N_("{title} ({day})")
PLACED = N_("{place}: {text}")
BY_CLAUSE = N_("{text} [clause {clause}]")
BY_DEFAULT = N_("{text} [default of the template]")
BY_LOCAL_RULE = N_("{text} [local rule]")
SEPARATOR, COMMA, STOP = N_("; "), N_(", "), N_("{text}.")

PROCESSES: dict[str, str] = {
    "publish_catalog": N_("Publish the list of goods"),
    "collect_needs": N_("Collect needs"),
    "review_intake": N_("Review unclear lines"),
    "allocate_orders": N_("Allocate goods"),
    "purchase_supplies": N_("Purchase"),
    "receive_goods": N_("Receive goods"),
    "deliver_orders": N_("Deliver orders"),
    "check_stock": N_("Check stock"),
    "submit_report": N_("Submit the report"),
    "watch_duties": N_("Watch duties"),
    "follow_people": N_("Follow people's health"),
    "review_zones": N_("Review zones"),
}
DECISIONS: dict[str, str] = {
    "approve": N_("approved"),
    "change": N_("changed and approved"),
    "reject": N_("rejected"),
}
CODES = {"process": PROCESSES, "decision": DECISIONS}


class NoWords(ValueError):
    """None of the stage's sentences fits the values given: a fault of the caller, found by its tests."""


def clause_of(plan: Plan, stage: Stage, process: str) -> str:
    """The clause that a stage's numbers follow: the stage's own ruling, else that of the process's step."""
    file = plan.file
    own = {
        Stage.LIFELINE_SHORT: file.allocation.tiers.clause,
        Stage.COVER_LOW: file.reserve.min_cover_days.clause,
        Stage.STOCK_OUT_SOON: file.reserve.stock_out_hours.clause,
        Stage.MEDICINE_LOW: file.reserve.medicine_days.clause,
        Stage.VISIT_WANTED: file.visits.answer_minutes.clause,
        Stage.MEDICINE_ORDER: file.medicines.order_days.clause,
        Stage.MEDICINE_UNCLEAR: file.medicines.unclear_by.clause,
        Stage.MEDICINE_WAITING: file.medicines.unclear_by.clause,
        Stage.APPROVAL_WANTED: file.purchase.approver_roles.clause,
        Stage.BATCH_HELD: file.receiving.inspector_roles.clause,
        Stage.REPORT_UNDELIVERED: file.report.due_at.clause,
    }
    step = plan.steps.get(Process(process)) if process in set(Process) else None
    return own.get(stage) or (step.clause if step else "")


def day_text(day: date) -> str:
    """`4月21日`."""
    return say(DAY, month=day.month, day=day.day)


def name_list(names: Sequence[str]) -> str:
    """The first names, and how many there are in all where that is more."""
    shown = say(COMMA).join(names[:NAMED])
    return shown if len(names) <= NAMED else say(AND_MORE, names=shown, count=len(names))


def notice_title(stage: Stage, day: date) -> str:
    """The stage and the business date; nothing of anybody, since a phone shows it on its locked screen."""
    return say(TITLE, title=say(TEMPLATES[stage].title), day=day_text(day))


def notice_body(plan: Plan, stage: Stage, values: Mapping[str, Any], rooms: bool = False) -> str:
    """One line of text.

    Args:
        values: see `templates`; `clause` is put behind.
        rooms: the reader is the carer who must go there: the household's room stays readable.

    Raises:
        NoWords: the values fit no sentence of the stage.
    """
    shown = {k: _shown(plan, k, v, rooms) for k, v in values.items() if v is not None and v != "" and v != []}
    said = _sentences(TEMPLATES[stage], shown)
    if not said:
        raise NoWords(f"{stage}: no sentence for values {sorted(shown)}")
    text = say(STOP, text=say(SEPARATOR).join(said))
    place = next((shown[p] for p in PLACES if p in shown), None)
    return _with_clause(say(PLACED, place=place, text=text) if place else text, str(values.get("clause", "")))


def _sentences(template: Template, shown: Mapping[str, str]) -> list[str]:
    fitting = [s for s in template.sentences if all(k in shown for k in keys(s))]
    telling = [s for s in fitting if keys(s)]
    if not telling and keys(template.sentences[0]):
        return []
    # Two ways to say the same (an amount in two sentences) are said once: the first that carries a value wins.
    said: list[str] = []
    told: set[str] = set()
    for sentence in fitting:
        if not keys(sentence) or set(keys(sentence)) - told:
            said.append(say(sentence, **{k: shown[k] for k in keys(sentence)}) if keys(sentence) else say(sentence))
            told |= set(keys(sentence))
    return said


def _with_clause(text: str, clause: str) -> str:
    if clause == "default":
        return say(BY_DEFAULT, text=text)
    if clause == "local":
        return say(BY_LOCAL_RULE, text=text)
    return say(BY_CLAUSE, text=text, clause=clause) if clause else text


def _shown(plan: Plan, key: str, value: object, rooms: bool) -> str:
    if isinstance(value, datetime | time):
        local = value.astimezone(plan.zone) if isinstance(value, datetime) else value
        return f"{local:%H:%M}"
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, int | float):
        return yuan(int(value)) if key.endswith("_fen") else f"{value:.1f}".removesuffix(".0")
    if isinstance(value, list | tuple | set | frozenset):
        return _listed(plan, key, value, rooms)
    return _words(plan, key, str(value), rooms)


def _listed(plan: Plan, key: str, values: Sequence[object] | set[object] | frozenset[object], rooms: bool) -> str:
    ordered = sorted(values, key=str) if isinstance(values, set | frozenset) else list(values)
    if key in ("stores", "communities", "households", "suppliers"):
        return str(len(ordered))  # these sentences count
    shown = [_shown(plan, key, one, rooms) for one in ordered]
    # Who must go there needs every room; to anybody else the first few are enough.
    return say(COMMA).join(shown) if key in WHOLE and (rooms or key not in ROOMS) else name_list(shown)


def _words(plan: Plan, key: str, value: str, rooms: bool) -> str:
    if key == "approver" and value in plan.officers:
        return plan.file.roles.get(plan.officers[value].role, value)
    if value in CODES.get(key, {}):
        return say(CODES[key][value])
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return day_text(date.fromisoformat(value))
    line = " ".join(value.split())[:LONGEST]
    return without_phones(line) if rooms and key in ROOMS else masked(key, line)
