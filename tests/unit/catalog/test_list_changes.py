"""What a list says against the one before: prices asked back, changes, offers, goods taken off."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from rules.allocation import allocate
from rules.catalog import OFFERED, STANDING, changes, offers, price, withdrawn
from schemas.frames.base import frame_of
from schemas.frames.supply import Needs, Supply
from schemas.plan import Plan
from tests.supply_town import community, item, store, town

Row = tuple[str, str, int, str, bool]


@pytest.fixture
def plan() -> Plan:
    """Two stores, a community, and two items; a price is asked back at three times the old one."""
    stores = [store("s1"), store("s2")]
    return town([community("c1")], stores, [item("rice"), item("flour")])


def offered(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=OFFERED, orient="row")


def standing(*rows: tuple[str, str, int, str]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=STANDING, orient="row")


@pytest.mark.parametrize(
    ("now", "asked"), [(300, True), (299, False), (100, False), (34, False), (33, True), (1, True), (1000, True)]
)
def test_a_price_is_asked_back_from_the_plans_multiple_on_and_from_its_part_down(
    plan: Plan, now: int, asked: bool
) -> None:
    found = price(offered(("s1", "rice", now, "斤", True)), standing(("s1", "rice", 100, "斤")), (), plan)
    assert found.questions.height == asked
    assert found.offered["price_fen"].to_list() == [100 if asked else now]


def test_what_has_no_price_yet_is_taken_at_its_word(plan: Plan) -> None:
    found = price(offered(("s2", "rice", 99999, "斤", True)), standing(("s1", "rice", 100, "斤")), (), plan)
    assert found.questions.is_empty()
    assert found.offered["price_fen"].to_list() == [99999]


def test_only_the_very_price_that_was_confirmed_passes(plan: Plan) -> None:
    sent, before = offered(("s1", "rice", 1000, "斤", True)), standing(("s1", "rice", 100, "斤"))
    assert price(sent, before, {("s1", "rice", 1000, "斤")}, plan).questions.is_empty()
    assert price(sent, before, {("s1", "rice", 1001, "斤"), ("s2", "rice", 1000, "斤")}, plan).questions.height == 1


@pytest.mark.parametrize(("unit", "now", "asked"), [("公斤", 50, True), ("公斤", 100, False), ("市斤", 50, False)])
def test_another_unit_is_asked_back_unless_it_is_the_same_measure_or_the_same_money(
    plan: Plan, unit: str, now: int, asked: bool
) -> None:
    found = price(offered(("s1", "rice", now, unit, True)), standing(("s1", "rice", 100, "斤")), (), plan)
    assert found.questions["reason"].to_list() == (["price_unit_changed"] if asked else [])


def test_a_unit_that_is_not_known_of_the_books_price_asks_nothing(plan: Plan) -> None:
    found = price(offered(("s1", "rice", 50, "公斤", True)), standing(("s1", "rice", 100, "")), (), plan)
    assert found.questions.is_empty()


def test_changes_are_new_gone_dearer_and_cheaper_and_nothing_that_stayed() -> None:
    before = offered(
        ("s1", "rice", 100, "", True),
        ("s1", "flour", 100, "", True),
        ("s2", "rice", 100, "", False),
        ("s2", "flour", 100, "", True),
    )
    now = offered(
        ("s1", "rice", 101, "", True),
        ("s1", "flour", 100, "", True),
        ("s2", "rice", 90, "", True),
        ("s2", "flour", 100, "", False),
    )
    told = {(r["store_id"], r["item_id"]): r["kind"] for r in changes(now, before).iter_rows(named=True)}
    assert told == {("s1", "rice"): "dearer", ("s2", "rice"): "new", ("s2", "flour"): "gone"}
    cheaper = changes(offered(("s1", "rice", 99, "", True)), offered(("s1", "rice", 100, "", True)))
    assert cheaper["kind"].to_list() == ["cheaper"]


def test_of_the_first_list_nothing_is_new(plan: Plan) -> None:
    lines = offered(("s1", "rice", 100, "", True)).with_columns(number=pl.lit(1, dtype=pl.Int64))
    assert changes(lines, offered()).is_empty()
    assert [offer.new for offer in offers(lines, offered(), plan)] == [False]


def test_residents_read_an_item_once_with_the_lowest_and_the_highest_price(plan: Plan) -> None:
    rows = (("s1", "rice", 120, "", True), ("s2", "rice", 100, "", True), ("s1", "flour", 90, "", False))
    lines = offered(*rows).with_columns(number=pl.Series([7, 7, 2], dtype=pl.Int64))
    (only,) = offers(lines, offered(), plan)
    assert (only.number, only.item_id, only.low_fen, only.high_fen) == (7, "rice", 100, 120)


def revisions(*rows: tuple[int, str, str, bool, str]) -> pl.DataFrame:
    """(revision, store, item, available, unit) of one day."""
    listed: list[dict[str, Any]] = [
        {"store_id": s, "item_id": i, "price_fen": 1, "unit": u, "available": a, "revision": r, "business_date": DAY}
        for r, s, i, a, u in rows
    ]
    schema = {**OFFERED, "revision": pl.Int64, "business_date": pl.Date}
    return pl.DataFrame(listed, schema=schema, orient="row")


DAY = date(2022, 4, 21)


def test_what_was_on_sale_and_is_not_in_the_newest_revision_was_taken_off() -> None:
    told = revisions((1, "s1", "rice", True, "袋"), (1, "s1", "oil", True, "桶"), (2, "s1", "rice", False, "袋"))
    assert withdrawn(told).rows() == [("s1", "oil"), ("s1", "rice")]


def test_what_comes_back_or_was_never_on_sale_was_not_taken_off() -> None:
    back = [(1, "s1", "rice", True, "袋"), (2, "s1", "rice", False, "袋"), (3, "s1", "rice", True, "袋")]
    assert withdrawn(revisions(*back)).is_empty()
    assert withdrawn(revisions((1, "s1", "rice", False, "袋"), (2, "s1", "rice", False, "袋"))).is_empty()
    assert withdrawn(revisions()).is_empty()


def test_where_a_list_is_made_from_the_books_nothing_is_taken_off() -> None:
    assert withdrawn(revisions((1, "s1", "rice", True, ""), (2, "s1", "rice", False, ""))).is_empty()


def shared(plan: Plan, gone: list[tuple[str, str]]) -> list[tuple[int, str]]:
    need = {"household_id": "h1", "community_id": "c1", "item_id": "rice", "needed_base": 500, "special": False}
    needs = frame_of(Needs, [need | {"persons": 1}])
    rows = [{"store_id": s, "item_id": "rice", "available_base": 500} for s in ("s1", "s2")]
    lines = allocate(needs, frame_of(Supply, rows), plan, gone).lines
    return [(row[0], row[1]) for row in lines.select("allocated_base", "reason").iter_rows()]


def test_allocation_promises_nothing_of_what_a_store_took_off_and_says_so_where_no_other_has_it(plan: Plan) -> None:
    assert shared(plan, []) == [(500, "")]
    assert shared(plan, [("s1", "rice")]) == [(500, "")]
    assert shared(plan, [("s1", "rice"), ("s2", "rice")]) == [(0, "withdrawn_by_store")]
