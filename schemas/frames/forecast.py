"""Frames of the forecast: what was seen of a series, what is thought of it beforehand, and what is expected.

`line` is a number of the caller's own; quantities are in whatever unit a series is counted in.
"""

import pandera.polars as pa
import polars as pl

from schemas.frames.base import Frame


class Observed(Frame):
    """What was wanted in `span` days, the last of them `age` days before the newest; a day without a row is unknown.

    `censored`: the shelf was empty, so that more may have been wanted than was seen.
    """

    line: int
    age: int = pa.Field(ge=0)
    span: int = pa.Field(gt=0)
    qty: float = pa.Field(ge=0)
    censored: bool


class Priors(Frame):
    """What is expected per day of a line before anything was seen; every line to be forecast stands here once."""

    line: int = pa.Field(unique=True)
    prior_per_day: float = pa.Field(ge=0, nullable=True)


class Forecasts(Frame):
    """What is expected per day, and of a horizon in all with its band; null where nothing is known at all."""

    line: int = pa.Field(unique=True)
    known_days: int = pa.Field(ge=0)
    per_day: float = pa.Field(ge=0, nullable=True)
    total: float = pa.Field(ge=0, nullable=True)
    low: float = pa.Field(ge=0, nullable=True)
    high: float = pa.Field(ge=0, nullable=True)

    @pa.dataframe_check(error="low, total, high in this order")
    @classmethod
    def in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """The band holds the total."""
        held = (pl.col("low") <= pl.col("total")) & (pl.col("total") <= pl.col("high"))
        return data.lazyframe.select(held.fill_null(True))
