"""采购建议单与采购单: what should be bought and why, and what was ordered from whom (C-04, C-05, B-07, B-10)."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.plan import Plan
from schemas.tables import Approval, Purchase, PurchaseLine, PurchaseOrder, PurchaseOrderLine, Revision
from schemas.text import N_
from schemas.words import Decision, Process
from tasks.documents.labels import clause_of, day_words, store_label, subtitle, with_note, word
from tasks.documents.made import Made, place
from tasks.documents.register import Register, rows
from tasks.documents.workbook import Column, Sheet, Table, Value, workbook
from tasks.notices.templates import NO_VEHICLES
from tasks.words import say

DECISIONS: Mapping[str, str] = {
    Decision.APPROVE: N_("approved"),
    Decision.CHANGE: N_("approved with changes"),
    Decision.REJECT: N_("not approved"),
}
SUM = N_("needs {needs} + gap {gap} - on hand {hand} - on order {order} = {wanted}: {packs} packs of {pack}")


def proposal_path(_plan: Plan, cycle: date, revision: int) -> str:
    """Where the proposal of a cycle is kept."""
    return place(cycle, say("Purchase proposal"), revision=revision)


def purchase_order_path(plan: Plan, cycle: date, supplier_id: str, store_id: str) -> str:
    """Where the order to one supplier for one receiving store is kept."""
    return place(cycle, say("Purchase order"), store_label(plan, supplier_id), store_label(plan, store_id))


def proposal_lines(session: Session, plan: Plan, cycle: date, revision: int) -> list[PurchaseLine]:
    """Lines of a proposal, by receiving store and item."""
    mine = (
        col(PurchaseLine.plan_id) == plan.id,
        col(PurchaseLine.cycle) == cycle,
        col(PurchaseLine.revision) == revision,
    )
    return rows(session, PurchaseLine, *mine)


def proposal_sheet(session: Session, plan: Plan, cycle: date, revision: int) -> Made:
    """The proposal of a cycle: every line with its formula, what was cut for want of money, and its answer.

    Before anybody answered, what is approved is left empty, to be written and signed by hand; afterwards it is told,
    with who answered and when.

    Raises:
        LookupError: nothing was proposed for the cycle.
    """
    purchase = session.get(Purchase, (plan.id, cycle))
    if purchase is None:
        raise LookupError(f"no purchase {plan.id}/{cycle}")
    lines, register = proposal_lines(session, plan, cycle, revision), Register(session, plan.id)
    title = say("Purchase proposal")
    above = subtitle(plan, day_words(cycle), revision, clause_of(plan, Process.PURCHASE_SUPPLIES))
    above.append(_money(purchase, lines))
    above += _vehicles(session, plan, cycle, revision)
    answer = session.get(Approval, (plan.id, cycle, revision))
    table = _proposal(plan, register, lines, answer is not None)
    sheets = [Sheet(title, title, above, [table], _notes(), [_approval(plan, register, lines, answer)])]
    return Made(proposal_path(plan, cycle, revision), f"{title} {cycle.isoformat()}", cycle, workbook(sheets, cycle))


def _vehicles(session: Session, plan: Plan, cycle: date, revision: int) -> list[str]:
    """Which vehicles are ready for it, as the proposal was made (B-09)."""
    made = session.get(Revision, (plan.id, Process.PURCHASE_SUPPLIES.value, cycle, revision))
    told = made.summary if made is not None else {}
    if "vehicles" not in told:
        return []
    if not told["vehicles"]:
        return [say(NO_VEHICLES, load_kg=told["load_kg"])]
    words = say(
        N_("Vehicles ready: {vehicles}, {capacity_kg} kg together; this purchase weighs {load_kg} kg"),
        vehicles=told["vehicles"],
        capacity_kg=told["capacity_kg"],
        load_kg=told["load_kg"],
    )
    beyond = int(str(told["load_kg"])) > int(str(told["capacity_kg"]))
    return [with_note(words, say(N_("more than they carry: arrange a second trip or more vehicles")) if beyond else "")]


def _money(purchase: Purchase, lines: Sequence[PurchaseLine]) -> str:
    proposed = sum(x.proposed_packs * x.pack_price_fen for x in lines)
    cut = sum(x.cut_packs * x.pack_price_fen for x in lines)
    amounts = {"amount": f"{proposed / 100:,.2f}", "budget": f"{purchase.budget_fen / 100:,.2f}"}
    words = say("Proposed: {amount} yuan, budget: {budget} yuan", **amounts)
    if not cut:
        return words
    return say("; ").join([words, say("cut for want of money: {cut} yuan", cut=f"{cut / 100:,.2f}")])


def _approval(plan: Plan, register: Register, lines: Sequence[PurchaseLine], answer: Approval | None) -> Table:
    columns = [
        Column(say("Decision"), span=3),
        Column(say("Approved amount (yuan)"), "money", 18),
        Column(say("Approver (signature)"), "centre", span=2),
        Column(say("Date and time"), "centre", span=4),
    ]
    row: list[Value] = [None, None, None, None] if answer is None else _answer(plan, register, lines, answer)
    return Table(columns, [row], caption=say("Approval"), tall=34)


def _answer(plan: Plan, register: Register, lines: Sequence[PurchaseLine], answer: Approval) -> list[Value]:
    who, at = answer.approver, answer.decided_at.astimezone(plan.zone)
    return [
        with_note(word(DECISIONS, answer.decision), answer.reason),
        sum(x.approved_packs * x.pack_price_fen for x in lines),
        say("stated rule") if who.startswith("policy:") else register.officer_name(who),
        f"{day_words(at.date())} {at:%H:%M}",
    ]


def _notes() -> list[str]:
    return [
        say("To buy = needs + reserve gap - on hand - on order, rounded up to whole packs."),
        say("Lines with a cut are the least urgent ones beyond the budget."),
    ]


def formula(register: Register, line: PurchaseLine) -> str:
    """The line's sum in words: `需求 30 斤 + 储备缺口 70 斤 − 现有 20 斤 − 在途 0 斤 = 80 斤 → 8 件(每件 10 斤)`."""
    wanted = max(0, line.needs_base + line.reserve_gap_base - line.on_hand_base - line.on_order_base)
    amounts = {
        "needs": line.needs_base,
        "gap": line.reserve_gap_base,
        "hand": line.on_hand_base,
        "order": line.on_order_base,
        "wanted": wanted,
        "pack": line.pack_base,
    }
    words = {name: register.quantity(line.item_id, base) for name, base in amounts.items()}
    packs = line.proposed_packs + line.cut_packs
    return with_note(say(SUM, packs=packs, **words), _declared(register, line))


