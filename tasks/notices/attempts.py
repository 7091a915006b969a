"""Tries on record: what is due and along which channels, a try begun, a try ended, a try found without an end."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.doubtful_sends import Verdict, verdict
from schemas.plan import Plan
from schemas.tables import Notice, NoticeAttempt
from schemas.words import NoticeState, Stage
from tasks.channels.addresses import address
from tasks.database import insert, table_of
from tasks.notices.tally import DRY, is_dry, load
from tasks.settings import Settings

#: A channel of this name is a folder: it takes no address and is written to in dry runs and in earnest alike.
FILE = "file"


@dataclass(frozen=True)
class Route:
    """A person and one of his channels, by name."""

    officer_id: str
    channel: str


@dataclass
class Try:
    """A notice that is due, the routes still to be tried in this round, and what earlier tries came to."""

    notice: Notice
    routes: list[Route]
    past: list[tuple[Route, str]] = field(default_factory=list)
    claimed: bool = False

    @property
    def number(self) -> int:
        """The next attempt's number."""
        return len(self.past) + 1

    @property
    def doubts(self) -> int:
        """Doubtful sends that no key can undo."""
        return sum(outcome == "uncertain" and not honours_key(route.channel) for route, outcome in self.past)

    def repeats(self, route: Route) -> bool:
        """Whether a send along this route may show the notice a second time."""
        doubtful = {past for past, outcome in self.past if outcome == "uncertain"}
        return any(past != route or not honours_key(past.channel) for past in doubtful)


def honours_key(channel: str) -> bool:
    """Whether a repetition under the same key is dropped or overwrites the first: files, and webhooks that carry it."""
    if channel in (DRY, FILE):
        return True
    url = address(channel)
    if url is None:
        return False
    from tasks.channels import sending  # Apprise takes long to load, and a dry run never needs it

    return sending.honours_keys(url)


def routes(plan: Plan, notice: Notice, here: Settings) -> list[Route]:
    """The officer's channels in order, then his deputy's, then those of whom he answers to; a dry run has one only."""
    if is_dry(notice, here):
        return [Route(notice.officer_id, DRY)]
    reader = plan.officers.get(notice.officer_id)
    if reader is None:
        return []
    people = dict.fromkeys([reader.officer_id, reader.deputy, reader.escalates_to])
    chain = [plan.officers[p] for p in people if p is not None and p in plan.officers]
    return [Route(o.officer_id, channel) for o in chain for channel in o.channels]


def _tries(session: Session, plan: Plan, here: Settings, query: sa.Select[Any]) -> list[Try]:
    notices = load(session, query.order_by(col(Notice.created_at), col(Notice.notice_id)))
    past: dict[str, list[tuple[Route, str]]] = defaultdict(list)
    ids = query.with_only_columns(col(Notice.notice_id))
    attempts = sa.select(NoticeAttempt).where(col(NoticeAttempt.notice_id).in_(ids))
    ordered = attempts.order_by(col(NoticeAttempt.attempt))
    for a in session.execute(ordered).scalars() if notices else ():
        past[a.notice_id].append((Route(a.officer_id, a.channel), a.outcome))
    return [Try(n, _in_turn(routes(plan, n, here), past[n.notice_id]), past[n.notice_id]) for n in notices]


def _in_turn(chain: list[Route], past: Sequence[tuple[Route, str]]) -> list[Route]:
    # A doubtful send goes on where the doubt is: another channel first would show it twice for certain.
    if past and past[-1][1] == "uncertain" and past[-1][0] in chain:
        at = chain.index(past[-1][0])
        return chain[at:] + chain[:at]
    return chain


def due_tries(session: Session, plan: Plan, now: datetime, here: Settings) -> list[Try]:
    """Messages whose time has come: digests, and notices that go at once."""
    message = sa.or_(col(Notice.urgency) == "now", col(Notice.stage) == Stage.ALIVE)
    query = sa.select(Notice).where(
        col(Notice.plan_id) == plan.id, col(Notice.state) == NoticeState.QUEUED, col(Notice.due_at) <= now, message
    )
    return _tries(session, plan, here, query)


