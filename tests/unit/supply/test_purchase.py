"""What is bought, from whom, and what is left out for want of money."""

import json
from typing import Any

import polars as pl
import pytest

from rules.changes import Changed, ChangeFault, apply_changes
from rules.purchase import Proposal, opening_prices, propose, total_fen
from schemas.frames.base import frame_of
from schemas.frames.supply import Demand, Quantities, SupplierPrices
from schemas.plan import Plan
from tests.supply_town import community, item, sheet, store, town

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


def quantities(amounts: dict[str, int] | None, where: str = "hub") -> pl.DataFrame:
    return frame_of(Quantities, [{"store_id": where, "item_id": i, "qty_base": q} for i, q in (amounts or {}).items()])


def proposed(
    plan: Plan = PLAN,
    needs: dict[str, int] | None = None,
    held: dict[str, int] | None = None,
    coming: dict[str, int] | None = None,
    per_day: dict[str, float] | None = None,
    budget: int = 10_000_000,
    prices: list[dict[str, Any]] | None = None,
) -> Proposal:
    asked = [{"store_id": "hub", "item_id": i, "demand_base_per_day": d} for i, d in (per_day or {}).items()]
    offers = opening_prices(plan) if prices is None else frame_of(SupplierPrices, prices)
    amounts = (quantities(needs), quantities(held), quantities(coming))
    return propose(*amounts, frame_of(Demand, asked), offers, plan, budget)


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


def test_on_low_cover_only_what_is_below_its_minimum_is_bought_and_then_up_to_the_target() -> None:
    plan = town(
        [community("c1")],
        [HUB, NEAR, FAR],
        ITEMS,
        SHEETS,
        purchase__trigger="low_cover",
        purchase__target_cover_days=10,
    )
    found = proposed(plan, held={"rice": 8_000, "pills": 6_000}, per_day={"rice": 1_000.0, "pills": 1_000.0})
    assert packs(found) == {"pills": 1}, "rice is below the target, but not below its seven days"


def test_the_cheapest_source_supplies_and_of_equally_cheap_ones_the_nearest() -> None:
    def source(near: int, far: int) -> str:
        prices = [
            {"supplier_id": "near", "item_id": "rice", "cost_fen": near},
            {"supplier_id": "far", "item_id": "rice", "cost_fen": far},
        ]
        return str(proposed(needs={"rice": 500}, prices=prices).lines["supplier_id"].item())

    assert source(near=250, far=240) == "far"
    assert source(near=250, far=250) == "near"


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
    needs = pl.concat([quantities({"rice": 500}, "s1"), quantities({"rice": 500}, "s2")])
    none = quantities(None)
    lines = propose(needs, none, none, frame_of(Demand), opening_prices(plan), plan, 10**6).lines
    with pytest.raises(ChangeFault, match="change_ambiguous"):
        apply_changes(lines, "大米=3", plan)
    assert apply_changes(lines, "s2/大米=3", plan).lines["approved_packs"].to_list() == [1, 3]
