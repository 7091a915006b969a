"""Our own database: the only home of business state. Imported by `tasks` alone.

Quantities are `qty_base` (integer base units of the item's measure), money is integer fen,
times are UTC instants, dates are the plan's business dates. Keys are natural wherever one exists, so
that a run repeated after a kill writes the very same rows.
"""

from schemas.tables.base import metadata
from schemas.tables.intake import AliasSaid, Need, NeedLine, RejectedLine, Submission
from schemas.tables.orders import (
    Allocation,
    AllocationSource,
    Handover,
    Parcel,
    ParcelLine,
    StoreOrder,
    StoreOrderLine,
    Undelivered,
)
from schemas.tables.people import HouseholdTask, MedicineReport, SupplyDeclaration, VehicleDeclaration
from schemas.tables.purchase import Approval, Purchase, PurchaseLine, PurchaseOrder, PurchaseOrderLine
from schemas.tables.reference import CommunityRow, HouseholdRow, ItemRow, OfficerRow, PlanRow, StoreRow
from schemas.tables.report import Document, MarketReport, Receipt
from schemas.tables.sources import SourceCursor, StoreConfirmation, StoreConfirmationLine
from schemas.tables.stock import Batch, CatalogLine, CoverLine, PriceQuestion, StockMove, StockReportLine
from schemas.tables.work import Audit, DutyRow, Lease, Notice, NoticeAttempt, Revision

__all__ = [
    "AliasSaid",
    "Allocation",
    "AllocationSource",
    "Approval",
    "Audit",
    "Batch",
    "CatalogLine",
    "CommunityRow",
    "CoverLine",
    "Document",
    "DutyRow",
    "Handover",
    "HouseholdRow",
    "HouseholdTask",
    "ItemRow",
    "Lease",
    "MarketReport",
    "MedicineReport",
    "Need",
    "NeedLine",
    "Notice",
    "NoticeAttempt",
    "OfficerRow",
    "Parcel",
    "ParcelLine",
    "PlanRow",
    "PriceQuestion",
    "Purchase",
    "PurchaseLine",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Receipt",
    "RejectedLine",
    "Revision",
    "SourceCursor",
    "StockMove",
    "StockReportLine",
    "StoreConfirmation",
    "StoreConfirmationLine",
    "StoreOrder",
    "StoreOrderLine",
    "StoreRow",
    "Submission",
    "SupplyDeclaration",
    "Undelivered",
    "VehicleDeclaration",
    "metadata",
]
