"""A span of days in figures: what came in, what became of it, who was told. Read from our own database alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import moment
from schemas.plan import Plan
from schemas.tables import (
    Allocation,
    Approval,
    Document,
    DutyRow,
    Handover,
    MarketReport,
    Notice,
    Parcel,
    Purchase,
    Receipt,
    Revision,
)
from schemas.words import Decision, DutyState, NoticeState, Process

COLLECTED = ("received", "accepted", "rejected", "superseded", "withdrawn")
ANSWERED = ("allocated_full", "allocated_part", "short")


@dataclass(frozen=True)
class Span:
    """The days told of, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.last - self.first).days + 1

    def has(self, column: Any) -> sa.ColumnElement[bool]:
        """The condition that a date lies in it."""
        return sa.and_(col(column) >= self.first, col(column) <= self.last)

    def each(self) -> list[date]:
        """Its days in order."""
        return [self.first + timedelta(days=n) for n in range(self.days)]


def newest(session: Session, plan_id: str, process: str) -> list[Revision]:
    """The newest revision of every date of a process, by date."""
    query = sa.select(Revision).where(col(Revision.plan_id) == plan_id, col(Revision.process) == process)
    rows = session.execute(query.order_by(col(Revision.business_date), col(Revision.revision))).scalars()
    return list({row.business_date: row for row in rows}.values())


def summary(
    session: Session, plan: Plan, span: Span, flow_runs: Mapping[str, Mapping[str, int]], checks: Mapping[str, bool],
    seconds: Mapping[str, float],
) -> dict[str, Any]:  # fmt: skip
    """The figures of a span.

    Args:
        flow_runs: flow -> {"completed", "failed"}, counted by whoever ran them: Prefect's own books may be wiped.
    """
    return {
        "plan": plan.id,
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "days": span.days,
        "flow_runs": {flow: dict(counts) for flow, counts in sorted(flow_runs.items())},
        "lines": _lines(session, plan, span),
        "stock": _stock(session, plan, span),
        "purchases": _purchases(session, plan, span),
        "reports": _reports(session, plan, span),
        "notices": _notices(session, plan, span),
        "duties": _duties(session, plan, span),
        "documents": _documents(session, plan, span),
        "checks": dict(checks),
        "seconds": dict(seconds),
    }


def _of(session: Session, plan: Plan, process: Process, span: Span) -> list[Mapping[str, Any]]:
    return [r.summary for r in newest(session, plan.id, process) if span.first <= r.business_date <= span.last]


def _lines(session: Session, plan: Plan, span: Span) -> dict[str, int]:
    collected = _of(session, plan, Process.COLLECT_NEEDS, span)
    answered = _of(session, plan, Process.ALLOCATE_ORDERS, span)
    told = {name: sum(int(one[name]) for one in collected) for name in COLLECTED}
    return told | {name: sum(int(one[name]) for one in answered) for name in ANSWERED}


def _stock(session: Session, plan: Plan, span: Span) -> dict[str, Any]:
    checked = _of(session, plan, Process.CHECK_STOCK, span)
    least = [float(one["min_cover_days"]) for one in checked if one["min_cover_days"] is not None]
    alerts = sum(int(one["alerts"]) for one in checked)
    return {"checks": len(checked), "alerts": alerts, "min_cover_days": min(least, default=None)}


def _count(session: Session, *where: sa.ColumnElement[bool]) -> int:
    return int(session.execute(sa.select(sa.func.count()).where(*where)).scalar_one())


def _purchases(session: Session, plan: Plan, span: Span) -> dict[str, int]:
    mine = (col(Purchase.plan_id) == plan.id, span.has(Purchase.cycle))
    states = session.execute(sa.select(col(Purchase.state)).where(*mine)).scalars().all()
    said_yes = col(Approval.decision).in_((Decision.APPROVE, Decision.CHANGE))
    return {
        "proposed": sum(state not in ("nothing_to_buy", "no_money") for state in states),
        "approved": _count(session, col(Approval.plan_id) == plan.id, span.has(Approval.cycle), said_yes),
        "ordered": sum(state in ("ordered", "arrived") for state in states),
        "arrived": states.count("arrived"),
    }


def _reports(session: Session, plan: Plan, span: Span) -> dict[str, int]:
    """Due on each day on which the plan reports; on time where the first receipt came before the plan's hour."""
    firsts = dict(
        session.execute(
            sa.select(col(Receipt.business_date), sa.func.min(Receipt.received_at))
            .where(col(Receipt.plan_id) == plan.id, span.has(Receipt.business_date))
            .group_by(col(Receipt.business_date))
        )
        .tuples()
        .all()
    )
    owed = {d for duty in plan.file.duty if duty.fulfilled_by == "report" for d in _days(session, plan, duty.id, span)}
    due_at = plan.file.report.due_at.value
    in_time = [on for on, at in firsts.items() if at <= moment(plan, on, due_at)]
    revisions = _count(session, col(MarketReport.plan_id) == plan.id, span.has(MarketReport.business_date))
    return {"due": len(owed), "submitted_on_time": len(in_time), "revisions": revisions}


