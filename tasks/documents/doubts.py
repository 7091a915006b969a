"""Reports of stock that are in doubt: a sheet of the stock warning list (B-06)."""

from datetime import date

from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import Revision
from schemas.words import Process
from tasks.documents.labels import reason_words, store_label
from tasks.documents.workbook import Column, Sheet, Table, Value
from tasks.words import say


def doubted(session: Session, plan: Plan, business_date: date, revision: int) -> list[list[str]]:
    """Store and why its report or one count of it is doubted, as the stock check of a day decided."""
    found = session.get(Revision, (plan.id, Process.CHECK_STOCK, business_date, revision))
    told = found.summary.get("doubts") if found else None
    if not isinstance(told, list):
        return []
    return [[store_label(plan, x["store_id"]), reason_words(x["code"], x["args"])] for x in told]


def doubts_sheet(session: Session, plan: Plan, business_date: date, revision: int, above: list[str]) -> list[Sheet]:
    """The sheet; none where nothing is doubted."""
    found = doubted(session, plan, business_date, revision)
    if not found:
        return []
    columns = [Column(say("No."), "centre", 6.5), Column(say("Store"), width=24), Column(say("Why"), width=70)]
    body: list[list[Value]] = [[n, *row] for n, row in enumerate(found, start=1)]
    note = say("A doubted count is used, since nobody knows better; the store is asked to count again.")
    return [Sheet(say("Doubts"), say("Stock reports in doubt"), above, [Table(columns, body)], [note])]
