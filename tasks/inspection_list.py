"""What waits for an inspector, as the form, the command and the artifact show it; and the form's answers taken."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import rise_percent
from rules.inspection_results import read_results
from schemas.plan import Plan
from schemas.tables import Batch, Submission
from schemas.text import N_
from schemas.units import sale_quantity, yuan
from tasks.batches import called, find_batch, held_words
from tasks.bought_prices import last_prices
from tasks.database import reading
from tasks.documents.labels import store_label
from tasks.inspection import Inspection, take_inspection, to_be_inspected
from tasks.intake.submissions import store_text
from tasks.recall import make_lists
from tasks.refused import Refused
from tasks.runs import Run, Work, deciding
from tasks.words import reason_text, say

KIND = "inspections"
#: A run waits at least so long for its form, also late in the evening.
LEAST_SECONDS = 900
SHOWN = 40
LINE = N_(
    "{batch}: {item} {quantity}{unit}, {price} yuan per {unit}{rise}, from {supplier}, keeps until {expires_on}{why}"
)


def waiting_now(run: Run) -> list[dict[str, Any]]:
    """Batches that wait for an inspector, the oldest first, each with what its check is about."""
    with reading() as session:
        batches = to_be_inspected(session, run.plan, run.business_date)
        return [_row(session, run.plan, batch) for batch in batches]


def _row(session: Session, plan: Plan, batch: Batch) -> dict[str, Any]:
    item = plan.items.get(batch.item_id)
    last = last_prices(session, plan, batch.arrived_on).get(batch.item_id)
    return {
        "batch": called(batch),
        "batch_id": batch.batch_id,
        "store": store_label(plan, batch.store_id),
        "item": item.name if item else batch.item_id,
        "quantity": sale_quantity(batch.qty_base, item.unit_base if item else 1),
        "unit": item.unit if item else "",
        "price": yuan(batch.cost_fen),
        "last_price": None if last is None else yuan(last),
        "rise_pct": rise_percent(batch.cost_fen, last),
        "supplier": store_label(plan, batch.supplier) if batch.supplier in plan.stores else batch.supplier,
        "produced_on": batch.produced_on,
        "expires_on": batch.expires_on,
        "state": "afterwards" if batch.conditional else batch.state,
        "why": held_words(session, plan, batch) if batch.state == "held" else "",
    }


def list_words(rows: Sequence[dict[str, Any]]) -> str:
    """The list as the form and the command show it."""
    if not rows:
        return say("No batch waits for a check.")
    told = [_line(row) for row in rows[:SHOWN]]
    more = [say(N_("and {count} more in the document"), count=len(rows) - SHOWN)] if len(rows) > SHOWN else []
    return "\n\n".join([say("{count} batches wait for a check:", count=len(rows)), *told, *more])


def _line(row: dict[str, Any]) -> str:
    rise = say(" (last {last_price}, {rise_pct:+}%)", **row) if row["rise_pct"] is not None else ""
    notes = [row["why"]] if row["why"] else []
    notes += [say("handed out unchecked")] if row["state"] == "afterwards" else []
    why = say(" ({parts})", parts="；".join(notes)) if notes else ""
    return say(LINE, **(row | {"rise": rise, "why": why}))


def take_results(work: Work, text: str, inspector: str, form: str) -> list[str]:
    """Take the lines of a form, all of them or none, once per form; batches that changed.

    The form is kept raw with what it decides: a run that starts again from the top is given it again by Prefect, and
    what somebody else has found meanwhile must not be undone by that.

    Raises:
        Refused: a line that is not understood, named by its number; whatever refuses a single inspection.
    """
    run = work.run
    results, faults = read_results(text)
    if faults:
        raise Refused("\n".join(reason_text(fault.as_json()) for fault in faults))
    name = f"{KIND}:{form}"
    with deciding(work) as session:
        if _taken(session, run, name):
            return []
        store_text(session, run.plan_id, KIND, run.business_date, run.now, text, inspector, "form", name)
        changed = []
        for one in results:
            batch = find_batch(session, run.plan_id, one.batch)
            said = Inspection(inspector, one.passed, one.reason, one.price, "form")
            if take_inspection(session, run, batch, said):
                changed.append(batch)
    for batch in changed:
        make_lists(run, batch.batch_id)
    return [called(batch) for batch in changed]


def _taken(session: Session, run: Run, name: str) -> bool:
    query = sa.select(sa.literal(1)).where(
        col(Submission.plan_id) == run.plan_id, col(Submission.kind) == KIND, col(Submission.source_name) == name
    )
    return session.execute(query.limit(1)).first() is not None


def inspection_seconds(run: Run) -> int:
    """How long a run waits for its form: until its day ends."""
    end = datetime.combine(run.business_date + timedelta(days=1), time(), run.plan.zone)
    return max(LEAST_SECONDS, int((end - run.now).total_seconds()))
