"""Needs of a cycle: read, judged, reconciled, written as one revision; what is unclear goes back to who sent it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import last_run_date, moment
from rules.intake.entered import Entry, read_entry
from rules.intake.identify import Directory
from rules.intake.lines import Reading, Source, vocabulary
from rules.needs import Judged, judge_needs, raw_lines, read_needs, reconcile
from schemas.tables import Handover, HouseholdRow, Need, NeedLine, RejectedLine, Submission
from schemas.text import Text
from schemas.words import Process, Stage
from tasks.artifacts import intake_artifact, leave
from tasks.database import insert, json_columns, reading, upsert
from tasks.documents.returned import returned_sheet, senders
from tasks.documents.store import path_of, save_all
from tasks.duties import answer
from tasks.intake.entered import entry_in, is_entry
from tasks.intake.take import Opened, Pasted, Taken, mark_unreadable, opened, take_in
from tasks.notices.outbox import tell
from tasks.runs import Outcome, Run, Work, decide, deciding
from tasks.step import step
from tasks.visits import see_to_medicine, see_to_silence

KIND = "needs"


@dataclass(frozen=True)
class Understood:
    """A cycle's submissions, understood. `lines` carry their state; `silent` are communities that sent nothing.

    `entries` are those that officers wrote down, by submission; `closed`: the cut-off of the cycle is past, so that who
    has not been heard by now was silent.
    """

    judged: Judged
    lines: pl.DataFrame
    unreadable: list[Opened]
    sent: dict[str, datetime]
    silent: list[str]
    waiting: tuple[str, ...]
    entries: dict[str, Entry]
    closed: bool


@step("Take in what the communities sent")
def take_needs(work: Work, pasted: Pasted) -> Taken:
    """Files of every day since the cycle before, and text pasted into the form; stored raw."""
    return take_in(work, KIND, cycle_days(work.run), pasted)


def cycle_days(run: Run) -> list[date]:
    """The days whose submissions belong to the run's cycle: after the cycle before, up to its own."""
    cycle = run.business_date
    before = last_run_date(run.plan, Process.COLLECT_NEEDS, cycle - timedelta(days=1))
    return [before + timedelta(days=n) for n in range(1, (cycle - before).days + 1)]


@step("Read and judge every line")
def judge_lines(work: Work, taken: Taken) -> Understood:
    """Every line accepted or rejected with its reasons, then the latest word of each household on each item."""
    run, plan = work.run, work.run.plan
    found = opened(work, taken)
    directory, words = Directory(plan), vocabulary(plan)
    closed = _handed_out_at(run)
    sources = [_source(one, directory, words, closed) for one in found if one.held.reason is None]
    judged = judge_needs(raw_lines(sources), plan, _provisional_homes(run), directory)
    sent = {s.community_id: s.received_at for s, _ in reversed(sources) if s.community_id}
    silent = sorted(set(plan.communities) - set(sent))
    unreadable = [one for one in found if one.held.reason is not None]
    waiting = (*taken.still_growing, *taken.unreadable_now)
    entries = {o.submission.submission_id: entry_in(o.submission) for o in found if is_entry(o.submission)}
    cut_off = run.now >= moment(plan, run.business_date, plan.file.needs.cutoff.value)
    return Understood(judged, reconcile(judged.accepted), unreadable, sent, silent, waiting, entries, cut_off)


def _source(one: Opened, directory: Directory, words: Any, closed: datetime | None) -> tuple[Source, Reading]:
    row = one.submission
    community_id = directory.community(row.sender)
    names = [directory.plan.communities[community_id].name] if community_id else []
    if is_entry(row):
        got = read_entry(entry_in(row), words, names)
    else:
        got = read_needs(words, one.held.text, one.held.sheets or (), names)
    if closed is not None and row.received_at > closed:
        # Its goods are on their way: nothing is changed any more, and nothing of it is dropped either.
        late = Text("cycle_delivered", {"cycle": row.business_date.isoformat()})
        got = Reading([replace(line, faults=(*line.faults, late)) for line in got.said], got.aside)
    return Source(row.submission_id, community_id, row.channel, row.received_at, row.sequence), got