def _days(session: Session, plan: Plan, duty_id: str, span: Span) -> Sequence[date]:
    query = sa.select(sa.distinct(col(DutyRow.business_date))).where(
        col(DutyRow.plan_id) == plan.id, col(DutyRow.duty_id) == duty_id, span.has(DutyRow.business_date)
    )
    return session.execute(query).scalars().all()


def _notices(session: Session, plan: Plan, span: Span) -> dict[str, Any]:
    """`queued` is all that was written to the outbox; what a digest carried is itself neither sent nor undelivered."""
    query = (
        sa.select(col(Notice.stage), col(Notice.state), sa.func.count())
        .where(col(Notice.plan_id) == plan.id, span.has(Notice.business_date))
        .group_by(col(Notice.stage), col(Notice.state))
        .order_by(col(Notice.stage))
    )
    by_stage: dict[str, int] = {}
    by_state: dict[str, int] = {}
    for stage, state, count in session.execute(query):
        by_stage[stage] = by_stage.get(stage, 0) + count
        by_state[state] = by_state.get(state, 0) + count
    return {
        "queued": sum(by_stage.values()),
        "sent": by_state.get(NoticeState.SENT, 0),
        "undelivered": by_state.get(NoticeState.UNDELIVERED, 0),
        "by_stage": by_stage,
    }


def _duties(session: Session, plan: Plan, span: Span) -> dict[str, int]:
    query = (
        sa.select(col(DutyRow.state), sa.func.count())
        .where(col(DutyRow.plan_id) == plan.id, span.has(DutyRow.business_date))
        .group_by(col(DutyRow.state))
    )
    states = dict(session.execute(query).tuples().all())
    return {
        "due": sum(states.values()),
        "on_time": states.get(DutyState.DONE, 0) + states.get(DutyState.ZERO, 0),
        "late": states.get(DutyState.LATE, 0),
        "missed": states.get(DutyState.MISSED, 0),
    }


def _documents(session: Session, plan: Plan, span: Span) -> list[str]:
    query = sa.select(col(Document.path)).where(col(Document.plan_id) == plan.id, span.has(Document.business_date))
    return list(session.execute(query.order_by(col(Document.path))).scalars())


def day_by_day(session: Session, plan: Plan, span: Span) -> list[dict[str, Any]]:
    """One row a day: needs, allocation, parcels, stock, purchase, report; None where nothing of it is that day's."""
    return [_day(session, plan, on) for on in span.each()]


def _day(session: Session, plan: Plan, on: date) -> dict[str, Any]:
    span = Span(on, on)
    needs, shared, stock = (
        next(iter(_of(session, plan, p, span)), None)
        for p in (Process.COLLECT_NEEDS, Process.ALLOCATE_ORDERS, Process.CHECK_STOCK)
    )
    bought = session.get(Purchase, (plan.id, on))
    report = _reports(session, plan, span)
    parcels = {
        state: _count(
            session,
            col(Parcel.plan_id) == plan.id, col(Parcel.deliver_on) == on, col(Handover.plan_id) == plan.id,
            col(Handover.cycle) == col(Parcel.cycle), col(Handover.household_id) == col(Parcel.household_id),
            col(Handover.state) == state,
        )
        for state in ("signed", "undelivered", "delivered_unconfirmed")
    }  # fmt: skip
    return {
        "date": on.isoformat(),
        "needs": needs and {name: needs[name] for name in COLLECTED},
        "allocation": shared and {name: shared[name] for name in ANSWERED},
        "parcels": parcels,
        "stock": stock and {"alerts": stock["alerts"], "min_cover_days": stock["min_cover_days"]},
        "purchase": bought and {"state": bought.state, "amount_fen": bought.amount_fen},
        "report": report,
        "sent": _notices(session, plan, span)["sent"],
        "short_kinds": _short_kinds(session, plan, on),
    }


def _short_kinds(session: Session, plan: Plan, on: date) -> list[str]:
    """Names of the goods of which most households went short, at most three."""
    newest_revision = sa.select(sa.func.max(Allocation.revision)).where(
        col(Allocation.plan_id) == plan.id, col(Allocation.cycle) == on
    )
    query = (
        sa.select(col(Allocation.item_id))
        .where(
            col(Allocation.plan_id) == plan.id,
            col(Allocation.cycle) == on,
            col(Allocation.revision) == newest_revision.scalar_subquery(),
            col(Allocation.short_base) > 0,
        )
        .group_by(col(Allocation.item_id))
        .order_by(sa.func.count().desc(), col(Allocation.item_id))
    )
    return [plan.items[item_id].name for item_id in session.execute(query.limit(3)).scalars()]
