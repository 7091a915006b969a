"""What somebody says to a proposal, and whether he may: a claimed name, by form, command or telephone (C-05, B-10)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from rules.calendar import moment_said
from rules.claims import as_names, claimed
from schemas.plan import Plan
from schemas.tables import Purchase, Revision
from schemas.text import N_
from schemas.words import Decision, Process
from tasks.approval_request import entitled
from tasks.runs import Run
from tasks.words import say

POLICY, PHONE = "policy", "phone"
#: The plan's answer in place of those who did not give one in time.
UNANSWERED = "unanswered"
#: States of a purchase that needs no answer any more, in words.
ANSWERED: Mapping[str, str] = {
    "approved": N_("approved"),
    "rejected": N_("rejected"),
    "ordered": N_("ordered"),
    "arrived": N_("arrived"),
    "nothing_to_buy": N_("nothing to buy"),
    "no_money": N_("no money"),
}


class NotAccepted(ValueError):
    """The answer cannot be taken as it stands; the words say why and what to do, in the reader's language."""


class TooLate(NotAccepted):
    """The purchase was decided before, or the buyer has left: told and on record, and nothing is changed by it."""


@dataclass(frozen=True)
class Answer:
    """What was answered, by whom and by which way; on the telephone, who wrote it down and when it was said."""

    decision: Decision
    by: str
    via: str
    changes: str = ""
    reason: str = ""
    recorder: str = ""
    said_at: datetime | None = None


def by_telephone(run: Run, answer: Answer, recorder: str, said: str) -> Answer:
    """The answer as given, or as somebody else heard it on the telephone where a recorder is named.

    Raises:
        NotAccepted: the time of the call cannot be read, or is told without who wrote it down.
    """
    if not recorder.strip() and not said.strip():
        return answer
    if not recorder.strip():
        raise NotAccepted(say("Say who wrote down the call."))
    at = moment_said(run.plan, said, run.now)
    if said.strip() and at is None:
        raise NotAccepted(
            say("“{said}” is no time; write it as 07:40, or with its day as 2022-04-23 07:40.", said=said)
        )
    return replace(answer, via=PHONE, recorder=recorder, said_at=at)


def who_answers(plan: Plan, answer: Answer) -> str:
    """The officer's id; a claimed name is checked against those who may approve."""
    if answer.via == POLICY:
        return f"{POLICY}:{answer.by}"
    approver = claimed(answer.by, entitled(plan))
    if approver is None:
        names = as_names(entitled(plan))
        raise NotAccepted(say("{by} may not approve. Those who may: {names}", by=answer.by, names=names))
    return approver


def who_recorded(plan: Plan, answer: Answer) -> str:
    """Who wrote down what was said on the telephone: an officer, and not the one who said it."""
    if answer.via != PHONE:
        return ""
    recorder = claimed(answer.recorder, plan.officers.values())
    if recorder is None:
        raise NotAccepted(
            say("{by} is no officer of this plan, or the name of several: give the officer id.", by=answer.recorder)
        )
    if recorder == claimed(answer.by, entitled(plan)):
        raise NotAccepted(say("A call is written down by somebody else than the approver; he answers by himself."))
    if answer.said_at is None:
        raise NotAccepted(say("Say when the approver said it on the telephone, for example 07:40."))
    return recorder


def possible_call(session: Session, run: Run, purchase: Purchase, answer: Answer) -> None:
    """Nobody agreed before there was a proposal, or will have agreed."""
    said = answer.said_at
    if said is None:
        return
    made = session.get(Revision, (run.plan_id, Process.PURCHASE_SUPPLIES.value, run.business_date, purchase.revision))
    if said > run.now or (made is not None and said < made.decided_at):
        since = made.decided_at.astimezone(run.plan.zone) if made is not None else run.now
        raise NotAccepted(
            say(
                "The call of {said} was not between the proposal ({made}) and now ({now}).",
                said=f"{said.astimezone(run.plan.zone):%m-%d %H:%M}",
                made=f"{since:%m-%d %H:%M}",
                now=f"{run.now.astimezone(run.plan.zone):%m-%d %H:%M}",
            )
        )
