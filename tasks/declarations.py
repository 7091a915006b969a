"""What producers, carriers and carers declare: taken in raw, judged, kept or sent back (B-04, B-08, B-09)."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from rules.declarations import (
    Declaration,
    Judged,
    carrier_named,
    holding,
    judge_supply,
    judge_vehicles,
)
from rules.duties import owed_on
from rules.intake.checking import build
from rules.intake.identify import Directory, directory_of
from rules.intake.lines import vocabulary
from rules.medicine_intake import judge_medicines
from schemas.frames.base import Frame
from schemas.frames.people import SupplyLine, VehicleLine
from schemas.plan import Plan
from schemas.tables import MedicineReport, RejectedLine, Submission, SupplyDeclaration, VehicleDeclaration
from schemas.words import Stage
from tasks.artifacts import masked_reasons
from tasks.database import frame, insert, json_columns, reading, upsert
from tasks.documents.returned import clause_of_kind, path_of_submission, returned_sheet, senders
from tasks.documents.returned_file import returned_files, returned_tables
from tasks.documents.store import all_saved, save_all
from tasks.duties import answer
from tasks.intake.rejected import numbered, reviewers
from tasks.intake.take import Opened, mark_unreadable, opened, take_in
from tasks.notices.outbox import tell
from tasks.runs import Run, Work, deciding
from tasks.step import step
from tasks.words import say

SUPPLY, VEHICLES, MEDICINES = "supply", "vehicles", "medicines"
#: A declaration is for a week, so a week's folders are looked into: one that comes on Thursday is not lost.
WEEK = 7
#: A declaration is judged once, under its own key, so that what goes back of it is never another version.
REVISION = 1
#: So many reasons stand in the notice; all of them are kept with the lines.
TOLD = 2


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


@step("Take in what producers, carriers and carers declare")
def take_declarations(work: Work) -> dict[str, int]:
    """Every declaration of the last week, kept under its own key: taken again it changes nothing."""
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
    _return(session, run, kind, judged.returned, unreadable, submissions)
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


def _return(
    session: Session,
    run: Run,
    kind: _Kind,
    returned: pl.DataFrame,
    unreadable: Sequence[Opened],
    submissions: Mapping[str, Submission],
) -> None:
    """Keep what cannot be used, and tell its sender which file, how many lines, and why."""
    rows = json_columns(returned.with_columns(plan_id=pl.lit(run.plan_id)), "place", "reasons")
    by_date: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        on = submissions[row["submission_id"]].business_date
        by_date[on].append(row | {"cycle": on})
    for on, mine in by_date.items():
        insert(session, RejectedLine, numbered(session, run.plan_id, on, mine))
    reasons: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    whole = {one.submission.submission_id for one in unreadable}
    for row in rows:
        reasons[row["submission_id"]] += row["reasons"]
        counts[row["submission_id"]] += 1
    for one in unreadable:
        reasons[one.submission.submission_id] += [one.held.reason.as_json()] if one.held.reason else []
        counts[one.submission.submission_id] += 1
    for submission_id, count in sorted(counts.items()):
        sent = submissions[submission_id]
        told = list(dict.fromkeys(masked_reasons([reason]) for reason in reasons[submission_id]))
        values = {"count": count, "file": sent.source_name, "reason": say("; ").join(told[:TOLD])}
        values["clause"] = clause_of_kind(run.plan, kind.name)
        then, subject = replace(run, business_date=sent.business_date), f"{kind.name}:{submission_id}"
        about = [path_of_submission(run.plan, sent.business_date, REVISION, sent, submission_id in whole)]
        to = _contact(run.plan, sent.sender)
        tell(session, then, Stage.LINES_RETURNED, subject, REVISION, values, about, to=to)


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


def declared_supply(session: Session, run: Run) -> pl.DataFrame:
    """`SupplyLine`: what producers have declared for the run's day, as far as it was known at its moment."""
    return holding(_known(session, run, SupplyDeclaration, SupplyLine), run.business_date, ("store_id", "item_id"))


def ready_vehicles(session: Session, run: Run) -> pl.DataFrame:
    """`VehicleLine`: vehicles that are ready on the run's day, their drivers' health code green."""
    holds = holding(_known(session, run, VehicleDeclaration, VehicleLine), run.business_date, ("carrier_id", "plate"))
    return holds.filter("health_ok")


def _known(session: Session, run: Run, table: type[SQLModel], model: type[Frame]) -> pl.DataFrame:
    schema = {name: column.dtype.type for name, column in model.to_schema().columns.items()}
    columns = table.__table__.columns  # type: ignore[attr-defined]  # SQLModel does not declare what SQLAlchemy adds
    query = sa.select(*(columns[name] for name in schema)).where(
        columns.plan_id == run.plan_id, columns.received_at <= run.now
    )
    return build(model, frame(session, query, schema).to_dict(as_series=False))
