"""The first step of a process that reads: whatever the plan has fetched over HTTP, before anything is taken in.

A source that fails is a late duty with its reason, told at once to those who can mend it; the other sources and the day
go on without it. A later run of the day that gets it closes the duty. A dry run fetches nothing: it would hold the
books while it waits for others. Known drawback: sources are asked one after another.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from schemas.plan.sources import FETCHED_BY, Source
from schemas.tables import DutyRow
from schemas.text import Text
from schemas.words import DutyState, Stage
from tasks.confirmations import take_confirmations
from tasks.database import insert
from tasks.intake.http_client import SourceFault
from tasks.intake.pulls import move_cursor, pull
from tasks.notices.outbox import tell
from tasks.runs import Run, Work, audit, deciding
from tasks.words import reason_text


def fetch(work: Work) -> None:
    """Every source of the plan that this process reads; no step of its own, since a day has few to spend."""
    run = work.run
    for source in run.plan.sources.values():
        if run.process in FETCHED_BY[source.kind] and not run.dry_run:
            _fetch(work, source)


def _fetch(work: Work, source: Source) -> None:
    """One source; a fault of it ends here."""
    try:
        pulled = pull(work, source)
        if source.kind == "order_confirmations":
            take_confirmations(work, source, pulled.pages)
        move_cursor(work, source, pulled.reached)
    except SourceFault as fault:
        not_fetched(work, source, fault.reason)
    else:
        _fetched(work, source)


def not_fetched(work: Work, source: Source, reason: Text) -> None:
    """The duty's row says why; a notice names the source and what to do."""
    run, why = work.run, reason_text(reason.as_json())
    row = _duty_key(run, source) | {"opens_at": run.now, "due_at": run.now}
    with deciding(work) as session:
        insert(session, DutyRow, [row | {"reason": why}])
        still_open = sa.update(DutyRow).where(*_mine(run, source), col(DutyRow.state) == DutyState.OPEN)
        session.execute(still_open.values(reason=why))
        told = {"source": source.title, "why": why, "clause": source.clause}
        tell(session, run, Stage.SOURCE_FAILED, source.id, 1, told, to=_menders(run, source))
        audit(session, run.plan_id, run.now, f"flow:{run.process}", "not_fetched", {"source": source.id, "why": why})


def _fetched(work: Work, source: Source) -> None:
    """A duty that was late is done; one that never failed has no row."""
    run = work.run
    late = sa.update(DutyRow).where(*_mine(run, source), col(DutyRow.state) == DutyState.OPEN)
    done: dict[str, str | datetime] = {"state": DutyState.LATE, "answered_at": run.now, "answer": "fetched"}
    with deciding(work) as session:
        session.execute(late.values(**done))


def _duty_key(run: Run, source: Source) -> dict[str, object]:
    return {
        "plan_id": run.plan_id,
        "duty_id": f"source_{source.id}",
        "business_date": run.business_date,
        "subject": f"source:{source.id}",
    }


def _mine(run: Run, source: Source) -> list[sa.ColumnElement[bool]]:
    return [getattr(DutyRow, name) == value for name, value in _duty_key(run, source).items()]


def _menders(run: Run, source: Source) -> list[str]:
    """Whoever answers for the source, and the roles that the plan names; else those who hear of what is overdue."""
    plan, to = run.plan, run.plan.file.notices.to.value
    own: list[str] = []
    if source.store is not None:
        own = [plan.stores[source.store].contact, plan.stores[source.store].liaison]
    elif source.community is not None:
        own = [plan.communities[source.community].contact]
    roles = to.get(Stage.SOURCE_FAILED) or to.get(Stage.DUTY_ESCALATED, [])
    return list(dict.fromkeys([*own, *(o.officer_id for o in plan.officers_in(roles))]))
