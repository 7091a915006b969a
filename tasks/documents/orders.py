"""订单: what one store packs for one cycle, as totals to pick and as lines per community (A-04, A-05, B-02, B-03)."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import StoreOrder, StoreOrderLine
from schemas.units import amount_fen, sale_quantity
from schemas.words import Process
from tasks.documents.labels import MODES, ZONES, clause_of, community_label, day_words, store_label, subtitle, word
from tasks.documents.made import Made, place
from tasks.documents.register import Register, rows
from tasks.documents.workbook import Column, Sheet, Table, Value, workbook
from tasks.words import say


def order_path(plan: Plan, cycle: date, revision: int, store_id: str) -> str:
    """Where the order of a cycle's revision to one store is kept, known before it is made."""
    return place(cycle, say("Order"), store_label(plan, store_id), revision=revision)


def store_order(session: Session, plan: Plan, cycle: date, revision: int, store_id: str) -> Made:
    """The order of a cycle's revision to one store.

    Raises:
        LookupError: there is no such order.
    """
    order = session.get(StoreOrder, (plan.id, cycle, revision, store_id))
    if order is None:
        raise LookupError(f"no order {plan.id}/{cycle}/{revision}/{store_id}")
    mine = (
        col(StoreOrderLine.plan_id) == plan.id,
        col(StoreOrderLine.cycle) == cycle,
        col(StoreOrderLine.revision) == revision,
        col(StoreOrderLine.store_id) == store_id,
    )
    lines, register = rows(session, StoreOrderLine, *mine), Register(session, plan.id)
    name = register.stores[store_id].name
    title = say("Order: {store}", store=name)
    above = subtitle(
        plan, say("needs of {day}", day=day_words(cycle)), revision, clause_of(plan, Process.ALLOCATE_ORDERS)
    )
    above.append(say("To be delivered on {day}", day=day_words(order.deliver_on)))
    if order.state == "superseded":
        above.append(say("Superseded by a newer revision: do not pack"))
    sheets = [
        Sheet(say("Totals to pick"), title, above, [_totals(register, lines, order.amount_fen)], _notes()),
        Sheet(say("Per community"), title, above, _communities(plan, register, lines)),
    ]
    return Made(
        order_path(plan, cycle, revision, store_id), f"{title} {cycle.isoformat()}", cycle, workbook(sheets, cycle)
    )


def _notes() -> list[str]:
    return [
        say("Quantities are in sale units. Report at once what cannot be packed, so that it can be found elsewhere.")
    ]


def _columns() -> list[Column]:
    return [
        Column(say("No."), "centre", 6.5),
        Column(say("Item")),
        Column(say("Quantity"), "quantity", 10),
        Column(say("Unit"), "centre", 8),
        Column(say("Price (yuan)"), "price", 13),
        Column(say("Amount (yuan)"), "money", 14),
    ]


def _line(register: Register, number: int, item_id: str, qty_base: int, price: Value, amount: int) -> list[Value]:
    item = register.items[item_id]
    return [number, item.name, Decimal(sale_quantity(qty_base, item.unit_base)), item.unit, price, amount]


def line_fen(register: Register, line: StoreOrderLine) -> int:
    """Fen of one order line at the price of the list."""
    return amount_fen(line.qty_base, line.price_fen, register.items[line.item_id].unit_base)


def _in_order(register: Register, item_ids: set[str]) -> list[str]:
    return sorted(item_ids, key=lambda i: (register.items[i].category, i))


def _totals(register: Register, lines: list[StoreOrderLine], amount: int) -> Table:
    body: list[list[Value]] = []
    for number, item_id in enumerate(_in_order(register, {x.item_id for x in lines}), start=1):
        of_item = [x for x in lines if x.item_id == item_id]
        prices = {x.price_fen for x in of_item}
        price = prices.pop() if len(prices) == 1 else None
        fen = sum(line_fen(register, x) for x in of_item)
        body.append([*_line(register, number, item_id, sum(x.qty_base for x in of_item), price, fen), ""])
    columns = [*_columns(), Column(say("Picked"), "centre", 9)]
    return Table(columns, body, total=["", say("Total"), None, "", None, amount, ""])


def _communities(plan: Plan, register: Register, lines: list[StoreOrderLine]) -> list[Table]:
    return [
        _community(plan, register, community_id, [x for x in lines if x.community_id == community_id])
        for community_id in sorted({x.community_id for x in lines})
    ]


def _community(plan: Plan, register: Register, community_id: str, lines: list[StoreOrderLine]) -> Table:
    lines = sorted(lines, key=lambda x: (register.items[x.item_id].category, x.item_id))
    body = [
        _line(register, n, x.item_id, x.qty_base, x.price_fen, line_fen(register, x))
        for n, x in enumerate(lines, start=1)
    ]
    total = ["", say("Total"), None, "", None, sum(line_fen(register, x) for x in lines)]
    row, known = register.communities[community_id], plan.communities.get(community_id)
    caption = f"{community_label(plan, community_id)} · {word(ZONES, row.zone)}"
    if known is not None:
        point = say("delivery point: {point}", point=known.delivery_point)
        caption = f"{caption} · {word(MODES, plan.mode(community_id))} · {point}"
    return Table(_columns(), body, caption=caption, total=total)
