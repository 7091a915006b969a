"""What the review desk shows: the lines that wait, by number, each with its reasons and what it may have meant.

In the UI rooms, names and telephone numbers are masked, and words that say whose a line is are left to the document,
which shows everything to those who hold its link.
"""

from collections.abc import Sequence

from schemas.text import N_
from tasks.aliases import holds_from, learnt, learnt_words
from tasks.artifacts import leave, masked_reasons, review_artifact
from tasks.database import reading, transaction
from tasks.documents.labels import reasons_words
from tasks.documents.review import Shown, of_goods, review_sheet
from tasks.documents.store import save_all
from tasks.notices.masking import without_phones
from tasks.review import ask_for_review, desk_of, review_until, unclear_lines
from tasks.runs import Outcome, Run
from tasks.words import say

#: Lines that a form shows; the document has all of them.
SHOWN = 40
#: Reasons about whose a line is: its words hold an address or a name.
ABOUT_PEOPLE = ("household_", "not_numbered", "goods_missing", "sender_unknown", "day_or_house", "menu_or_house")
#: A run waits at least so long, also where it is started shortly before the hour until which answers count.
LEAST_SECONDS = 900


def unclear_now(run: Run) -> list[Shown]:
    """Lines that wait at this moment, each with its proposal."""
    with reading() as session:
        lines = unclear_lines(session, run)
    return [Shown(*pair) for pair in zip(lines, desk_of(run).proposals(lines), strict=True)]


def show_unclear(outcome: Outcome) -> int:
    """The list as a document and an artifact, and a word to the reviewers; how many lines wait."""
    run, revision = outcome.run, outcome.revision
    lines = unclear_now(run)
    if not lines:
        leave(run, "review", review_artifact(outcome, [], []))
        return 0
    paths = save_all(run, revision, [review_sheet(run.plan, run.business_date, revision, lines)])
    leave(run, "review", review_artifact(outcome, _rows(run, lines), paths))
    with transaction() as session:
        ask_for_review(session, run, "all", len(lines))
    return len(lines)


def _rows(run: Run, lines: Sequence[Shown]) -> list[tuple[object, ...]]:
    names = run.plan.communities
    return [
        (x.line.number, names[place].name if (place := x.line.source.community_id) else "", *_about(x)) for x in lines
    ]


def _about(shown: Shown) -> tuple[str, str, str]:
    """Words, reasons and proposal without the words that say whose the line is: of a sheet they stand in the row."""
    line = shown.line
    if any(str(reason["code"]).startswith(ABOUT_PEOPLE) for reason in line.reasons):
        return say(N_("(see the document)")), masked_reasons(line.reasons), ""
    words, reasons, proposal = (
        without_phones(of_goods(t, line.who)) for t in (line.words, reasons_words(line.reasons), shown.proposal)
    )
    return words, reasons, proposal


def list_words(run: Run) -> str:
    """The list as the form shows it, with the words that were learnt of the cycle's answers so far."""
    lines = unclear_now(run)
    told = [_line(*row) for row in _rows(run, lines[:SHOWN])]
    more = [say(N_("and {count} more in the document"), count=len(lines) - SHOWN)] if len(lines) > SHOWN else []
    taught = [learnt_words(run.plan, one.alias) for one in learnt(run.plan) if one.from_date == holds_from(run)]
    return "\n\n".join([say(N_("{count} lines are unclear:"), count=len(lines)), *told, *more, *taught])


def _line(number: object, community: object, words: object, reasons: object, proposal: object) -> str:
    told = say(
        N_("[{number}] {community}: “{words}” — {reasons}"),
        number=number,
        community=community,
        words=words,
        reasons=reasons,
    )
    return told if not proposal else say(N_("{told} Proposal: {proposal}"), told=told, proposal=proposal)


def review_seconds(run: Run) -> int:
    """How long a run waits for answers."""
    return max(LEAST_SECONDS, int((review_until(run) - run.now).total_seconds()))
