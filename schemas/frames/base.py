"""What every frame between two steps is held against: exactly its model's columns and types, and every fault told.

A frame that fails here is a fault of the program, never of a sender: `checked` raises `SchemaErrors` with all of them.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors


class Frame(pa.DataFrameModel):
    """Base: exactly these columns and types, no nulls unless a column says so."""

    class Config:
        strict = True


@lru_cache
def _at_a_glance(model: type[Frame]) -> pa.DataFrameSchema:
    """The model's schema with one check for all columns that must be filled: Pandera collects once for each column.

    A copy, since the model hands out the one that it keeps.
    """
    schema = deepcopy(model.to_schema())
    filled = [name for name, column in schema.columns.items() if not column.nullable]
    for column in schema.columns.values():
        column.nullable = True

    def none_missing(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.all_horizontal(pl.col(filled).is_not_null()))

    schema.checks = [*schema.checks, *([pa.Check(none_missing)] if filled else [])]
    return schema


def checked(model: type[Frame], frame: pl.DataFrame) -> pl.DataFrame:
    """The model's columns of `frame`, in its order; raises `SchemaErrors` naming every fault.

    Columns that the model does not know are left behind, so that a step may hand over more than the next one reads.
    """
    schema = _at_a_glance(model)
    known = frame.select([c for c in schema.columns if c in frame.columns])
    try:
        return schema.validate(known, lazy=True)
    except SchemaErrors:
        # The model itself tells the fault: by its column, and without the rest of a row, which may hold a name.
        return model.to_schema().validate(known, lazy=True)


def frame_of(model: type[Frame], rows: Iterable[Mapping[str, Any]] = ()) -> pl.DataFrame:
    """A frame with the model's columns and types from rows (none: an empty frame), checked."""
    types = {name: column.dtype.type for name, column in model.to_schema().columns.items()}
    return checked(model, pl.DataFrame([{k: row[k] for k in types} for row in rows], schema=types, orient="row"))
