"""Lines that cannot be used: the number that people call each by, and who looks after those of nobody known."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.intake.identify import Household, directory_of
from schemas.plan import Plan
from schemas.tables import HouseholdRow, RejectedLine, Submission


def numbered(session: Session, plan_id: str, cycle: date, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rejected rows of a cycle with their numbers: kept once given, new ones after the last."""
    query = sa.select(col(RejectedLine.submission_id), col(RejectedLine.line_no), col(RejectedLine.number)).where(
        col(RejectedLine.plan_id) == plan_id, col(RejectedLine.cycle) == cycle
    )
    known = {(row[0], row[1]): row[2] for row in session.execute(query)}
    last = max(known.values(), default=0)
    listed = []
    for row in rows:
        key = (row["submission_id"], row["line_no"])
        if key not in known:
            last += 1
            known[key] = last
        listed.append({**row, "number": known[key]})
    return listed


def reviewers(plan: Plan) -> list[str]:
    """Officers who answer what is unclear, by id."""
    return [o.officer_id for o in plan.officers_in(plan.file.needs.reviewer_roles.value)]


def rejected_of(session: Session, plan: Plan, home: HouseholdRow) -> list[tuple[RejectedLine, Submission]]:
    """Lines that could not be used and say that they are of this household, in the order in which they came."""
    query = (
        sa.select(RejectedLine, Submission)
        .join(Submission, col(Submission.submission_id) == col(RejectedLine.submission_id))
        .where(col(RejectedLine.plan_id) == plan.id, col(Submission.kind) == "needs")
        .order_by(col(RejectedLine.cycle), col(RejectedLine.number))
    )
    directory = directory_of(plan)
    return [
        (line, sent)
        for line, sent in session.execute(query)
        if directory.community(sent.sender) == home.community_id
        and _is(directory.household(home.community_id, str(line.place.get("who", "")), ""), home)
    ]


def _is(found: object, home: HouseholdRow) -> bool:
    return isinstance(found, Household) and found.household_id == home.household_id
