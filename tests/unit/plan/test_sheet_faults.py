"""A sheet with one fault is told in one line that names file, row, column and cure."""

from pathlib import Path

import pytest

from tests.factories.plan_edits import (
    COMMUNITIES,
    HOUSEHOLDS,
    ITEMS,
    OFFICERS,
    STOCK,
    STORES,
    Edit,
    Place,
    again,
    cell,
    faults_after,
)
from tests.factories.plan_folder import (
    change,
)

SHEET_FAULTS: dict[str, tuple[Edit, Place, str]] = {
    "a household in no community": (
        cell("households", "h4", community_id="nowhere"),
        (HOUSEHOLDS, 5, "community_id"),
        "no_such_community",
    ),
    "a household that stands there twice": (again("households", 0), (HOUSEHOLDS, 11, "household_id"), "duplicate_key"),
    "a special group without a carer": (cell("households", "h2", carer=""), (HOUSEHOLDS, 3, "carer"), "no_carer"),
    "a carer who is no officer": (cell("households", "h2", carer="x"), (HOUSEHOLDS, 3, "carer"), "no_such_officer"),
    "a household without a responsible person": (
        cell("households", "h1", responsible=""),
        (HOUSEHOLDS, 2, "responsible"),
        "empty_cell",
    ),
    "a telephone number as Excel shortens it": (
        cell("households", "h1", phone="1.39E+10"),
        (HOUSEHOLDS, 2, "phone"),
        "excel_number",
    ),
    "a house number that Excel took for a date": (
        cell("households", "h1", address="3月2日"),
        (HOUSEHOLDS, 2, "address"),
        "excel_date",
    ),
    "an id that Excel took for a date": (
        cell("households", "h1", household_id="2001/3/2"),
        (HOUSEHOLDS, 2, "household_id"),
        "excel_date",
    ),
    "a price in yuan": (cell("stock", "pharmacy", price_fen="29.40"), (STOCK, 9, "price_fen"), "not_fen"),
    "persons with a unit": (cell("households", "h1", persons="3人"), (HOUSEHOLDS, 2, "persons"), "not_whole"),
    "nobody in a household": (cell("households", "h1", persons="0"), (HOUSEHOLDS, 2, "persons"), "not_above"),
    "too many in a household": (cell("households", "h1", persons="31"), (HOUSEHOLDS, 2, "persons"), "not_at_most"),
    "a group that is not known": (
        cell("households", "h1", special_group="老人"),
        (HOUSEHOLDS, 2, "special_group"),
        "not_one_of",
    ),
    "a sale unit of a thousand tonnes": (
        cell("items", "rice", unit_base="1000000000"),
        (ITEMS, 2, "unit_base"),
        "not_at_most",
    ),
    "goods that keep for ten thousand years": (
        cell("items", "rice", keeps_days="4000000"),
        (ITEMS, 2, "keeps_days"),
        "not_at_most",
    ),
    "a price beyond eight bytes": (cell("stock", "market", price_fen="9" * 30), (STOCK, 2, "price_fen"), "not_at_most"),
    "a space in an id": (cell("households", "h1", responsible="a b"), (HOUSEHOLDS, 2, "responsible"), "bad_key"),
    "a contact who is no officer": (
        cell("communities", "c_sealed", contact="x"),
        (COMMUNITIES, 2, "contact"),
        "no_such_officer",
    ),
    "a zone that is not known": (cell("communities", "c_sealed", zone="封控"), (COMMUNITIES, 2, "zone"), "not_one_of"),
    "a community on the other side of the earth": (
        cell("communities", "c_sealed", lon="-116.12"),
        (COMMUNITIES, 2, "lat"),
        "far_away",
    ),
    "latitude and longitude exchanged": (
        cell("communities", "c_sealed", lat="116.12", lon="32.76"),
        (COMMUNITIES, 2, "lat"),
        "not_at_most",
    ),
    "a latitude that is no number": (cell("communities", "c_sealed", lat="nan"), (COMMUNITIES, 2, "lat"), "not_number"),
    "a store that sells nothing": (
        lambda _, sheets: sheets["stock"].__delitem__(slice(7, None)),
        (STORES, 3, "store_id"),
        "sells_nothing",
    ),
    "a store of no use": (
        lambda _, sheets: (
            change(sheets, "stores", "pharmacy", capacity_parcels="0"),
            sheets["stock"].__delitem__(slice(7, None)),
        ),
        (STORES, 3, "capacity_parcels"),
        "serves_nobody",
    ),
    "a supplier of nobody": (
        cell("stores", "wholesale", supplies_to="x"),
        (STORES, 4, "supplies_to"),
        "no_such_store",
    ),
    "a supplier of itself": (
        cell("stores", "wholesale", supplies_to="wholesale"),
        (STORES, 4, "supplies_to"),
        "supplies_itself",
    ),
    "a store without a liaison": (cell("stores", "market", liaison="x"), (STORES, 2, "liaison"), "no_such_officer"),
    "a store 200 km away": (cell("stores", "market", lat="34.6"), (STORES, 2, "lat"), "far_away"),
    "stock of a store that is not there": (
        cell("stock", "pharmacy", store_id="x"),
        (STOCK, 9, "store_id"),
        "no_such_store",
    ),
    "stock of an item that is not there": (
        cell("stock", "pharmacy", item_id="x"),
        (STOCK, 9, "item_id"),
        "no_such_item",
    ),
    "stock told twice": (again("stock", 3), (STOCK, 11, "item_id"), "duplicate_key"),
    "an item of no category": (cell("items", "rice", category="x"), (ITEMS, 2, "category"), "no_such_category"),
    "one word for two items": (cell("items", "potato", aliases="大白菜"), (ITEMS, 8, "aliases"), "alias_of_two"),
    "a word that differs in width only": (
        cell("items", "potato", aliases="马铃薯|布洛芬"),
        (ITEMS, 9, "name"),
        "alias_of_two",
    ),
    "a 斤 of 600 g": (
        cell("items", "pork", unit_base="600", step_base="600", weight_g="600"),
        (ITEMS, 5, "unit_base"),
        "unit_size",
    ),
    "pieces sold by the 斤": (cell("items", "eggs", unit="斤"), (ITEMS, 6, "unit_base"), "unit_of_other_measure"),
    "a step that does not fit": (cell("items", "pork", step_base="300"), (ITEMS, 5, "step_base"), "step_uneven"),
    "another unit without its size": (
        cell("items", "eggs", also_units="箱"),
        (ITEMS, 6, "also_units"),
        "also_units_form",
    ),
    "another unit told twice": (
        cell("items", "eggs", also_units="箱=360|箱=300"),
        (ITEMS, 6, "also_units"),
        "unit_twice",
    ),
    "goods lighter than what is in them": (
        cell("items", "rice", weight_g="500"),
        (ITEMS, 2, "weight_g"),
        "lighter_than_content",
    ),
    "medicine that is perhaps": (cell("items", "rice", medicine="也许"), (ITEMS, 2, "medicine"), "not_yes_no"),
    "an officer without a channel": (cell("officers", "leader", channels=""), (OFFICERS, 2, "channels"), "no_channel"),
    "an officer with an empty list of channels": (
        cell("officers", "leader", channels="|"),
        (OFFICERS, 2, "channels"),
        "no_channel",
    ),
    "an address for a channel": (
        cell("officers", "leader", channels="wecombot://secret"),
        (OFFICERS, 2, "channels"),
        "channel_is_address",
    ),
    "a channel that is no name": (
        cell("officers", "leader", channels="微信"),
        (OFFICERS, 2, "channels"),
        "bad_channel",
    ),
    "a role that the plan has not": (
        cell("officers", "coordinator_2", role="x"),
        (OFFICERS, 4, "role"),
        "no_such_role",
    ),
    "an officer of no place": (cell("officers", "carer_1", serves="x"), (OFFICERS, 14, "serves"), "serves_nowhere"),
    "a deputy who is no officer": (cell("officers", "leader", deputy="x"), (OFFICERS, 2, "deputy"), "no_such_officer"),
    "deputies of each other": (
        cell("officers", "supply_2", deputy="supply_1"),
        (OFFICERS, 5, "deputy"),
        "deputy_cycle",
    ),
    "an escalation that comes back": (
        cell("officers", "leader", escalates_to="supply_1"),
        (OFFICERS, 2, "escalates_to"),
        "escalation_cycle",
    ),
}


@pytest.mark.parametrize("name", SHEET_FAULTS)
def test_one_fault_of_a_sheet_is_one_line(name: str, tmp_path: Path) -> None:
    edit, place, code = SHEET_FAULTS[name]
    [(found, found_code, line)] = faults_after(tmp_path, edit)
    assert (found, found_code) == (place, code)
    assert line.startswith(f"{place[0]} 第 {place[1]} 行 {place[2]}：")
    assert "请" in line or "必须" in line or "不得" in line
    assert "\n" not in line
