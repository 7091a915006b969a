"""Needs of a cycle written as one revision: lines with their provenance, what must be asked, needs, duties, notices."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.tables import HouseholdRow, Need, NeedLine
from schemas.words import Stage
from tasks.database import insert, json_columns, upsert
from tasks.duties import answer
from tasks.intake.needs import KIND, Understood, take_needs
from tasks.intake.rejected import write_asked
from tasks.intake.take import Pasted, mark_unreadable
from tasks.needs_returned import asked_rows, first_asked, tell_senders, write_returned
from tasks.notices.outbox import tell
from tasks.review import settle_answered
from tasks.runs import Outcome, Run, Work, decide, deciding
from tasks.step import step
from tasks.visits import see_to_medicine, see_to_silence
from tasks.withdrawn_goods import tell_withdrawn

LINE = ["submission_id", "line_no", "household_id", "item_id", "qty_base", "words", "place", "state"]


@step("Read the needs with what came since")
def collect(work: Work, pasted: Pasted) -> Outcome:
    """The whole collection as one step, for a run that is about something else."""
    return record_needs(work, take_needs(work, pasted))


@step("Write the needs of the cycle")
def record_needs(work: Work, found: Understood) -> Outcome:
    """One transaction: lines with their provenance, what goes back, needs, duties, notices. Then the documents."""
    result = {
        "lines": found.held.lines.select(LINE),
        "asked": asked_rows(found),
        "zero": found.judged.zero,
        "unreadable": sorted(one.submission.submission_id for one in found.unreadable),
        "answered": [(*g.key, g.words, g.by) for g in found.given],
    }
    outcome = decide(work, result, lambda session, revision: _write(session, work.run, revision, found))
    if not outcome.fresh:
        _after_the_cutoff(work, outcome, found)
    write_returned(work.run, outcome, found)
    return outcome


def _after_the_cutoff(work: Work, outcome: Outcome, found: Understood) -> None:
    """Nothing new has come in since an earlier run, and yet who is silent may be silent only now.

    The summary stays that of the revision: a run that was killed here and one that was not say the same.
    """
    with deciding(work) as session:
        see_to_silence(session, work.run, set(outcome.summary.get("zero", ())), found.closed)


def _write(session: Session, run: Run, revision: int, found: Understood) -> Mapping[str, Any]:
    mark_unreadable(session, found.unreadable)
    insert(
        session,
        HouseholdRow,
        # On no register: served from now on, and a notice asks somebody to verify them.
        found.judged.provisional.drop("submission_id").with_columns(plan_id=pl.lit(run.plan_id), provisional=True),
    )
    _lines(session, run, found)
    write_asked(session, run.plan_id, run.business_date, asked_rows(found), found.held.repeats)
    settle_answered(session, run, found.given)
    _needs(session, run, revision, found)
    _duties(session, run, revision, found)
    summary = _summary(found)
    summary |= see_to_silence(session, run, set(summary["zero"]), found.closed)
    summary["medicine_lines"] = see_to_medicine(session, run, first_asked(found))
    plan = run.plan
    silent = [plan.communities[c].name for c in found.silent]
    tell(session, run, Stage.NEEDS_COLLECTED, "all", revision, {**summary, "silent": silent})
    tell_senders(session, run, revision, found)
    tell_withdrawn(session, run)
    return summary


def _lines(session: Session, run: Run, found: Understood) -> None:
    """Lines that are understood; one that was before and is not any more is marked, since older needs refer to it."""
    key = {"plan_id": run.plan_id, "cycle": run.business_date}
    lines = json_columns(found.held.lines.select(LINE), "place")
    upsert(session, NeedLine, [line | key | _entered(found, line["submission_id"]) for line in lines])
    mine = sa.select(col(NeedLine.submission_id), col(NeedLine.line_no)).where(
        col(NeedLine.plan_id) == run.plan_id, col(NeedLine.cycle) == run.business_date, ~col(NeedLine.returned)
    )
    there = {(line["submission_id"], line["line_no"]) for line in lines}
    for submission_id, line_no in {(row[0], row[1]) for row in session.execute(mine)} - there:
        gone = (col(NeedLine.submission_id) == submission_id, col(NeedLine.line_no) == line_no)
        # A withdrawal's row has no quantity, and so no other state.
        state = sa.case((col(NeedLine.qty_base) > 0, "superseded"), else_=col(NeedLine.state))
        session.execute(sa.update(NeedLine).where(*gone).values(returned=True, state=state))


def _entered(found: Understood, submission_id: str) -> dict[str, str]:
    """Who wrote a line down for its household, who pays, who brings it (A-09)."""
    entry = found.entries.get(submission_id)
    if entry is None:
        return {"entered_by": "", "payer": "", "carer": ""}
    return {"entered_by": entry.entered_by, "payer": entry.payer, "carer": entry.carer}


def _needs(session: Session, run: Run, revision: int, found: Understood) -> None:
    holds = found.held.lines.filter(pl.col("state") == "accepted")
    needs = holds.select("household_id", "item_id", "qty_base", "submission_id", "line_no")
    marks = {"plan_id": run.plan_id, "cycle": run.business_date, "revision": revision}
    insert(session, Need, needs.with_columns(*(pl.lit(value).alias(name) for name, value in marks.items())))


def _duties(session: Session, run: Run, revision: int, found: Understood) -> None:
    zero = {f"community:{c}" for c in found.judged.zero["community_id"].to_list()}
    sent = {f"community:{c}": at for c, at in found.sent.items()}
    answer(session, run.plan_id, KIND, sent, run.business_date, f"revision {revision}", zero)


def _summary(found: Understood) -> dict[str, Any]:
    states = found.held.lines["state"].value_counts()
    counts = {row["state"]: row["count"] for row in states.iter_rows(named=True)}
    rejected = found.held.rejected.height
    return {
        "received": found.held.lines.height + rejected,
        "accepted": counts.get("accepted", 0),
        "rejected": rejected,
        "superseded": counts.get("superseded", 0),
        "withdrawn": counts.get("withdrawn", 0),
        "questions": found.held.questions.height,
        "provisional": found.judged.provisional.height,
        "households": found.held.lines.filter(pl.col("state") == "accepted")["household_id"].n_unique(),
        "unreadable": len(found.unreadable),
        "silent": found.silent,
        "zero": sorted(found.judged.zero["community_id"].unique().to_list()),
        "waiting": list(found.waiting),
    }
