"""What stores are asked to give each other instead of having it bought: a sheet of the proposal (B-05, B-07)."""

from datetime import date

from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import StoreMove
from tasks.documents.labels import store_label
from tasks.documents.register import Register, rows
from tasks.documents.workbook import Column, Sheet, Table, Value
from tasks.words import say


def moves_sheet(
    session: Session, plan: Plan, register: Register, cycle: date, revision: int, above: list[str]
) -> list[Sheet]:
    """The sheet; none where nothing is moved."""
    mine = (col(StoreMove.cycle) == cycle, col(StoreMove.revision) == revision)
    found = rows(session, StoreMove, col(StoreMove.plan_id) == plan.id, *mine)
    if not found:
        return []
    columns = [
        Column(say("No."), "centre", 6.5),
        Column(say("Giving store"), width=22),
        Column(say("Receiving store"), width=22),
        Column(say("Item"), width=18),
        Column(say("Amount to move"), width=12),
        Column(say("Costs (yuan)"), "money", 13),
        Column(say("Saves (yuan)"), "money", 13),
    ]
    body: list[list[Value]] = [
        [
            number,
            store_label(plan, move.from_store),
            store_label(plan, move.to_store),
            register.items[move.item_id].name,
            register.quantity(move.item_id, move.qty_base),
            move.cost_fen,
            move.saves_fen,
        ]
        for number, move in enumerate(found, start=1)
    ]
    note = say("Cheaper than buying it, or needed before anything bought can come; no store goes below its minimum.")
    return [Sheet(say("Moves"), say("Goods to be moved between stores"), above, [Table(columns, body)], [note])]
