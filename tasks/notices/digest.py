"""Digests made in a transaction: what waits for an officer becomes one message, and nothing that failed before is lost.

A digest that is still waiting when the next one is due is taken into it. What could not be delivered, or may not have
been, is told again there, marked, for two days: a channel that is down for an hour or a night swallows nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.digests import Item, Mark, Slot, Tally, digest_due, merge
from schemas.plan import Plan
from schemas.tables import Notice
from schemas.text import N_
from schemas.words import NoticeState, Stage
from tasks.database import insert, table_of
from tasks.notices.outbox import LINK, timetable
from tasks.notices.tally import Day, Reader, load
from tasks.notices.templates import TEMPLATES
from tasks.notices.wording import day_text
from tasks.settings import settings
from tasks.words import say

CARRIED = timedelta(days=2)
LINKS = 5
LOST = (NoticeState.UNDELIVERED, NoticeState.UNCERTAIN)
MORNING_TITLE, LATER_TITLE = N_("Morning digest {time}"), N_("Digest {time}")
ALIVE = N_("{plan}, {day}: the system is running")
QUIET, HOLDS = N_("Nothing else to report."), N_("{count} notices:")
GROUP, LINE, MORE = N_("[{title}] {count}"), N_("- {mark}{text}"), N_("- and {more} more")
MARKS: dict[Mark, str] = {
    "": "",
    "folded": N_("(urgent, over the day's budget) "),
    "again": N_("(perhaps a repetition) "),
    "late": N_("(could not be delivered before) "),
}


@dataclass
class _Basket:
    """What one reader's next digest takes up."""

    waiting: list[Notice] = field(default_factory=list)
    digests: list[Notice] = field(default_factory=list)
    lost: list[Notice] = field(default_factory=list)
    made: set[datetime] = field(default_factory=set)


def build_digests(session: Session, plan: Plan, now: datetime, day: Day) -> int:
    """Make every digest that is due and put the notices in it. Returns how many notices were merged."""
    baskets = _baskets(session, plan, now, day)
    held = _held_by(session, [d.notice_id for b in baskets.values() for d in (*b.digests, *b.lost)], now)
    rows: list[dict[str, object]] = []
    merged: list[dict[str, object]] = []
    for reader in sorted(baskets):
        slot = _due(plan, now, day, reader, baskets[reader])
        if slot is None:
            continue
        digest_id = _digest_id(plan, now, slot, reader)
        rows.append(_row(plan, now, slot, reader, digest_id, baskets[reader], held))
        merged += _takes_up(digest_id, baskets[reader], held)
        day.waiting[reader] = 1
    insert(session, Notice, rows)
    _move(session, merged)
    return sum(row["told"] is True for row in merged)


def _digest_id(plan: Plan, now: datetime, slot: Slot, reader: Reader) -> str:
    today = timetable(plan).day_of(now)
    return f"{plan.id}:{Stage.ALIVE}:{today}:digest-{slot.at:%H%M}{'-dry' if reader[1] else ''}:1:{reader[0]}"


def _baskets(session: Session, plan: Plan, now: datetime, day: Day) -> dict[Reader, _Basket]:
    everybody = {o.officer_id for o in plan.officers.values() if o.channels}
    baskets: dict[Reader, _Basket] = defaultdict(_Basket, {(o, day.here.dry_run): _Basket() for o in everybody})
    today = timetable(plan).day_of(now)
    mine, alive = col(Notice.plan_id) == plan.id, col(Notice.stage) == Stage.ALIVE
    queued = sa.and_(col(Notice.state) == NoticeState.QUEUED, col(Notice.urgency) == "digest")
    lost = sa.and_(
        col(Notice.state).in_(LOST), col(Notice.merged_into).is_(None), col(Notice.created_at) > now - CARRIED
    )
    query = sa.select(Notice).where(mine, sa.or_(sa.and_(queued, sa.or_(alive, col(Notice.due_at) <= now)), lost))
    for notice in load(session, query.order_by(col(Notice.created_at), col(Notice.notice_id))):
        basket = baskets[day.reader(notice, notice.officer_id)]
        chosen = basket.lost if notice.state in LOST else basket.waiting
        (basket.digests if notice.stage == Stage.ALIVE and notice.state == NoticeState.QUEUED else chosen).append(
            notice
        )
    made = sa.select(col(Notice.notice_id), col(Notice.officer_id)).where(
        mine, alive, col(Notice.business_date) == today
    )
    for notice_id, officer_id in session.execute(made):
        subject = str(notice_id).split(":")[3]
        at = time.fromisoformat(subject.split("-")[1])
        baskets[officer_id, subject.endswith("-dry")].made.add(datetime.combine(today, at, tzinfo=plan.zone))
    return baskets


