"""采购单: what is ordered from one source for one receiver, to be signed when it comes (C-05, B-07)."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import PurchaseOrder, PurchaseOrderLine
from tasks.documents.purchase import purchase_order_sheet
from tests.factories.read_back import fen, stored, tables, text
from tests.factories.trading_town import GOODS

NAMES = {good.id: good for good in GOODS}


def test_an_order_has_every_line_once_and_its_amount_is_their_sum(books: Session, plan: Plan) -> None:
    (order,) = stored(books, PurchaseOrder, plan)
    made = purchase_order_sheet(books, plan, order.order_id)
    table, signed = tables(made, "采购单")
    lines = list(
        books.execute(sa.select(PurchaseOrderLine).where(col(PurchaseOrderLine.order_id) == order.order_id)).scalars()
    )
    listed = [(r["品名"], r["件数"], r["合计数量"], fen(r["每件单价（元）"]), fen(r["金额（元）"])) for r in table.rows]
    assert sorted(listed) == sorted(
        (g.name, x.packs, f"{x.qty_base // g.base} {g.unit}", x.pack_price_fen, x.packs * x.pack_price_fen)
        for x in lines
        for g in [NAMES[x.item_id]]
    )
    assert table.fen("金额（元）") == fen(table.total["金额（元）"]) == order.amount_fen
    assert signed.column("角色") == ["采购人", "供货方", "查验人"]
    assert set(table.column("查验")) == {"☐"}


def test_an_order_says_from_whom_for_whom_when_and_under_which_number(books: Session, plan: Plan) -> None:
    (order,) = stored(books, PurchaseOrder, plan)
    told = text(purchase_order_sheet(books, plan, order.order_id))
    for words in ("县城示例购物中心", plan.stores["s1"].name, "2022年4月22日（周五）", order.order_id):
        assert words in told
    assert {"B": "B-07", "C": "C-05"}[plan.file.plan.clauses] in told


def test_what_was_never_ordered_has_no_sheet(books: Session, town_of_stores: Plan) -> None:
    with pytest.raises(LookupError):
        purchase_order_sheet(books, town_of_stores, "nothing")
