"""What suppliers say to their orders in a sample week, by file or by a server of their own; what the buyer decides.

Most confirm all of it within the hour; a few run short of a line, ask another price for one, or forget until they are
reminded. The buyer's stated policy: another price within the plan's rule is taken, anything beyond that is not.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from deployments.demo.chance import Chance
from deployments.demo.files import UTF8_BOM, Grid, as_csv
from deployments.demo.letters import Letter
from deployments.demo.store_server import StoreServer
from rules.resourcing import within_price_rule
from schemas.plan import Plan
from schemas.units import yuan
from schemas.words import Process
from tasks.database import reading
from tasks.expected import ExpectedLine, expected_lines
from tasks.order_books import takers
from tasks.order_questions import answer_questions, waiting
from tasks.runs import Run, working

HEADER = ("采购单号", "商品", "确认件数", "单位", "价格", "备注")
#: Parts of all lines that a supplier runs short of or asks more for, and of orders that he forgets.
SHORT, DEARER, FORGOTTEN = 0.03, 0.02, 0.08
#: A week from now nothing is due any more that was ordered today.
FAR = timedelta(days=7)


def confirmations(plan: Plan, seed: int, cycle: date, now: datetime, heard: set[str]) -> list[Letter]:
    """Files of those without a server, each at its time, for orders of the purchase that nobody has `heard` of yet."""
    letters = []
    for order_id, lines in _orders(plan, cycle).items():
        chance = Chance(seed, plan.id, order_id, "confirms")
        if order_id in heard or lines[0].supplier_id in takers(plan):
            continue
        heard.add(order_id)
        minutes = chance.between(70, 85) if chance.happens(FORGOTTEN) else chance.between(8, 35)
        at = (now + timedelta(minutes=minutes)).astimezone(plan.zone)
        rows = [_row(plan, line, Chance(seed, order_id, line.item_id)) for line in lines]
        name = f"{plan.stores[lines[0].supplier_id].name}_{at:%H%M}_{lines[0].store_id}.csv"
        letters.append(Letter(name, at.time().replace(second=0, microsecond=0), as_csv(Grid(HEADER, rows), UTF8_BOM)))
    return letters


def _orders(plan: Plan, cycle: date) -> dict[str, list[ExpectedLine]]:
    with reading() as session:
        due = expected_lines(session, plan.id, cycle + FAR)
    orders: dict[str, list[ExpectedLine]] = {}
    for line in due:
        if line.order_id.startswith(f"{plan.id}:{cycle}:"):
            orders.setdefault(line.order_id, []).append(line)
    return orders


def _row(plan: Plan, line: ExpectedLine, chance: Chance) -> Sequence[str]:
    packs = max(0, line.packs - chance.between(1, 3)) if chance.happens(SHORT) else line.packs
    fen = line.pack_price_fen * 105 // 100 if chance.happens(DEARER) else line.pack_price_fen
    price = yuan(fen) if fen != line.pack_price_fen else ""
    return (
        line.order_id,
        plan.items[line.item_id].name,
        str(packs),
        "件",
        price,
        "" if packs == line.packs else "货源不足",
    )


def stock_up(plan: Plan, seed: int, servers: StoreServer, on: date) -> None:
    """What suppliers with a server can bring of each item on a day."""
    for supplier_id in takers(plan):
        chance = Chance(seed, plan.id, on, supplier_id, "brings")
        mine = [plan.items[row.item_id].name for row in plan.stock if row.store_id == supplier_id]
        servers.shop(supplier_id).supplies.can_supply = {name: 1 for name in mine if chance.happens(SHORT)}


def decide(plan: Plan, cycle: date, at: datetime) -> int:
    """The buyer, or who approves, answers what suppliers ask back. How many questions."""
    run = Run(plan.id, Process.PURCHASE_SUPPLIES, cycle, at)
    with reading() as session:
        asked = list(waiting(session, run).values())
    if not asked:
        return 0
    by = plan.officers_in(plan.file.purchase.approver_roles.value)[0].officer_id
    yes = {q.number: q.kind == "price" and within_price_rule(plan, q.pack_price_fen, q.offered_fen) for q in asked}
    with working(run) as work:
        text = "\n".join(f"{number}={'是' if said else '否'}" for number, said in yes.items())
        return len(answer_questions(work, text, by))
