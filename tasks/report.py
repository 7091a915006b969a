"""The daily report of the market: compiled, written as workbook, JSON and message, submitted, receipt kept (B-12)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import orjson
import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import cycle_of, moment
from rules.demand import attribute
from rules.market import figures
from schemas.frames.base import frame_of
from schemas.frames.supply import Cover
from schemas.tables import Batch, CoverLine, DutyRow, MarketReport, Receipt, StockReportLine
from schemas.words import Process, Stage
from tasks import supply
from tasks.artifacts import leave, report_artifact
from tasks.database import frame, insert, reading
from tasks.documents.report import report_json, report_message, report_sheet
from tasks.documents.store import path_of, save_all
from tasks.duties import answer, open_duties
from tasks.endpoints import NotTaken, endpoint, hand_in
from tasks.notices.outbox import tell
from tasks.runs import Outcome, Run, Work, audit, decide, deciding
from tasks.step import step

KIND = "report"
REPORT = {
    "store_id": pl.String,
    "item_id": pl.String,
    "qty_base": pl.Int64,
    "price_fen": pl.Int64,
    "sold_base": pl.Int64,
}


@step("Compile the report")
def compile_report(work: Work) -> Outcome:
    """Figures of the day; what is late or missing is said in the report itself."""
    run = work.run
    with deciding(work) as session:
        # Before it is asked who is late: a report must not read otherwise because nobody had opened the day's duties.
        open_duties(session, run.plan, run.business_date)
    body = _body(run)
    outcome = decide(work, {"body": body}, lambda session, revision: _write(session, run, revision, body))
    with reading() as session:
        made = [build(session, run.plan, run.business_date, outcome.revision) for build in (report_sheet, report_json)]
    paths = save_all(run, outcome.revision, made)
    leave(run, KIND, report_artifact(run, outcome, outcome.summary["message"], paths))
    return outcome


def _body(run: Run) -> dict[str, Any]:
    plan, day = run.plan, run.business_date
    with reading() as session:
        cycle = cycle_of(plan, run.process, day)
        needs = attribute(supply.needs_history(session, plan, cycle).filter(pl.col("business_date") == cycle), plan)
        market = figures(
            plan,
            day,
            _reports(session, run, day),
            _reports(session, run, day - timedelta(days=1)),
            needs.select("store_id", "item_id", "qty_base"),
            _arrivals(session, run),
            _cover(session, run),
        )
        return {**market, "late": _late(session, run), "cycle": cycle.isoformat()}


def _reports(session: Session, run: Run, on: date) -> pl.DataFrame:
    query = sa.select(*(col(getattr(StockReportLine, name)) for name in REPORT)).where(
        col(StockReportLine.plan_id) == run.plan_id, col(StockReportLine.business_date) == on
    )
    return frame(session, query.order_by(col(StockReportLine.store_id), col(StockReportLine.item_id)), REPORT)


def _arrivals(session: Session, run: Run) -> pl.DataFrame:
    """Base units that came in on the day, per store and item, whatever became of them."""
    query = (
        sa.select(col(Batch.store_id), col(Batch.item_id), sa.func.sum(Batch.qty_base).label("qty_base"))
        .where(
            col(Batch.plan_id) == run.plan_id,
            col(Batch.arrived_on) == run.business_date,
            col(Batch.origin).not_in(("opening", "count")),
        )
        .group_by(col(Batch.store_id), col(Batch.item_id))
        .order_by(col(Batch.store_id), col(Batch.item_id))
    )
    return frame(session, query, supply.STOCK)


def _cover(session: Session, run: Run) -> pl.DataFrame:
    """The day's newest days of cover; empty where stock was not checked today."""
    mine = (col(CoverLine.plan_id) == run.plan_id, col(CoverLine.business_date) == run.business_date)
    newest = sa.select(sa.func.max(CoverLine.revision)).where(*mine).scalar_subquery()
    lines = session.execute(sa.select(CoverLine).where(*mine, col(CoverLine.revision) == newest)).scalars()
    return frame_of(Cover, (line.model_dump() | {"why": ""} for line in lines))


def _late(session: Session, run: Run) -> list[dict[str, str]]:
    """Inputs that were owed by the report's hour and came late or not at all: duty and who owes it."""
    ready = moment(run.plan, run.business_date, run.plan.file.report.ready_at.value)
    query = sa.select(DutyRow).where(
        col(DutyRow.plan_id) == run.plan_id,
        col(DutyRow.business_date) == run.business_date,
        col(DutyRow.due_at) <= ready,
        sa.or_(col(DutyRow.answered_at).is_(None), col(DutyRow.answered_at) > col(DutyRow.due_at)),
        col(DutyRow.duty_id).in_([d.id for d in run.plan.file.duty if d.fulfilled_by in ("stock", "needs")]),
    )
    rows = session.execute(query.order_by(col(DutyRow.duty_id), col(DutyRow.subject))).scalars()
    return [{"duty": r.duty_id, "subject": r.subject, "came": "late" if r.answered_at else "missing"} for r in rows]


