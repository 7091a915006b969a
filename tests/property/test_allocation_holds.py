"""What always holds of an allocation, whatever the town, the needs and the stock."""

from collections import defaultdict
from itertools import pairwise, product
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.allocation import Allocated, allocate
from rules.sharing import Claim, share
from schemas.frames.base import frame_of
from schemas.frames.supply import Needs, Supply
from schemas.plan import Plan
from tests.supply_town import community, item, store, town

ITEMS = {"rice": 500, "eggs": 30, "salt": 1}
ZONES = ("isolation", "controlled", "sealed", "precaution", "open")
Case = tuple[Plan, list[dict[str, Any]], dict[tuple[str, str], int]]


@st.composite
def cases(draw: st.DrawFn, roomy: bool = False, odd: bool = True, most_places: int = 4) -> Case:
    """Up to three stores; `roomy`: every store packs for everybody; `odd`: also needs that are no whole steps."""
    capacity = st.just(1000) if roomy else st.integers(1, 6)
    stores = [
        store(f"s{n}", 116 + draw(st.integers(0, 9)) / 10, draw(capacity)) for n in range(draw(st.integers(1, 3)))
    ]
    places = [
        community(f"c{n}", draw(st.sampled_from(ZONES)), 116 + n / 7) for n in range(draw(st.integers(1, most_places)))
    ]
    plan = town(places, stores, [item(name, step_base=step) for name, step in ITEMS.items()])
    needs = []
    for n in range(draw(st.integers(0, 12))):
        who = {
            "household_id": f"h{n}",
            "community_id": draw(st.sampled_from(places)).community_id,
            "special": draw(st.booleans()),
            "persons": draw(st.integers(1, 6)),
        }
        for name in draw(st.sets(st.sampled_from(sorted(ITEMS)), min_size=1)):
            amount = ITEMS[name] * draw(st.integers(1, 6))
            if odd:
                amount += draw(st.integers(0, ITEMS[name] - 1))
            needs.append({**who, "item_id": name, "needed_base": amount})
    supply = {(s.store_id, name): draw(st.integers(0, 12 * step)) for s in stores for name, step in ITEMS.items()}
    return plan, needs, supply


def run(case: Case) -> Allocated:
    plan, needs, supply = case
    rows = [{"store_id": s, "item_id": i, "available_base": q} for (s, i), q in supply.items()]
    return allocate(frame_of(Needs, needs), frame_of(Supply, rows), plan)


@given(cases())
@settings(max_examples=60)
def test_every_need_is_answered_and_nothing_appears_or_vanishes(case: Case) -> None:
    result, (_, needs, supply) = run(case), case
    assert result.lines.height == len(needs)
    assert (result.lines["needed_base"] == result.lines["allocated_base"] + result.lines["short_base"]).all()
    assert (result.lines["short_base"] >= 0).all(), "nobody gets more than he asked for"
    allocated = {
        (h, i): q for h, i, q in result.lines.select("household_id", "item_id", "allocated_base").iter_rows() if q
    }
    from_sources: dict[tuple[str, str], int] = defaultdict(int)
    used: dict[tuple[str, str], int] = defaultdict(int)
    for household, what, where, qty in result.sources.iter_rows():
        from_sources[household, what] += qty
        used[where, what] += qty
    assert from_sources == allocated
    assert all(qty <= supply[key] for key, qty in used.items())


@given(cases())
@settings(max_examples=60)
def test_no_store_packs_more_parcels_than_it_can(case: Case) -> None:
    sources = run(case).sources.group_by("store_id").agg(pl.col("household_id").n_unique())
    assert all(parcels <= case[0].stores[store_id].capacity_parcels for store_id, parcels in sources.iter_rows())


@given(cases())
@settings(max_examples=60)
def test_nobody_gets_an_item_that_somebody_before_him_is_short_of(case: Case) -> None:
    by_item: dict[str, list[tuple[tuple[int, bool], int, int]]] = defaultdict(list)
    for row in run(case).lines.iter_rows(named=True):
        rank = (row["tier"], not row["special"])
        by_item[row["item_id"]].append((rank, row["allocated_base"], row["short_base"]))
    for lines in by_item.values():
        first_short = min((rank for rank, _, short in lines if short), default=(99, False))
        assert all(allocated == 0 for rank, allocated, _ in lines if rank > first_short)


@given(cases(roomy=True, odd=False))
@settings(max_examples=60)
def test_inside_a_class_everybody_gets_the_same_proportion_to_within_a_step(case: Case) -> None:
    classes: dict[tuple[int, bool, str], list[tuple[int, int]]] = defaultdict(list)
    for row in run(case).lines.iter_rows(named=True):
        pair = (row["needed_base"], row["allocated_base"])
        classes[row["tier"], row["special"], row["item_id"]].append(pair)
    for (_, _, name), pairs in classes.items():
        ratio = sum(got for _, got in pairs) / sum(needed for needed, _ in pairs)
        assert all(abs(got - needed * ratio) < ITEMS[name] for needed, got in pairs)


@given(cases(roomy=True))
@settings(max_examples=60)
def test_where_everybody_can_be_packed_for_no_sale_step_is_left_beside_an_unserved_need(case: Case) -> None:
    result, (_, _, supply) = run(case), case
    left = dict(supply)
    for _, what, where, qty in result.sources.iter_rows():
        left[where, what] -= qty
    for name in set(result.lines.filter(pl.col("short_base") > 0)["item_id"]):
        assert all(qty < ITEMS[name] for (_, what), qty in left.items() if what == name)


@given(cases(roomy=True, most_places=1))
@settings(max_examples=40)
def test_a_household_goes_past_a_store_only_when_it_is_out(case: Case) -> None:
    result, (plan, _, supply) = run(case), case
    used: dict[tuple[str, str], int] = defaultdict(int)
    for _, what, where, qty in result.sources.iter_rows():
        used[where, what] += qty
    (place,) = plan.communities.values()
    order = sorted(plan.stores, key=lambda s: (abs(plan.stores[s].lon - place.lon), s))
    for (nearer, farther), (name, step) in product(pairwise(order), ITEMS.items()):
        if used[farther, name]:
            assert supply[nearer, name] - used[nearer, name] < step


@given(cases())
@settings(max_examples=60)
def test_the_order_in_which_needs_come_in_changes_nothing(case: Case) -> None:
    plan, needs, supply = case
    turned = run((plan, needs[::-1], dict(reversed(list(supply.items())))))
    assert turned.lines.equals(run(case).lines)
    assert turned.sources.equals(run(case).sources)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 9)), max_size=30), st.integers(0, 500))
def test_a_share_uses_all_of_the_supply_and_never_exceeds_a_claim(wants: list[tuple[int, int]], supply: int) -> None:
    claims = [Claim(f"h{n}", steps, persons) for n, (steps, persons) in enumerate(wants)]
    given_steps = share(claims, supply)
    assert sum(given_steps) == min(supply, sum(steps for steps, _ in wants))
    assert all(0 <= got <= claim.steps for got, claim in zip(given_steps, claims, strict=True))
