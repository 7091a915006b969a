"""What producers, carriers and carers declare: taken in raw, judged, kept or sent back (B-04, B-08, B-09)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from rules.declarations import (
    Declaration,
    Judged,
    carrier_named,
    judge_supply,
    judge_vehicles,
)
from rules.duties import owed_on
from rules.intake.identify import Directory, directory_of
from rules.intake.lines import vocabulary
from rules.medicine_intake import judge_medicines
from schemas.plan import Plan
from schemas.tables import MedicineReport, Submission, SupplyDeclaration, VehicleDeclaration
from tasks.database import insert, reading, upsert
from tasks.documents.returned import clause_of_kind, path_of_submission, returned_sheet, senders
from tasks.documents.returned_file import returned_files, returned_tables
from tasks.documents.store import all_saved, save_all
from tasks.duties import answer
from tasks.intake.give_back import REVISION, give_back
from tasks.intake.take import Opened, mark_unreadable, opened, take_in
from tasks.runs import Run, Work, deciding

SUPPLY, VEHICLES, MEDICINES = "supply", "vehicles", "medicines"
#: A declaration is for a week, so a week's folders are looked into: one that comes on Thursday is not lost.
WEEK = 7


@dataclass(frozen=True)
class _Kind:
    """How one kind of declaration is judged and kept."""

    name: str
    judge: Callable[[Sequence[Declaration], Directory], Judged]
    table: type[SQLModel]


def _supply(lists: Sequence[Declaration], directory: Directory) -> Judged:
    return judge_supply(lists, directory, vocabulary(directory.plan))


def _vehicles(lists: Sequence[Declaration], directory: Directory) -> Judged:
    return judge_vehicles(lists, directory.plan)


KINDS = (
    _Kind(SUPPLY, _supply, SupplyDeclaration),
    _Kind(VEHICLES, _vehicles, VehicleDeclaration),
    _Kind(MEDICINES, judge_medicines, MedicineReport),
)


def take_declarations(work: Work) -> dict[str, int]:
    """Every declaration of the last week, kept under its own key: taken again it changes nothing.

    No step of its own: it is taken in several times a day, and a day has few to spend.
    """
    run = work.run
    days = [run.business_date - timedelta(days=ago) for ago in reversed(range(WEEK))]
    found = {kind.name: opened(work, take_in(work, kind.name, days)) for kind in KINDS}
    if not any(found.values()):
        return {}
    directory = directory_of(run.plan)
    with deciding(work) as session:
        for kind in KINDS:
            _keep(session, run, directory, kind, found[kind.name])
    for kind in KINDS:
        for on in sorted({one.submission.business_date for one in found[kind.name]}):
            _documents(replace(run, business_date=on), kind)
    return {name: len(sent) for name, sent in found.items() if sent}


def _documents(run: Run, kind: _Kind) -> None:
    """What goes back of a day: each table as its sender's own file, and a list for what is no table.

    A sender's list grows with what he sends. His own file is made once, since its rows are judged once.
    """
    plan, key = run.plan, (kind.name, run.business_date)
    with reading() as session:
        made = [returned_sheet(session, plan, *key, REVISION, sender) for sender in senders(session, plan, *key)]
        files = [path_of_submission(plan, key[1], REVISION, s, False) for s in returned_tables(session, plan, *key)]
        if not all_saved(run, REVISION, files):
            made += returned_files(session, plan, *key, REVISION)
    if made:
        save_all(run, REVISION, made)


def _keep(session: Session, run: Run, directory: Directory, kind: _Kind, sent: Sequence[Opened]) -> None:
    lists = [_declaration(one.submission, one) for one in sent if one.held.reason is None]
    judged = kind.judge(lists, directory)
    unreadable = [one for one in sent if one.held.reason is not None]
    mark_unreadable(session, unreadable)
    _write(session, run.plan, kind, judged.accepted)
    submissions = {one.submission.submission_id: one.submission for one in sent}
    named = (kind.name, clause_of_kind(run.plan, kind.name))
    give_back(session, run, named, judged.returned, unreadable, submissions, own_file=True)
    _answer(session, run.plan, kind, judged.accepted, submissions)


def _declaration(row: Submission, one: Opened) -> Declaration:
    return Declaration(row.submission_id, row.sequence, row.received_at, row.business_date, row.sender, one.held.sheets)


def _write(session: Session, plan: Plan, kind: _Kind, accepted: pl.DataFrame) -> None:
    rows = accepted.with_columns(plan_id=pl.lit(plan.id))
    if kind.name != MEDICINES:
        insert(session, kind.table, rows)
        return
    # Two counts of one morning: the later word holds, in one transaction with the others.
    named = rows.rename({"received_at": "reported_at"}).sort("reported_at", "sequence", "line_no")
    key = ["household_id", "medicine", "as_of"]
    upsert(session, kind.table, named.unique(subset=key, keep="last", maintain_order=True).drop("line_no", "sequence"))


def _answer(
    session: Session, plan: Plan, kind: _Kind, accepted: pl.DataFrame, submissions: Mapping[str, Submission]
) -> None:
    """A declaration with a line that holds answers the weekly duty of its sender."""
    for submission_id in sorted(set(accepted["submission_id"].to_list())):
        row = submissions[submission_id]
        store_id, carrier_id = directory_of(plan).store(row.sender), carrier_named(plan, row.sender)
        subject = f"store:{store_id}" if store_id else f"carrier:{carrier_id}"
        days = {owed_on(d, row.business_date) for d in plan.file.duty if d.fulfilled_by == kind.name}
        for day in sorted(days):
            answer(session, plan.id, kind.name, {subject: row.received_at}, day, f"submission {submission_id}")
