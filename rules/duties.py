"""Who owes what by when, and what is done about it (DESIGN 7).

Policy. Every duty of the plan is owed on its days by its communities, its stores (whoever serves or reports: a
wholesale source outside owes nothing), its producers (farms, cooperatives, sources), its carriers or a role. Whoever
is silent is reminded once, `remind_minutes` before it is due; it is escalated once, `escalate_minutes` after; and
missed when its business date ends. "Reported none" is an answer of its own. The first answer counts: a correction never
makes a duty late, and nothing makes an answered one open again.

Moments are aware; `subject` is `community:<id>`, `store:<id>`, `carrier:<id>` or `role:<id>`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

import polars as pl

from schemas.plan import Plan
from schemas.plan.document import Duty
from schemas.plan.sources import FETCHED_BY
from schemas.plan.values import EVERY_DAY
from schemas.words import DutyState, StoreKind

#: Which duty a source's kind fulfils.
FULFILS = {"stock": "stock", "catalog": "catalog", "form_submissions": "needs"}
#: Who makes goods or brings them in, and says every week how much it can supply (B-08).
PRODUCERS = frozenset({StoreKind.WHOLESALE, StoreKind.COOPERATIVE, StoreKind.FARM})
Act = Literal["remind", "escalate", "miss"]

#: Instants as the database gives them: UTC, microseconds.
INSTANT = pl.Datetime("us", "UTC")
EXPECTED: dict[str, pl.DataType | type[pl.DataType]] = {
    "duty_id": pl.String,
    "business_date": pl.Date,
    "subject": pl.String,
    "opens_at": INSTANT,
    "due_at": INSTANT,
}
ROWS: dict[str, pl.DataType | type[pl.DataType]] = {
    **EXPECTED,
    "state": pl.String,
    "reminded_at": INSTANT,
    "escalated_at": INSTANT,
}
ACTIONS = {"duty_id": pl.String, "business_date": pl.Date, "subject": pl.String, "act": pl.String}


@dataclass(frozen=True)
class Moments:
    """When something happens to a duty that stays unanswered; `remind_at` is None where nobody is to be reminded."""

    remind_at: datetime | None
    escalate_at: datetime
    missed_at: datetime


def duties(plan: Plan) -> dict[str, Duty]:
    """The plan's duties by id."""
    return {duty.id: duty for duty in plan.file.duty}


def subjects(plan: Plan, duty: Duty) -> list[str]:
    """Who owes a duty."""
    if duty.owed_by == "communities":
        zones = duty.owed_in
        return [f"community:{c.community_id}" for c in plan.communities.values() if zones is None or c.zone in zones]
    if duty.owed_by == "stores":
        return [f"store:{s.store_id}" for s in plan.stores.values() if s.kind != StoreKind.WHOLESALE]
    if duty.owed_by == "producers":
        return [f"store:{s.store_id}" for s in plan.stores.values() if s.kind in PRODUCERS]
    if duty.owed_by == "carriers":
        return [f"carrier:{c}" for c in plan.carriers]
    return [duty.owed_by]


def owed_on(duty: Duty, until: date) -> date:
    """The latest day, `until` included, on which a duty is owed: the one that an answer of that day belongs to."""
    return next(day for ago in range(7) if EVERY_DAY[(day := until - timedelta(days=ago)).weekday()] in duty.days)


def expected(plan: Plan, on: date) -> pl.DataFrame:
    """What is owed on a business date: columns of EXPECTED; nothing before the plan's first day."""
    owed = [d for d in plan.file.duty if EVERY_DAY[on.weekday()] in d.days and on >= plan.file.plan.start_date]
    rows = [
        (
            d.id,
            on,
            subject,
            datetime.combine(on, d.opens, tzinfo=plan.zone),
            datetime.combine(on, d.due, tzinfo=plan.zone),
        )
        for d in owed
        for subject in subjects(plan, d)
    ]
    return pl.DataFrame(rows, schema=EXPECTED, orient="row")


