"""Forms that Prefect shows when a run waits for a person: titles and choices in the reader's language."""

from enum import StrEnum

from prefect.input import RunInput
from pydantic import Field

from schemas.text import N_
from schemas.units import yuan
from schemas.words import Decision
from tasks.runs import Outcome
from tasks.words import say


class Answer(StrEnum):
    """The decisions. The UI shows values, so these are the reader's words."""

    APPROVE = say(N_("Approve as proposed"))
    CHANGE = say(N_("Approve with changes"))
    REJECT = say(N_("Reject"))


def decision_of(answer: Answer) -> Decision:
    """The decision behind a word of the dropdown."""
    return Decision[answer.name]


class ApprovalForm(RunInput):
    """The answer to a purchase proposal (C-05, B-10)."""

    decision: Answer = Field(title=say(N_("Decision")), description=say(N_("Approve, approve with changes, or reject")))
    approver: str = Field(
        title=say(N_("Approver")),
        description=say(N_("Name or officer id; must hold an approving role in the plan")),
        min_length=1,
    )
    changes: str = Field(
        default="",
        title=say(N_("Changes")),
        description=say(N_("One a line: goods=packs; only with changes")),
        json_schema_extra={"format": "textarea"},
    )
    reason: str = Field(default="", title=say(N_("Reason")), description=say(N_("Needed for a rejection")))


class ReviewForm(RunInput):
    """Answers to unclear lines (需求核对)."""

    answers: str = Field(
        default="",
        title=say(N_("Answers")),
        description=say(
            N_("One a line: number=what it should say; 跳过 leaves it, 是 takes the proposal; empty: done")
        ),
        json_schema_extra={"format": "textarea"},
    )
    reviewer: str = Field(
        title=say(N_("Reviewer")),
        description=say(N_("Name or officer id; must hold a reviewing role in the plan")),
        min_length=1,
    )


def proposal_words(proposal: Outcome) -> str:
    """What the form asks for: of which day, how much, how many lines."""
    return say(
        N_(
            "Please decide on the purchase of {date}: {lines} lines, {amount} yuan. The run's artifact shows each line."
        ),
        date=proposal.run.business_date,
        lines=proposal.summary["lines"],
        amount=yuan(proposal.summary["amount_fen"]),
    )