def claim(session: Session, tries: Iterable[Try], now: datetime) -> list[Try]:
    """Put the first route of each on record as begun; only what nobody else has taken is returned."""
    wanted = {t.notice.notice_id: t for t in tries if not t.claimed}
    taking = (
        sa.update(Notice)
        .where(col(Notice.notice_id).in_(wanted), col(Notice.state) == NoticeState.QUEUED)
        .values(state=NoticeState.SENDING)
        .returning(col(Notice.notice_id))
        .execution_options(synchronize_session=False)
    )
    taken = set(session.execute(taking).scalars()) if wanted else set()
    mine = [t for t in tries if t.claimed or t.notice.notice_id in taken]
    for t in mine:
        t.claimed = True
    insert(session, NoticeAttempt, [_attempt(t, t.routes[0], now, "begun") for t in mine])
    return mine


def _attempt(t: Try, route: Route, now: datetime, outcome: str, detail: str = "") -> dict[str, Any]:
    key = {"notice_id": t.notice.notice_id, "attempt": t.number}
    where = {"officer_id": route.officer_id, "channel": route.channel}
    return {**key, **where, "begun_at": now, "outcome": outcome, "detail": detail}


def pass_over(session: Session, t: Try, now: datetime, why: str) -> None:
    """A route that cannot be tried: on record as undelivered, and the next one is first."""
    insert(session, NoticeAttempt, [_attempt(t, t.routes[0], now, "undelivered", why)])
    t.past.append((t.routes.pop(0), "undelivered"))


def end_try(session: Session, t: Try, outcome: str, detail: str) -> Route:
    """Write what became of the try that was begun; the next route is first."""
    table = table_of(NoticeAttempt)
    mine = sa.and_(table.c.notice_id == t.notice.notice_id, table.c.attempt == t.number)
    session.execute(sa.update(table).where(mine).values(outcome=outcome, detail=detail[:300]))
    route = t.routes.pop(0)
    t.past.append((route, outcome))
    return route


def change(session: Session, t: Try, **values: Any) -> None:
    """Change the outbox row."""
    table = table_of(Notice)
    session.execute(sa.update(table).where(table.c.notice_id == t.notice.notice_id).values(**values))


def end_round(session: Session, plan: Plan, t: Try, now: datetime, again: bool) -> str:
    """Every route has failed: once more after the plan's minutes, or never. Returns the state written."""
    minutes, tries = plan.file.notices.retry_minutes.value, t.notice.tries
    if again and tries < len(minutes):
        due_at = now + timedelta(minutes=minutes[tries])
        change(session, t, state=NoticeState.QUEUED, tries=tries + 1, due_at=due_at)
        return NoticeState.QUEUED
    change(session, t, state=NoticeState.UNDELIVERED, tries=tries + 1)
    return NoticeState.UNDELIVERED


def resolve(session: Session, plan: Plan, t: Try, at: datetime) -> Verdict:
    """Apply the rule for doubtful sends to a notice whose last try is in doubt; a repetition is due `at`."""
    doubtful = t.past[-1][0].channel
    left = len(plan.file.notices.retry_minutes.value) - t.notice.tries
    chosen = verdict(honours_key(doubtful), t.notice.urgency == "now", t.doubts, left)
    if chosen == "leave":
        change(session, t, state=NoticeState.UNCERTAIN, tries=t.notice.tries + 1)
    else:
        change(session, t, state=NoticeState.QUEUED, tries=t.notice.tries + 1, due_at=at)
    return chosen


def settle_cut_off(session: Session, plan: Plan, now: datetime, here: Settings) -> int:
    """Tries without an end. The caller holds the dispatcher's lease: nobody else can be in the middle of one.

    Returns how many there were.
    """
    query = sa.select(Notice).where(col(Notice.plan_id) == plan.id, col(Notice.state) == NoticeState.SENDING)
    found = _tries(session, plan, here, query)
    for t in found:
        _settle(session, plan, t, now)
    return len(found)


def _settle(session: Session, plan: Plan, t: Try, now: datetime) -> None:
    route, outcome = t.past.pop()
    if outcome != "begun":
        # Cut off between two tries: the last one ended and the next had not begun, so nothing is in doubt.
        change(session, t, state=NoticeState.QUEUED, due_at=now)
        return
    t.routes.insert(0, route)
    end_try(session, t, "uncertain", "cut off between send and mark")
    resolve(session, plan, t, now)
