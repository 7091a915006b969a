"""Asking for the answer to a proposal: until when, whom, and again at half time together with the deputies (C-05)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from rules.calendar import moment
from rules.duties import APPROVAL
from schemas.plan import Officer, Plan
from schemas.tables import Purchase, Revision
from schemas.words import Process, Stage
from tasks.database import reading
from tasks.documents.store import path_of
from tasks.notices.outbox import tell
from tasks.own_duties import owe
from tasks.runs import Run

#: Whoever is asked has at least so long, even where the buyer should have left by then.
LEAST = timedelta(hours=1)
#: The subject of the duty: one purchase a cycle, one answer.
SUBJECT = "purchase"
ASKED_AGAIN, DEPUTIES = "half_time", "deputies"


def answer_by(run: Run, former: Purchase | None) -> datetime:
    """Until when somebody may answer: the buyer's departure. A proposal that is revised meanwhile wins no time."""
    if former is not None and former.state == "proposed" and former.answer_by is not None:
        return former.answer_by
    return max(approval_deadline(run), run.now + LEAST)


def approval_deadline(run: Run) -> datetime:
    """When the buyer leaves, by the plan."""
    return moment(run.plan, run.business_date, run.plan.file.purchase.approval_until.value)


def seconds_left(run: Run, afterwards: timedelta) -> int:
    """How long a form may wait: until the deadline, and a while longer."""
    with reading() as session:
        purchase = session.get(Purchase, (run.plan_id, run.business_date))
    until = purchase.answer_by if purchase is not None and purchase.answer_by is not None else run.now
    return int((max(until, run.now) + afterwards - run.now).total_seconds())


def approvers(plan: Plan) -> list[Officer]:
    """Who is asked."""
    return plan.officers_in(plan.file.purchase.approver_roles.value)


def deputies(plan: Plan) -> dict[str, str]:
    """Deputy -> whom he stands in for, of approvers; one who is asked anyway is nobody's deputy here."""
    asked = {o.officer_id for o in approvers(plan)}
    return {o.deputy: o.officer_id for o in approvers(plan) if o.deputy is not None and o.deputy not in asked}


def entitled(plan: Plan) -> list[Officer]:
    """Who may answer: approvers and their deputies."""
    return [*approvers(plan), *(plan.officers[o] for o in deputies(plan))]


def ask(session: Session, run: Run, revision: int, summary: Mapping[str, Any], until: datetime) -> None:
    """Tell of the proposal, and ask those who may approve it."""
    path, values = path_of("proposal", run.plan, run.business_date, revision), _values(run, summary, until)
    tell(session, run, Stage.PURCHASE_PROPOSED, "all", revision, values, [path])
    to = [o.officer_id for o in approvers(run.plan)]
    tell(session, run, Stage.APPROVAL_WANTED, "all", revision, values, [path], to=to)
    owe(session, run, APPROVAL, SUBJECT, until)


def ask_again(session: Session, run: Run) -> int:
    """Half the time is over: those who were asked are reminded, and their deputies asked. How many notices are new."""
    purchase = session.get(Purchase, (run.plan_id, run.business_date))
    if purchase is None or purchase.state != "proposed" or purchase.answer_by is None:
        return 0
    made = session.get(Revision, (run.plan_id, Process.PURCHASE_SUPPLIES.value, run.business_date, purchase.revision))
    assert made is not None  # noqa: S101 - a proposal is a revision
    path = path_of("proposal", run.plan, run.business_date, purchase.revision)
    values = _values(run, made.summary, purchase.answer_by) | {"asked_at": made.decided_at}
    to = [o.officer_id for o in approvers(run.plan)]
    told = tell(session, run, Stage.APPROVAL_WANTED, ASKED_AGAIN, purchase.revision, values, [path], to=to)
    standing_in = deputies(run.plan)
    if standing_in:
        stood = [run.plan.file.roles[run.plan.officers[o].role] for o in standing_in.values()]
        values |= {"in_place_of": list(dict.fromkeys(stood))}
        told += tell(
            session, run, Stage.APPROVAL_WANTED, DEPUTIES, purchase.revision, values, [path], to=list(standing_in)
        )
    return told


def not_bought(session: Session, run: Run, revision: int, summary: Mapping[str, Any]) -> None:
    """Nothing can be proposed of what is wanted: there is no money for it, or nobody has told a price."""
    if summary["cut_fen"] or summary["unsourced"]:
        values = {name: summary[name] for name in ("cut_fen", "unsourced")} | _budget(run)
        to = [o.officer_id for o in approvers(run.plan)] + buyers(run.plan)
        tell(session, run, Stage.PURCHASE_PROPOSED, "all", revision, _without_zero(values), to=to)


def buyers(plan: Plan) -> list[str]:
    """Who deals with the suppliers."""
    return [o.officer_id for o in plan.officers_in(plan.file.purchase.buyer_roles.value)]


def _budget(run: Run) -> dict[str, Any]:
    return {"budget_fen": run.plan.file.purchase.budget_fen.value}


def _without_zero(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "cut_fen": values.get("cut_fen") or None}


def _values(run: Run, summary: Mapping[str, Any], until: datetime) -> dict[str, Any]:
    values = {**summary, **_budget(run), "until": until, "vehicles": summary.get("vehicles") or None}
    return _without_zero(values)
