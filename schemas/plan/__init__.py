"""A jurisdiction's plan as data: `plan.toml` and the sheets beside it."""

from schemas.plan.document import PlanFile
from schemas.plan.plan import Plan
from schemas.plan.ruling import Ruling
from schemas.plan.sheets import Community, Household, Item, Officer, StockRow, Store

__all__ = ["Community", "Household", "Item", "Officer", "Plan", "PlanFile", "Ruling", "StockRow", "Store"]
