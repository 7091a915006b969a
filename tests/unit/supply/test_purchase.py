"""What is bought, from whom, and what is left out for want of money."""

import json
from datetime import date
from typing import Any

import polars as pl
import pytest

from rules.changes import Changed, ChangeFault, apply_changes
from rules.purchase import Proposal, propose, total_fen
from rules.purchase_lines import Situation
from rules.sourcing import offers, opening_prices
from schemas.frames.base import frame_of
from schemas.frames.supply import ConfirmedNeeds, ExpectedGoods, Quantities, SupplierPrices
from schemas.plan import Plan
from tests.supply_town import TWICE_A_WEEK_STEPS, community, demand_of, item, sheet, store, town

HUB = store("hub", kind="station")
NEAR = store("near", 116.1, 0, kind="wholesale", supplies_to="hub")
FAR = store("far", 116.9, 0, kind="wholesale", supplies_to="hub")
ITEMS = [
    item("rice", name="大米", aliases=["米"]),
    item("leaf", "vegetables", name="青菜", keeps_days=3),
    item("pills", "medicine", name="退烧药"),
]
SHEETS = [sheet("hub", i.item_id) for i in ITEMS] + [sheet("near", i.item_id, price_fen=250) for i in ITEMS]
PLAN = town([community("c1")], [HUB, NEAR, FAR], ITEMS, SHEETS)
PACK = 5000  # ten 斤


ON = date(2022, 4, 21)
YESTERDAY = date(2022, 4, 20)


def quantities(amounts: dict[str, int] | None, where: str = "hub") -> pl.DataFrame:
    return frame_of(Quantities, [{"store_id": where, "item_id": i, "qty_base": q} for i, q in (amounts or {}).items()])


def needed(amounts: dict[str, int] | None, where: str = "hub", day: int = 0, tier: int = 1) -> pl.DataFrame:
    rows = [{"item_id": i, "qty_base": q} for i, q in (amounts or {}).items()]
    return frame_of(ConfirmedNeeds, [row | {"store_id": where, "day": day, "tier": tier} for row in rows])


def on_its_way(amounts: dict[str, int] | None, where: str = "hub", day: int = 0) -> pl.DataFrame:
    rows = [{"item_id": i, "qty_base": q} for i, q in (amounts or {}).items()]
    return frame_of(ExpectedGoods, [row | {"store_id": where, "day": day} for row in rows])


def proposed(
    plan: Plan = PLAN,
    needs: dict[str, int] | pl.DataFrame | None = None,
    held: dict[str, int] | pl.DataFrame | None = None,
    coming: dict[str, int] | pl.DataFrame | None = None,
    per_day: dict[str, float] | pl.DataFrame | None = None,
    budget: int = 10_000_000,
    prices: list[dict[str, Any]] | None = None,
    carry_g: int | None = None,
    on: date = ON,
    known: date = YESTERDAY,
) -> Proposal:
    asked = opening_prices(plan) if prices is None else frame_of(SupplierPrices, prices)
    now = Situation(
        needs if isinstance(needs, pl.DataFrame) else needed(needs),
        held if isinstance(held, pl.DataFrame) else quantities(held),
        coming if isinstance(coming, pl.DataFrame) else on_its_way(coming),
        per_day
        if isinstance(per_day, pl.DataFrame)
        else demand_of({("hub", i): d for i, d in (per_day or {}).items()}),
        known,
    )
    return propose(now, offers(plan, asked, {}), plan, on, budget, carry_g)


def packs(proposal: Proposal, column: str = "proposed_packs") -> dict[str, int]:
    return dict(proposal.lines.select("item_id", column).iter_rows())


def test_needs_and_reserve_less_what_is_there_and_what_is_coming_in_whole_packs() -> None:
    found = proposed(needs={"rice": 20_000}, held={"rice": 6_000}, coming={"rice": 3_000}, per_day={"rice": 1_000.0})
    line = found.lines.row(0, named=True)
    assert line["needs_base"] + line["reserve_gap_base"] - line["on_hand_base"] - line["on_order_base"] == 18_000
    assert (line["proposed_packs"], line["approved_packs"], line["cut_packs"]) == (4, 4, 0)
    assert found.amount_fen == 4 * 10 * 250 == total_fen(found.lines)


def test_a_store_that_has_enough_buys_nothing() -> None:
    assert proposed(needs={"rice": 1_000}, held={"rice": 8_000}, per_day={"rice": 1_000.0}).lines.is_empty()


