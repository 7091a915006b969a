"""可售物品清单: a store's dated list, and the message that a grid worker puts into the group (A-02, A-03, C-04)."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Community, Plan
from schemas.plan.values import EVERY_DAY
from schemas.tables import CatalogLine
from schemas.units import yuan
from schemas.words import Process
from tasks.documents.labels import clause_of, day_words, store_label, subtitle
from tasks.documents.made import Made, place
from tasks.documents.register import Register, rows
from tasks.documents.workbook import Column, Sheet, Table, Value, workbook
from tasks.words import say

#: A group message longer than this is folded by the messenger and no longer read on the way.
MESSAGE_CHARACTERS = 1800


def catalog_path(plan: Plan, business_date: date, revision: int, store_id: str) -> str:
    """Where a store's list of a day is kept."""
    return place(business_date, say("Catalog"), store_label(plan, store_id), revision=revision)


def catalog_lines(session: Session, plan: Plan, business_date: date, revision: int) -> list[CatalogLine]:
    """Every store's lines of a day's list."""
    mine = (
        col(CatalogLine.plan_id) == plan.id,
        col(CatalogLine.business_date) == business_date,
        col(CatalogLine.revision) == revision,
    )
    return sorted(rows(session, CatalogLine, *mine), key=lambda x: (x.store_id, x.number, x.item_id))


def catalog_sheet(session: Session, plan: Plan, business_date: date, revision: int, store_id: str) -> Made:
    """A store's list of a day.

    Raises:
        LookupError: the store has published nothing that day.
    """
    lines = [x for x in catalog_lines(session, plan, business_date, revision) if x.store_id == store_id]
    if not lines:
        raise LookupError(f"no catalog {plan.id}/{business_date}/{revision}/{store_id}")
    title = say("Goods on sale: {store}", store=store_label(plan, store_id))
    above = subtitle(plan, day_words(business_date), revision, clause_of(plan, Process.PUBLISH_CATALOG))
    notes = [say("Reply with address, item and quantity until {cutoff}.", cutoff=cutoff(plan, business_date))]
    table = _table(plan, Register(session, plan.id), lines)
    sheet = Sheet(say("Catalog"), title, above, [table], notes)
    path = catalog_path(plan, business_date, revision, store_id)
    return Made(path, f"{title} {business_date.isoformat()}", business_date, workbook([sheet], business_date))


def _table(plan: Plan, register: Register, lines: Sequence[CatalogLine]) -> Table:
    columns = [
        Column(say("No."), "centre", 8),
        Column(say("Category"), width=14),
        Column(say("Item"), width=28),
        Column(say("Unit"), "centre", 10),
        Column(say("Price (yuan)"), "price", 14),
        Column(say("On sale"), "centre", 12),
    ]
    body: list[list[Value]] = []
    for line in lines:
        item = register.items[line.item_id]
        category = plan.categories[item.category].name if item.category in plan.categories else item.category
        state = say("yes") if line.available else say("not today")
        body.append([line.number, category, item.name, item.unit, line.price_fen, state])
    return Table(columns, body, marks={n: "quiet" for n, x in enumerate(lines) if not x.available})


def cutoff(plan: Plan, business_date: date) -> str:
    """The day and time by which needs of this list must be in: the next collection, today's included."""
    step = plan.steps.get(Process.COLLECT_NEEDS)
    days = (business_date + timedelta(days=n) for n in range(7))
    day = next((d for d in days if step is not None and EVERY_DAY[d.weekday()] in step.days), business_date)
    return f"{day_words(day)} {plan.file.needs.cutoff.value:%H:%M}"


def message(plan: Plan, business_date: date, lines: Sequence[CatalogLine], community: Community) -> str:
    """The text for a community's group: what is on sale, numbered, with price and unit, and how to answer until when.

    Where all goods do not fit a readable message, each store's list ends with how many more its own list has; nothing
    is cut mid-line.
    """
    on_sale = [x for x in lines if x.available and x.item_id in plan.items]
    if not on_sale:
        return say(
            "[Goods on sale] {community} {day}: nothing today", community=community.name, day=day_words(business_date)
        )
    stores = sorted({x.store_id for x in on_sale})
    head = say("[Goods on sale] {community} {day}", community=community.name, day=day_words(business_date))
    foot = [
        say(
            "Answer in a chain: address, name, item and quantity, for example: {example}",
            example=_example(plan, on_sale),
        )
    ]
    foot.append(
        say(
            "Until {cutoff}. To be brought to: {point}",
            cutoff=cutoff(plan, business_date),
            point=community.delivery_point,
        )
    )
    room = MESSAGE_CHARACTERS - len(head) - sum(map(len, foot)) - 4
    parts = [_of_store(plan, s, [x for x in on_sale if x.store_id == s], room // len(stores)) for s in stores]
    return "\n".join([head, *parts, *foot])


def _of_store(plan: Plan, store_id: str, lines: Sequence[CatalogLine], room: int) -> str:
    text = f"■ {store_label(plan, store_id)}"
    spare, category = 24, ""
    for done, line in enumerate(lines):
        item = plan.items[line.item_id]
        opens = item.category != category and item.category in plan.categories
        start = "\n" + say("{category}: ", category=plan.categories[item.category].name) if opens else "  "
        added = f"{start}{line.number}.{item.name} {yuan(line.price_fen)}{say('yuan')}/{item.unit}"
        if len(text) + len(added) + spare > room:
            return f"{text}\n{say('and {count} more kinds, see the list', count=len(lines) - done)}"
        text, category = text + added, item.category
    return text


def _example(plan: Plan, lines: Sequence[CatalogLine]) -> str:
    goods = [f"{plan.items[x.item_id].name}{n}{plan.items[x.item_id].unit}" for n, x in enumerate(lines[:2], start=1)]
    return say("3-2-501 Mr Zhang {goods}", goods=" ".join(goods))
