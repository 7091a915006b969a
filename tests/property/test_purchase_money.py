"""Purchase keeps to its formula, its money and its vehicles, whatever the numbers."""

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.purchase import Proposal, propose, total_fen
from rules.purchase_lines import Situation
from rules.sourcing import offers, opening_prices
from schemas.frames.base import frame_of
from schemas.frames.supply import ConfirmedNeeds, ExpectedGoods, Quantities
from tests.supply_town import community, demand_of, item, sheet, store, town

ON, YESTERDAY = date(2022, 4, 21), date(2022, 4, 20)
ITEMS = [item("rice"), item("leaf", "vegetables", keeps_days=2), item("pills", "medicine"), item("eggs", "eggs")]
SHOPS = [store("s1"), store("s2", 116.05)]
BULK = store("bulk", 116.1, 0, kind="wholesale", lead_days=1)
SHEETS = [sheet(s.store_id, i.item_id) for s in SHOPS for i in ITEMS] + [
    sheet("bulk", i.item_id, price_fen=100 * n + 7) for n, i in enumerate(ITEMS)
]
PLAN = town(
    [community("c1")], [*SHOPS, BULK], ITEMS, SHEETS, purchase__trigger="low_cover", purchase__target_cover_days=9
)
CYCLE = town([community("c1")], [*SHOPS, BULK], ITEMS, SHEETS)
keys = st.tuples(st.sampled_from(["s1", "s2"]), st.sampled_from([i.item_id for i in ITEMS]))
amounts = st.dictionaries(keys, st.integers(0, 60_000))
dated = st.lists(st.tuples(keys, st.integers(-2, 4), st.integers(0, 30_000)), max_size=8)
plans = st.sampled_from([PLAN, CYCLE])
Amounts = dict[tuple[str, str], int]
Dated = list[tuple[tuple[str, str], int, int]]


def situation(needs: Dated, held: Amounts, coming: Dated, per_day: Amounts) -> Situation:
    def rows(found: Dated) -> list[dict[str, Any]]:
        return [{"store_id": s, "item_id": i, "day": day, "tier": 1, "qty_base": q} for (s, i), day, q in found]

    return Situation(
        frame_of(ConfirmedNeeds, rows(needs)),
        frame_of(Quantities, [{"store_id": s, "item_id": i, "qty_base": q} for (s, i), q in held.items()]),
        frame_of(ExpectedGoods, rows(coming)),
        demand_of({key: q / 7 for key, q in per_day.items()}),
        YESTERDAY,
    )


def proposed(plan: Any, now: Situation, budget: int = 10**9, carry_g: int | None = None) -> Proposal:
    return propose(now, offers(plan, opening_prices(plan), {}), plan, ON, budget, carry_g)


@given(plans, dated, amounts, dated, amounts, st.integers(0, 60_000), st.none() | st.integers(0, 60_000))
@settings(max_examples=80)
def test_money_and_vehicles_are_kept_to_and_every_pack_that_is_wanted_is_bought_or_cut(
    plan: Any, needs: Dated, held: Amounts, coming: Dated, per_day: Amounts, budget: int, carry_g: int | None
) -> None:
    found = proposed(plan, situation(needs, held, coming, per_day), budget, carry_g)
    rows: list[dict[str, Any]] = found.lines.rows(named=True)
    assert found.amount_fen == total_fen(found.lines) <= budget
    carried = sum(line["proposed_packs"] * 10 * 500 for line in rows)
    assert carry_g is None or carried <= carry_g
    for line in rows:
        wanted = line["needs_base"] + line["reserve_gap_base"] - line["on_hand_base"] - line["on_order_base"]
        packs = line["proposed_packs"] + line["cut_packs"]
        assert wanted > 0
        assert (packs - 1) * line["pack_base"] < wanted <= packs * line["pack_base"]
    left, room = budget - found.amount_fen, None if carry_g is None else carry_g - carried
    for line in (line for line in rows if line["cut_packs"]):
        assert line["pack_price_fen"] > left or (room is not None and room < 5000), (
            "no pack is cut that there was room for"
        )


@given(plans, dated, amounts, dated, amounts)
@settings(max_examples=60)
def test_what_was_ordered_is_not_suggested_again(
    plan: Any, needs: Dated, held: Amounts, coming: Dated, per_day: Amounts
) -> None:
    now = situation(needs, held, coming, per_day)
    first = proposed(plan, now)
    bought = [
        ((line["store_id"], line["item_id"]), 1, line["proposed_packs"] * line["pack_base"])
        for line in first.lines.rows(named=True)
    ]
    moved = [((m["to_store"], m["item_id"]), 0, m["qty_base"]) for m in first.moves.rows(named=True)]
    given_away: Amounts = {}
    for move in first.moves.rows(named=True):
        key = (move["from_store"], move["item_id"])
        given_away[key] = given_away.get(key, 0) + move["qty_base"]
    left = {key: qty - given_away.pop(key, 0) for key, qty in held.items()}
    assert not given_away, "nobody gives what does not lie there"
    again = proposed(plan, situation(needs, left, [*coming, *bought, *moved], per_day))
    assert again.lines.is_empty()


@given(plans, dated, amounts, dated, amounts)
@settings(max_examples=60)
def test_a_store_that_gives_has_nothing_to_buy_and_keeps_its_minimum(
    plan: Any, needs: Dated, held: Amounts, coming: Dated, per_day: Amounts
) -> None:
    found = proposed(plan, situation(needs, held, coming, per_day))
    buying = {(line["store_id"], line["item_id"]) for line in found.lines.rows(named=True)}
    buying |= {(row["store_id"], row["item_id"]) for row in found.unsourced.rows(named=True)}
    assert not buying & {(m["from_store"], m["item_id"]) for m in found.moves.rows(named=True)}
    assert pl.Series(found.moves["qty_base"]).gt(0).all()
