"""Forms that Prefect shows when a run waits for a person: titles and choices in the reader's language."""

from enum import Enum

from prefect.input import RunInput
from pydantic import Field

from schemas.words import Decision
from tasks.words import say

#: The choices of the dropdown are the words themselves, since the UI shows values.
Answer = Enum("Answer", {decision.name: say(f"decision.{decision.value}") for decision in Decision}, type=str)


def decision_of(answer: Answer) -> Decision:
    """The decision behind a word of the dropdown."""
    return Decision[answer.name]


class ApprovalForm(RunInput):
    """The answer to a purchase proposal (C-05, B-10)."""

    decision: Answer = Field(title=say("Decision"), description=say("Approve, approve with changes, or reject"))
    approver: str = Field(
        title=say("Approver"),
        description=say("Name or officer id; must hold an approving role in the plan"),
        min_length=1,
    )
    changes: str = Field(
        default="",
        title=say("Changes"),
        description=say("One a line: goods=packs; only with changes"),
        json_schema_extra={"format": "textarea"},
    )
    reason: str = Field(default="", title=say("Reason"), description=say("Needed for a rejection"))
