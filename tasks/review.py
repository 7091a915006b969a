"""The review desk (需求核对): lines that were unclear, questions about chains posted again, and a person's answers.

Answers are a submission like any other, stored raw before anybody reads them: `{"by", "text", "answers":
[{"submission_id", "line_no", "about", "number", "who", "words"}]}`, one for each community. The next collection reads
them in place of the lines that they answer, as of the moment at which those were sent: an answer says what was meant,
not something new. An answer to a question about what a post lacks is read as of that post.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import moment
from rules.claims import as_names, claimed
from rules.intake.answers import Answer, Desk, Unclear, answered, as_said, read_answers
from rules.intake.identify import Directory, directory_of
from rules.intake.lines import Reading, Source
from schemas.plan import Plan
from schemas.tables import RejectedLine, Submission
from schemas.text import N_
from schemas.words import Stage
from tasks.aliases import learn, learnt_words, plan_as_learnt
from tasks.approval import NotAccepted
from tasks.catalog_lists import words_of
from tasks.database import reading
from tasks.handover import first_handed_at
from tasks.intake.rejected import Key, reviewers
from tasks.intake.submissions import store_text
from tasks.intake.take import Opened
from tasks.notices.outbox import tell
from tasks.runs import Run, Work, audit, deciding
from tasks.words import reason_text, say

CHANNEL = "review"
_KEY = (RejectedLine.submission_id, RejectedLine.line_no, RejectedLine.about)


@dataclass(frozen=True)
class Given:
    """An answer on record: to which line, whose words."""

    submission: Submission
    key: Key
    number: int
    who: str
    words: str
    by: str

    @property
    def submission_id(self) -> str:
        """The submission that it answers."""
        return self.key[0]

    @property
    def line_no(self) -> int:
        """The line that it answers; 0 where it answers a question about the whole."""
        return self.key[1]


@dataclass(frozen=True)
class Recorded:
    """How many answers were taken, why the others were not, and which words were learnt of them, in words."""

    taken: int
    faults: tuple[str, ...]
    learnt: tuple[str, ...] = ()


def desk_of(run: Run) -> Desk:
    """Where answers to the cycle's lines are read, by the words that its collection reads them by."""
    plan = plan_as_learnt(run)
    with reading() as session:
        return Desk(plan, directory_of(plan), words_of(session, plan, run.business_date))


def unclear_lines(session: Session, run: Run) -> list[Unclear]:
    """What waits for an answer in the run's cycle, by number; of lines that ask the same, the first."""
    query = (
        sa.select(RejectedLine, Submission)
        .join(Submission, col(Submission.submission_id) == col(RejectedLine.submission_id))
        .where(
            col(RejectedLine.plan_id) == run.plan_id,
            col(RejectedLine.cycle) == run.business_date,
            col(RejectedLine.state) == "waiting",
            col(RejectedLine.same_as).is_(None),
            col(Submission.kind) == "needs",
        )
        .order_by(col(RejectedLine.number))
    )
    directory = directory_of(run.plan)
    return [_unclear(line, sent, directory) for line, sent in session.execute(query)]


def _unclear(line: RejectedLine, sent: Submission, directory: Directory) -> Unclear:
    source = Source(sent.submission_id, directory.community(sent.sender), sent.channel, sent.received_at, sent.sequence)
    who = str(line.place.get("who", ""))
    return Unclear(line.number, line.line_no, source, who, line.words, line.reasons, line.about)


def record_answers(work: Work, text: str, by: str, via: str) -> Recorded:
    """Store the answers of a text that can be taken; the next collection of the cycle reads them.

    Args:
        by: the reviewer's name or id: a claimed name, checked against the plan's reviewing roles.
        via: how it came: `form` or `command`.

    Raises:
        NotAccepted: nobody of that name may answer, or the cycle's goods are on their way.
    """
    run = work.run
    if first_handed_at(run) is not None:
        raise NotAccepted(reason_text({"code": "cycle_delivered", "args": {"cycle": run.business_date.isoformat()}}))
    reviewer, desk = _reviewer(run.plan, by), desk_of(run)
    with deciding(work) as session:
        lines = {line.number: line for line in unclear_lines(session, run)}
        answers = read_answers(text, lines, desk)
        for sender, mine in _by_sender(session, answers.given).items():
            body = orjson.dumps({"by": reviewer, "text": text, "answers": [_kept(a) for a in mine]}).decode()
            store_text(session, run.plan_id, "needs", run.business_date, run.now, body, sender, CHANNEL)
            detail = {"via": via, "answers": [a.line.number for a in mine]}
            audit(session, run.plan_id, run.now, f"officer:{reviewer}", "answered_lines", detail)
        taught = learn(session, run, reviewer, answers.given, desk)
    faults = tuple(_fault_words(f.as_json()) for f in answers.faults)
    return Recorded(len(answers.given), faults, tuple(learnt_words(run.plan, alias) for alias in taught))


def _kept(answer: Answer) -> dict[str, Any]:
    line = answer.line
    key = {"submission_id": line.source.submission_id, "line_no": line.line_no, "about": line.about}
    key |= {"number": line.number}
    return {**key, "who": line.who, "words": answer.words}


