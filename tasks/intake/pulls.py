"""Pulling one source: page by page, each stored raw before it is read, the cursor moved after the last (DESIGN 3).

A pull that is killed or fails half-way leaves the pages that came and the old cursor: the next one asks again from
there, and pages of the same bytes are the rows that are there. A cursor never passes the run's own moment, whatever the
server's clock says. A form's server cannot tell of edits by time (KoboToolbox), so all forms of the open cycle are
asked for again, and reading tells the edited from the same.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import httpx
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import last_run_date, moment
from rules.intake.form_pages import form_page
from rules.intake.http_json import NotAsAgreed
from rules.intake.http_json import moment as told_moment
from rules.intake.store_pages import PATHS, Expected, list_sheet, store_page
from schemas.plan import Plan
from schemas.plan.sources import Source
from schemas.tables import SourceCursor, Submission
from schemas.text import Text
from schemas.words import Process
from tasks.database import reading, upsert
from tasks.endpoints import endpoint, token
from tasks.intake import submissions
from tasks.intake.http_client import Answer, Caller, SourceFault, allowed
from tasks.intake.http_pages import page_name
from tasks.runs import Run, Work, deciding

#: More pages than this are a server that goes round in circles.
MOST_PAGES = 500
#: Rows of which a server may have finished writing an earlier one after a later one.
OVERLAP = timedelta(minutes=5)
#: Forms a page, at most what the servers give.
KOBO_PAGE, ODK_PAGE = 1000, 250
#: kind of source -> kind of submission
FILED_AS = {"stock": "stock", "catalog": "catalog", "form_submissions": "needs", "order_confirmations": "orders"}


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one page says of the whole: what it counts, where the next one is, and how far the source was read."""

    entries: int
    next: str | None
    count: int | None = None
    reached: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pulled:
    """Pages as stored, in their order, and how far the source was read where it tells."""

    pages: list[Submission]
    reached: datetime | None


def pull(work: Work, source: Source) -> Pulled:
    """Fetch all pages of a source and store them; the cursor is the caller's to move once they are used.

    Raises:
        SourceFault: it gave nothing, or not all of it; what came is stored.
    """
    caller = caller_of(source)
    try:
        pages = list(_pages(work, source, caller))
    finally:
        caller.close()
    return Pulled([page for page, _ in pages], max((t.reached for _, t in pages if t.reached), default=None))


def caller_of(source: Source) -> Caller:
    """A client with the source's key."""
    key = token(source.token) if source.token else ""
    if source.token and not key:
        raise SourceFault("source_no_token", name=source.token.upper())
    scheme = "Token" if source.format == "kobo_v2" else "Bearer"
    return Caller(source, f"{scheme} {key}" if key else "")


def base_address(source: Source) -> str:
    """Where the source is, by the environment."""
    address = endpoint(source.endpoint)
    if address is None:
        raise SourceFault("source_no_address", name=source.endpoint.upper())
    return address.rstrip("/") if source.format == "baogong_v1" else address


def not_ready(source: Source) -> Text | None:
    """Why a source cannot be asked from this machine at all, nobody being asked; None where it can."""
    try:
        allowed(source, base_address(source))
        caller_of(source).close()
    except SourceFault as fault:
        return fault.reason
    return None


def _pages(work: Work, source: Source, caller: Caller) -> Iterator[tuple[Submission, _Turn]]:
    url: str | None = _first(work.run, source)
    visited: set[str] = set()
    entries = 0
    while url is not None:
        if url in visited or len(visited) >= MOST_PAGES:
            raise SourceFault("source_round")
        visited.add(url)
        answer = caller.get(url)
        page, turn = _kept(work, source, answer)
        entries += turn.entries
        yield page, turn
        if turn.next is None and turn.count is not None and entries < turn.count:
            raise SourceFault("source_incomplete", got=entries, count=turn.count)
        url = str(httpx.URL(answer.url).join(turn.next)) if turn.next else None


def _kept(work: Work, source: Source, answer: Answer) -> tuple[Submission, _Turn]:
    """Store the bytes, then look into them."""
    page = keep(work, source, answer)
    if page.state == "unreadable" and page.reasons and page.reasons[0]["code"] == "page_wrong_type":
        raise SourceFault("page_wrong_type", type=_type(answer))
    try:
        return page, _turn(work.run, source, answer.body)
    except NotAsAgreed as fault:
        raise SourceFault(fault.reason.code, **fault.reason.args) from fault


