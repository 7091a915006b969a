"""Who hears that stock runs low, with what mends it, and that a report is doubted (B-06, B-07)."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from rules.demand import grams_per_base
from rules.mending import Key, Way
from rules.plausibility import Doubt
from schemas.plan import Plan
from schemas.units import sale_quantity
from schemas.words import Stage
from tasks.documents.store import path_of
from tasks.documents.ways import way_words
from tasks.notices.outbox import tell
from tasks.runs import Run
from tasks.words import reason_text

GRAMS_PER_KG = 1000
#: So many doubts stand in a notice; all of them stand in the document.
TOLD = 3


def tell_alerts(
    session: Session,
    run: Run,
    revision: int,
    alerts: pl.DataFrame,
    ways: Mapping[Key, list[Way]],
    summary: Mapping[str, Any],
) -> None:
    """The day's result to all, and each store's alerts to those who look after it."""
    plan = run.plan
    path = path_of("stock", plan, run.business_date, revision)
    silent, doubted = ([plan.stores[s].name for s in summary[key]] for key in ("estimated", "doubted"))
    values = {**summary, "stores": len(summary["stores"]), "silent": silent, "doubted": doubted}
    tell(session, run, Stage.STOCK_CHECKED, "all", revision, values, [path])
    for (stage, store_id), part in alerts.group_by(["stage", "store_id"], maintain_order=True):
        store = plan.stores[str(store_id)]
        told = {"store": store.name, "count": part.height, **_alert_words(plan, part, ways)}
        tell(session, run, Stage(str(stage)), str(store_id), revision, told, [path], serves=store.store_id)


def tell_doubts(session: Session, run: Run, revision: int, doubts: Sequence[Doubt]) -> None:
    """What is doubted of a store's report, to the store, and to its liaison and the officers of the stage."""
    plan = run.plan
    stage_roles = plan.file.notices.to.value.get(Stage.STOCK_DOUBTED, [])
    for store_id in sorted({d.store_id for d in doubts}):
        store, mine = plan.stores[store_id], [d for d in doubts if d.store_id == store_id]
        words = [reason_text(d.why.as_json()) for d in mine[:TOLD]]
        officers = [o.officer_id for o in plan.officers_in(stage_roles, store_id)]
        readers = list(dict.fromkeys([store.contact, store.liaison, *officers]))
        values = {"store": store.name, "count": len(mine), "doubts": words}
        tell(session, run, Stage.STOCK_DOUBTED, store_id, revision, values, to=readers)


def _alert_words(plan: Plan, part: pl.DataFrame, ways: Mapping[Key, list[Way]]) -> dict[str, Any]:
    """What runs out, when the first of it does, what is missing in all, and what mends it; the rule's own clause."""
    rows = part.to_dicts()
    items = [row for row in rows if row["item_id"]] or rows
    first = next((row for row in rows if ways.get(_key(row))), None)
    return {
        "items": [_name(plan, row) for row in rows],
        "runs_out_on": part["runs_out_on"].min(),
        "missing": [_missing(plan, row) for row in rows if row["missing_base"]],
        "missing_kg": round(sum(_grams(plan, row) for row in items) / GRAMS_PER_KG, 1) or None,
        "missing_fen": sum(row["missing_fen"] or 0 for row in items) or None,
        "first": _name(plan, first) if first else None,
        "ways": [way_words(plan, way.as_json()) for way in ways[_key(first)]] if first else None,
        "hours": plan.file.reserve.stock_out_hours.value,
        "clause": rows[0]["clause"],
    }


def _key(row: Mapping[str, Any]) -> Key:
    return row["store_id"], row["category"], row["item_id"]


def _grams(plan: Plan, row: Mapping[str, Any]) -> float:
    missing: int = row["missing_base"]
    return missing * grams_per_base(plan.items[row["item_id"]]) if row["item_id"] else float(missing)


def _name(plan: Plan, row: Mapping[str, Any]) -> str:
    return plan.items[row["item_id"]].name if row["item_id"] else plan.categories[row["category"]].name


def _missing(plan: Plan, row: Mapping[str, Any]) -> str:
    """`大米 12袋`; a category is told in kilograms."""
    if not row["item_id"]:
        return f"{_name(plan, row)} {row['missing_base'] / GRAMS_PER_KG:.1f}kg"
    item = plan.items[row["item_id"]]
    whole = -(-row["missing_base"] // item.step_base) * item.step_base
    return f"{item.name} {sale_quantity(whole, item.unit_base)}{item.unit}"
