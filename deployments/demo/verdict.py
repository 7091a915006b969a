"""What a sample week comes to: its figures and its checks, out of the database alone but for the runs' ends."""

from datetime import timedelta
from pathlib import Path

import orjson

from deployments.demo.closing import Shown
from deployments.demo.week import Told
from schemas.plan import Plan
from tasks import summary
from tasks.database import reading
from tasks.invariants import broken


def judged(plan: Plan, days: int, folder: Path, told: Told, seconds: float) -> Shown:
    """The plan's first days as the database in force has them; leaves `summary.json` in the folder."""
    first = plan.file.plan.start_date
    span = summary.Span(first, first + timedelta(days=days - 1))
    with reading() as session:
        rows = broken(session, plan.id)
        checks = {name: not found for name, found in rows.items()}
        runs = {str(flow): dict(counts) for flow, counts in told.runs.items()}
        figures = summary.summary(session, plan, span, runs, checks, {"run": round(seconds, 1)})
        by_day = summary.day_by_day(session, plan, span)
    (folder / "summary.json").write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
    broke = [f"{name}: {row}" for name, found in rows.items() for row in found]
    return Shown(plan, figures, by_day, told.faults + broke)