def _handed_out_at(run: Run) -> datetime | None:
    """When the first goods of the cycle went out; None while nothing has."""
    query = sa.select(sa.func.min(Handover.handed_at)).where(
        col(Handover.plan_id) == run.plan_id, col(Handover.cycle) == run.business_date
    )
    with reading() as session:
        return session.execute(query).scalar()


def _provisional_homes(run: Run) -> list[str]:
    query = sa.select(col(HouseholdRow.household_id)).where(
        col(HouseholdRow.plan_id) == run.plan_id, col(HouseholdRow.provisional)
    )
    with reading() as session:
        return list(session.execute(query).scalars())


@step("Write the needs of the cycle")
def record_needs(work: Work, found: Understood) -> Outcome:
    """One transaction: lines with their provenance, what goes back, needs, duties, notices. Then the documents."""
    result = {
        "lines": found.lines.drop("received_at"),
        "rejected": found.judged.rejected,
        "zero": found.judged.zero,
        "unreadable": sorted(one.submission.submission_id for one in found.unreadable),
    }
    outcome = decide(work, result, lambda session, revision: _write(session, work.run, revision, found))
    if not outcome.fresh:
        outcome = _after_the_cutoff(work, outcome, found)
    _documents(work.run, outcome, found)
    return outcome


def _after_the_cutoff(work: Work, outcome: Outcome, found: Understood) -> Outcome:
    """Nothing new has come in since an earlier run, and yet who is silent may be silent only now."""
    with deciding(work) as session:
        told = see_to_silence(session, work.run, set(outcome.summary.get("zero", ())), found.closed)
    return replace(outcome, summary=outcome.summary | told) if any(told.values()) else outcome


def _write(session: Session, run: Run, revision: int, found: Understood) -> Mapping[str, Any]:
    key = {"plan_id": run.plan_id, "cycle": run.business_date}
    marks = [pl.lit(value).alias(name) for name, value in key.items()]
    mark_unreadable(session, found.unreadable)
    _provisional(session, run, found.judged.provisional)
    columns = ["submission_id", "line_no", "household_id", "item_id", "qty_base", "words", "place", "state"]
    lines = json_columns(found.lines.select(columns).with_columns(*marks), "place")
    upsert(session, NeedLine, [line | _entered(found, line["submission_id"]) for line in lines])
    returned = ["submission_id", "line_no", "words", "place", "reasons"]
    rejected = found.judged.rejected.select(returned).with_columns(*marks)
    upsert(session, RejectedLine, json_columns(rejected, "place", "reasons"))
    _settle(session, run)
    holds = found.lines.filter(pl.col("state") == "accepted")
    needs = holds.select("household_id", "item_id", "qty_base", "submission_id", "line_no")
    insert(session, Need, needs.with_columns(*marks, pl.lit(revision).alias("revision")))
    zero = {f"community:{c}" for c in found.judged.zero["community_id"].to_list()}
    sent = {f"community:{c}": at for c, at in found.sent.items()}
    answer(session, run.plan_id, KIND, sent, run.business_date, f"revision {revision}", zero)
    summary = _summary(found)
    none_said = set(summary["zero"])
    summary |= see_to_silence(session, run, none_said, found.closed)
    summary["medicine_lines"] = see_to_medicine(session, run, list(found.judged.rejected.iter_rows(named=True)))
    _notices(session, run, revision, found, summary)
    return summary


def _entered(found: Understood, submission_id: str) -> dict[str, str]:
    """Who wrote a line down for its household, who pays, who brings it (A-09)."""
    entry = found.entries.get(submission_id)
    if entry is None:
        return {"entered_by": "", "payer": "", "carer": ""}
    return {"entered_by": entry.entered_by, "payer": entry.payer, "carer": entry.carer}


