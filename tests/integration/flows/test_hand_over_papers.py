"""交接单: what stands on the papers that go out with the goods (A-06, A-07, C-09)."""

from typing import Any

import openpyxl
import pytest

from tasks.plans import load_plan
from tests.factories.working_town import Town


def rows_of(town: Town, pattern: str, sheet: str) -> list[tuple[Any, ...]]:
    (path,) = town.documents(pattern)
    book = openpyxl.load_workbook(path)
    return [row for row in book[sheet].iter_rows(values_only=True) if any(cell is not None for cell in row)]


@pytest.fixture
def sent_out(town: Town) -> Town:
    """Two households of a sealed place have their goods on the way."""
    town.put("needs", "示例家园.txt", "1. 3-2-501 大米2袋 白菜5斤\n2. 3-2-502 鸡蛋1板\n")
    town.run("collect_needs", "16:05")
    town.run("allocate_orders", "16:20")
    town.run("deliver_orders", "07:30", day=22)
    return town


def test_every_parcel_carries_its_address_its_amount_and_its_payment_code(sent_out: Town) -> None:
    parcels = sent_out.rows("SELECT household_id, amount_fen FROM parcel ORDER BY household_id")
    assert len(parcels) == 2
    listed = rows_of(sent_out, "*配送*示例家园*", "配送清单")
    for household_id, amount_fen in parcels:
        address = load_plan(sent_out.plan_id).households[household_id].address
        (line,) = [row for row in listed if address in row]
        assert f"0421-{household_id}" in line
        assert amount_fen > 0
        assert any(isinstance(cell, int | float) and round(cell * 100) == amount_fen for cell in line)


def test_the_hand_over_sheet_names_the_point_its_sign_and_those_who_sign(sent_out: Town) -> None:
    place = load_plan(sent_out.plan_id).communities["c_sealed"]
    told = " | ".join(str(c) for row in rows_of(sent_out, "*配送*示例家园*", "交接单") for c in row if c is not None)
    assert place.delivery_point in told
    assert place.sign in told
    for role in ("发货方", "配送员", "接收人", "已送达待确认"):
        assert role in told
