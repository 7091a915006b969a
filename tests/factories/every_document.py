"""Every document that a trading town's day gives, of each kind at least one."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from rules.catalog import Offer, offers
from schemas.plan import Plan
from tasks.catalog_lists import list_before, list_of
from tasks.documents import Made
from tasks.documents.catalog import catalog_sheet
from tasks.documents.delivery import carer_sheet, carers_of, day_sheets
from tasks.documents.goods_list import goods_list
from tasks.documents.group_message import catalog_messages
from tasks.documents.medicine_orders import medicine_order, medicine_orders_of
from tasks.documents.order_form import order_forms
from tasks.documents.orders import store_order
from tasks.documents.purchase import proposal_sheet, purchase_order_sheet
from tasks.documents.report import report_json, report_sheet
from tasks.documents.returned import returned_sheet, senders
from tasks.documents.stock import stock_sheet
from tests.factories.trading_orders import DAY, NEXT
from tests.factories.trading_town import GOODS, seller


def offered(session: Session, plan: Plan) -> list[Offer]:
    """What residents read of the day's list."""
    return offers(list_of(session, plan.id, DAY, 1), list_before(session, plan.id, DAY), plan)


def workbooks(session: Session, plan: Plan) -> Iterator[Made]:
    """All that are spreadsheets."""
    shops = sorted({seller(plan, good) for good in GOODS})
    for shop in shops:
        yield catalog_sheet(session, plan, DAY, 1, shop)
        yield from (store_order(session, plan, DAY, revision, shop) for revision in (1, 2))
    yield from (medicine_order(session, plan, DAY, *order) for order in medicine_orders_of(session, plan, DAY))
    yield from order_forms(plan, DAY, 1, offered(session, plan), list(plan.communities.values()))
    yield from day_sheets(session, plan, NEXT, 1)
    yield from (carer_sheet(session, plan, NEXT, 1, carer) for carer in carers_of(session, plan, NEXT))
    yield stock_sheet(session, plan, DAY, 1)
    yield proposal_sheet(session, plan, DAY, 1)
    yield purchase_order_sheet(session, plan, f"{plan.id}:{DAY}:w1:s1")
    yield report_sheet(session, plan, DAY, 1)
    yield from (
        returned_sheet(session, plan, "needs", DAY, 1, sender) for sender in senders(session, plan, "needs", DAY)
    )


def every_document(session: Session, plan: Plan) -> Iterator[Made]:
    """All of them."""
    yield from workbooks(session, plan)
    yield report_json(session, plan, DAY, 1)
    goods = offered(session, plan)
    yield goods_list(plan, DAY, 1, goods)
    for place in plan.communities.values():
        yield from catalog_messages(plan, DAY, 1, goods, place)
