"""Duties that a purchase raises by itself, reminded and escalated: who is told of which, in what words."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from rules.duties import APPROVAL
from tasks.approval_request import ask_again
from tasks.runs import Run


def chase(session: Session, run: Run, duty_id: str, act: str, subjects: Sequence[str]) -> int:
    """Remind or escalate; `run` is keyed by the purchase's cycle. How many notices are new."""
    if duty_id == APPROVAL:
        # Once the time is over the plan decides, and that is told with the decision.
        return ask_again(session, run) if act == "remind" else 0
    return 0
