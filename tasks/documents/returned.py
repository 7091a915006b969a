"""退回补正: the lines of a sender that cannot be used as they stand, each with its place and its reasons.

What stood in a table goes back as the sender's own file (returned_file.py); chains and files that nobody could read are
listed here.
"""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import RejectedLine, Submission
from schemas.text import N_
from schemas.words import Process
from tasks.documents.labels import clause_of, day_words, reasons_words, subtitle
from tasks.documents.made import Made, place
from tasks.documents.returned_file import returned_file_path, returned_files, returned_tables
from tasks.documents.workbook import Column, Sheet, Table, Value, workbook
from tasks.intake.readers import is_table
from tasks.words import say

#: The step that reads a kind; what else is declared follows the clause of its weekly duty.
STEPS = {
    "needs": Process.COLLECT_NEEDS,
    "stock": Process.CHECK_STOCK,
    "catalog": Process.PUBLISH_CATALOG,
    "arrivals": Process.RECEIVE_GOODS,
}
#: A sender may send lists of several kinds on a day: what goes back of one must not lie where that of another does.
KINDS = {
    "needs": N_("needs"),
    "stock": N_("stock"),
    "catalog": N_("goods on sale"),
    "arrivals": N_("arrivals"),
    "supply": N_("supply"),
    "vehicles": N_("vehicles"),
    "medicines": N_("medicines"),
}
PLACES = {
    "file": N_("file {value}"),
    "sheet": N_("sheet {value}"),
    "instance": N_("form {value}"),
    "entry": N_("entry {value}"),
    "row": N_("row {value}"),
    "line": N_("line {value}"),
    "column": N_("column {value}"),
    "start": N_("from character {value}"),
    "end": N_("to character {value}"),
    "chars": N_("characters {value}"),
    "number": N_("answer to number {value}"),
    "added_to": N_("added to “{value}”"),
    "stood_in": N_("before in {value}"),
}


def returned_path(_plan: Plan, kind: str, cycle: date, revision: int, sender: str) -> str:
    """Where the list for one sender is kept."""
    return place(cycle, say("Returned for correction"), say(KINDS[kind]), sender, revision=revision)


def path_of_submission(plan: Plan, on: date, revision: int, sent: Submission, whole: bool) -> str:
    """Where what goes back of one submission will be; `whole`: nobody could read any of it."""
    if is_table(sent.source_name) and not whole:
        path = returned_file_path(plan, on, revision, sent.sender, sent.source_name, sent.submission_id)
    else:
        path = returned_path(plan, sent.kind, on, revision, sent.sender)
    return f"{plan.id}/{path}"


def clause_of_kind(plan: Plan, kind: str) -> str:
    """The clause that the answer to a list follows; a weekly declaration's is that of its duty, or of the medicines."""
    if kind in STEPS:
        return clause_of(plan, STEPS[kind])
    own = [duty.clause for duty in plan.file.duty if duty.fulfilled_by == kind]
    return own[0] if own else plan.file.medicines.order_days.clause


def place_words(kept: Mapping[str, object]) -> str:
    """Where a line stood: `文件 a.xlsx,工作表 1,第 7 行`."""
    known = [
        say(PLACES[name], value=value) for name, value in kept.items() if name in PLACES and value not in (None, "")
    ]
    return say("; ").join(known)


def _lines(session: Session, plan: Plan, kind: str, cycle: date) -> list[tuple[RejectedLine, Submission]]:
    """Lines of chains and of what else is no table, and questions about posts; of those that ask the same the first."""
    query = (
        sa.select(RejectedLine, Submission)
        .join(Submission, col(Submission.submission_id) == col(RejectedLine.submission_id))
        .where(
            col(RejectedLine.plan_id) == plan.id, col(RejectedLine.cycle) == cycle, col(RejectedLine.state) == "waiting"
        )
        .where(col(RejectedLine.same_as).is_(None))
        .where(col(Submission.kind) == kind)
        .order_by(col(Submission.sequence), col(RejectedLine.submission_id), col(RejectedLine.line_no))
    )
    return [(line, submission) for line, submission in session.execute(query) if not is_table(submission.source_name)]


def _unreadable(session: Session, plan: Plan, kind: str, cycle: date) -> list[Submission]:
    query = sa.select(Submission).where(
        col(Submission.plan_id) == plan.id,
        col(Submission.kind) == kind,
        col(Submission.business_date) == cycle,
        col(Submission.state) == "unreadable",
    )
    return list(session.execute(query.order_by(col(Submission.sequence), col(Submission.submission_id))).scalars())


def senders(session: Session, plan: Plan, kind: str, cycle: date) -> list[str]:
    """Who has lines of a chain, or whole files, to correct."""
    lines = {s.sender for _, s in _lines(session, plan, kind, cycle)}
    return sorted(lines | {s.sender for s in _unreadable(session, plan, kind, cycle)})


def returned_documents(session: Session, plan: Plan, kind: str, on: date, revision: int) -> list[Made]:
    """All that goes back of a kind and date: a list per sender, and every table as its sender's own file."""
    lists = [returned_sheet(session, plan, kind, on, revision, s) for s in senders(session, plan, kind, on)]
    return lists + returned_files(session, plan, kind, on, revision)


def returned_paths(session: Session, plan: Plan, kind: str, on: date, revision: int) -> dict[str, list[str]]:
    """Sender -> where what goes back to him will be, as `returned_documents` names it."""
    found = {s: [returned_path(plan, kind, on, revision, s)] for s in senders(session, plan, kind, on)}
    for sent in returned_tables(session, plan, kind, on):
        path = returned_file_path(plan, on, revision, sent.sender, sent.source_name, sent.submission_id)
        found.setdefault(sent.sender, []).append(path)
    return {sender: [f"{plan.id}/{path}" for path in paths] for sender, paths in found.items()}


def returned_sheet(session: Session, plan: Plan, kind: str, cycle: date, revision: int, sender: str) -> Made:
    """What one sender has to correct. The words stand as he sent them: they go back to nobody else.

    Raises:
        LookupError: everything of this sender could be used.
    """
    files = [s for s in _unreadable(session, plan, kind, cycle) if s.sender == sender]
    lines = [(line, s) for line, s in _lines(session, plan, kind, cycle) if s.sender == sender]
    if not files and not lines:
        raise LookupError(f"nothing to return {plan.id}/{cycle}/{sender}")
    body: list[list[Value]] = [[s.source_name, "", say("(the whole file)"), reasons_words(s.reasons)] for s in files]
    body += [[s.source_name, place_words(x.place), x.words, reasons_words(x.reasons)] for x, s in lines]
    title = say("Returned for correction: {sender}", sender=sender)
    above = subtitle(plan, day_words(cycle), revision, clause_of_kind(plan, kind))
    table = Table(_columns(), [[n, *row] for n, row in enumerate(body, start=1)])
    sheet = Sheet(say("Returned for correction"), title, above, [table], _notes())
    path = returned_path(plan, kind, cycle, revision, sender)
    return Made(path, f"{title} {cycle.isoformat()}", cycle, workbook([sheet], cycle))


def _columns() -> list[Column]:
    return [
        Column(say("No."), "centre", 6.5),
        Column(say("File"), width=24),
        Column(say("Place"), width=20),
        Column(say("Words as sent"), width=36),
        Column(say("Why it cannot be used"), width=46),
    ]


def _notes() -> list[str]:
    return [
        say(
            "Nothing is lost: these lines wait for a decision. Send them again, corrected, before the goods are packed."
        )
    ]
