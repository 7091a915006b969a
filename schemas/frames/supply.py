"""Frames of supply: what allocation, demand, cover, purchase and the daily report take and give.

Quantities are integer base units of the item (g, ml, piece) unless the name says otherwise, prices integer fen per
sale unit, `why` a JSON text with the inputs of the number beside it and the clauses that it follows.
"""

from datetime import date
from typing import ClassVar

import pandera.polars as pa
import polars as pl

from schemas.frames.base import Frame

COVER_LEVELS = ("ok", "low", "out", "no_demand")


class Needs(Frame):
    """One need per household and item, as it stands when the collection closes."""

    household_id: str
    community_id: str
    item_id: str
    needed_base: int = pa.Field(gt=0)
    special: bool
    persons: int = pa.Field(gt=0)

    class Config:
        unique: ClassVar[list[str]] = ["household_id", "item_id"]


class Supply(Frame):
    """What a store can give away: released, not expired, not promised to anybody yet."""

    store_id: str
    item_id: str
    available_base: int = pa.Field(ge=0)

    class Config:
        unique: ClassVar[list[str]] = ["store_id", "item_id"]


class AllocationLines(Frame):
    """Every need, answered: needed = allocated + short."""

    household_id: str
    community_id: str
    item_id: str
    tier: int = pa.Field(ge=1)
    special: bool
    needed_base: int = pa.Field(gt=0)
    allocated_base: int = pa.Field(ge=0)
    short_base: int = pa.Field(ge=0)
    reason: str
    why: str

    @pa.dataframe_check(error="needed = allocated + short")
    @classmethod
    def conserved(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """No gram appears or vanishes."""
        return data.lazyframe.select(pl.col("needed_base") == pl.col("allocated_base") + pl.col("short_base"))

    @pa.dataframe_check(error="a short line has a reason")
    @classmethod
    def explained(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Short if and only if a reason is given."""
        return data.lazyframe.select((pl.col("short_base") > 0) == (pl.col("reason") != ""))


class AllocationSources(Frame):
    """From which store how much of an allocation comes."""

    household_id: str
    item_id: str
    store_id: str
    qty_base: int = pa.Field(gt=0)

    class Config:
        unique: ClassVar[list[str]] = ["household_id", "item_id", "store_id"]


class CommunityNeeds(Frame):
    """Needs of a collection, per community: what a store's demand is learnt from."""

    business_date: date
    community_id: str
    item_id: str
    qty_base: int = pa.Field(ge=0)


class History(Frame):
    """Needs of past collections, attributed to the store that is expected to serve them."""

    business_date: date
    store_id: str
    item_id: str
    qty_base: int = pa.Field(ge=0)


class Homes(Frame):
    """The nearest store that sells an item, for every community."""

    community_id: str
    item_id: str
    store_id: str

    class Config:
        unique: ClassVar[list[str]] = ["community_id", "item_id"]


class Demand(Frame):
    """Expected demand per day, in base units."""

    store_id: str
    item_id: str
    demand_base_per_day: float = pa.Field(ge=0)

    class Config:
        unique: ClassVar[list[str]] = ["store_id", "item_id"]


class Quantities(Frame):
    """An amount per store and item: needs, on hand, on order, arrivals."""

    store_id: str
    item_id: str
    qty_base: int = pa.Field(ge=0)

    class Config:
        unique: ClassVar[list[str]] = ["store_id", "item_id"]


class StockOnHand(Quantities):
    """Stock with a mark where it was carried on because no report came."""

    estimated: bool


class Cover(Frame):
    """Days of cover; columns of the table `cover_line`. `item_id` empty: the category, in grams."""

    store_id: str
    category: str
    item_id: str
    stock_base: int = pa.Field(ge=0)
    demand_base_per_day: float = pa.Field(ge=0)
    cover_days: float = pa.Field(ge=0, nullable=True)
    min_cover_days: float = pa.Field(ge=0)
    missing_base: int = pa.Field(ge=0)
    runs_out_on: date = pa.Field(nullable=True)
    level: str
    estimated: bool
    why: str

    class Config:
        unique: ClassVar[list[str]] = ["store_id", "category", "item_id"]

    @pa.check("level", error="level_known")
    @classmethod
    def level_known(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """One of the closed vocabulary."""
        return data.lazyframe.select(pl.col(data.key).is_in(COVER_LEVELS))

    @pa.dataframe_check(error="cover is null exactly where nothing is demanded")
    @classmethod
    def no_infinite_cover(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Zero demand is its own level, never an endless cover."""
        idle = pl.col("level") == "no_demand"
        return data.lazyframe.select(idle == pl.col("cover_days").is_null())


class CoverAlerts(Frame):
    """What somebody must be told about a store's stock."""

    stage: str
    store_id: str
    category: str
    item_id: str
    stock_base: int
    cover_days: float
    min_cover_days: float
    missing_base: int
    runs_out_on: date = pa.Field(nullable=True)
    clause: str


class SupplierPrices(Frame):
    """What a source asks for an item, fen per sale unit."""

    supplier_id: str
    item_id: str
    cost_fen: int = pa.Field(gt=0)

    class Config:
        unique: ClassVar[list[str]] = ["supplier_id", "item_id"]


class PurchaseLines(Frame):
    """One item for one store; columns of the table `purchase_line` without its keys."""

    store_id: str
    item_id: str
    supplier_id: str
    needs_base: int = pa.Field(ge=0)
    reserve_gap_base: int = pa.Field(ge=0)
    on_hand_base: int = pa.Field(ge=0)
    on_order_base: int = pa.Field(ge=0)
    pack_base: int = pa.Field(gt=0)
    proposed_packs: int = pa.Field(ge=0)
    approved_packs: int = pa.Field(ge=0)
    cut_packs: int = pa.Field(ge=0)
    pack_price_fen: int = pa.Field(gt=0)
    why: str

    class Config:
        unique: ClassVar[list[str]] = ["store_id", "item_id"]


class Unsourced(Frame):
    """What should be bought and that no source supplies."""

    store_id: str
    item_id: str
    wanted_base: int = pa.Field(gt=0)


class Batches(Frame):
    """What is left of each batch at its store."""

    batch_id: str = pa.Field(unique=True)
    store_id: str
    item_id: str
    qty_base: int = pa.Field(ge=0)
    arrived_on: date
    expires_on: date
    released: bool


class Picks(Frame):
    """How much to take from which batch; per store and item in the order of taking."""

    store_id: str
    item_id: str
    batch_id: str = pa.Field(unique=True)
    qty_base: int = pa.Field(gt=0)


class CountGaps(Frame):
    """Counted less booked, per store and item; below zero: goods are missing."""

    store_id: str
    item_id: str
    counted_base: int = pa.Field(ge=0)
    held_base: int = pa.Field(ge=0)
    gap_base: int = pa.Field(ne=0)


class ApprovedPacks(Frame):
    """What an approver may change of a proposal."""

    store_id: str
    item_id: str
    approved_packs: int = pa.Field(ge=0)

    class Config:
        unique: ClassVar[list[str]] = ["store_id", "item_id"]


class StockReports(Frame):
    """What the stores say of a day."""

    store_id: str
    item_id: str
    qty_base: int = pa.Field(ge=0)
    price_fen: int = pa.Field(gt=0)
    sold_base: int = pa.Field(ge=0, nullable=True)

    class Config:
        unique: ClassVar[list[str]] = ["store_id", "item_id"]
