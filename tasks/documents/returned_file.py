"""退回补正 for tables: every file with something to correct goes back as the sender's own, one document per submission.

Its first sheet lists what must be corrected, cell by cell, its last what was taken from it; both bear the mark by which
they are passed over when the file is sent again (rules/intake/headings.py).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import PurePosixPath
from typing import Any

import openpyxl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.intake.faults_at import cells_at_fault, columns_at
from rules.intake.headings import ATTACHED_MARK
from rules.intake.lines import vocabulary
from rules.intake.quantities import fold
from rules.intake.table import letter
from schemas.plan import Plan
from schemas.tables import NeedLine, RejectedLine, Submission
from schemas.text import N_
from schemas.units import sale_quantity
from tasks.documents.labels import reasons_words, word
from tasks.documents.made import Made, place
from tasks.documents.own_file import marked
from tasks.documents.workbook import Column, Sheet, Table, Value, saved, sheet_name, write_sheet
from tasks.intake.readers import Read, is_table, read
from tasks.words import say

STATES = {"accepted": N_("accepted"), "superseded": N_("superseded"), "withdrawn": N_("withdrawn")}


def returned_file_path(_plan: Plan, on: date, revision: int, sender: str, source_name: str, submission_id: str) -> str:
    """Where one sender's own file is kept; the same name may come twice a day, with other bytes."""
    name = PurePosixPath(source_name).name.replace(".", "-")
    return place(on, say("Returned for correction"), sender, f"{name}-{submission_id[:6]}", revision=revision)


def _waiting(session: Session, plan: Plan, kind: str, on: date) -> dict[str, tuple[Submission, list[RejectedLine]]]:
    query = (
        sa.select(RejectedLine, Submission)
        .join(Submission, col(Submission.submission_id) == col(RejectedLine.submission_id))
        .where(col(RejectedLine.plan_id) == plan.id, col(RejectedLine.cycle) == on)
        .where(col(RejectedLine.state) == "waiting", col(Submission.kind) == kind)
        .order_by(col(Submission.sequence), col(RejectedLine.submission_id), col(RejectedLine.line_no))
    )
    found: dict[str, tuple[Submission, list[RejectedLine]]] = {}
    for line, submission in session.execute(query):
        if is_table(submission.source_name):
            found.setdefault(submission.submission_id, (submission, []))[1].append(line)
    return found


def returned_tables(session: Session, plan: Plan, kind: str, on: date) -> list[Submission]:
    """The tables of a kind that have rows to correct."""
    return [submission for submission, _ in _waiting(session, plan, kind, on).values()]


def returned_files(session: Session, plan: Plan, kind: str, on: date, revision: int) -> list[Made]:
    """One document for every table of the kind that has rows to correct."""
    return [_file(session, plan, revision, on, *found) for found in _waiting(session, plan, kind, on).values()]


