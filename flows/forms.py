"""Forms that Prefect shows when a run waits for a person: titles and choices in the reader's language."""

from enum import StrEnum
from typing import Annotated

from prefect.input import RunInput
from pydantic import AfterValidator, Field

from schemas.text import N_, storable
from schemas.units import yuan
from schemas.words import Decision
from tasks.runs import Outcome
from tasks.words import say

#: What somebody types into a form, as every database can keep it.
Typed = Annotated[str, AfterValidator(storable)]


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
    approver: Typed = Field(
        title=say(N_("Approver")),
        description=say(N_("Name or officer id; must hold an approving role in the plan")),
        min_length=1,
    )
    changes: Typed = Field(
        default="",
        title=say(N_("Changes")),
        description=say(N_("One a line: goods=packs, such as 大米 25公斤=40; only with changes")),
        json_schema_extra={"format": "textarea"},
    )
    reason: Typed = Field(default="", title=say(N_("Reason")), description=say(N_("Needed for a rejection")))
    recorder: Typed = Field(
        default="",
        title=say(N_("Written down by")),
        description=say(N_("Only where the approver agreed on the telephone: who heard it, name or officer id")),
    )
    said_at: Typed = Field(
        default="",
        title=say(N_("Time of the call")),
        description=say(N_("Only where the approver agreed on the telephone: for example 07:40")),
    )


class ReviewForm(RunInput):
    """Answers to unclear lines (需求核对)."""

    answers: Typed = Field(
        default="",
        title=say(N_("Answers")),
        description=say(
            N_("One a line: number=what it should say; 跳过 leaves it, 是 takes the proposal; empty: done")
        ),
        json_schema_extra={"format": "textarea"},
    )
    reviewer: Typed = Field(
        title=say(N_("Reviewer")),
        description=say(N_("Name or officer id; must hold a reviewing role in the plan")),
        min_length=1,
    )


class InspectionForm(RunInput):
    """What an inspector found of the batches that wait (到货验收, C-07)."""

    results: str = Field(
        default="",
        title=say(N_("Results")),
        description=say(
            N_("One batch a line: 0423-1=合格, 0423-2=不合格 包装破损, 0423-3=价格不合格 高于限价; empty: done")
        ),
        json_schema_extra={"format": "textarea"},
    )
    inspector: str = Field(
        title=say(N_("Inspector")),
        description=say(N_("Name or officer id; must hold an inspecting role in the plan, or be a deputy")),
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
