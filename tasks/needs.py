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
from rules.intake.answers import Desk
from rules.intake.entered import Entry, read_entry
from rules.intake.forms import read_forms
from rules.intake.identify import Directory, directory_of
from rules.intake.lines import Reading, Source, Vocabulary, vocabulary
from rules.needs import Judged, judge_needs, raw_lines, read_needs, reconcile
from schemas.tables import HouseholdRow, Need, NeedLine, RejectedLine, Submission
from schemas.text import Text
from schemas.words import Process, Stage
from tasks.aliases import plan_as_learnt
from tasks.artifacts import intake_artifact, leave
from tasks.database import insert, json_columns, reading, upsert
from tasks.documents.returned import returned_documents, returned_paths
from tasks.documents.store import save_all
from tasks.duties import answer
from tasks.handover import first_handed_at
from tasks.intake.entered import entry_in, is_entry
from tasks.intake.http_pages import stored_page
from tasks.intake.rejected import numbered, reviewers
from tasks.intake.take import Opened, Pasted, Taken, earlier_pages, mark_unreadable, opened, take_in
from tasks.notices.outbox import tell
from tasks.review import (
    CHANNEL,
    Given,
    answers_as_sources,
    given_answers,
    settle_answered,
    without_answered,
)
from tasks.runs import Outcome, Run, Work, decide, deciding
from tasks.step import step
from tasks.visits import see_to_medicine, see_to_silence
from tasks.withdrawn_goods import tell_withdrawn

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
    given: list[Given]
    entries: dict[str, Entry]
    closed: bool


@step("Take in and judge what the communities sent")
def take_needs(work: Work, pasted: Pasted) -> Understood:
    """Files of every day since the cycle before, and text pasted into the form: stored raw, then read line by line."""
    return _judge(work, take_in(work, KIND, cycle_days(work.run), pasted))


@step("Read the needs with what came since")
def collect(work: Work, pasted: Pasted) -> Outcome:
    """The whole collection as one step, for a run that is about something else."""
    return record_needs(work, take_needs(work, pasted))


def cycle_days(run: Run) -> list[date]:
    """The days whose submissions belong to the run's cycle: after the cycle before, up to its own."""
    cycle = run.business_date
    before = last_run_date(run.plan, Process.COLLECT_NEEDS, cycle - timedelta(days=1))
    return [before + timedelta(days=n) for n in range(1, (cycle - before).days + 1)]


def _judge(work: Work, taken: Taken) -> Understood:
    """Every line accepted or rejected with its reasons, then the latest word of each household on each item."""
    run, plan = work.run, plan_as_learnt(work.run)
    found = opened(work, taken)
    directory, words = directory_of(plan), vocabulary(plan)
    closed, given = first_handed_at(run), given_answers(found)
    readable = [one for one in found if one.held.reason is None and one.submission.channel != CHANNEL]
    said = [_source(one, directory, words) for one in readable if one.submission.channel != "http"]
    said += _forms(run, readable, directory, words)
    sources = [_closed(pair, closed, run.business_date) for pair in said]
    lines = raw_lines(_answered(sources, given, Desk(plan, directory, words)))
    judged = judge_needs(lines, plan, _provisional_homes(run), directory)
    latest_first = sorted((s for s, _ in sources), key=lambda s: s.received_at, reverse=True)
    sent = {s.community_id: s.received_at for s in latest_first if s.community_id}
    silent = sorted(set(plan.communities) - set(sent))
    unreadable = [one for one in found if one.held.reason is not None]
    waiting = (*taken.still_growing, *taken.unreadable_now)
    entries = {o.submission.submission_id: entry_in(o.submission) for o in found if is_entry(o.submission)}
    cut_off = run.now >= moment(plan, run.business_date, plan.file.needs.cutoff.value)
    lines = reconcile(judged.accepted)
    return Understood(judged, lines, unreadable, sent, silent, waiting, given, entries, cut_off)


def _answered(
    sources: Sequence[tuple[Source, Reading]], given: Sequence[Given], at: Desk
) -> list[tuple[Source, Reading]]:
    """The sources with a reviewer's answers in place of the lines that they answer."""
    known = {source.submission_id: source for source, _ in sources}
    left = [(source, without_answered(source.submission_id, read, given)) for source, read in sources]
    return left + answers_as_sources(given, known, at)


def _source(one: Opened, directory: Directory, words: Vocabulary) -> tuple[Source, Reading]:
    row = one.submission
    community_id = directory.community(row.sender)
    names = [directory.plan.communities[community_id].name] if community_id else []
    if is_entry(row):
        got = read_entry(entry_in(row), words, names)
    else:
        got = read_needs(words, one.held.text, one.held.sheets or (), names)
    return Source(row.submission_id, community_id, row.channel, row.received_at, row.sequence), got


def _closed(pair: tuple[Source, Reading], closed: datetime | None, cycle: date) -> tuple[Source, Reading]:
    """What came after the goods were on their way: nothing is changed any more, and nothing of it is dropped either."""
    source, got = pair
    if closed is None or source.received_at <= closed:
        return pair
    late = Text("cycle_delivered", {"cycle": cycle.isoformat()})
    return source, Reading([replace(line, faults=(*line.faults, late)) for line in got.said], got.aside)


def _forms(
    run: Run, readable: Sequence[Opened], directory: Directory, words: Vocabulary
) -> list[tuple[Source, Reading]]:
    """Forms are read together, beside those that the cycles before have taken."""
    pages = [page for one in readable if (page := stored_page(run.plan, one.submission))]
    if not pages:
        return []
    earlier = [page for one in earlier_pages(run, KIND, cycle_days(run)[0]) if (page := stored_page(run.plan, one))]
    return read_forms(pages, earlier, directory, words)


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
        "answered": [(g.submission_id, g.line_no, g.words, g.by) for g in found.given],
    }
    outcome = decide(work, result, lambda session, revision: _write(session, work.run, revision, found))
    if not outcome.fresh:
        _after_the_cutoff(work, outcome, found)
    _documents(work.run, outcome, found)
    return outcome


def _after_the_cutoff(work: Work, outcome: Outcome, found: Understood) -> None:
    """Nothing new has come in since an earlier run, and yet who is silent may be silent only now.

    The summary stays that of the revision: a run that was killed here and one that was not say the same.
    """
    with deciding(work) as session:
        see_to_silence(session, work.run, set(outcome.summary.get("zero", ())), found.closed)


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
    rows = json_columns(rejected, "place", "reasons")
    upsert(session, RejectedLine, numbered(session, run.plan_id, run.business_date, rows))
    settle_answered(session, found.given)
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
    tell_withdrawn(session, run)
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
    paths = returned_paths(session, plan, KIND, run.business_date, revision)
    for sender, count in _returned(session, run, found).items():
        community_id = directory_of(plan).community(sender)
        # Of nobody known: only those who look after what is unclear may read whose lines these are.
        contact = [plan.communities[community_id].contact] if community_id else reviewers(plan)
        values, about = {"count": count, "sender": sender}, paths.get(sender, [])
        tell(session, run, Stage.LINES_RETURNED, sender, revision, values, about, to=contact)
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
        made = returned_documents(session, run.plan, KIND, cycle, outcome.revision)
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