def _settle(session: Session, run: Run) -> None:
    """A line that was returned and is understood now (the plan has learnt its words) waits for nobody any more."""
    understood = sa.exists().where(
        col(NeedLine.submission_id) == col(RejectedLine.submission_id),
        col(NeedLine.line_no) == col(RejectedLine.line_no),
    )
    mine = (col(RejectedLine.plan_id) == run.plan_id, col(RejectedLine.cycle) == run.business_date)
    change = sa.update(RejectedLine).where(*mine, understood).values(state="settled")
    session.execute(change.execution_options(synchronize_session=False))


def _provisional(session: Session, run: Run, homes: pl.DataFrame) -> None:
    """Households on no register: served from now on, and a notice asks somebody to verify them."""
    insert(
        session, HouseholdRow, homes.drop("submission_id").with_columns(plan_id=pl.lit(run.plan_id), provisional=True)
    )


def _summary(found: Understood) -> dict[str, Any]:
    states = found.lines["state"].value_counts()
    counts = {row["state"]: row["count"] for row in states.iter_rows(named=True)}
    rejected = found.judged.rejected.height
    return {
        "received": found.lines.height + rejected,
        "accepted": counts.get("accepted", 0),
        "rejected": rejected,
        "superseded": counts.get("superseded", 0),
        "withdrawn": counts.get("withdrawn", 0),
        "provisional": found.judged.provisional.height,
        "households": found.lines.filter(pl.col("state") == "accepted")["household_id"].n_unique(),
        "unreadable": len(found.unreadable),
        "silent": found.silent,
        "zero": sorted(found.judged.zero["community_id"].unique().to_list()),
        "waiting": list(found.waiting),
    }


def _notices(session: Session, run: Run, revision: int, found: Understood, summary: Mapping[str, Any]) -> None:
    plan = run.plan
    silent = [plan.communities[c].name for c in found.silent]
    tell(session, run, Stage.NEEDS_COLLECTED, "all", revision, {**summary, "silent": silent})
    for sender, count in _returned(session, run, found).items():
        community_id = Directory(plan).community(sender)
        contact = [plan.communities[community_id].contact] if community_id else None
        path = path_of("returned", plan, run.business_date, revision, sender)
        tell(session, run, Stage.LINES_RETURNED, sender, revision, {"count": count}, [path], to=contact)
    for (community_id,), homes in found.judged.provisional.group_by(["community_id"], maintain_order=True):
        values = {"community": plan.communities[str(community_id)].name, "count": homes.height}
        contact = [plan.communities[str(community_id)].contact]
        tell(session, run, Stage.HOUSEHOLD_UNKNOWN, str(community_id), revision, values, to=contact)


def _returned(session: Session, run: Run, found: Understood) -> dict[str, int]:
    """How many lines or whole files go back to each sender."""
    query = sa.select(col(Submission.submission_id), col(Submission.sender)).where(
        col(Submission.plan_id) == run.plan_id
    )
    who = {row[0]: row[1] for row in session.execute(query)}
    ids = found.judged.rejected["submission_id"].to_list() + [o.submission.submission_id for o in found.unreadable]
    counts: dict[str, int] = {}
    for submission_id in ids:
        counts[who[submission_id]] = counts.get(who[submission_id], 0) + 1
    return dict(sorted(counts.items()))


def _documents(run: Run, outcome: Outcome, found: Understood) -> None:
    cycle = run.business_date
    with reading() as session:
        made = [
            returned_sheet(session, run.plan, cycle, outcome.revision, s) for s in senders(session, run.plan, cycle)
        ]
        query = sa.select(col(Submission.submission_id), col(Submission.sender)).where(
            col(Submission.plan_id) == run.plan_id
        )
        who = {row[0]: row[1] for row in session.execute(query)}
    paths = save_all(run, outcome.revision, made)
    leave(run, "needs", intake_artifact(run, outcome, _shown(found.judged.rejected, who), paths))


def _shown(rejected: pl.DataFrame, who: Mapping[str, str]) -> Sequence[dict[str, Any]]:
    return [
        {"sender": who[row["submission_id"]], "place": json.loads(row["place"]), "reasons": json.loads(row["reasons"])}
        for row in rejected.iter_rows(named=True)
    ]
