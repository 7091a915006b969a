"""What a community will need per day of which item, and so what each store's customers will (B-05).

Every community and item is a series of its own, forecast by `rules/forecast.py` from its needs, with the planning norm
x people as prior (a category without a norm has none: what was asked for is all there is). A store's demand is the sum
over those whose needs it is expected to serve; its band is theirs, as if each were off for reasons of its own.

A cycle's needs are for the days until the next collection, each day alike: what Monday's list asks for in plan C feeds
four days. A community that was heard in a collection and did not ask for an item wanted none. Nothing is known of a
collection that did not take place or in which a community was silent, nor of needs for what stood on no list as on sale
(its shelf was empty: `rules/forecast.py` leaves such days out). Collections before the newest break of the plan
(`[reserve] breaks`: a sealing, its end, a surge) are left out.

Needs, not sales: a shelf that was empty does not look like no demand. They belong to the nearest store that sells the
item, which is where they are looked for first; an item that no store sells has no home and no demand.

Known drawbacks: what was short and is asked for again counts twice; breaks hold for the whole plan; villages that are
all off in the same direction are outside of their stores' band.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

import polars as pl

from rules.calendar import cycle_end
from rules.forecast import Method, forecast
from rules.geography import nearest_first, sold_by
from schemas.frames.base import checked, frame_of
from schemas.frames.supply import CommunityDemand, CommunityNeeds, Demand, History, Homes, OffList
from schemas.plan import Item, Plan

KEYS = ["store_id", "item_id"]
HOME = ["community_id", "item_id", "store_id"]
#: A collection that took place, and the communities that were heard in it.
Heard = Mapping[date, Collection[str]]


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
    """`CommunityDemand` from planning norms: grams per person and day x persons, in base units of each item.

    A community's norm for a category is split among the items that it can get, in proportion to the weight of each in
    the opening stock of its home store (evenly where none holds any), so every person is counted once. `people`:
    persons per community, where a better number than the plan's population is known.
    """
    weights = {(row.store_id, row.item_id): row.qty_units * plan.items[row.item_id].weight_g for row in plan.stock}
    shelves: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for community_id, item_id, store_id in home_store(plan).iter_rows():
        shelves[community_id, plan.items[item_id].category].append((store_id, item_id))
    rows = []
    for (community_id, category_id), pairs in shelves.items():
        persons = plan.communities[community_id].population if people is None else people.get(community_id, 0)
        grams = plan.categories[category_id].norm_g * persons
        held = [weights.get(pair, 0) for pair in pairs]
        shares = [weight / sum(held) for weight in held] if sum(held) else [1 / len(held)] * len(held)
        for (store_id, item_id), share in zip(pairs, shares, strict=True):
            per_day = grams * share / grams_per_base(plan.items[item_id])
            rows.append({"community_id": community_id, "item_id": item_id, "store_id": store_id} | _exactly(per_day))
    return frame_of(CommunityDemand, rows).sort(HOME)


def _exactly(per_day: float) -> dict[str, float]:
    return dict.fromkeys(("demand_base_per_day", "low_base_per_day", "high_base_per_day"), per_day)


def grams_per_base(item: Item) -> float:
    """Grams in one base unit of an item."""
    return item.weight_g / item.unit_base


def per_item(values: Mapping[str, object], kind: type[pl.DataType]) -> pl.Expr:
    """A property of the items as an expression over `item_id`; an item that has none is a fault and raises."""
    return pl.col("item_id").replace_strict(dict(values), return_dtype=kind)


def expected(needs: pl.DataFrame, heard: Heard, off_list: pl.DataFrame, plan: Plan, until: date) -> pl.DataFrame:
    """`CommunityDemand` over the days of the plan's minimum cover, from `CommunityNeeds` of past collections.

    Args:
        needs: rows of collections later than `until` are not looked at.
        heard: what is asked for in a collection that is not here, or by a community that is not among its own, is
            unknown.
        off_list: `OffList`, what stood on no list as on sale.
        until: the latest collection that is closed.
    """
    reserve = plan.file.reserve
    lines = norm_prior(plan).with_row_index("line").with_columns(pl.col("line").cast(pl.Int64))
    normed = per_item({i: plan.categories[v.category].norm_g > 0 for i, v in plan.items.items()}, pl.Boolean)
    priors = lines.select("line", prior_per_day=pl.when(normed).then("demand_base_per_day"))
    seen = _seen(checked(CommunityNeeds, needs), checked(OffList, off_list), lines, _collections(plan, heard, until))
    method = Method(reserve.forecast_decay.value, reserve.forecast_days.value, reserve.prior_days.value)
    horizon = reserve.min_cover_days.value
    found = forecast(seen, priors, method, horizon).fill_null(0)
    both = lines.select("line", *HOME).join(found, on="line", maintain_order="left")
    per_day = {f"{name}_base_per_day": pl.col(name) / horizon for name in ("low", "high")}
    return checked(CommunityDemand, both.with_columns(demand_base_per_day="per_day", **per_day))


def of_stores(demand: pl.DataFrame) -> pl.DataFrame:
    """`Demand` of the stores that are expected to serve it, from `CommunityDemand`."""
    mean = pl.col("demand_base_per_day")
    below, above = (mean - pl.col("low_base_per_day")) ** 2, (pl.col("high_base_per_day") - mean) ** 2
    summed = (
        checked(CommunityDemand, demand)
        .group_by(KEYS)
        .agg(mean.sum(), below=below.sum().sqrt(), above=above.sum().sqrt())
        .sort(KEYS)
    )
    low = (mean - pl.col("below")).clip(lower_bound=0)
    return checked(Demand, summed.with_columns(low_base_per_day=low, high_base_per_day=mean + pl.col("above")))


def _collections(plan: Plan, heard: Heard, until: date) -> pl.DataFrame:
    """business_date, community_id, age, span of what was heard up to `until` and since the newest break."""
    newest = cycle_end(plan, until)
    since = max((b for b in plan.file.reserve.breaks.value if b <= newest), default=date.min)
    rows = [
        (cycle, community_id, (newest - cycle_end(plan, cycle)).days, (cycle_end(plan, cycle) - cycle).days + 1)
        for cycle, communities in heard.items()
        if since <= cycle <= until
        for community_id in communities
    ]
    schema = {"business_date": pl.Date, "community_id": pl.String, "age": pl.Int64, "span": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _seen(needs: pl.DataFrame, off_list: pl.DataFrame, lines: pl.DataFrame, collections: pl.DataFrame) -> pl.DataFrame:
    """`Observed`: for everybody heard in a collection and everything he could have asked for, how much he did."""
    asked = lines.select("line", *HOME).join(collections, on="community_id")
    asked = asked.join(needs, on=["business_date", "community_id", "item_id"], how="left")
    off = off_list.with_columns(censored=pl.lit(True))
    return asked.join(off, on=["business_date", *KEYS], how="left").with_columns(
        qty=pl.col("qty_base").fill_null(0).cast(pl.Float64), censored=pl.col("censored").fill_null(False)
    )
