"""Prices on the lists that somebody must look at: rises above a limit of the plan, and prices that are asked back."""

import hashlib
from collections.abc import Sequence
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from rules.prices import PriceAlert
from schemas.plan import Plan
from schemas.text import N_
from schemas.units import yuan
from schemas.words import Stage
from tasks.notices.outbox import tell
from tasks.runs import Run
from tasks.words import reason_text, say

ROSE = N_("{store} {item} +{percent}% to {price}")


def tell_prices(session: Session, run: Run, questions: pl.DataFrame, alerts: Sequence[PriceAlert]) -> None:
    """The price officer is told of rises; of a price that is asked back he is told with the store."""
    plan = run.plan
    if alerts:
        rose = [_rise(plan, alert) for alert in alerts]
        values = {"count": len(alerts), "goods": rose, "clause": plan.file.prices.blue_pct.clause}
        tell(session, run, Stage.PRICE_MOVED, _mark(rose), 1, values)
    officers = [o.officer_id for o in plan.officers_in(plan.file.notices.to.value.get(Stage.PRICE_QUESTIONED, []))]
    for (store_id,), asked in questions.group_by(["store_id"], maintain_order=True):
        store = plan.stores[str(store_id)]
        goods = [_asked(plan, row) for row in asked.iter_rows(named=True)]
        values = {"store": store.name, "count": len(goods), "goods": goods}
        values["clause"] = plan.file.catalog.question_times.clause
        subject = f"{store_id}:{_mark(goods)}"
        tell(session, run, Stage.PRICE_QUESTIONED, subject, 1, values, to=[store.contact, *officers])


def _rise(plan: Plan, alert: PriceAlert) -> str:
    store, item = plan.stores[alert["store_id"]], plan.items[alert["item_id"]]
    return say(ROSE, store=store.name, item=item.name, percent=alert["rise_pct"], price=yuan(alert["price_fen"]))


def _asked(plan: Plan, row: dict[str, Any]) -> str:
    item = plan.items[row["item_id"]]
    args = {"item": item.name, "unit": item.unit, "price": yuan(row["price_fen"]), "before": yuan(row["before_fen"])}
    args |= {"said": row["unit"], "said_before": row["before_unit"]}
    return reason_text({"code": row["reason"], "args": args})


def _mark(words: Sequence[str]) -> str:
    # The same prices are told once a day, whatever else makes a new revision of the list.
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:8]