def moments(plan: Plan, duty: Duty | None, on: date, due_at: datetime) -> Moments:
    """When an open duty is reminded, escalated and missed; one that has left the plan is only missed."""
    missed_at = datetime.combine(on + timedelta(days=1), time(0), tzinfo=plan.zone)
    if duty is None:
        return Moments(None, missed_at, missed_at)
    remind_at = due_at - timedelta(minutes=duty.remind_minutes) if duty.remind_minutes else None
    # Never later than the day's end: a duty that is missed has been escalated.
    return Moments(remind_at, min(due_at + timedelta(minutes=duty.escalate_minutes), missed_at), missed_at)


def _acts(found: Moments, reminded: bool, escalated: bool, now: datetime) -> Iterator[Act]:
    if found.remind_at is not None and not reminded and found.remind_at <= now < found.escalate_at:
        yield "remind"
    if not escalated and now >= found.escalate_at:
        yield "escalate"
    if now >= found.missed_at:
        yield "miss"


def review(rows: pl.DataFrame, now: datetime, plan: Plan) -> pl.DataFrame:
    """What is to be done about open duties at `now`.

    Args:
        rows: columns of ROWS.

    Returns:
        Columns of ACTIONS, in the order of `rows`; done once, the same `now` asks for nothing more.
    """
    known = duties(plan)
    actions = [
        (row["duty_id"], row["business_date"], row["subject"], act)
        for row in rows.filter(pl.col("state") == DutyState.OPEN).iter_rows(named=True)
        for act in _row_acts(plan, known, row, now)
    ]
    return pl.DataFrame(actions, schema=ACTIONS, orient="row")


def _row_acts(plan: Plan, known: dict[str, Duty], row: dict[str, object], now: datetime) -> Iterator[Act]:
    on, due_at = row["business_date"], row["due_at"]
    if not isinstance(on, date) or not isinstance(due_at, datetime):
        raise TypeError(f"a duty without a date: {row}")
    duty = known.get(str(row["duty_id"]))
    escalated = row["escalated_at"] is not None or duty is None
    return _acts(moments(plan, duty, on, due_at), row["reminded_at"] is not None, escalated, now)


def to_be_fetched(plan: Plan, fulfilled_by: str, on: date, now: datetime) -> set[str]:
    """Those whose answer we fetch over HTTP ourselves, up to the hour of the step that does."""
    found = set()
    for source in plan.file.source:
        step = plan.steps.get(FETCHED_BY[source.kind][0])
        if FULFILS.get(source.kind) != fulfilled_by or step is None or step.at is None:
            continue
        if now < datetime.combine(on, step.at, tzinfo=plan.zone):
            found.add(f"store:{source.store}" if source.store else f"community:{source.community}")
    return found


def answered_state(state: str, due_at: datetime, answered_at: datetime, zero: bool) -> str:
    """The state of a duty after an answer.

    An answered duty stays as it is, but for a zero report that is followed by a real one: what was reported
    none of is there after all, and it was answered in time.
    """
    if state in (DutyState.DONE, DutyState.LATE) or (state == DutyState.ZERO and zero):
        return state
    if state == DutyState.ZERO:
        return DutyState.DONE
    if answered_at > due_at:
        return DutyState.LATE
    return DutyState.ZERO if zero else DutyState.DONE


def next_moment(plan: Plan, rows: pl.DataFrame, after: datetime) -> datetime | None:
    """The first moment later than `after` at which `review` has something to do for these rows."""
    known = duties(plan)
    coming: list[datetime] = []
    for row in rows.filter(pl.col("state") == DutyState.OPEN).iter_rows(named=True):
        found = moments(plan, known.get(row["duty_id"]), row["business_date"], row["due_at"])
        coming += _coming(found, row["reminded_at"] is not None, row["escalated_at"] is not None)
    return min((at for at in coming if at > after), default=None)


def _coming(found: Moments, reminded: bool, escalated: bool) -> Iterable[datetime]:
    if found.remind_at is not None and not reminded:
        yield found.remind_at
    if not escalated:
        yield found.escalate_at
    yield found.missed_at