def _declared(register: Register, line: PurchaseLine) -> str:
    """What the source has declared, and by how much this and other lines are beyond it (B-08); empty where nothing."""
    told = line.why.get("declared")
    if not isinstance(told, dict):
        return ""
    most = register.quantity(line.item_id, int(told["qty_base_per_day"]))
    words = say(N_("the source declares {most} a day"), most=most)
    if not told["over_base"]:
        return words
    over = register.quantity(line.item_id, int(told["over_base"]))
    return say("; ").join([words, say(N_("this is {over} more: ask whether it can be had"), over=over)])


def _proposal(plan: Plan, register: Register, lines: Sequence[PurchaseLine], answered: bool) -> Table:
    columns = [
        Column(say("No."), "centre", 6.5),
        Column(say("For"), width=20),
        Column(say("Source"), width=20),
        Column(say("Item"), width=18),
        Column(say("How it is reckoned"), width=46),
        Column(say("Packs"), "count", 8),
        Column(say("Price of a pack (yuan)"), "price", 12),
        Column(say("Amount (yuan)"), "money", 14),
        Column(say("Cut packs"), "count", 8),
        Column(say("Approved packs"), "count", 9),
    ]
    body = [
        [*_proposal_row(plan, register, n, x), x.approved_packs if answered else None]
        for n, x in enumerate(lines, start=1)
    ]
    amount = sum(x.proposed_packs * x.pack_price_fen for x in lines)
    cut = sum(x.cut_packs for x in lines)
    approved = sum(x.approved_packs for x in lines) if answered else None
    total: list[Value] = ["", say("Total"), "", "", "", None, None, amount, cut, approved]
    marks = {n: "care" for n, x in enumerate(lines) if x.cut_packs}
    return Table(columns, body, total=total, marks=marks)


def _proposal_row(plan: Plan, register: Register, number: int, line: PurchaseLine) -> list[Value]:
    return [
        number,
        store_label(plan, line.store_id),
        store_label(plan, line.supplier_id),
        register.items[line.item_id].name,
        formula(register, line),
        line.proposed_packs,
        line.pack_price_fen,
        line.proposed_packs * line.pack_price_fen,
        line.cut_packs or None,
    ]


def purchase_order_sheet(session: Session, plan: Plan, order_id: str) -> Made:
    """The order to one supplier for one receiving store.

    Raises:
        LookupError: there is no such order.
    """
    order = session.get(PurchaseOrder, order_id)
    if order is None:
        raise LookupError(f"no purchase order {order_id}")
    lines, register = (
        rows(session, PurchaseOrderLine, col(PurchaseOrderLine.order_id) == order_id),
        Register(session, plan.id),
    )
    supplier, receiver = (store_label(plan, s) for s in (order.supplier_id, order.store_id))
    title = say("Purchase order: {supplier}", supplier=supplier)
    above = subtitle(plan, day_words(order.cycle), None, clause_of(plan, Process.PURCHASE_SUPPLIES))
    expected = say("to arrive on {day} at {store}", day=day_words(order.expected_on), store=receiver)
    above += [expected, say("Order number {number}", number=order.order_id)]
    table = _order(register, lines, order.amount_fen)
    sheet = Sheet(say("Purchase order"), title, above, [table], signed=[_signatures()])
    path = purchase_order_path(plan, order.cycle, order.supplier_id, order.store_id)
    return Made(path, f"{title} {order.cycle.isoformat()}", order.cycle, workbook([sheet], order.cycle))


def _order(register: Register, lines: Sequence[PurchaseOrderLine], amount: int) -> Table:
    columns = [
        Column(say("No."), "centre", 9),
        Column(say("Item"), width=20),
        Column(say("Packs"), "count", 10),
        Column(say("In all"), "quantity", 14),
        Column(say("Price of a pack (yuan)"), "price", 14),
        Column(say("Amount (yuan)"), "money", 14),
        Column(say("Checked"), "centre", 10),
    ]
    body: list[list[Value]] = []
    for number, x in enumerate(lines, start=1):
        in_all, fen = register.quantity(x.item_id, x.qty_base), x.packs * x.pack_price_fen
        body.append([number, register.items[x.item_id].name, x.packs, in_all, x.pack_price_fen, fen, "☐"])
    return Table(columns, body, total=["", say("Total"), None, "", None, amount, ""])


def _signatures() -> Table:
    columns = [Column(say("Role"), span=2), Column(say("Name and signature"), span=3), Column(say("Date"), span=2)]
    roles = (say("Buyer"), say("Supplier"), say("Inspector"))
    return Table(columns, [[role, "", ""] for role in roles], caption=say("Signatures"), tall=32)
