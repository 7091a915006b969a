"""需求核对表: the lines of a cycle that wait for an answer, by number, with what each may have meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rules.intake.answers import Unclear
from schemas.plan import Plan
from schemas.words import Process
from tasks.documents.labels import clause_of, day_words, reasons_words, subtitle
from tasks.documents.made import Made, place
from tasks.documents.workbook import Column, Sheet, Table, Value, workbook
from tasks.words import say


@dataclass(frozen=True)
class Shown:
    """A line that waits, and what is proposed for it; empty where nothing is."""

    line: Unclear
    proposal: str


def review_path(_plan: Plan, cycle: date, revision: int) -> str:
    """Where the list of a collection's revision is kept."""
    return place(cycle, say("Unclear lines"), revision=revision)


def review_sheet(plan: Plan, cycle: date, revision: int, lines: Sequence[Shown]) -> Made:
    """The list. It names households, so it is for the reviewers alone."""
    title = say("Unclear lines")
    above = subtitle(plan, day_words(cycle), revision, clause_of(plan, Process.COLLECT_NEEDS))
    table = Table(_columns(), [_row(plan, one) for one in lines])
    sheet = Sheet(title, title, above, [table], [say("Answer in the run of review_intake: number=what it should say.")])
    return Made(review_path(plan, cycle, revision), f"{title} {cycle.isoformat()}", cycle, workbook([sheet], cycle))


def _row(plan: Plan, one: Shown) -> list[Value]:
    line, community_id = one.line, one.line.source.community_id
    community = plan.communities[community_id].name if community_id else ""
    words, proposal = of_goods(line.words, line.who), of_goods(one.proposal, line.who)
    return [line.number, community, line.who, words, reasons_words(line.reasons), proposal, ""]


def of_goods(text: str, who: str) -> str:
    """A text without the words that say whose the line is: a row of a sheet holds both."""
    for part in who.split():
        text = text.replace(part, "")
    return text.strip()


def _columns() -> list[Column]:
    return [
        Column(say("No."), "centre", 6.5),
        Column(say("Community"), width=16),
        Column(say("Whose it is"), width=16),
        Column(say("Words as sent"), width=30),
        Column(say("Why it cannot be used"), width=40),
        Column(say("Proposal"), width=18),
        Column(say("What it should say"), width=18),
    ]
