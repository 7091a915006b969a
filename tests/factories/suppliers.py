"""The small plan with a second supplier, further away; over HTTP or by file, dearer where a test wants it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.factories.plan_folder import Sheets, change, plan_document, plan_sheets, write_plan
from tests.factories.sources import store_source

FIRST, SECOND = "wholesale", "wholesale_2"
LIMIT = 100_000_000


def supplier_sheets(prices: Mapping[tuple[str, str], int] | None = None) -> Sheets:
    """`prices`: (supplier, item) -> fen per sale unit; without any, every source costs what the store's sheet says."""
    sheets = plan_sheets()
    row = next(row for row in sheets["stores"] if row["store_id"] == FIRST)
    sheets["stores"].append(
        row | {"store_id": SECOND, "name": "样本批发", "lat": "32.9000", "lon": "116.0000", "contact": "supplier_2"}
    )
    officer = next(row for row in sheets["officers"] if row["officer_id"] == "supplier_1")
    sheets["officers"].append(officer | {"officer_id": "supplier_2", "name": "供货乙示例", "serves": SECOND})
    for (supplier_id, item_id), fen in (prices or {}).items():
        cells = {"qty_units": "0", "price_fen": str(fen), "cost_fen": str(fen), "checked_by": "验收示例"}
        sheets["stock"].append({"store_id": supplier_id, "item_id": item_id, **cells})
    return sheets


def write_supplier_plan(
    folder: Path, http: bool = False, prices: Mapping[tuple[str, str], int] | None = None, **changes: Any
) -> Path:
    """Purchases are approved by the plan's own rule unless a test says otherwise."""
    document, sheets = plan_document(folder.name), supplier_sheets(prices)
    if http:
        document["source"] = [store_source("supplier_orders", supplier) for supplier in (FIRST, SECOND)]
        for supplier in (FIRST, SECOND):
            change(sheets, "stores", supplier, channel="http")
    return write_plan(folder, document, sheets, **{"purchase__approve_below_fen": LIMIT} | changes)