def keep(work: Work, source: Source, answer: Answer) -> Submission:
    """The answer's bytes as a submission of the run's date; what is no JSON by its own account is kept unread."""
    run = work.run
    key = submissions.Key(run.plan_id, FILED_AS[source.kind], run.business_date)
    sender = source.store or source.community or source.id
    wrong = None if "json" in _type(answer) else Text("page_wrong_type", {"type": _type(answer)})
    with deciding(work) as session:
        return submissions.store_page(session, key, run.now, page_name(source), sender, answer.body, wrong)


def _type(answer: Answer) -> str:
    return answer.content_type.split(";")[0].strip().lower()[:60] or "?"


def _turn(run: Run, source: Source, body: bytes) -> _Turn:
    if source.kind == "form_submissions":
        page = form_page(body, source.format)
        reached = max((one.changed_at for one in page.filled), default=None)
        return _Turn(len(page.filled), page.next, page.count, reached)
    expected = Expected(str(source.store), run.business_date, run.plan.zone)
    if source.kind == "order_confirmations":
        entries, following = store_page(body, expected, "confirmations")
        said = [told_moment(entry.get("confirmed_at"), "confirmed_at") for entry in entries]
        return _Turn(len(entries), following, reached=max(said, default=None))
    entries, following = store_page(body, expected)
    list_sheet(body, source.kind, expected)
    return _Turn(len(entries), following)


# --- where a pull begins ------------------------------------------------------------------------------------------


def _first(run: Run, source: Source) -> str:
    base = base_address(source)
    if source.kind in ("stock", "catalog"):
        return f"{base}/{PATHS[source.kind]}"
    since = _since(run, source).astimezone(UTC)
    if source.format == "baogong_v1":
        asked: dict[str, str | int] = {"since": since.isoformat()}
        base = f"{base}/{PATHS[source.kind]}"
    elif source.format == "kobo_v2":
        query = {"_submission_time": {"$gte": f"{since:%Y-%m-%dT%H:%M:%S}"}}
        asked = {"format": "json", "limit": KOBO_PAGE, "query": json.dumps(query), "sort": '{"_submission_time":1}'}
    else:
        from_then = f"ge {since:%Y-%m-%dT%H:%M:%S}.000Z"
        ours = f"__system/submissionDate {from_then} or __system/updatedAt {from_then}"
        asked = {"$expand": "*", "$count": "true", "$top": ODK_PAGE, "$filter": ours}
    return str(httpx.URL(base).copy_merge_params(asked))


def _since(run: Run, source: Source) -> datetime:
    """From where to ask: the cursor, or the beginning of the open cycle where there is none or edits show no time."""
    beginning = _beginning(run.plan, run.business_date)
    with reading() as session:
        reached = cursor(session, run.plan_id, source.id)
    if reached is None or (source.format == "kobo_v2" and reached > beginning):
        return beginning - OVERLAP
    return reached - OVERLAP


def _beginning(plan: Plan, on: date) -> datetime:
    """The cut-off of the collection before."""
    before = last_run_date(plan, Process.COLLECT_NEEDS, on - timedelta(days=1))
    return moment(plan, before, plan.file.needs.cutoff.value)


def cursor(session: Session, plan_id: str, source_id: str) -> datetime | None:
    """How far a source was read, by its own clock; None where it never was."""
    row = session.get(SourceCursor, (plan_id, source_id))
    return row.reached_at if row is not None else None


def move_cursor(work: Work, source: Source, reached: datetime | None) -> None:
    """Only forwards, and never past the run's own moment: neither a day run again nor a wrong clock loses anything."""
    if reached is None:
        return
    reached = min(reached, work.run.now)
    key = {"plan_id": work.run.plan_id, "source_id": source.id}
    with deciding(work) as session:
        query = sa.select(col(SourceCursor.reached_at)).where(
            col(SourceCursor.plan_id) == work.run.plan_id, col(SourceCursor.source_id) == source.id
        )
        there = session.execute(query).scalar_one_or_none()
        if there is None or there < reached:
            upsert(session, SourceCursor, [key | {"reached_at": reached}])
