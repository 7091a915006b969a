"""Lines of declarations and confirmations that cannot be used: kept with their reasons, and their sender told why."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from rules.declarations import carrier_named
from rules.intake.identify import directory_of
from schemas.plan import Plan
from schemas.tables import RejectedLine, Submission
from schemas.words import Stage
from tasks.artifacts import masked_reasons
from tasks.database import insert, json_columns
from tasks.documents.returned import path_of_submission
from tasks.intake.rejected import numbered, reviewers
from tasks.intake.take import Opened
from tasks.notices.outbox import tell
from tasks.runs import Run
from tasks.words import say

#: So many reasons stand in the notice; all of them are kept with the lines.
TOLD = 2
#: What is judged once, under its own key, never goes back as another version.
REVISION = 1


def give_back(
    session: Session,
    run: Run,
    kind: tuple[str, str],
    returned: pl.DataFrame,
    unreadable: Sequence[Opened],
    submissions: Mapping[str, Submission],
    own_file: bool = False,
) -> None:
    """Every line and file once, under the day it was filed for.

    Args:
        kind: of the lists, and the clause that they follow.
        own_file: whether the sender's own file, its bad cells marked, is made by the caller; the notice then names it.
    """
    rows = json_columns(returned.with_columns(plan_id=pl.lit(run.plan_id)), "place", "reasons")
    by_date: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        on = submissions[row["submission_id"]].business_date
        by_date[on].append(row | {"cycle": on})
    for on, mine in by_date.items():
        insert(session, RejectedLine, numbered(session, run.plan_id, on, mine))
    reasons: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        reasons[row["submission_id"]] += row["reasons"]
        counts[row["submission_id"]] += 1
    for one in unreadable:
        reasons[one.submission.submission_id] += [one.held.reason.as_json()] if one.held.reason else []
        counts[one.submission.submission_id] += 1
    whole = {one.submission.submission_id for one in unreadable}
    for submission_id, count in sorted(counts.items()):
        sent = submissions[submission_id]
        paths = [path_of_submission(run.plan, sent.business_date, REVISION, sent, submission_id in whole)]
        told = (sent, count, reasons[submission_id])
        _tell(session, run, kind, told, paths if own_file else [])


def _tell(
    session: Session,
    run: Run,
    kind: tuple[str, str],
    told: tuple[Submission, int, Sequence[Mapping[str, Any]]],
    paths: Sequence[str],
) -> None:
    sent, count, reasons = told
    words = list(dict.fromkeys(masked_reasons([reason]) for reason in reasons))
    values = {"count": count, "file": sent.source_name, "reason": say("; ").join(words[:TOLD]), "clause": kind[1]}
    then, about = replace(run, business_date=sent.business_date), f"{kind[0]}:{sent.submission_id}"
    to = _contact(run.plan, sent.sender)
    tell(session, then, Stage.LINES_RETURNED, about, REVISION, values, list(paths), to=to)


def _contact(plan: Plan, sender: str) -> list[str]:
    """The sender's person; what comes from nobody known goes to those who look after what is unclear."""
    directory = directory_of(plan)
    store_id, community_id = directory.store(sender), directory.community(sender)
    carrier_id = carrier_named(plan, sender)
    if store_id:
        return [plan.stores[store_id].contact]
    if community_id:
        return [plan.communities[community_id].contact]
    return [plan.carriers[carrier_id].contact] if carrier_id else reviewers(plan)
