"""What will be wanted in the days ahead (B-05): a weighted mean of the days behind, and how far off it may be.

Mean = exponentially weighted: a day weighs `decay` times the day after it, over the last `window_days`. Days without a
row are unknown and weigh nothing; that nobody wanted anything is a row of 0. A quantity of several days (a collection
that feeds four) stands for each of its days alike.

Days on which the shelf was empty are left out, since what was seen is less than what was wanted; where no other day is
left they count as they are, and the forecast is then too low. Days before a known break (a sealing, its end, a surge)
are the caller's to leave out: they tell of another life.

Prior: until `prior_days` of days are known, mean = known / `prior_days` of what was seen and the rest of what was
thought beforehand (planning norm x people). Without a prior what was seen is all there is; without either nothing is
known, and nothing is said.

Band: in 8 of 10 horizons of a steady series the total lies between `low` and `high`. Its width comes from the weighted
variance of the days seen: the noise of the days ahead, the error of the mean, and the drift for which such a decay is
the right one (of a level that moves by noise x (1 - decay) / sqrt(decay) a day, it is the best estimate). Few days
tell little of their own spread, so the band is widened after Student, and until `prior_days` are known it is no
narrower than its mixture with `UNSEEN_SPREAD`, by which a village's week was found to be off.

Known drawbacks: weekdays are all alike; a surge is learnt over days, not at once, unless it is told as a break; a band
of rare purchases is too narrow above and ends at 0 below.
"""

from dataclasses import dataclass

import polars as pl

from schemas.frames.base import checked
from schemas.frames.forecast import Forecasts, Observed, Priors

UNSEEN_SPREAD = 0.35
NORMAL_90 = 1.2815515655  # nine of ten lie below it: 8 of 10 between it and its negative


@dataclass(frozen=True)
class Method:
    """The plan's numbers of the forecast (`[reserve] forecast_decay, forecast_days, prior_days`)."""

    decay: float = 0.9
    window_days: int = 14
    prior_days: int = 7


def forecast(observed: pl.DataFrame, priors: pl.DataFrame, method: Method, horizon: int) -> pl.DataFrame:
    """`Forecasts` for the lines of `priors` (`Priors`), in their order, from what was `Observed`."""
    seen = _measured(_weighed(checked(Observed, observed), method), method, horizon)
    both = checked(Priors, priors).join(seen, on="line", how="left", maintain_order="left")
    known = pl.col("known_days").fill_null(0)
    trust = (known / method.prior_days).clip(upper_bound=1.0) if method.prior_days else pl.lit(1.0)
    blind = pl.col("mean").is_null()
    mean = (
        pl.when(blind)
        .then("prior_per_day")
        .when(pl.col("prior_per_day").is_null())
        .then("mean")
        .otherwise(trust * pl.col("mean") + (1 - trust) * pl.col("prior_per_day"))
    )
    total = pl.col("per_day") * horizon
    unseen = UNSEEN_SPREAD * total
    mixed = trust * pl.col("spread") + (1 - trust) * unseen
    half = pl.when(pl.col("spread").is_null()).then(unseen).otherwise(pl.max_horizontal("spread", mixed))
    ranged = both.with_columns(known_days=known, per_day=mean).with_columns(total=total, half=half)
    low = (pl.col("total") - pl.col("half")).clip(lower_bound=0)
    return checked(Forecasts, ranged.with_columns(low=low, high=pl.col("total") + pl.col("half")))


def _weighed(observed: pl.DataFrame, method: Method) -> pl.DataFrame:
    """What lies in the window, with its share of the whole weight of its line; rows of empty shelves only if alone."""
    first, last = (
        pl.col("age").clip(upper_bound=method.window_days),
        (pl.col("age") + pl.col("span")).clip(upper_bound=method.window_days),
    )
    decay = method.decay
    weight = last - first if decay == 1 else (pl.lit(decay).pow(first) - pl.lit(decay).pow(last)) / (1 - decay)
    inside = observed.with_columns(days=last - first, weight=weight, rate=pl.col("qty") / pl.col("span")).filter(
        (pl.col("days") > 0) & (~pl.col("censored") | pl.col("censored").all().over("line"))
    )
    share = pl.col("weight") / pl.col("weight").sum().over("line")
    shared = inside.with_columns(share=share)
    return shared.with_columns(mean=(pl.col("share") * pl.col("rate")).sum().over("line"))


def _measured(weighed: pl.DataFrame, method: Method, horizon: int) -> pl.DataFrame:
    """line, known_days, mean, spread: half of the band's width, null where one observation says nothing of it."""
    off = pl.col("share") * pl.col("span") * (pl.col("rate") - pl.col("mean")) ** 2
    found = weighed.group_by("line").agg(
        known_days=pl.col("days").sum(),
        mean=pl.col("mean").first(),
        off=off.sum(),
        crowding=(pl.col("share") ** 2).sum(),
        error=(pl.col("share") ** 2 / pl.col("span")).sum(),
    )
    variance = pl.when(pl.col("crowding") < 1 - 1e-9).then(pl.col("off") / (1 - pl.col("crowding")))
    drift = (1 - method.decay) ** 2 / method.decay * horizon * (horizon + 1) * (2 * horizon + 1) / 6
    total = variance * (horizon + drift + horizon**2 * pl.col("error"))
    return found.with_columns(spread=_student(1 / pl.col("crowding") - 1) * total.sqrt())


def _student(freedom: pl.Expr) -> pl.Expr:
    """Student's 90 % quantile by the expansion of Cornish and Fisher; below one degree of freedom as at one."""
    z, n = NORMAL_90, freedom.clip(lower_bound=1.0)
    return z + (z**3 + z) / (4 * n) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
