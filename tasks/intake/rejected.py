"""Lines that cannot be used, and questions about posts: the number that people call each by, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.intake.identify import Household, directory_of
from rules.intake.repeats import At
from schemas.plan import Plan
from schemas.tables import HouseholdRow, RejectedLine, Submission
from tasks.database import upsert

#: Submission, line, and what a question is about; the last is empty for a line.
Key = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A line that goes back, or a question about what a post lacks (then with `about`, and line 0)."""

    submission_id: str
    line_no: int
    about: str
    community_id: str | None
    words: str
    place: Mapping[str, Any]
    reasons: Sequence[Mapping[str, Any]]

    @property
    def key(self) -> Key:
        """By what it is known from run to run."""
        return self.submission_id, self.line_no, self.about

    @property
    def at(self) -> At:
        """The line that it is."""
        return self.submission_id, self.line_no


def numbered(session: Session, plan_id: str, cycle: date, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rejected rows of a cycle with their numbers: kept once given, new ones after the last."""
    keys = [(row["submission_id"], row["line_no"], row.get("about", "")) for row in rows]
    numbers = _numbers(session, plan_id, cycle, keys)
    return [{**row, "number": numbers[key]} for row, key in zip(rows, keys, strict=True)]


def _numbers(session: Session, plan_id: str, cycle: date, keys: Sequence[Key]) -> dict[Key, int]:
    """The numbers of all that is on record for a cycle, and of `keys`."""
    row = RejectedLine
    query = sa.select(col(row.submission_id), col(row.line_no), col(row.about), col(row.number)).where(
        col(row.plan_id) == plan_id, col(row.cycle) == cycle
    )
    known = {(found[0], found[1], found[2]): found[3] for found in session.execute(query)}
    last = max(known.values(), default=0)
    for key in keys:
        if key not in known:
            last += 1
            known[key] = last
    return known


def write_asked(session: Session, plan_id: str, cycle: date, asked: Sequence[Asked], repeats: Mapping[At, At]) -> None:
    """Bring the cycle's needs that wait up to what is asked now; what is asked no more waits for nobody.

    A line that the plan understands since it has learnt its words is asked no more, and so is a household that has
    spoken; the row stays.

    Args:
        repeats: a line that asks what an earlier one asks -> that one; the desk shows the first only.
    """
    numbers = _numbers(session, plan_id, cycle, [one.key for one in asked])
    common = {"plan_id": plan_id, "cycle": cycle}
    rows = [
        {
            **common,
            "submission_id": one.submission_id,
            "line_no": one.line_no,
            "about": one.about,
            "number": numbers[one.key],
            "same_as": numbers[*repeats[one.at], ""] if not one.about and one.at in repeats else None,
            "words": one.words,
            "place": dict(one.place),
            "reasons": list(one.reasons),
        }
        for one in asked
    ]
    upsert(session, RejectedLine, rows)
    mine = (col(RejectedLine.plan_id) == plan_id, col(RejectedLine.cycle) == cycle)
    needs = sa.select(col(Submission.submission_id)).where(col(Submission.kind) == "needs")
    of_needs = col(RejectedLine.submission_id).in_(needs)
    waiting = sa.select(col(RejectedLine.number)).where(*mine, of_needs, col(RejectedLine.state) == "waiting")
    over = set(session.execute(waiting).scalars()) - {row["number"] for row in rows}
    if over:
        done = sa.update(RejectedLine).where(*mine, col(RejectedLine.number).in_(over)).values(state="settled")
        session.execute(done.execution_options(synchronize_session=False))


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
