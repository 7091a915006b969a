"""Frames of what comes in: quantities in base units of the item (g, ml, piece), prices in fen per sale unit.

`place` and `faults` are JSON texts: `{"line","start","end","who"}` or `{"sheet","cell","row","who"}`, and a list of
`{"code","args"}`. A `RawLine` or a result that fails its check is a fault of the program and raises; rows of
`QUANTITY` and `STORE_AMOUNTS` that fail are the sender's, and each check carries the code of the reason that goes back.
"""

from datetime import date
from typing import Annotated, ClassVar

import pandera.polars as pa
import polars as pl

from schemas.frames.base import Frame

#: The first three ask for something or take it back.
OPS = ("need", "withdraw", "add", "zero", "none")
NEED_STATES = ("accepted", "superseded", "withdrawn")
Moment = Annotated[pl.Datetime, "us", "UTC"]


class Spoken(Frame):
    """One line as somebody said it. What decides which of two came later, and the words that name the household.

    `part` of a group's text: `list` is the chain itself, `message` what is said around it; empty of anything else.
    """

    submission_id: str
    line_no: int = pa.Field(ge=1)
    sequence: int
    channel: str
    received_at: Moment
    community_id: str = pa.Field(nullable=True)
    op: str
    part: str
    who: str
    name: str
    words: str
    place: str


class RawLine(Spoken):
    """One line as read, before anybody is looked up. `number` is a decimal as text; null where none was said."""

    item: str
    number: str = pa.Field(nullable=True)
    unit: str
    variety: str
    faults: str

    @pa.check("op", error="op_known")
    @classmethod
    def op_known(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """One of the closed vocabulary."""
        return data.lazyframe.select(pl.col(data.key).is_in(OPS))


class NeedLine(Spoken):
    """One line understood. `item_id` is null where a household withdraws everything; a withdrawal has quantity 0.

    `unit`: in which the amount was said.
    """

    community_id: str
    household_id: str
    item_id: str = pa.Field(nullable=True)
    qty_base: int = pa.Field(ge=0)
    unit: str

    class Config:
        unique: ClassVar[list[str]] = ["submission_id", "line_no"]

    @pa.check("op", error="op_known")
    @classmethod
    def op_known(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """One of the closed vocabulary."""
        return data.lazyframe.select(pl.col(data.key).is_in(OPS[:3]))


class NeedState(NeedLine):
    """The same with what became of it."""

    state: str

    @pa.check("state", error="state_known")
    @classmethod
    def state_known(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """One of the closed vocabulary."""
        return data.lazyframe.select(pl.col(data.key).is_in(NEED_STATES))


class Rejected(Frame):
    """One line that goes back. `reasons`: JSON list of `{"code","args"}`, never empty."""

    submission_id: str
    line_no: int = pa.Field(ge=1)
    community_id: str = pa.Field(nullable=True)
    op: str
    words: str
    place: str
    reasons: str = pa.Field(str_startswith="[{")


class RejectedNeed(Spoken):
    """The same of a need, with the ids of whose and what it is where that much is plain."""

    household_id: str = pa.Field(nullable=True)
    item_id: str = pa.Field(nullable=True)
    reasons: str = pa.Field(str_startswith="[{")


class Question(Frame):
    """What is asked about a text that no line of it says. `about`: a household's id, or `chain` for the text itself."""

    submission_id: str
    about: str
    community_id: str
    words: str
    place: str
    reasons: str = pa.Field(str_startswith="[{")

    class Config:
        unique: ClassVar[list[str]] = ["submission_id", "about"]


class ZeroReport(Frame):
    """A community that says it needs nothing (零报告)."""

    submission_id: str
    line_no: int = pa.Field(ge=1)
    community_id: str
    words: str
    place: str


class Provisional(Frame):
    """A household that is on no register; served, and verified by somebody later."""

    household_id: str = pa.Field(unique=True)
    community_id: str
    address: str
    head: str
    persons: int = pa.Field(ge=1)
    submission_id: str


class NeedTotal(Frame):
    """What a community needs of an item: the sum of its accepted lines."""

    community_id: str
    item_id: str
    qty_base: int = pa.Field(gt=0)
    households: int = pa.Field(gt=0)

    class Config:
        unique: ClassVar[list[str]] = ["community_id", "item_id"]


def _whole(check: pa.Check) -> pa.Column:
    return pa.Column(pl.Int64, check, nullable=True)


_NOT_NEGATIVE = pa.Check.ge(0, error="quantity_negative")
_POSITIVE = pa.Check.gt(0, error="quantity_not_positive")
#: Amounts of needs, row by row: more than nothing, not beyond the item's limit, whole steps.
QUANTITY = pa.DataFrameSchema(
    {
        "qty_base": _whole(_POSITIVE),
        "over_base": _whole(pa.Check.le(0, error="quantity_absurd")),
        "off_step_base": _whole(pa.Check.eq(0, error="not_a_step")),
    }
)
#: Amounts of stores' lists, row by row; a null passes, since the kind of list says what must be there.
STORE_AMOUNTS = pa.DataFrameSchema(
    {
        "qty_base": _whole(_NOT_NEGATIVE),
        "sold_base": _whole(_NOT_NEGATIVE),
        "arrived_base": _whole(_POSITIVE),
        "price_fen": _whole(pa.Check.gt(0, error="price_not_positive")),
        "life_days": _whole(pa.Check.ge(0, error="expires_before_made")),
    }
)


class StockLine(Frame):
    """What a store says it holds at the end of the day (B-06)."""

    submission_id: str
    sequence: int
    line_no: int = pa.Field(ge=1)
    store_id: str
    item_id: str
    qty_base: int = pa.Field(ge=0)
    price_fen: int = pa.Field(gt=0)
    sold_base: int = pa.Field(ge=0, nullable=True)
    words: str
    place: str
    state: str

    @pa.check("state", error="state_known")
    @classmethod
    def state_known(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """One of the closed vocabulary."""
        return data.lazyframe.select(pl.col(data.key).is_in(NEED_STATES[:2]))


class CatalogEntry(Frame):
    """What a store offers (A-02, C-04)."""

    submission_id: str
    sequence: int
    line_no: int = pa.Field(ge=1)
    store_id: str
    item_id: str
    price_fen: int = pa.Field(gt=0)
    unit: str
    available: bool
    words: str
    place: str
    state: str

    @pa.check("state", error="state_known")
    @classmethod
    def state_known(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """One of the closed vocabulary."""
        return data.lazyframe.select(pl.col(data.key).is_in(NEED_STATES[:2]))


class ArrivalLine(Frame):
    """What arrived on a purchase order; a date is null where the paper gives none."""

    submission_id: str
    sequence: int
    line_no: int = pa.Field(ge=1)
    order_id: str
    item_id: str
    qty_base: int = pa.Field(gt=0)
    price_fen: int = pa.Field(gt=0)
    produced_on: date = pa.Field(nullable=True)
    expires_on: date = pa.Field(nullable=True)
    supplier: str
    inspector: str
    conclusion: str
    words: str
    place: str
    state: str

    @pa.check("state", error="state_known")
    @classmethod
    def state_known(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """One of the closed vocabulary."""
        return data.lazyframe.select(pl.col(data.key).is_in(NEED_STATES[:2]))
