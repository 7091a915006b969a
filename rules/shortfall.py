"""What must be sourced again because a batch is held: per store and item, what is asked for and nothing else covers.

Missing is what is asked for and not yet out, less what may be handed out, less what is on order, but never more than
the held goods would have covered: what lacks beyond that lacked before, and the next purchase finds it by itself.
Reserve is not counted: it is bought again in the ordinary cycle. Known drawback: goods on order are counted whenever
they come.
"""

import polars as pl

from schemas.frames.base import checked
from schemas.frames.supply import Quantities, Shortfalls

KEYS = ["store_id", "item_id"]


def shortfalls(held: pl.DataFrame, wanted: pl.DataFrame, on_hand: pl.DataFrame, on_order: pl.DataFrame) -> pl.DataFrame:
    """`Shortfalls` from `Quantities` x 4, a row for everything that is held, by store and item."""
    rows = checked(Quantities, held).filter(pl.col("qty_base") > 0).rename({"qty_base": "held_base"})
    for name, other in (("wanted_base", wanted), ("on_hand_base", on_hand), ("on_order_base", on_order)):
        rows = rows.join(checked(Quantities, other).rename({"qty_base": name}), on=KEYS, how="left")
    rows = rows.with_columns(pl.col("wanted_base", "on_hand_base", "on_order_base").fill_null(0))
    lacking = (pl.col("wanted_base") - pl.col("on_hand_base") - pl.col("on_order_base")).clip(lower_bound=0)
    return checked(Shortfalls, rows.with_columns(missing_base=pl.min_horizontal("held_base", lacking))).sort(KEYS)
