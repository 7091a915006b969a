"""Needs that an officer enters for a household: stored raw first, read by the next collection like all the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from rules.calendar import cycle_of, filed_on
from rules.claims import claimed
from rules.intake.entered import Entry, entry_of, read_entry
from rules.intake.identify import directory_of
from rules.intake.lines import Source
from rules.needs import judge_needs, raw_lines
from schemas.plan import Plan
from schemas.tables import Submission
from schemas.text import N_
from schemas.words import Process
from tasks.catalog_lists import words_of
from tasks.database import reading
from tasks.documents.labels import reasons_words
from tasks.intake.submissions import store_text
from tasks.ledger import open_stock
from tasks.plans import sync_plan
from tasks.words import say

KIND = "needs"
#: Begins the source's name of an entry.
MARK = "entered:"
OF_STRANGERS = ("inbox", "http")
NO_HOUSEHOLD = N_("There is no household {household} in plan {plan}.")
NO_OFFICER = N_("{by} is no officer of this plan, or the name of several: give the officer id.")
NO_PLACE = N_("Say for whom: the household's number, or the community that the text is from.")
NO_WORDS = N_("Say what is needed, or that nothing is.")


class NotEntered(ValueError):
    """An entry that cannot be taken; its text is for the one who made it."""


@dataclass(frozen=True)
class Assisted:
    """What somebody fills in: words, and by and for whom. `place`: a community's name, where no household is named."""

    text: str
    by: str
    household: str = ""
    place: str = ""
    payer: str = ""
    carer: str = ""
    channel: str = "visit"


def officer_named(plan: Plan, words: str) -> str:
    """The officer's id behind a name or id.

    Raises:
        NotEntered: nobody, or several.
    """
    officer_id = claimed(words, plan.officers.values())
    if officer_id is None:
        raise NotEntered(say(NO_OFFICER, by=words))
    return officer_id


def household_named(plan: Plan, words: str) -> str:
    """The id of a household on the register.

    Raises:
        NotEntered: there is none.
    """
    if words.strip() not in plan.households:
        raise NotEntered(say(NO_HOUSEHOLD, household=words, plan=plan.id))
    return words.strip()


def _payer(plan: Plan, words: str) -> str:
    """An officer who pays is known by the id; anybody else by the words."""
    return claimed(words, plan.officers.values()) or " ".join(words.split())


def checked_entry(plan: Plan, given: Assisted, now: datetime) -> tuple[Entry, str]:
    """(the entry, the community that it counts for).

    Raises:
        NotEntered: something in it names nobody, or it says nothing.
    """
    by = officer_named(plan, given.by)
    household = household_named(plan, given.household) if given.household.strip() else ""
    home = plan.households[household] if household else None
    community_id = home.community_id if home else directory_of(plan).community(given.place)
    if community_id is None:
        raise NotEntered(say(NO_PLACE))
    if not given.text.strip():
        raise NotEntered(say(NO_WORDS))
    carer = officer_named(plan, given.carer) if given.carer.strip() else (home.carer if home else None)
    at = now.astimezone(plan.zone).isoformat()
    entry = Entry(by, at, given.text.strip(), household, _payer(plan, given.payer), carer or "")
    return entry, community_id


def store_entry(
    session: Session, plan: Plan, given: Assisted, now: datetime, on: date | None = None
) -> tuple[Submission, Entry]:
    """Store an entry raw; the very same one is stored once. `on`: the day it is filed under, by default the open one.

    Raises:
        NotEntered: see `checked_entry`.
    """
    entry, community_id = checked_entry(plan, given, now)
    if sync_plan(session, plan, now):
        open_stock(session, plan)
    name = plan.communities[community_id].name
    day = on or filed_on(plan, now)
    text = entry.as_json()
    return store_text(session, plan.id, KIND, day, now, text, name, given.channel, f"{MARK}{name}.json"), entry


def is_entry(row: Submission) -> bool:
    """Whether a submission is an entry of an officer; what strangers send in never is, whatever its name."""
    return row.source_name.startswith(MARK) and row.channel not in OF_STRANGERS


def entry_in(row: Submission) -> Entry:
    """The entry that a submission holds."""
    return entry_of((row.body or b"").decode())


def understood(plan: Plan, row: Submission) -> list[dict[str, Any]]:
    """What the next collection will make of an entry, line by line, in the reader's words: told at once."""
    directory = directory_of(plan)
    with reading() as session:
        words = words_of(session, plan, cycle_of(plan, Process.COLLECT_NEEDS, row.business_date))
    found = read_entry(entry_in(row), words, [row.sender])
    source = Source(row.submission_id, directory.community(row.sender), row.channel, row.received_at, row.sequence)
    judged = judge_needs(raw_lines([(source, found)]), plan, (), directory)
    good = [
        {"words": x["words"], "taken": True, "item": _item(plan, x["item_id"]), "qty_base": x["qty_base"]}
        for x in judged.accepted.iter_rows(named=True)
    ]
    good += [{"words": x["words"], "taken": True} for x in judged.zero.iter_rows(named=True)]
    return good + [_refused(x) for x in judged.rejected.iter_rows(named=True)]


def _item(plan: Plan, item_id: str | None) -> str | None:
    return plan.items[item_id].name if item_id else None


def _refused(line: dict[str, Any]) -> dict[str, Any]:
    reasons: Sequence[Any] = orjson.loads(line["reasons"])
    return {"words": line["words"], "taken": False, "reasons": reasons_words(reasons)}
