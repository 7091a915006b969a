"""What the communities sent for a cycle, read and judged: every line, every answer, what holds, what must be asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from rules.calendar import last_run_date, moment
from rules.intake.answers import Desk
from rules.intake.entered import Entry, read_entry
from rules.intake.forms import read_forms
from rules.intake.identify import Directory
from rules.intake.lines import Reading, Source, Vocabulary
from rules.needs import Judged, judge_needs, raw_lines, raw_rows, read_needs
from rules.reconcile import Reconciled, reconcile
from schemas.tables import HouseholdRow
from schemas.text import Text
from schemas.words import Process
from tasks.database import reading
from tasks.handover import first_handed_at
from tasks.intake.entered import entry_in, is_entry
from tasks.intake.http_pages import stored_page
from tasks.intake.take import Opened, Pasted, Taken, earlier_pages, opened, take_in
from tasks.review import CHANNEL, Given, answered_lines, answers_as_sources, desk_of, given_answers, without_answered
from tasks.runs import Run, Work
from tasks.step import step

KIND = "needs"
Read = tuple[Source, Reading]


@dataclass(frozen=True)
class Understood:
    """A cycle's submissions, understood. `silent` are communities that sent nothing.

    `names`: of all that was sent, by submission; `entries` are those that officers wrote down, by submission; `closed`:
    the cut-off of the cycle is past, so that who has not been heard by now was silent.
    """

    judged: Judged
    held: Reconciled
    unreadable: list[Opened]
    sent: dict[str, datetime]
    silent: list[str]
    waiting: tuple[str, ...]
    given: list[Given]
    names: dict[str, str]
    entries: dict[str, Entry]
    closed: bool


@step("Take in and judge what the communities sent")
def take_needs(work: Work, pasted: Pasted) -> Understood:
    """Files of every day since the cycle before, and text pasted into the form: stored raw, then read line by line."""
    return _judge(work, take_in(work, KIND, cycle_days(work.run), pasted))


def cycle_days(run: Run) -> list[date]:
    """The days whose submissions belong to the run's cycle: after the cycle before, up to its own."""
    cycle = run.business_date
    before = last_run_date(run.plan, Process.COLLECT_NEEDS, cycle - timedelta(days=1))
    return [before + timedelta(days=n) for n in range(1, (cycle - before).days + 1)]


def _judge(work: Work, taken: Taken) -> Understood:
    """Every line accepted or rejected with its reasons, then the latest word of each household on each item."""
    run, plan = work.run, work.run.plan
    found = opened(work, taken)
    given, desk = given_answers(found), desk_of(run)
    sources = _read(run, found, desk)
    judged, held = _held(run, sources, given, desk)
    sent = _sent(sources)
    return Understood(
        judged=judged,
        held=held,
        unreadable=[one for one in found if one.held.reason is not None],
        sent=sent,
        silent=sorted(set(plan.communities) - set(sent)),
        waiting=(*taken.still_growing, *taken.unreadable_now),
        given=given,
        names={one.submission.submission_id: one.submission.source_name for one in found},
        entries={o.submission.submission_id: entry_in(o.submission) for o in found if is_entry(o.submission)},
        closed=run.now >= moment(plan, run.business_date, plan.file.needs.cutoff.value),
    )


def _sent(sources: Sequence[Read]) -> dict[str, datetime]:
    """Community -> when it was first heard."""
    latest_first = sorted((s for s, _ in sources), key=lambda s: s.received_at, reverse=True)
    return {s.community_id: s.received_at for s in latest_first if s.community_id}


def _read(run: Run, found: Sequence[Opened], desk: Desk) -> list[Read]:
    """Everything that can be read but the answers of the review desk."""
    closed = first_handed_at(run)
    readable = [one for one in found if one.held.reason is None and one.submission.channel != CHANNEL]
    said = [_source(one, desk) for one in readable if one.submission.channel != "http"]
    said += _forms(run, readable, desk.directory, desk.vocabulary)
    return [_closed(pair, closed, run.business_date) for pair in said]


def _held(run: Run, sources: Sequence[Read], given: Sequence[Given], desk: Desk) -> tuple[Judged, Reconciled]:
    """What holds with a reviewer's answers in place of the lines that they answer."""
    known = {source.submission_id: source for source, _ in sources}
    left = [(source, without_answered(source.submission_id, read, given)) for source, read in sources]
    lines = raw_lines(left + answers_as_sources(given, known, desk))
    judged = judge_needs(lines, desk.plan, _provisional_homes(run), desk.directory)
    posts = {source.submission_id: read.title for source, read in sources if read.title is not None}
    return judged, reconcile(judged, desk.directory, posts, raw_rows(answered_lines(sources, given)))


def _source(one: Opened, desk: Desk) -> Read:
    row = one.submission
    community_id = desk.directory.community(row.sender)
    names = [desk.plan.communities[community_id].name] if community_id else []
    if is_entry(row):
        got = read_entry(entry_in(row), desk.vocabulary, names)
    else:
        got = read_needs(desk.vocabulary, one.held.text, one.held.sheets or (), names)
    return Source(row.submission_id, community_id, row.channel, row.received_at, row.sequence), got


def _closed(pair: Read, closed: datetime | None, cycle: date) -> Read:
    """What came after the goods were on their way: nothing is changed any more, and nothing of it is dropped either."""
    source, got = pair
    if closed is None or source.received_at <= closed:
        return pair
    late = Text("cycle_delivered", {"cycle": cycle.isoformat()})
    return source, replace(got, said=[replace(line, faults=(*line.faults, late)) for line in got.said])


def _forms(run: Run, readable: Sequence[Opened], directory: Directory, words: Vocabulary) -> list[Read]:
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
