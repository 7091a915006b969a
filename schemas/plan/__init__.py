"""A jurisdiction's plan as data: `plan.toml` and the sheets beside it."""

from schemas.plan.document import PlanFile
from schemas.plan.plan import Plan
from schemas.plan.ruling import Ruling
from schemas.plan.sheets import Carrier, Community, Household, Item, MedicineUse, Officer, StockRow, Store

__all__ = [
    "Carrier",
    "Community",
    "Household",
    "Item",
    "MedicineUse",
    "Officer",
    "Plan",
    "PlanFile",
    "Ruling",
    "StockRow",
    "Store",
]
