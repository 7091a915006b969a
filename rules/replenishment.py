"""When to buy how much of an item, and what of it to give away (B-06, B-07, C-05): one rule for one line and for all.

Days are counted from today, D0. level(d) = on hand + receipts up to and on d - demand up to and on d; what is late, be
it demand or a receipt, counts on D0. The window is d = lead ... lead + review - 1, the days that an order of today can
reach and the next order day cannot.

- level(d) < minimum on some day of the window: buy target - lowest level in the window, rounded up to whole packs;
  needed by the first such day, to be ordered `lead` days before it. A level equal to the minimum is enough.
- level(d) < minimum on a day before the window: no order of today cures it; `expedite_day` is the first such day, and
  asks for a faster way (another source, a transfer). It never makes the order larger.
- The lowest level from D0 to the window's end is above the maximum: what lies between that level and the target is
  surplus. It is taken from the lowest level, not from what lies there today, so that whatever is offered is there now
  and is not needed before the window ends: giving it away is never the reason of a purchase. Below nothing there is
  nothing to give, wherever the target lies.

An order counts as a receipt on the day on which it was needed, so what was ordered is not suggested again. All of it is
integer arithmetic on the days on which something happens, whatever the horizon: nothing is rounded but the packs.

Ties: several movements of one day count together, there is no order within a day (goods that come in the evening serve
the morning). Known drawbacks: a pack larger than maximum - lowest level leaves a surplus of its own making; an overdue
receipt is believed to come today; demand after the window is not looked at, even where a cheaper order would cover it.
"""

import polars as pl

from schemas.frames.base import checked
from schemas.frames.replenishment import DatedQuantities, ReplenishLines, Suggestions


def replenish(lines: pl.DataFrame, demand: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    """`Suggestions`, a row per line in the order of `lines` (`ReplenishLines`); movements are `DatedQuantities`.

    Raises:
        ValueError: a movement of a line that is not among them.
    """
    asked = checked(ReplenishLines, lines)
    levels = _levels(asked, checked(DatedQuantities, demand), checked(DatedQuantities, receipts))
    short = pl.col("level") < pl.col("min_level")
    in_window = pl.col("day") >= pl.col("lead_days")
    found = levels.group_by("line").agg(
        lowest=pl.col("level").min(),
        lowest_before=pl.when(~in_window).then("level").min(),
        lowest_in_window=pl.when(in_window).then("level").min(),
        lowest_day=pl.col("day")
        .sort_by(pl.when(in_window).then("level"), nulls_last=True, maintain_order=True)
        .first(),
        need_by_day=pl.when(in_window & short).then("day").min(),
        expedite_day=pl.when(~in_window & short).then("day").min(),
    )
    both = asked.join(found, on="line", how="left", maintain_order="left")
    gap = pl.col("target_level") - pl.col("lowest_in_window")
    packs = -(-gap // pl.col("pack"))
    over = pl.col("lowest") > pl.col("max_level").clip(lower_bound=0)
    return checked(
        Suggestions,
        both.with_columns(
            qty=pl.when(pl.col("need_by_day").is_not_null()).then(packs * pl.col("pack")).otherwise(0),
            order_by_day=pl.col("need_by_day") - pl.col("lead_days"),
            surplus=pl.when(over).then(pl.col("lowest") - pl.col("target_level").clip(lower_bound=0)).otherwise(0),
        ),
    )


def _levels(lines: pl.DataFrame, demand: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    """The level of each line on D0, on the window's first day, and on every day up to its end on which it changes."""
    nothing = pl.lit(0, dtype=pl.Int64)
    changes = pl.concat(
        [
            lines.select("line", day=nothing, change=nothing),
            lines.select("line", day="lead_days", change=nothing),
            receipts.select("line", "day", change="qty"),
            demand.select("line", "day", change=-pl.col("qty")),
        ]
    )
    bounds = lines.select(
        "line", "on_hand", "min_level", "lead_days", last=pl.col("lead_days") + pl.col("review_days") - 1
    )
    placed = changes.with_columns(pl.col("day").clip(lower_bound=0)).join(bounds, on="line", how="left")
    if placed["lead_days"].has_nulls():
        unknown = placed.filter(pl.col("lead_days").is_null())["line"].unique().sort().to_list()
        raise ValueError(f"movements of lines that are not there: {unknown[:5]}")
    # Added up by day first: within a day there is no order in which a level could fall and rise again.
    by_day = (
        placed.filter(pl.col("day") <= pl.col("last"))
        .group_by("line", "day")
        .agg(pl.col("change").sum(), pl.col("on_hand", "min_level", "lead_days").first())
    )
    return by_day.sort("line", "day").with_columns(level=pl.col("on_hand") + pl.col("change").cum_sum().over("line"))
