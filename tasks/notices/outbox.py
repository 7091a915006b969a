"""Notices queued in the transaction of the decision that they tell of: decided and told, or neither."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from rules.digests import Timetable, next_slot
from schemas.plan import Plan
from schemas.tables import Notice
from schemas.text import N_
from schemas.words import Stage
from tasks.database import insert
from tasks.documents.made import kept_at
from tasks.notices.wording import clause_of, notice_body, notice_title
from tasks.runs import Run
from tasks.settings import settings
from tasks.words import say

LINK = N_("Document: {link}")


class NoSuchOfficer(ValueError):
    """Somebody who is not in officers.csv was to be told; nobody is dropped silently."""


def timetable(plan: Plan) -> Timetable:
    """The plan's digest hours."""
    return Timetable(tuple(plan.file.notices.digest_at.value), plan.zone)


def tell(  # noqa: PLR0913 - what a notice is about: every argument is a part of its key, its text or its readers
    session: Session,
    run: Run,
    stage: Stage,
    subject: str,
    revision: int,
    values: Mapping[str, Any],
    attachments: Sequence[str] = (),
    serves: str | None = None,
    to: Sequence[str] | None = None,
    by: datetime | None = None,
) -> int:
    """Queue one notice per officer; one that is queued already stays as it is. Returns how many are new.

    Args:
        subject: what it is about (a community, a store, `all`); with stage, date, revision and officer it is the key.
        values: what its sentences say, see `templates`; with `carer` (an officer's id), that officer and nobody else
            reads the household's room.
        attachments: paths of documents below the folder of documents (`<plan>/…`).
        serves: only officers who are not limited to another place.
        to: these officers instead of the stage's roles.
        by: of no use later than this: sent at once where the next digest would be too late.

    Raises:
        NoWords: the values fit no sentence of the stage.
        NoSuchOfficer: `to` names somebody who is not in the plan.
    """
    plan = run.plan
    digest_at = next_slot(run.now, timetable(plan))
    urgent = stage in plan.file.notices.at_once.value or (by is not None and digest_at > by)
    files = [kept_at(path, run.dry_run) for path in attachments]
    common = {
        "plan_id": plan.id,
        "stage": stage.value,
        "business_date": run.business_date,
        "urgency": "now" if urgent else "digest",
        "title": notice_title(stage, run.business_date),
        "attachments": files,
        "dry_run": run.dry_run or settings().dry_run,
        "created_at": run.now,
        "due_at": run.now if urgent else digest_at,
    }
    values = {"clause": clause_of(plan, stage, run.process), **values}
    links = [say(LINK, link=settings().link(path)) for path in files]
    key = f"{plan.id}:{stage}:{run.business_date}:{subject}:{revision}"
    bodies = {mine: "\n".join([notice_body(plan, stage, values, rooms=mine), *links]) for mine in (True, False)}
    rows = [
        {**common, "notice_id": f"{key}:{o}", "officer_id": o, "body": bodies[o == values.get("carer")]}
        for o in _readers(plan, stage, serves, to)
    ]
    return insert(session, Notice, rows)


def _readers(plan: Plan, stage: Stage, serves: str | None, to: Sequence[str] | None) -> list[str]:
    if to is None:
        return [o.officer_id for o in plan.officers_in(plan.file.notices.to.value.get(stage, []), serves)]
    unknown = [o for o in to if o not in plan.officers]
    if unknown:
        raise NoSuchOfficer(f"{stage}: {', '.join(unknown)} not in officers.csv of {plan.id}")
    return list(dict.fromkeys(to))
