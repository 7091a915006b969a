"""Words that reviewers' answers taught: kept with who said it, read by later collections, handed to the coordinator.

Nothing here writes into a plan's folder: `as_sheet` makes the bytes of an `aliases_learnt.csv`, and a person puts them
there. What stands in the plan's own sheet is the plan's, and is changed there.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.claims import as_names, claimed
from rules.intake.aliases import Alias, Judgement, Verdict, compared, holding, learnable, standing, with_learnt
from rules.intake.answers import Answer, Desk
from schemas.plan import Plan
from schemas.tables import AliasSaid, Revision
from schemas.text import N_
from schemas.words import Process
from tasks.approval import NotAccepted
from tasks.database import insert, reading
from tasks.handover import first_handed_at
from tasks.runs import Run, Work, audit, deciding
from tasks.words import say

#: So that Excel shows Chinese and saves it so.
MARKED = "utf-8-sig"
LEARNT = N_("From the next collection on “{words}” means {item}; if that is wrong: baogong aliases --refuse {words}")
NOBODY = N_("{by} may not refuse a learnt word. Those who may: {names}")
NOT_LEARNT = N_("“{words}” is no learnt word. Learnt words: {known}")
OF_THE_PLAN = N_("“{words}” stands in aliases_learnt.csv of the plan: take it out there")


@dataclass(frozen=True)
class Learnt:
    """A learnt word, by whom and of which day."""

    alias: Alias
    said_by: str
    from_date: date


def plan_as_learnt(run: Run) -> Plan:
    """The run's plan with the words that hold for its cycle.

    What was said after the cycle's goods were on their way changes nothing of it any more, like everything else.
    """
    closed = first_handed_at(run)
    with reading() as session:
        said = [_judgement(row) for row in _said(session, run.plan_id) if closed is None or row.said_at <= closed]
    return with_learnt(run.plan, holding(said, run.plan, run.business_date))


def learn(session: Session, run: Run, by: str, answers: Sequence[Answer], at: Desk) -> list[Alias]:
    """Keep what a reviewer's answers teach; what is said again is there already. The words that are new."""
    taught = {alias: answer for answer in answers if (alias := learnable(answer, at))}
    new = []
    for alias, answer in taught.items():
        source = answer.line.source.submission_id
        if _keep(session, run, alias, "accepted", by, holds_from(run), source):
            new.append(alias)
    return new


def holds_from(run: Run) -> date:
    """The first day whose collection reads what is learnt in the run's cycle."""
    return run.business_date + timedelta(days=1)


def learnt_words(plan: Plan, alias: Alias) -> str:
    """What was learnt, and how it is taken back."""
    return say(LEARNT, words=alias.words, item=plan.items[alias.item_id].name)


def refuse(work: Work, words: str, by: str) -> tuple[Alias, date]:
    """Take a learnt word back; it is never learnt for this item again. The alias, and from which day on.

    That is the first cycle that has not been collected yet: what was understood by the word stays as it was told.

    Raises:
        NotAccepted: nobody of that name may, or it is no learnt word.
    """
    run = work.run
    entitled = run.plan.officers_in(run.plan.file.needs.reviewer_roles.value)
    officer = claimed(by, entitled)
    if officer is None:
        raise NotAccepted(say(NOBODY, by=by, names=as_names(entitled)))
    if compared(words) in {compared(w) for w in run.plan.learnt_aliases}:
        raise NotAccepted(say(OF_THE_PLAN, words=words))
    with deciding(work) as session:
        mine = _accepted(session, run.plan_id, compared(words))
        if not mine:
            known = "、".join(one.alias.words for one in _learnt(session, run.plan_id)) or say(N_("none"))
            raise NotAccepted(say(NOT_LEARNT, words=words, known=known))
        since = _uncollected(session, run)
        for alias in mine:
            _keep(session, run, alias, "refused", officer, since, None)
    return mine[0], since


def _uncollected(session: Session, run: Run) -> date:
    """The first day from the run's cycle on whose needs no collection has written."""
    query = sa.select(sa.func.max(Revision.business_date)).where(
        col(Revision.plan_id) == run.plan_id, col(Revision.process) == Process.COLLECT_NEEDS
    )
    newest: date | None = session.execute(query).scalar()
    return run.business_date if newest is None else max(run.business_date, newest + timedelta(days=1))


def _keep(session: Session, run: Run, alias: Alias, verdict: Verdict, by: str, since: date, source: str | None) -> bool:
    key = {"plan_id": run.plan_id, "word": alias.word, "item_id": alias.item_id, "verdict": verdict}
    about = {"words": alias.words, "from_date": since, "said_by": by, "said_at": run.now, "submission_id": source}
    if not insert(session, AliasSaid, [key | about]):
        return False
    detail = {"words": alias.words, "item": alias.item_id, "from": since}
    audit(session, run.plan_id, run.now, f"officer:{by}", f"alias_{verdict}", detail)
    return True


def _said(session: Session, plan_id: str) -> list[AliasSaid]:
    query = sa.select(AliasSaid).where(col(AliasSaid.plan_id) == plan_id)
    return list(session.execute(query.order_by(col(AliasSaid.said_at), col(AliasSaid.word))).scalars())


def _judgement(row: AliasSaid) -> Judgement:
    verdict: Verdict = "accepted" if row.verdict == "accepted" else "refused"
    return Judgement(Alias(row.word, row.words, row.item_id), verdict, row.from_date)


def _accepted(session: Session, plan_id: str, word: str) -> list[Alias]:
    """What a word was accepted for and is not refused: of two items both, though it means neither of them."""
    said = [_judgement(row) for row in _said(session, plan_id) if row.word == word]
    refused = {one.alias.item_id for one in said if one.verdict == "refused"}
    return [one.alias for one in said if one.verdict == "accepted" and one.alias.item_id not in refused]


def learnt(plan: Plan) -> list[Learnt]:
    """Words that stand, in the order in which they were learnt."""
    with reading() as session:
        return [one for one in _learnt(session, plan.id) if one.alias.item_id in plan.items]


def _learnt(session: Session, plan_id: str) -> list[Learnt]:
    rows = _said(session, plan_id)
    by = {(row.word, row.item_id): row for row in rows if row.verdict == "accepted"}
    standing_now = standing(_judgement(row) for row in rows)
    return [Learnt(a, (row := by[a.word, a.item_id]).said_by, row.from_date) for a in standing_now]


def as_sheet(plan: Plan) -> bytes:
    """`aliases_learnt.csv` as it may stand in the plan's folder: its own rows, then what was learnt since."""
    new = holding((Judgement(one.alias, "accepted", one.from_date) for one in learnt(plan)), plan, date.max)
    text = io.StringIO()
    rows = [("alias", "item_id"), *plan.learnt_aliases.items(), *new.items()]
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(MARKED)
