"""What goes back of a cycle's needs, lines and questions: told to their senders, with the papers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.intake.identify import directory_of
from schemas.tables import Submission
from schemas.words import Stage
from tasks.artifacts import intake_artifact, leave
from tasks.database import reading
from tasks.documents.returned import returned_documents, returned_paths
from tasks.documents.store import save_all
from tasks.intake.needs import KIND, Understood
from tasks.intake.rejected import Asked, reviewers
from tasks.notices.outbox import tell
from tasks.runs import Outcome, Run


def asked_rows(found: Understood) -> list[Asked]:
    """Every line that goes back, then every question about what a post lacks."""
    lines = found.held.rejected.iter_rows(named=True)
    questions = (row | {"line_no": 0} for row in found.held.questions.iter_rows(named=True))
    return [_asked(row, found.names) for row in (*lines, *questions)]


def _asked(row: Mapping[str, Any], names: Mapping[str, str]) -> Asked:
    place, reasons = orjson.loads(row["place"]), orjson.loads(row["reasons"])
    if "stood_in" in place:
        place["stood_in"] = names[place["stood_in"]]
    key = (row["submission_id"], row["line_no"], row.get("about", ""))
    return Asked(*key, row["community_id"], row["words"], place, reasons)


def first_asked(found: Understood) -> list[dict[str, Any]]:
    """Lines that go back, and ask nothing that an earlier post has asked."""
    rows = found.held.rejected.iter_rows(named=True)
    return [row for row in rows if (row["submission_id"], row["line_no"]) not in found.held.repeats]


def still_asked(found: Understood) -> list[Asked]:
    """Those that nobody has answered, and of those that ask the same the first."""
    answered = {given.key for given in found.given}
    return [a for a in asked_rows(found) if a.key not in answered and (a.about or a.at not in found.held.repeats)]


def tell_senders(session: Session, run: Run, revision: int, found: Understood) -> None:
    """A notice for each sender with something to correct or to answer, and one for each place with new households."""
    plan = run.plan
    paths = returned_paths(session, plan, KIND, run.business_date, revision)
    directory = directory_of(plan)
    for sender, count in _counts(session, run, found).items():
        community_id = directory.community(sender)
        # Of nobody known: only those who look after what is unclear may read whose lines these are.
        contact = [plan.communities[community_id].contact] if community_id else reviewers(plan)
        values, about = {"count": count, "sender": sender}, paths.get(sender, [])
        tell(session, run, Stage.LINES_RETURNED, sender, revision, values, about, to=contact)
    for (community_id,), homes in found.judged.provisional.group_by(["community_id"], maintain_order=True):
        values = {"community": plan.communities[str(community_id)].name, "count": homes.height}
        contact = [plan.communities[str(community_id)].contact]
        tell(session, run, Stage.HOUSEHOLD_UNKNOWN, str(community_id), revision, values, to=contact)


def _senders(session: Session, run: Run) -> dict[str, str]:
    query = sa.select(col(Submission.submission_id), col(Submission.sender)).where(
        col(Submission.plan_id) == run.plan_id
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _counts(session: Session, run: Run, found: Understood) -> dict[str, int]:
    """How many lines, questions or whole files go back to each sender."""
    ids = [asked.submission_id for asked in still_asked(found)]
    ids += [one.submission.submission_id for one in found.unreadable]
    who = _senders(session, run)
    return dict(sorted(Counter(who[submission_id] for submission_id in ids).items()))


def write_returned(run: Run, outcome: Outcome, found: Understood) -> None:
    """The papers that go back, and what the UI shows of them."""
    with reading() as session:
        made = returned_documents(session, run.plan, KIND, run.business_date, outcome.revision)
        who = _senders(session, run)
    paths = save_all(run, outcome.revision, made)
    leave(run, "needs", intake_artifact(run, outcome, _shown(still_asked(found), who), paths))


def _shown(asked: Sequence[Asked], who: Mapping[str, str]) -> Sequence[dict[str, Any]]:
    return [{"sender": who[a.submission_id], "place": a.place, "reasons": a.reasons} for a in asked]