def test_of_what_spoils_no_more_is_bought_than_keeps() -> None:
    found = proposed(per_day={"leaf": 5_000.0})
    assert packs(found) == {"leaf": 3}
    assert json.loads(found.lines["why"].item())["reserve_days"] == 3


def test_every_line_carries_its_formula_and_its_clauses() -> None:
    why = json.loads(proposed(needs={"rice": 2_000}, per_day={"rice": 1_000.0}).lines["why"].item())
    assert (why["wanted_base"], why["reserve_base"], why["wanted_packs"], why["for_needs_packs"]) == (
        9_000,
        7_000,
        2,
        1,
    )
    assert why["clauses"]["cycle"] == "C-05"
    assert why["clauses"]["budget"] == "B-10"


def test_when_money_is_short_life_lines_come_first_and_what_was_cut_is_listed() -> None:
    found = proposed(needs={"rice": 10_000, "leaf": 10_000, "pills": 10_000}, budget=5 * 2_500)
    assert packs(found) == {"leaf": 1, "pills": 2, "rice": 2}
    assert packs(found, "cut_packs") == {"leaf": 1, "pills": 0, "rice": 0}
    assert (found.amount_fen, found.cut_fen) == (12_500, 2_500)


def test_what_was_asked_for_is_bought_before_reserve() -> None:
    found = proposed(needs={"rice": 10_000}, per_day={"rice": 5_000.0, "pills": 5_000.0}, budget=3 * 2_500)
    assert packs(found) == {"pills": 1, "rice": 2}


def test_reserve_goes_to_the_lowest_cover_pack_by_pack() -> None:
    found = proposed(held={"rice": 10_000}, per_day={"rice": 5_000.0, "pills": 5_000.0}, budget=6 * 2_500)
    assert packs(found) == {"pills": 4, "rice": 2}, "both are at four days then"


def test_short_money_serves_the_same_part_of_everything_that_was_asked_for() -> None:
    found = proposed(needs={"rice": 20_000, "pills": 10_000}, budget=3 * 2_500)
    assert packs(found) == {"pills": 1, "rice": 2}


def test_without_money_everything_is_cut_and_nothing_is_forgotten() -> None:
    found = proposed(needs={"rice": 10_000}, budget=0)
    assert (packs(found), packs(found, "cut_packs"), found.amount_fen) == ({"rice": 0}, {"rice": 2}, 0)


def low_cover(**changed: Any) -> Plan:
    rules = {"purchase__trigger": "low_cover", "purchase__target_cover_days": 10, "purchase__lead_days": 1} | changed
    return town([community("c1")], [HUB, NEAR, FAR], ITEMS, SHEETS, **rules)


def test_on_low_cover_only_what_falls_below_its_minimum_is_bought_and_then_up_to_the_target() -> None:
    found = proposed(low_cover(), held={"rice": 9_000, "pills": 6_000}, per_day={"rice": 1_000.0, "pills": 1_000.0})
    assert packs(found) == {"pills": 1}, "rice is below the target, but not below its seven days"


def test_what_is_needed_until_the_goods_can_be_there_comes_on_top() -> None:
    plan = low_cover(purchase__lead_days=3)
    line = proposed(plan, held={"rice": 6_000}, per_day={"rice": 1_000.0}).lines.row(0, named=True)
    why = json.loads(line["why"])
    assert (why["expected_base"], why["reserve_base"], why["wanted_base"]) == (3_000, 10_000, 7_000)
    assert (why["lead_days"], why["need_by_day"], why["order_by_day"]) == (3, 3, 0)


def test_exactly_the_minimum_at_the_lowest_is_enough() -> None:
    assert proposed(low_cover(), held={"rice": 8_000}, per_day={"rice": 1_000.0}).lines.is_empty()
    assert packs(proposed(low_cover(), held={"rice": 7_999}, per_day={"rice": 1_000.0})) == {"rice": 1}


def test_what_is_on_order_comes_on_its_day_and_is_not_suggested_again() -> None:
    short = {"held": {"rice": 6_000}, "per_day": {"rice": 1_000.0}}
    ((bought,),) = [packs(proposed(low_cover(), **short)).values()]
    for day in (-2, 0, 1):
        ordered = on_its_way({"rice": bought * PACK}, day=day)
        assert proposed(low_cover(), coming=ordered, **short).lines.is_empty()
    late = proposed(low_cover(), coming=on_its_way({"rice": bought * PACK}, day=2), **short)
    assert packs(late) == {"rice": bought}, "it comes after it is needed"


