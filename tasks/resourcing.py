"""What a supplier does not bring, ordered from the next: a new order of the same purchase, under its own key (B-07).

Without asking only within what was approved (`rules.resourcing`); else it waits for a yes. What nobody else has is no
longer expected, and so wanted again by the next proposal.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.resourcing import Source, next_source, without_asking
from rules.sourcing import asked_prices
from rules.supplier_answers import Judged
from schemas.tables import Purchase, PurchaseLine, PurchaseOrder, PurchaseQuestion, PurchaseRest
from tasks.database import insert
from tasks.declared import declared_supply
from tasks.order_books import committed_fen, still_ordered, tried
from tasks.order_placing import Wanted, place
from tasks.runs import Run

SHORT, PRICE = "short", "price"


@dataclass
class Follow:
    """What became of the packs that an answer took off: new orders, sources that must be approved, nobody."""

    cause: str = SHORT
    orders: list[str] = field(default_factory=list)
    suppliers: list[str] = field(default_factory=list)
    waiting: dict[str, tuple[Source, int]] = field(default_factory=dict)
    nobody: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    line: Judged
    source: Source


def take_off(
    session: Session, run: Run, order: PurchaseOrder, number: int, found: Sequence[Judged], cause: str = SHORT
) -> Follow:
    """Expect no longer what the answer is short of, and have it brought by others as far as that is approved."""
    short = [x for x in found if x.short]
    follow = Follow(cause)
    if not short:
        return follow
    new = _sources(session, run, order, short, follow)
    rows = [_rest(run, order, number, x, follow) | {"cause": cause} for x in short]
    insert(session, PurchaseRest, rows)
    if not any(x.packs for x in still_ordered(session, order.order_id)):
        order.state = "refused"
        session.flush()
    _order(session, run, order, (number, cause), new, follow)
    return follow


def _sources(
    session: Session, run: Run, order: PurchaseOrder, short: Sequence[Judged], follow: Follow
) -> dict[str, list[_Found]]:
    """Supplier -> lines that may go to him at once; the others are noted in `follow`."""
    costs, new = costs_of(session, run), defaultdict(list)
    approved, committed = approved_fen(session, run), committed_fen(session, run)
    committed -= sum(x.short * x.ordered_fen for x in short)
    for line in short:
        asked = tried(session, run, order.store_id, line.item_id)
        source = next_source(run.plan, order.store_id, line.item_id, costs, asked)
        if source is None:
            follow.nobody.append(line.item_id)
            continue
        before = approved_price(session, run, order.store_id, line.item_id)
        if without_asking(run.plan, line.short, (before, source.pack_price_fen), committed, approved):
            committed += line.short * source.pack_price_fen
            new[source.supplier_id].append(_Found(line, source))
        else:
            follow.waiting[line.item_id] = (source, line.short)
    return new


def _order(
    session: Session,
    run: Run,
    order: PurchaseOrder,
    rest: tuple[int, str],
    new: dict[str, list[_Found]],
    follow: Follow,
) -> None:
    for supplier_id, lines in sorted(new.items()):
        wanted = [Wanted(x.line.item_id, x.line.short, x.source.pack_price_fen) for x in lines]
        order_id = place(session, run, supplier_id, order.store_id, wanted, expected_again(run, order))
        for x in lines:
            became(session, (order.order_id, x.line.item_id, *rest), "ordered", order_id)
        follow.orders.append(order_id)
        follow.suppliers.append(supplier_id)


def became(session: Session, rest: tuple[str, str, int, str], state: str, new_order_id: str | None = None) -> None:
    """What became of the rest of a line: order, item, number of the answer and cause are its key."""
    row = session.get(PurchaseRest, rest, populate_existing=True)
    assert row is not None  # noqa: S101 - written in this transaction, or asked about since
    row.state, row.new_order_id = state, new_order_id
    session.flush()


def _rest(run: Run, order: PurchaseOrder, number: int, line: Judged, follow: Follow) -> dict[str, object]:
    item = run.plan.items[line.item_id]
    return {
        "order_id": order.order_id,
        "item_id": line.item_id,
        "number": number,
        "packs": line.short,
        "qty_base": line.short * item.pack_units * item.unit_base,
        "cut_at": run.now,
        "state": "nobody" if line.item_id in follow.nobody else "waiting",
    }


def expected_again(run: Run, order: PurchaseOrder) -> date:
    """When goods come that are ordered now in place of others: no sooner than those would have."""
    today = run.now.astimezone(run.plan.zone).date()
    return max(order.expected_on, today + timedelta(days=run.plan.file.purchase.lead_days.value))


def costs_of(session: Session, run: Run) -> dict[tuple[str, str], int]:
    """(supplier, item) -> fen per sale unit, as the proposal knows it."""
    return {(s, i): fen for s, i, fen in asked_prices(run.plan, declared_supply(session, run)).iter_rows()}


def approved_fen(session: Session, run: Run) -> int:
    """What the purchase may cost: what was approved, and what somebody has said yes to since."""
    purchase = session.get(Purchase, (run.plan_id, run.business_date), populate_existing=True)
    assert purchase is not None  # noqa: S101 - an order is a purchase's
    query = sa.select(PurchaseQuestion).where(
        col(PurchaseQuestion.plan_id) == run.plan_id,
        col(PurchaseQuestion.cycle) == run.business_date,
        col(PurchaseQuestion.state) == "yes",
    )
    return purchase.amount_fen + sum(costs_more(question) for question in session.execute(query).scalars())


def costs_more(question: PurchaseQuestion) -> int:
    """By how much a yes raises what the purchase costs."""
    before = 0 if question.kind == "more" else question.pack_price_fen
    return question.packs * (question.offered_fen - before)


def approved_price(session: Session, run: Run, store_id: str, item_id: str) -> int:
    """What a pack costs by the proposal that was approved."""
    query = (
        sa.select(col(PurchaseLine.pack_price_fen))
        .join(
            Purchase,
            sa.and_(
                col(Purchase.plan_id) == col(PurchaseLine.plan_id),
                col(Purchase.cycle) == col(PurchaseLine.cycle),
                col(Purchase.revision) == col(PurchaseLine.revision),
            ),
        )
        .where(
            col(PurchaseLine.plan_id) == run.plan_id,
            col(PurchaseLine.cycle) == run.business_date,
            col(PurchaseLine.store_id) == store_id,
            col(PurchaseLine.item_id) == item_id,
        )
    )
    return int(session.execute(query).scalar_one())
