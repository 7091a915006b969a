"""Frames of the replenishment rule: lines to be judged, dated quantities, and what is suggested.

`line` is a number of the caller's own; quantities are integers in whatever unit a line is counted in.
"""

from typing import ClassVar

import pandera.polars as pa
import polars as pl

from schemas.frames.base import Frame


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
    """What to do about each line; quantities 0 and days null where nothing is to be done.

    `lowest`: the level below which a line does not fall from today to the end of its window; `lowest_before`: before
    the window, null where it begins today; `lowest_in_window`, and `lowest_day`, the first day on which it is so low:
    what `qty` was reckoned from.
    """

    line: int = pa.Field(unique=True)
    qty: int = pa.Field(ge=0)
    need_by_day: int = pa.Field(nullable=True)
    order_by_day: int = pa.Field(nullable=True)
    expedite_day: int = pa.Field(nullable=True)
    surplus: int = pa.Field(ge=0)
    lowest: int
    lowest_before: int = pa.Field(nullable=True)
    lowest_in_window: int
    lowest_day: int


class Exchanges(Frame):
    """What a store could do without of an item, or lacks of it.

    `spare` and `surplus`: above its own minimum, and above its target where it has more than its maximum; `wanted`: up
    to its target; `urgent`: of that, what no order of today can bring in time. Prices are fen per sale unit: what the
    goods cost the store that has them, and what a purchase costs it delivered (null: nobody sells them).
    """

    store_id: str
    item_id: str
    spare_base: int = pa.Field(ge=0)
    surplus_base: int = pa.Field(ge=0)
    wanted_base: int = pa.Field(ge=0)
    urgent_base: int = pa.Field(ge=0)
    wanted_day: int = pa.Field(ge=0, nullable=True)
    cost_fen: int = pa.Field(ge=0)
    buy_fen: float = pa.Field(ge=0, nullable=True)

    class Config:
        unique: ClassVar[list[str]] = ["store_id", "item_id"]

    @pa.dataframe_check(error="who lacks an item has none to spare")
    @classmethod
    def gives_or_takes(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Below one's own minimum there is nothing to spare, and what is urgent is wanted."""
        either = (pl.col("spare_base") == 0) | (pl.col("urgent_base") == 0)
        return data.lazyframe.select(either & (pl.col("surplus_base") <= pl.col("spare_base")))


class Transfers(Frame):
    """Goods that go from one store to another; `saves_fen` against a purchase, null where none comes in time."""

    item_id: str
    from_store: str
    to_store: str
    qty_base: int = pa.Field(gt=0)
    cost_fen: int = pa.Field(ge=0)
    saves_fen: int = pa.Field(ge=0, nullable=True)
    surplus: bool
    urgent: bool

    class Config:
        unique: ClassVar[list[str]] = ["item_id", "from_store", "to_store", "surplus", "urgent"]