def _file(
    session: Session, plan: Plan, revision: int, on: date, sent: Submission, lines: Sequence[RejectedLine]
) -> Made:
    body = sent.body or b""
    # Its rows were read once, so whatever limit holds today it is read again.
    held = read(body, sent.source_name, len(body) // 1024**2 + 1)
    ending = PurePosixPath(sent.source_name).suffix.lower()
    found = _at_fault(plan, sent.kind, held, lines)
    book = marked(body, ending, held.sheets or (), _marks(held, lines, found))
    used = {page.title.casefold() for page in book.worksheets}
    _attach(book, 0, _to_correct(sent.sender, lines, found), used)
    taken = _taken(session, plan, sent)
    if taken:
        _attach(book, len(book.sheetnames), _taken_sheet(sent.sender, taken), used)
    # A workbook without properties would be dated by the clock, and every run would make another file of it.
    book.properties.created = book.properties.modified = datetime.combine(on, time())
    book.active = 0
    for page in book.worksheets[1:]:
        page.sheet_view.tabSelected = False
    title = say("Returned for correction: {sender}", sender=sent.sender)
    path = returned_file_path(plan, on, revision, sent.sender, sent.source_name, sent.submission_id)
    return Made(path, f"{title} {PurePosixPath(sent.source_name).name}", on, saved(book))


Found = list[tuple[str, Mapping[str, Any]]]


def _at_fault(plan: Plan, kind: str, held: Read, lines: Sequence[RejectedLine]) -> list[Found]:
    """For each line the cells that it was refused for, with the reason."""
    words = vocabulary(plan)
    sheets = {page.name: (columns_at(page, kind, words), page.rows) for page in held.sheets or ()}
    found = []
    for line in lines:
        columns, rows = sheets.get(str(line.place.get("sheet")), ({}, {}))
        number = line.place.get("row")
        here = rows.get(number, {}) if isinstance(number, int) else {}
        texts = {f"{letter(column)}{number}": fold(cell.text).strip() for column, cell in here.items()}
        found.append(list(cells_at_fault(line.place, line.reasons, columns, texts)))
    return found


def _marks(held: Read, lines: Sequence[RejectedLine], found: Sequence[Found]) -> dict[str, dict[str, str]]:
    """Sheet -> cell -> all reasons against it."""
    reasons: dict[str, dict[str, list[Any]]] = {sheet.name: {} for sheet in held.sheets or ()}
    for line, cells in zip(lines, found, strict=True):
        for at, reason in cells if line.place.get("sheet") in reasons else ():
            known = reasons[str(line.place["sheet"])].setdefault(at, [])
            if reason not in known:
                known.append(reason)
    return {name: {at: reasons_words(each) for at, each in cells.items()} for name, cells in reasons.items()}


def _attach(book: openpyxl.Workbook, at: int, sheet: Sheet, used: set[str]) -> None:
    write_sheet(book.create_sheet(sheet_name(sheet.name, used), at), sheet)


def _headline(text: str) -> str:
    return f"〔{ATTACHED_MARK}〕{text}"


def _to_correct(sender: str, lines: Sequence[RejectedLine], found: Sequence[Found]) -> Sheet:
    columns = [
        Column(say("No."), "centre", 6.5),
        Column(say("Sheet"), width=14),
        Column(say("Cell"), "centre", 9),
        Column(say("Words as sent"), width=36),
        Column(say("Why it cannot be used"), width=52),
    ]
    rows: list[list[Value]] = [
        [n, str(x.place.get("sheet", "")), _cells(cells, x), x.words, reasons_words(x.reasons)]
        for n, (x, cells) in enumerate(zip(lines, found, strict=True), start=1)
    ]
    above = [
        say("Correct the red cells in the sheets behind, and send the whole file again before the goods are packed.")
    ]
    title = _headline(say("To be corrected: {sender}", sender=sender))
    return Sheet(say("To be corrected"), title, above, [Table(columns, rows)], [say("This sheet is not read.")])


def _cells(found: Found, line: RejectedLine) -> str:
    """The names of the cells to correct; where a line is about none of them, that of the line itself."""
    return "\n".join(dict.fromkeys(at for at, _ in found)) or str(line.place.get("cell", ""))


def _taken(session: Session, plan: Plan, sent: Submission) -> list[list[Value]]:
    query = sa.select(NeedLine).where(col(NeedLine.submission_id) == sent.submission_id, ~col(NeedLine.returned))
    rows: list[list[Value]] = []
    for line in session.execute(query.order_by(col(NeedLine.line_no))).scalars():
        item = plan.items.get(line.item_id or "")
        amount = f"{sale_quantity(line.qty_base, item.unit_base)}{item.unit}" if item and line.qty_base else ""
        who, name = str(line.place.get("who", "")), item.name if item else say("everything")
        rows.append([str(line.place.get("cell", "")), who, name, amount, word(STATES, line.state)])
    return rows


def _taken_sheet(sender: str, rows: list[list[Value]]) -> Sheet:
    columns = [
        Column(say("Cell"), "centre", 9),
        Column(say("Whose"), width=26),
        Column(say("Item"), width=20),
        Column(say("Quantity"), "centre", 12),
        Column(say("State"), "centre", 12),
    ]
    title = _headline(say("Taken: {sender}", sender=sender))
    above = [say("These rows were read as they stand here; they need not be sent again.")]
    return Sheet(say("Taken"), title, above, [Table(columns, rows)], [say("This sheet is not read.")])