def _write(session: Session, run: Run, revision: int, body: dict[str, Any]) -> Mapping[str, Any]:
    plain = orjson.loads(orjson.dumps(body, default=str))
    message = report_message(run.plan, plain, revision)
    row = {"plan_id": run.plan_id, "business_date": run.business_date, "revision": revision}
    insert(session, MarketReport, [row | {"body": plain, "message": message, "compiled_at": run.now}])
    return {"verdict": body["verdict"], "missing": body["missing"], "late": len(body["late"]), "message": message}


@step("Submit the report")
def submit(work: Work, outcome: Outcome) -> bool:
    """Hand the report in and keep the receipt; officers of the leading group get it as a notice with the workbook.

    A desk that does not answer is told to those responsible, and the next watch tries again. Whether it was taken.
    """
    run = work.run
    if _receipt(run, outcome.revision) is not None:
        return True
    if run.dry_run:
        return False
    with reading() as session:
        report = session.get(MarketReport, (run.plan_id, run.business_date, outcome.revision))
        assert report is not None  # noqa: S101 - compiled in this very run, under the same lease
    key = f"{run.plan_id}:{run.business_date}:{outcome.revision}"
    address = endpoint(run.plan.file.report.endpoint.value)
    try:
        receipt = hand_in(address, key, report.body) if address else None
    except NotTaken as fault:
        _not_taken(work, outcome.revision, str(fault))
        return False
    _taken(work, outcome, key, receipt)
    return True


def _receipt(run: Run, revision: int) -> Receipt | None:
    with reading() as session:
        return session.get(Receipt, (run.plan_id, run.business_date, revision))


def _taken(work: Work, outcome: Outcome, key: str, receipt: tuple[int, str] | None) -> None:
    """Without a desk to hand it in at, the officers' notice is the submission, and it says so in the audit log."""
    run, revision = work.run, outcome.revision
    status, words = receipt or (0, "by notice")
    with deciding(work) as session:
        row = {"plan_id": run.plan_id, "business_date": run.business_date, "revision": revision}
        insert(
            session,
            Receipt,
            [row | {"idempotency_key": key, "status_code": status, "body": words, "received_at": run.now}],
        )
        subjects = {f"role:{role}": run.now for role in run.plan.file.roles}
        answer(session, run.plan_id, KIND, subjects, run.business_date, f"receipt {key}")
        path = path_of("report", run.plan, run.business_date, revision)
        missing = [run.plan.stores[s].name for s in outcome.summary["missing"]]
        values = {"receipt": key if receipt else None, "revision": revision, "missing": missing}
        roles = sorted(
            {*run.plan.file.report.to_roles.value, *run.plan.file.notices.to.value.get(Stage.REPORT_SUBMITTED, [])}
        )
        officers = [o.officer_id for o in run.plan.officers_in(roles)]
        due = moment(run.plan, run.business_date, run.plan.file.report.due_at.value)
        tell(session, run, Stage.REPORT_SUBMITTED, "all", revision, values, [path], to=officers, by=due)
        audit(
            session, run.plan_id, run.now, f"flow:{Process.SUBMIT_REPORT}", "submitted", {"key": key, "status": status}
        )


def _not_taken(work: Work, revision: int, why: str) -> None:
    run = work.run
    with deciding(work) as session:
        values = {"why": why, "due": run.plan.file.report.due_at.value}
        tell(session, run, Stage.REPORT_UNDELIVERED, "all", revision, values)
        audit(session, run.plan_id, run.now, f"flow:{Process.SUBMIT_REPORT}", "not_taken", {"why": why})


def unsubmitted(plan_id: str, until: date) -> list[date]:
    """Days whose newest report has been compiled and has no receipt yet, earlier ones first.

    Days before `until` count as well: a desk that was away until after midnight still gets the report of that day.
    """
    newest = (
        sa.select(col(MarketReport.business_date), sa.func.max(MarketReport.revision).label("revision"))
        .where(col(MarketReport.plan_id) == plan_id, col(MarketReport.business_date) <= until)
        .group_by(col(MarketReport.business_date))
        .subquery()
    )
    received = sa.select(col(Receipt.revision)).where(
        col(Receipt.plan_id) == plan_id,
        col(Receipt.business_date) == newest.c.business_date,
        col(Receipt.revision) == newest.c.revision,
    )
    query = sa.select(newest.c.business_date).where(~received.exists()).order_by(newest.c.business_date)
    with reading() as session:
        return list(session.execute(query).scalars())
