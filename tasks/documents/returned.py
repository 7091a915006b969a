"""退回补正: the lines of a sender that cannot be used as they stand, each with its place and its reasons."""

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
from tasks.documents.workbook import Column, Sheet, Table, Value, workbook
from tasks.words import say

PLACES = {
    "file": N_("file {value}"),
    "sheet": N_("sheet {value}"),
    "row": N_("row {value}"),
    "line": N_("line {value}"),
    "column": N_("column {value}"),
    "start": N_("from character {value}"),
    "end": N_("to character {value}"),
    "chars": N_("characters {value}"),
    "number": N_("answer to number {value}"),
}


def returned_path(_plan: Plan, cycle: date, revision: int, sender: str) -> str:
    """Where the list for one sender is kept."""
    return place(cycle, say("Returned for correction"), sender, revision=revision)


def place_words(kept: Mapping[str, object]) -> str:
    """Where a line stood: `文件 a.xlsx,工作表 1,第 7 行`."""
    known = [
        say(PLACES[name], value=value) for name, value in kept.items() if name in PLACES and value not in (None, "")
    ]
    return say("; ").join(known)


def _lines(session: Session, plan: Plan, cycle: date) -> list[tuple[RejectedLine, Submission]]:
    query = (
        sa.select(RejectedLine, Submission)
        .join(Submission, col(Submission.submission_id) == col(RejectedLine.submission_id))
        .where(
            col(RejectedLine.plan_id) == plan.id, col(RejectedLine.cycle) == cycle, col(RejectedLine.state) == "waiting"
        )
        .order_by(col(Submission.sequence), col(RejectedLine.submission_id), col(RejectedLine.line_no))
    )
    return [(line, submission) for line, submission in session.execute(query)]


def _unreadable(session: Session, plan: Plan, cycle: date) -> list[Submission]:
    query = sa.select(Submission).where(
        col(Submission.plan_id) == plan.id,
        col(Submission.business_date) == cycle,
        col(Submission.state) == "unreadable",
    )
    return list(session.execute(query.order_by(col(Submission.sequence), col(Submission.submission_id))).scalars())


def senders(session: Session, plan: Plan, cycle: date) -> list[str]:
    """Who has lines or whole files to correct."""
    lines = {s.sender for _, s in _lines(session, plan, cycle)}
    return sorted(lines | {s.sender for s in _unreadable(session, plan, cycle)})


def returned_sheet(session: Session, plan: Plan, cycle: date, revision: int, sender: str) -> Made:
    """What one sender has to correct. The words stand as he sent them: they go back to nobody else.

    Raises:
        LookupError: everything of this sender could be used.
    """
    files = [s for s in _unreadable(session, plan, cycle) if s.sender == sender]
    lines = [(line, s) for line, s in _lines(session, plan, cycle) if s.sender == sender]
    if not files and not lines:
        raise LookupError(f"nothing to return {plan.id}/{cycle}/{sender}")
    body: list[list[Value]] = [[s.source_name, "", say("(the whole file)"), reasons_words(s.reasons)] for s in files]
    body += [[s.source_name, place_words(x.place), x.words, reasons_words(x.reasons)] for x, s in lines]
    title = say("Returned for correction: {sender}", sender=sender)
    above = subtitle(plan, day_words(cycle), revision, clause_of(plan, Process.COLLECT_NEEDS))
    table = Table(_columns(), [[n, *row] for n, row in enumerate(body, start=1)])
    sheet = Sheet(say("Returned for correction"), title, above, [table], _notes())
    path = returned_path(plan, cycle, revision, sender)
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
