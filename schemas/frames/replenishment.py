"""Frames of the replenishment rule: lines to be judged, dated quantities, and what is suggested.

`line` is a number of the caller's own; quantities are integers in whatever unit a line is counted in.
"""

from typing import ClassVar

import pandera.polars as pa
import polars as pl

from schemas.frames.supply import Frame


class ReplenishLines(Frame):
    """One item of one buyer: what it has, between which levels it is to be kept, and how it is bought."""

    line: int = pa.Field(unique=True)
    on_hand: int
    min_level: int
    target_level: int
    max_level: int = pa.Field(nullable=True)
    lead_days: int = pa.Field(ge=0)
    review_days: int = pa.Field(ge=1)
    pack: int = pa.Field(gt=0)

    @pa.dataframe_check(error="minimum, target, maximum in this order")
    @classmethod
    def in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """A target below the minimum would be ordered for ever, a maximum below it given away and bought back."""
        reachable = pl.col("min_level") <= pl.col("target_level")
        return data.lazyframe.select(
            reachable & (pl.col("max_level").fill_null(pl.col("target_level")) >= pl.col("target_level"))
        )


class DatedQuantities(Frame):
    """Demand or receipts of a line on a day, counted from today; several of one day add up."""

    line: int
    day: int
    qty: int = pa.Field(ge=0)


class Suggestions(Frame):
    """What to do about each line; quantities 0 and days null where nothing is to be done."""

    line: int = pa.Field(unique=True)
    qty: int = pa.Field(ge=0)
    need_by_day: int = pa.Field(nullable=True)
    order_by_day: int = pa.Field(nullable=True)
    expedite_day: int = pa.Field(nullable=True)
    surplus: int = pa.Field(ge=0)
    lowest: int

    class Config:
        unique: ClassVar[list[str]] = ["line"]
