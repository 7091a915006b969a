"""What a store's customers will need per day (B-05): observed needs, and the planning norm until there are enough.

Forecast = exponentially weighted mean of the needs per day (weight `forecast_decay` to the power of the age in days,
over up to `forecast_days`), blended with the prior by days observed / `prior_days` until that is 1. A day in the
observed window on which nothing was asked for counts as zero. A cycle's needs are for the days until the next
collection, and are spread evenly over them: what Monday's list asks for in plan C feeds four days.

Needs, not sales: a shelf that was empty does not look like no demand. Needs belong to the nearest store that sells the
item, which is where they are looked for first.

Known drawbacks: what was short and is asked for again counts twice; a surge or a sealing is learnt over days, not at
once; one number, no band (a village's week is off by a third either way).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import polars as pl

from rules.calendar import cycle_end
from rules.geography import nearest_first, sold_by
from schemas.frames.base import checked, frame_of
from schemas.frames.supply import CommunityNeeds, Demand, History, Homes
from schemas.plan import Item, Plan

KEYS = ["store_id", "item_id"]


def home_store(plan: Plan) -> pl.DataFrame:
    """`Homes`: for every community and item the nearest serving store that sells it."""
    sellers = sold_by(plan)
    rows = []
    for community_id in plan.communities:
        order = nearest_first(plan, community_id, {store_id for stores in sellers.values() for store_id in stores})
        for item_id in sorted(sellers):
            home = next(store_id for store_id in order if store_id in sellers[item_id])
            rows.append({"community_id": community_id, "item_id": item_id, "store_id": home})
    return frame_of(Homes, rows)


def attribute(needs: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Needs per community (`CommunityNeeds`) as the `History` of the stores expected to serve them.

    An item that no store sells has no home and is left out: its needs are told as short (`not_sold`) by allocation.
    """
    homed = checked(CommunityNeeds, needs).join(home_store(plan), on=["community_id", "item_id"])
    return checked(History, homed.group_by("business_date", *KEYS).agg(pl.col("qty_base").sum()).sort(pl.all()))


def norm_prior(plan: Plan, people: Mapping[str, int] | None = None) -> pl.DataFrame:
    """`Demand` from planning norms: grams per person and day x persons, in base units of each item.

    A community's norm for a category is split among the items that it can get, in proportion to the weight of each in
    the opening stock of its home store (evenly where none holds any), so every person is counted once. `people`:
    persons per community, where a better number than the plan's population is known.
    """
    weights = {(row.store_id, row.item_id): row.qty_units * plan.items[row.item_id].weight_g for row in plan.stock}
    shelves: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for community_id, item_id, store_id in home_store(plan).iter_rows():
        shelves[community_id, plan.items[item_id].category].append((store_id, item_id))
    demand: dict[tuple[str, str], float] = defaultdict(float)
    for (community_id, category_id), pairs in shelves.items():
        persons = plan.communities[community_id].population if people is None else people.get(community_id, 0)
        grams = plan.categories[category_id].norm_g * persons
        held = [weights.get(pair, 0) for pair in pairs]
        shares = [weight / sum(held) for weight in held] if sum(held) else [1 / len(held)] * len(held)
        for (store_id, item_id), share in zip(pairs, shares, strict=True):
            demand[store_id, item_id] += grams * share / grams_per_base(plan.items[item_id])
    return _demand_frame(demand)


def grams_per_base(item: Item) -> float:
    """Grams in one base unit of an item."""
    return item.weight_g / item.unit_base


def per_item(values: Mapping[str, object], kind: type[pl.DataType]) -> pl.Expr:
    """A property of the items as an expression over `item_id`; an item that has none is a fault and raises."""
    return pl.col("item_id").replace_strict(dict(values), return_dtype=kind)


def forecast(history: pl.DataFrame, prior: pl.DataFrame, plan: Plan, last_cycle: date) -> pl.DataFrame:
    """`Demand` per store and item from `History` and a prior (`Demand`).

    `last_cycle` is the latest collection that is closed: later rows are not looked at, and the days up to its end on
    which nothing was asked for count as zero.
    """
    known = checked(History, history).filter(pl.col("business_date") <= last_cycle)
    prior = checked(Demand, prior)
    if known.is_empty():
        return prior.sort(KEYS)
    reserve = plan.file.reserve
    dates = known["business_date"].unique().to_list()
    factors, days = _weights(plan, dates, last_cycle)
    trust = min(1.0, days / reserve.prior_days.value) if reserve.prior_days.value else 1.0
    weighted = known.join(factors, on="business_date").group_by(KEYS).agg((pl.col("qty_base") * pl.col("factor")).sum())
    joined = weighted.join(prior, on=KEYS, how="full", coalesce=True).fill_null(0)
    mixed = trust * pl.col("qty_base") + (1 - trust) * pl.col("demand_base_per_day")
    return checked(Demand, joined.select(*KEYS, demand_base_per_day=mixed).sort(KEYS))


def _weights(plan: Plan, dates: Iterable[date], last_cycle: date) -> tuple[pl.DataFrame, int]:
    """By which factor a cycle's quantity enters the mean per day, and how many days are in the window."""
    reserve = plan.file.reserve
    first, end = min(dates), cycle_end(plan, last_cycle)
    days = min((end - first).days + 1, reserve.forecast_days.value)
    start = end - timedelta(days=days - 1)
    weight = {start + timedelta(days=n): reserve.forecast_decay.value ** (days - 1 - n) for n in range(days)}
    rows = []
    for cycle in dates:
        length = (cycle_end(plan, cycle) - cycle).days + 1
        covered = sum(weight.get(cycle + timedelta(days=n), 0.0) for n in range(length))
        rows.append({"business_date": cycle, "factor": covered / length / sum(weight.values())})
    return pl.DataFrame(rows, schema={"business_date": pl.Date, "factor": pl.Float64}), days


def _demand_frame(demand: Mapping[tuple[str, str], float]) -> pl.DataFrame:
    return frame_of(
        Demand,
        (
            {"store_id": store_id, "item_id": item_id, "demand_base_per_day": amount}
            for (store_id, item_id), amount in sorted(demand.items())
        ),
    )
