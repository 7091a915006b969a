"""Frames of what producers, carriers and carers send in, and of who takes which medicine until when.

Goods are in base units of the item, prices in fen per sale unit, vehicles in whole kilograms, doses in thousandths of
the dose unit. A frame that fails is a fault of the program; rows of `DECLARED` that fail are the sender's, and each
check carries the code of the reason that goes back.
"""

from datetime import date
from typing import Annotated, ClassVar

import pandera.polars as pa
import polars as pl

from schemas.frames.base import Frame

Moment = Annotated[pl.Datetime, "us", "UTC"]
#: The heaviest lorry that may drive without a permit carries less.
MAX_KG = 49_000
#: Beyond ten thousand units a dose is a slip.
MAX_DOSE_MILLI = 10_000_000
MAX_PACK = 10_000


def _whole(*checks: pa.Check) -> pa.Column:
    return pa.Column(pl.Int64, list(checks), nullable=True)


#: Numbers of declarations, row by row; a null passes, since the kind of list says what must be there.
DECLARED = pa.DataFrameSchema(
    {
        "qty_base_per_day": _whole(pa.Check.gt(0, error="not_above_zero")),
        "price_fen": _whole(pa.Check.gt(0, error="price_not_positive")),
        "capacity_kg": _whole(pa.Check.gt(0, error="not_above_zero"), pa.Check.le(MAX_KG, error="capacity_absurd")),
        "daily_milli": _whole(pa.Check.gt(0, error="not_above_zero"), pa.Check.le(MAX_DOSE_MILLI, error="dose_absurd")),
        "left_milli": _whole(
            pa.Check.ge(0, error="quantity_negative"), pa.Check.le(MAX_DOSE_MILLI, error="dose_absurd")
        ),
        "pack_units": _whole(pa.Check.gt(0, error="not_above_zero"), pa.Check.le(MAX_PACK, error="dose_absurd")),
        "window_days": _whole(pa.Check.ge(0, error="until_before_from")),
        "days_ahead": _whole(pa.Check.le(0, error="counted_tomorrow")),
        "days_left": _whole(pa.Check.ge(0, error="window_over")),
    }
)


class Declared(Frame):
    """A line of a declaration: where it came from."""

    submission_id: str
    line_no: int = pa.Field(ge=1)
    received_at: Moment
    sequence: int


class SupplyLine(Declared):
    """What a producer can supply per day (B-08)."""

    store_id: str
    item_id: str
    qty_base_per_day: int = pa.Field(gt=0)
    price_fen: int = pa.Field(gt=0)
    from_date: date
    until_date: date

    class Config:
        unique: ClassVar[list[str]] = ["submission_id", "line_no"]


class VehicleLine(Declared):
    """A vehicle that is ready (B-09)."""

    carrier_id: str
    plate: str
    capacity_kg: int = pa.Field(gt=0)
    driver: str
    health_ok: bool
    from_date: date
    until_date: date

    class Config:
        unique: ClassVar[list[str]] = ["submission_id", "line_no"]


class MedicineLine(Declared):
    """Who takes what until when (B-04); `until` is null where the treatment goes on."""

    household_id: str
    medicine: str
    pharmacy_id: str
    daily_milli: int = pa.Field(gt=0)
    left_milli: int = pa.Field(ge=0)
    pack_units: int = pa.Field(gt=0)
    as_of: date
    until: date = pa.Field(nullable=True)
    prescription: str

    class Config:
        unique: ClassVar[list[str]] = ["submission_id", "line_no"]


class Returned(Frame):
    """A line of a declaration that goes back. `reasons`: JSON list of `{"code","args"}`, never empty."""

    submission_id: str
    line_no: int = pa.Field(ge=1)
    words: str
    place: str
    reasons: str = pa.Field(str_startswith="[{")
