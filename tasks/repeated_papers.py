"""A paper of arrivals that was booked on an earlier day and is handed in again: kept, marked, and not booked again."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.tables import Batch, Submission
from schemas.text import Text
from tasks.database import reading
from tasks.intake.take import Taken
from tasks.runs import Work, deciding


def without_booked(work: Work, taken: Taken) -> Taken:
    """Without papers whose very bytes were booked on an earlier day: each is marked as a duplicate of that one."""
    with reading() as session:
        first = {one.submission_id: _booked_before(session, one) for one in taken.submissions}
    repeated = [one for one in taken.submissions if first[one.submission_id] is not None]
    if any(one.state != "duplicate" for one in repeated):
        with deciding(work) as session:
            for one in repeated:
                reason = [Text("duplicate_of", {"name": first[one.submission_id]}).as_json()]
                change = sa.update(Submission).where(col(Submission.submission_id) == one.submission_id)
                session.execute(change.values(state="duplicate", reasons=reason))
    return replace(taken, submissions=tuple(one for one in taken.submissions if first[one.submission_id] is None))


def _booked_before(session: Session, one: Submission) -> str | None:
    """The name under which the same bytes came on an earlier day and became batches."""
    mark = sa.literal("%:") + sa.func.substr(col(Submission.submission_id), 1, 8) + sa.literal(":%")
    query = sa.select(col(Submission.source_name)).where(
        col(Submission.plan_id) == one.plan_id,
        col(Submission.kind) == one.kind,
        col(Submission.sha256) == one.sha256,
        col(Submission.business_date) < one.business_date,
        sa.exists().where(col(Batch.plan_id) == one.plan_id, col(Batch.batch_id).like(mark)),
    )
    return session.execute(query.order_by(col(Submission.business_date)).limit(1)).scalar()