def test_a_confirmed_need_is_bought_by_the_purchase_that_takes_it_however_late_it_is_delivered() -> None:
    assert packs(proposed(needs=needed({"rice": 5_000}, day=9))) == {"rice": 1}


def test_needs_of_the_cycle_and_the_reserve_are_bought_and_the_next_collection_by_the_next_purchase() -> None:
    tuesday, monday = date(2022, 4, 26), date(2022, 4, 25)
    plan = town([community("c1")], [HUB, NEAR], ITEMS, SHEETS, step=TWICE_A_WEEK_STEPS)
    asked = needed({"rice": 4_000}, day=1)
    line = proposed(plan, asked, per_day={"rice": 1_000.0}, on=tuesday, known=monday).lines.row(0, named=True)
    why = json.loads(line["why"])
    assert (line["needs_base"], why["expected_base"], why["reserve_base"]) == (4_000, 0, 7_000)
    assert why["review_days"] == 4


def test_the_cheapest_delivered_supplies_and_of_equally_cheap_ones_the_nearest() -> None:
    def source(near: int, far: int) -> str:
        prices = [
            {"supplier_id": "near", "item_id": "rice", "cost_fen": near},
            {"supplier_id": "far", "item_id": "rice", "cost_fen": far},
        ]
        return str(proposed(needs={"rice": 500}, prices=prices).lines["supplier_id"].item())

    assert source(near=250, far=235) == "far"
    assert source(near=250, far=240) == "near", "ten fen do not pay for seventy-five kilometres"
    assert source(near=250, far=250) == "near"


def test_of_goods_whose_price_swings_all_offers_are_told_and_of_others_the_one_taken() -> None:
    prices = [
        {"supplier_id": s, "item_id": i, "cost_fen": fen}
        for i in ("rice", "leaf")
        for s, fen in (("near", 250), ("far", 200))
    ]
    lines = proposed(needs={"rice": 500, "leaf": 500}, prices=prices).lines
    told = {
        i: [o["supplier_id"] for o in json.loads(why)["sources"]] for i, why in lines.select("item_id", "why").rows()
    }
    assert told == {"leaf": ["far", "near"], "rice": ["far"]}


def test_those_who_come_first_are_served_first_when_money_is_short() -> None:
    plan = town(
        [community("c1")], [HUB, NEAR], [*ITEMS, item("flour")], [*SHEETS, sheet("near", "flour", price_fen=250)]
    )
    asked = pl.concat([needed({"flour": 10_000}, tier=1), needed({"rice": 10_000}, tier=2)])
    assert packs(proposed(plan, asked, budget=3 * 2_500)) == {"flour": 2, "rice": 1}


def test_what_the_vehicles_cannot_carry_is_cut_life_lines_last_and_says_so() -> None:
    found = proposed(needs={"rice": 10_000, "leaf": 10_000}, carry_g=3 * PACK)
    assert packs(found) == {"leaf": 1, "rice": 2}
    leaf = json.loads(found.lines.filter(item_id="leaf")["why"].item())
    assert leaf["cut_for"] == ["vehicles"]
    assert found.cut_fen == 2_500
    broke = json.loads(proposed(needs={"rice": 10_000}, budget=2_500).lines["why"].item())
    assert broke["cut_for"] == ["money"]


def two_shops(**changed: Any) -> Plan:
    shops = [store("s1", 116.0), store("s2", 116.05), store("bulk", 116.1, 0, kind="wholesale")]
    sheets = [sheet(s, i.item_id, cost_fen=200) for s in ("s1", "s2") for i in ITEMS]
    sheets += [sheet("bulk", i.item_id, price_fen=250) for i in ITEMS]
    rules = {"purchase__trigger": "low_cover", "purchase__target_cover_days": 10, "purchase__lead_days": 1}
    return town([community("c1")], shops, ITEMS, sheets, **(rules | changed))


def both(first: int, second: int) -> pl.DataFrame:
    return pl.concat([quantities({"rice": first}, "s1"), quantities({"rice": second}, "s2")])


DEMAND = demand_of({("s1", "rice"): 1_000.0, ("s2", "rice"): 1_000.0})


def test_what_another_store_can_spare_for_less_is_moved_and_not_bought() -> None:
    found = proposed(two_shops(), held=both(6_000, 30_000), per_day=DEMAND)
    assert found.lines.is_empty()
    (move,) = found.moves.rows(named=True)
    assert (move["from_store"], move["to_store"], move["qty_base"]) == ("s2", "s1", 5_000)


