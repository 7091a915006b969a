"""The forecast as of a date: history from our database, the planning norm where there is none yet (B-05)."""

from datetime import date, timedelta

import polars as pl
from sqlalchemy.orm import Session

from rules.calendar import cycle_of
from rules.demand import expected
from schemas.plan import Plan
from schemas.words import Process
from tasks import supply
from tasks.catalog_lists import off_list


def demand_of(session: Session, plan: Plan, on: date) -> pl.DataFrame:
    """`CommunityDemand`, learnt from every collection closed before `on`."""
    last = cycle_of(plan, Process.CHECK_STOCK, on)
    since = last - timedelta(days=plan.file.reserve.forecast_days.value)
    needs, heard = supply.needs_history(session, plan, since, last), supply.heard(session, plan, since, last)
    return expected(needs, heard, off_list(session, plan.id, since, last), plan, last)