def _held_by(session: Session, digest_ids: Sequence[str], now: datetime) -> dict[str, list[Notice]]:
    """Notices inside digests that did not get through, as long as they are worth telling."""
    found: dict[str, list[Notice]] = defaultdict(list)
    query = sa.select(Notice).where(
        col(Notice.merged_into).in_(digest_ids),
        col(Notice.stage) != Stage.ALIVE,
        col(Notice.created_at) > now - CARRIED,
    )
    ordered = query.order_by(col(Notice.created_at), col(Notice.notice_id))
    for notice in load(session, ordered) if digest_ids else ():
        found[str(notice.merged_into)].append(notice)
    return found


def _due(plan: Plan, now: datetime, day: Day, reader: Reader, basket: _Basket) -> Slot | None:
    waiting = len(basket.waiting) + len(basket.lost)
    if reader[1] != day.here.dry_run and not waiting:
        return None  # a trial among real runs needs no sign of life
    tally = Tally(day.budget(reader[0]), day.received[reader], 0)
    return digest_due(now, timetable(plan), tally, basket.made, waiting)


def _items(plan: Plan, now: datetime, basket: _Basket, held: dict[str, list[Notice]]) -> list[Item]:
    urgent = plan.file.notices.at_once.value
    items = [_item(plan, now, n, "folded" if n.stage in urgent else "") for n in basket.waiting]
    items += [_item(plan, now, n, "") for d in basket.digests for n in held[d.notice_id]]
    for notice in basket.lost:
        mark: Mark = "late" if notice.state == NoticeState.UNDELIVERED else "again"
        inside = held[notice.notice_id] if notice.stage == Stage.ALIVE else [notice]
        items += [_item(plan, now, n, mark) for n in inside]
    return items


def _item(plan: Plan, now: datetime, notice: Notice, mark: Mark) -> Item:
    text = notice.body.split("\n", 1)[0]
    if notice.business_date != timetable(plan).day_of(now):
        text = f"{day_text(notice.business_date)} {text}"
    return Item(notice.notice_id, notice.stage, text, mark)


def _row(
    plan: Plan,
    now: datetime,
    slot: Slot,
    reader: Reader,
    digest_id: str,
    basket: _Basket,
    held: dict[str, list[Notice]],
) -> dict[str, object]:
    taken = [*basket.waiting, *(n for d in (*basket.digests, *basket.lost) for n in held[d.notice_id]), *basket.lost]
    files = list(dict.fromkeys(path for n in taken for path in n.attachments))[:LINKS]
    return {
        "notice_id": digest_id,
        "plan_id": plan.id,
        "stage": Stage.ALIVE.value,
        "officer_id": reader[0],
        "business_date": timetable(plan).day_of(now),
        "urgency": "digest",
        "title": say(MORNING_TITLE if slot.first else LATER_TITLE, time=f"{slot.at:%H:%M}"),
        "body": _body(plan, now, slot, _items(plan, now, basket, held), files),
        "attachments": files,
        "dry_run": reader[1],
        "created_at": now,
        "due_at": now,
    }


def _body(plan: Plan, now: datetime, slot: Slot, items: list[Item], files: Iterable[str]) -> str:
    day = day_text(timetable(plan).day_of(now))
    lines = [say(ALIVE, plan=plan.file.plan.name, day=day)] if slot.first else []
    lines.append(say(HOLDS, count=len(items)) if items else say(QUIET))
    for group in merge(items, [s.value for s in Stage]):
        lines.append(say(GROUP, title=say(TEMPLATES[Stage(group.stage)].title), count=group.count))
        lines += [say(LINE, mark=say(MARKS[i.mark]) if i.mark else "", text=i.text) for i in group.items]
        lines += [say(MORE, more=group.more)] if group.more else []
    return "\n".join([*lines, *(say(LINK, link=settings().link(path)) for path in files)])


def _takes_up(digest_id: str, basket: _Basket, held: dict[str, list[Notice]]) -> list[dict[str, object]]:
    # What failed keeps its state as the record of it; only where it is told now is added.
    never_told = [*basket.digests, *(d for d in basket.lost if d.state == NoticeState.UNDELIVERED)]
    again = [*basket.lost, *(n for d in never_told for n in held[d.notice_id])]
    into: dict[str, object] = {"into": digest_id}
    return [
        *({**into, "key": n.notice_id, "state": NoticeState.MERGED, "told": True} for n in basket.waiting),
        *({**into, "key": n.notice_id, "state": NoticeState.MERGED, "told": False} for n in basket.digests),
        *({**into, "key": n.notice_id, "state": n.state, "told": False} for n in again),
    ]


def _move(session: Session, moved: list[dict[str, object]]) -> None:
    if not moved:
        return
    table = table_of(Notice)
    change = (
        sa.update(table)
        .where(table.c.notice_id == sa.bindparam("key"))
        .values(state=sa.bindparam("state"), merged_into=sa.bindparam("into"))
    )
    session.execute(change, [{k: v for k, v in row.items() if k != "told"} for row in moved])