def test_what_is_moved_stands_in_the_formula_of_what_is_still_bought() -> None:
    found = proposed(two_shops(), held=both(0, 11_000), per_day=DEMAND)
    line = found.lines.row(0, named=True)
    why = json.loads(line["why"])
    assert (why["moved_base"], line["on_order_base"], why["wanted_base"]) == (3_000, 3_000, 8_000)
    assert packs(found) == {"rice": 2}


def test_nobody_gives_what_it_would_have_to_buy_back() -> None:
    found = proposed(two_shops(), held=both(0, 8_400), per_day=DEMAND)
    assert found.moves.is_empty(), "a step is five hundred, and four hundred are to spare"


def test_what_was_asked_for_and_cannot_wait_is_moved_though_it_costs_more() -> None:
    plan = two_shops(purchase__lead_days=3, purchase__haul_fen_per_tonne_km=50_000)
    asked = needed({"rice": 2_000}, "s1", day=1)
    found = proposed(plan, asked, both(0, 60_000), per_day=demand_of({("s2", "rice"): 1_000.0}))
    (move,) = found.moves.rows(named=True)
    assert (move["qty_base"], move["urgent"], move["saves_fen"]) == (2_000, True, None)


def test_where_no_source_states_a_price_the_stores_own_cost_is_reckoned() -> None:
    line = proposed(needs={"rice": 500}, prices=[]).lines.row(0, named=True)
    assert (line["supplier_id"], line["pack_price_fen"]) == ("near", 2_000)


def test_what_no_source_sells_is_told_and_not_dropped() -> None:
    plan = town([community("c1")], [HUB], ITEMS, SHEETS[:3])
    found = proposed(plan, needs={"rice": 700})
    assert found.lines.is_empty()
    assert found.unsourced.rows() == [("hub", "rice", 700)]


def two_lines() -> pl.DataFrame:
    return proposed(needs={"rice": 10_000, "pills": 10_000}).lines


def approved(result: Changed) -> dict[str, int]:
    return dict(result.lines.select("item_id", "approved_packs").iter_rows())


@pytest.mark.parametrize("words", ["大米=40", "rice = 40", "米=４０", "大 米＝40", "hub/大米=40", "hub示例店/rice=40"])
def test_an_approver_may_write_an_item_in_any_of_its_names(words: str) -> None:
    result = apply_changes(two_lines(), words, PLAN)
    assert (approved(result), result.changes) == ({"pills": 2, "rice": 40}, {"hub/rice": 40})


def test_several_changes_stand_on_lines_of_their_own_or_behind_a_semicolon() -> None:
    assert approved(apply_changes(two_lines(), "大米=40\n\n退烧药=0；", PLAN)) == {"pills": 0, "rice": 40}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("大米 40", "change_unreadable"),
        ("=40", "change_unreadable"),
        ("大米=四十", "change_no_count"),
        ("大米=-1", "change_no_count"),
        ("大米=1.5", "change_no_count"),
        ("大米=9999999", "change_no_count"),
        ("大米=10²", "change_no_count"),
        ("大米=④", "change_no_count"),
        ("面粉=4", "change_unknown"),
        ("青菜=4", "change_unknown"),
        ("米=4", "change_twice"),
    ],
)
def test_one_line_that_is_not_understood_changes_nothing_and_is_named(words: str, code: str) -> None:
    with pytest.raises(ChangeFault) as told:
        apply_changes(two_lines(), f"大米=40\n{words}", PLAN)
    assert [(fault.code, fault.args["words"]) for fault in told.value.faults] == [(code, words)]


def test_every_line_that_is_not_understood_is_told_at_once() -> None:
    with pytest.raises(ChangeFault) as told:
        apply_changes(two_lines(), "大米=很多\n大米=3\n鱼子酱=1", PLAN)
    assert [fault.code for fault in told.value.faults] == ["change_no_count", "change_unknown"]


def test_no_changes_leave_the_proposal_as_it_is() -> None:
    assert approved(apply_changes(two_lines(), " \n", PLAN)) == {"pills": 2, "rice": 2}


def test_an_item_that_two_stores_buy_needs_its_store() -> None:
    shops = [store("s1"), store("s2"), store("bulk", 116.1, 0, kind="wholesale")]
    plan = town([community("c1")], shops, ITEMS)
    lines = proposed(plan, pl.concat([needed({"rice": 500}, "s1"), needed({"rice": 500}, "s2")])).lines
    with pytest.raises(ChangeFault, match="change_ambiguous"):
        apply_changes(lines, "大米=3", plan)
    assert apply_changes(lines, "s2/大米=3", plan).lines["approved_packs"].to_list() == [1, 3]
