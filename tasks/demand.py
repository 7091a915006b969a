"""The forecast as of a date: history from our database, the planning norm where there is none yet (B-05)."""

from datetime import date

import polars as pl
from sqlalchemy.orm import Session

from rules.calendar import cycle_of
from rules.demand import attribute, forecast, norm_prior
from schemas.plan import Plan
from schemas.words import Process
from tasks import supply


def demand_of(session: Session, plan: Plan, on: date) -> pl.DataFrame:
    """store_id, item_id, demand_base_per_day, learnt from every collection closed before `on`."""
    last = cycle_of(plan, Process.CHECK_STOCK, on)
    history = attribute(supply.needs_history(session, plan, last), plan)
    return forecast(history, norm_prior(plan), plan, last)
