"""Purchase keeps to its formula and to its money, whatever the numbers."""

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.purchase import opening_prices, propose, total_fen
from schemas.frames.base import frame_of
from schemas.frames.supply import Demand, Quantities
from tests.supply_town import community, item, sheet, store, town

ITEMS = [item("rice"), item("leaf", "vegetables", keeps_days=2), item("pills", "medicine"), item("eggs", "eggs")]
HUB = store("hub", kind="station")
BULK = store("bulk", 116.1, 0, kind="wholesale", supplies_to="hub")
SHEETS = [sheet("hub", i.item_id) for i in ITEMS] + [
    sheet("bulk", i.item_id, price_fen=100 * n + 7) for n, i in enumerate(ITEMS)
]
PLAN = town([community("c1")], [HUB, BULK], ITEMS, SHEETS)
amounts = st.dictionaries(st.sampled_from([i.item_id for i in ITEMS]), st.integers(0, 60_000))


def frame(found: dict[str, int]) -> pl.DataFrame:
    return frame_of(Quantities, [{"store_id": "hub", "item_id": i, "qty_base": q} for i, q in found.items()])


@given(amounts, amounts, amounts, amounts, st.integers(0, 60_000))
@settings(max_examples=60)
def test_money_is_kept_to_and_every_pack_that_is_wanted_is_bought_or_cut(
    needs: dict[str, int], held: dict[str, int], coming: dict[str, int], per_day: dict[str, int], budget: int
) -> None:
    asked = frame_of(
        Demand, [{"store_id": "hub", "item_id": i, "demand_base_per_day": q / 7} for i, q in per_day.items()]
    )
    found = propose(frame(needs), frame(held), frame(coming), asked, opening_prices(PLAN), PLAN, budget)
    assert found.amount_fen == total_fen(found.lines) <= budget
    rows: list[dict[str, Any]] = found.lines.rows(named=True)
    for line in rows:
        wanted = line["needs_base"] + line["reserve_gap_base"] - line["on_hand_base"] - line["on_order_base"]
        packs = line["proposed_packs"] + line["cut_packs"]
        assert wanted > 0
        assert (packs - 1) * line["pack_base"] < wanted <= packs * line["pack_base"]
    left = budget - found.amount_fen
    assert all(line["pack_price_fen"] > left for line in rows if line["cut_packs"]), "no pack is cut that could be paid"
