"""What a store that did not report is thought to have (B-06): its last known stock, less what was wanted since.

The books carry on what was counted last, with what came and what was handed out since. Where less was handed out than
people were expected to want since that count, the rest is taken to have gone over the counter. An estimate is shown as
one and never booked.

Known drawback: a store that sells to nobody but through us looks emptier than it is until it reports.
"""

from collections.abc import Mapping
from math import ceil

import polars as pl

from rules.demand import KEYS
from schemas.frames.base import checked
from schemas.frames.supply import Demand, Quantities


def carried_on(books: pl.DataFrame, left: pl.DataFrame, demand: pl.DataFrame, days: Mapping[str, int]) -> pl.DataFrame:
    """`Quantities` of the stores in `days`, whose last count was so many days ago.

    Args:
        books: `Quantities` that the ledger has now.
        left: `Quantities` that were handed out since each store's last count.
        demand: `Demand` per day.
    """
    mine = checked(Quantities, books).filter(pl.col("store_id").is_in(list(days)))
    joined = mine.join(checked(Quantities, left).rename({"qty_base": "left"}), on=KEYS, how="left")
    joined = joined.join(checked(Demand, demand).select(*KEYS, "demand_base_per_day"), on=KEYS, how="left").fill_null(0)
    rows = [
        (
            row["store_id"],
            row["item_id"],
            estimate(row["qty_base"], row["left"], row["demand_base_per_day"], days[row["store_id"]]),
        )
        for row in joined.iter_rows(named=True)
    ]
    return checked(Quantities, pl.DataFrame(rows, schema=mine.schema, orient="row"))


def estimate(books: int, left: int, per_day: float, days: int) -> int:
    """What is left of an item, of which `left` was handed out in so many days."""
    return max(0, books - max(0, ceil(per_day * days - 1e-6) - left))