def _fault_words(fault: Mapping[str, Any]) -> str:
    args = dict(fault["args"])
    if "reasons" in args:
        args["reasons"] = say("; ").join(reason_text(reason) for reason in args["reasons"])
    return reason_text({"code": fault["code"], "args": args})


def _reviewer(plan: Plan, by: str) -> str:
    entitled = plan.officers_in(plan.file.needs.reviewer_roles.value)
    reviewer = claimed(by, entitled)
    if reviewer is None:
        raise NotAccepted(say(N_("{by} may not answer. Those who may: {names}"), by=by, names=as_names(entitled)))
    return reviewer


def _by_sender(session: Session, answers: Sequence[Answer]) -> dict[str, list[Answer]]:
    ids = {a.line.source.submission_id for a in answers}
    query = sa.select(col(Submission.submission_id), col(Submission.sender)).where(
        col(Submission.submission_id).in_(ids)
    )
    who = {row[0]: row[1] for row in session.execute(query)}
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        found.setdefault(who[answer.line.source.submission_id], []).append(answer)
    return found


# --- reading them back ----------------------------------------------------------------------------------------------


def given_answers(found: Iterable[Opened]) -> list[Given]:
    """Every answer among a cycle's submissions, in the order in which they were given; the later to a line holds."""
    given: dict[Key, Given] = {}
    for one in found:
        if one.submission.channel == CHANNEL:
            kept = orjson.loads(one.submission.body or b"{}")
            for a in kept["answers"]:
                key = (a["submission_id"], a["line_no"], a.get("about", ""))
                given.pop(key, None)
                given[key] = Given(one.submission, key, a["number"], a["who"], a["words"], kept["by"])
    return list(given.values())


def without_answered(submission_id: str, read: Reading, given: Sequence[Given]) -> Reading:
    """A source without the lines that were answered with what they should have said."""
    return answered(read, {g.line_no: g.words for g in given if g.submission_id == submission_id and g.line_no})


def answered_lines(sources: Sequence[tuple[Source, Reading]], given: Sequence[Given]) -> list[tuple[Source, Reading]]:
    """The lines that `without_answered` leaves out: what repeats them is answered as well."""
    wanted = {(g.submission_id, g.line_no) for g in given if g.words}
    return [
        (source, replace(read, said=[line for line in read.said if (source.submission_id, line.line_no) in wanted]))
        for source, read in sources
    ]


def answers_as_sources(given: Sequence[Given], sources: Mapping[str, Source], at: Desk) -> list[tuple[Source, Reading]]:
    """The answers as sources of lines: of the time of what they answer, in the answering submission's numbering."""
    found: list[tuple[Source, Reading]] = []
    numbered: dict[str, int] = {}
    for one in (g for g in given if g.words and g.submission_id in sources):
        mine, asked = one.submission, sources[one.submission_id]
        place = {"number": one.number, "by": one.by}
        read = as_said(at, one.who, one.words, place, numbered.get(mine.submission_id, 0))
        numbered[mine.submission_id] = max((line.line_no for line in read.said), default=0)
        found.append((replace(asked, submission_id=mine.submission_id, channel=CHANNEL, sequence=mine.sequence), read))
    return found


def settle_answered(session: Session, run: Run, given: Sequence[Given]) -> None:
    """A line that was answered waits for nobody any more, and its row says who answered what.

    A line that asks the same is settled with it, and left as it is: the answer is read once, where it was first asked.
    """
    mine = (col(RejectedLine.plan_id) == run.plan_id, col(RejectedLine.cycle) == run.business_date)
    for one in given:
        values = {"state": "settled", "answered_by": one.by}
        this = sa.and_(*(col(c) == v for c, v in zip(_KEY, one.key, strict=True)))
        session.execute(sa.update(RejectedLine).where(this).values(**values, answer=one.words))
        same = (*mine, col(RejectedLine.same_as) == one.number)
        session.execute(sa.update(RejectedLine).where(*same).values(**values, answer=""))


# --- reminding ------------------------------------------------------------------------------------------------------


def review_until(run: Run) -> datetime:
    """When the goods are shared: until then an answer still counts for its cycle."""
    return moment(run.plan, run.business_date, run.plan.file.needs.review_until.value)


def remind_of_review(session: Session, run: Run) -> int:
    """Tell the reviewers, once a cycle, that lines still wait shortly before the cut-off; how many were told.

    Args:
        run: the collection's run of the cycle, as of now.
    """
    needs = run.plan.file.needs
    cutoff = moment(run.plan, run.business_date, needs.cutoff.value)
    if not cutoff - timedelta(minutes=needs.review_remind_minutes.value) <= run.now < cutoff:
        return 0
    waiting = len(unclear_lines(session, run))
    return ask_for_review(session, run, "reminder", waiting) if waiting else 0


def ask_for_review(session: Session, run: Run, subject: str, waiting: int) -> int:
    """Queue the word to the reviewers."""
    values = {"count": waiting, "until": review_until(run)}
    return tell(session, run, Stage.REVIEW_WANTED, subject, 1, values, to=reviewers(run.plan))
