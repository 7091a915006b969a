"""What producers and carriers have declared that still holds, as the books know it (B-08, B-09). Reading only."""

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from rules.declarations import holding
from rules.intake.checking import build
from schemas.frames.base import Frame
from schemas.frames.people import SupplyLine, VehicleLine
from schemas.tables import SupplyDeclaration, VehicleDeclaration
from tasks.database import frame
from tasks.runs import Run


def declared_supply(session: Session, run: Run) -> pl.DataFrame:
    """`SupplyLine`: what producers have declared for the run's day, as far as it was known at its moment."""
    return holding(_known(session, run, SupplyDeclaration, SupplyLine), run.business_date, ("store_id", "item_id"))


def ready_vehicles(session: Session, run: Run) -> pl.DataFrame:
    """`VehicleLine`: vehicles that are ready on the run's day, their drivers' health code green."""
    holds = holding(_known(session, run, VehicleDeclaration, VehicleLine), run.business_date, ("carrier_id", "plate"))
    return holds.filter("health_ok")


def _known(session: Session, run: Run, table: type[SQLModel], model: type[Frame]) -> pl.DataFrame:
    schema = {name: column.dtype.type for name, column in model.to_schema().columns.items()}
    columns = table.__table__.columns  # type: ignore[attr-defined]  # SQLModel does not declare what SQLAlchemy adds
    query = sa.select(*(columns[name] for name in schema)).where(
        columns.plan_id == run.plan_id, columns.received_at <= run.now
    )
    return build(model, frame(session, query, schema).to_dict(as_series=False))
