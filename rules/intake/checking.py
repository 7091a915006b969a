"""From Pandera's failure cases to reasons by row, and frames of one model from rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from schemas.frames.base import Frame, checked


def failing_codes(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> dict[int, list[str]]:
    """Row number -> codes of the checks it fails. A fault of the schema itself (null index) raises `SchemaErrors`."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as failed:
        cases = failed.failure_cases
        if cases["index"].null_count():
            raise
        codes: dict[int, list[str]] = defaultdict(list)
        for index, check in cases.select("index", "check").unique(maintain_order=True).iter_rows():
            codes[int(index)].append(str(check))
        return codes
    return {}


def types_of(model: type[Frame]) -> dict[str, Any]:
    """Column -> polars type of a model."""
    return {name: column.dtype.type for name, column in model.to_schema().columns.items()}


def build(model: type[Frame], rows: Iterable[Mapping[str, Any]] | Mapping[str, Sequence[Any]]) -> pl.DataFrame:
    """A checked frame of the model's columns from rows or from columns; what the model does not know is left behind."""
    types = types_of(model)
    if isinstance(rows, Mapping):
        return checked(model, pl.DataFrame({name: rows[name] for name in types}, schema=types))
    listed = list(rows)
    return checked(model, pl.DataFrame({name: [row[name] for row in listed] for name in types}, schema=types))
