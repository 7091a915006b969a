"""Quantities and money in eight bytes: a slip of the pen in one store's list must not stop the step for all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

WIDER = {
    "allocation": "needed_base allocated_base short_base withdrawn_base",
    "allocation_source": "qty_base",
    "batch": "qty_base cost_fen",
    "catalog_line": "price_fen",
    "cover_line": "stock_base missing_base",
    "item": "unit_base",
    "need": "qty_base",
    "need_line": "qty_base",
    "parcel": "amount_fen",
    "parcel_line": "qty_base",
    "purchase": "amount_fen budget_fen",
    "purchase_line": "needs_base reserve_gap_base on_hand_base on_order_base pack_base "
    "proposed_packs approved_packs cut_packs pack_price_fen",
    "purchase_order": "amount_fen",
    "purchase_order_line": "packs qty_base pack_price_fen arrived_base",
    "stock_move": "qty_base",
    "stock_report_line": "qty_base price_fen sold_base",
    "store_order": "amount_fen",
    "store_order_line": "qty_base price_fen",
    "submission": "size",
    "undelivered": "qty_base",
}


def upgrade() -> None:
    """PostgreSQL only: an integer of SQLite has eight bytes already."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in WIDER.items():
        for column in columns.split():
            op.alter_column(table, column, type_=sa.BigInteger())
