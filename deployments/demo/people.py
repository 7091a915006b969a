"""What people do in a sample week: sign for parcels, record what leaves no paper, inspect, answer what they are asked.

The approver's stated policy: what lies within the budget is approved half an hour after it was proposed; of every
second proposal the dearest line is bought one pack smaller, so that a change is seen too. The reviewer's: a missing
unit is the one in which the goods are sold; everything else is left to who sent it. A store that is asked back about a
price stands by it where it is what it asks, and takes it back where it is a slip.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from deployments.demo.chance import Chance
from deployments.demo.stores import counter, inspector
from rules.duties import expected
from schemas.plan import Plan
from schemas.text import N_
from schemas.words import Decision, Process
from tasks.approval import Answer, record_approval
from tasks.arrivals import Inspection, inspect_batch, waiting_batches
from tasks.catalog import published
from tasks.catalog_lists import questions
from tasks.database import reading, transaction
from tasks.documents.purchase import proposal_lines
from tasks.duties import confirm as confirm_duty
from tasks.handover import Confirmation, confirm, parcels_on
from tasks.price_answers import PriceAnswer, answer_price
from tasks.purchase import approval_deadline, of_purchase_day
from tasks.review import record_answers
from tasks.review_list import unclear_now
from tasks.runs import Run, last_outcome, working
from tasks.words import say

POLICY = N_("approved half an hour after the proposal; of every second one the dearest line is bought one pack smaller")
#: Parts of communities that confirm nothing, of parcels not handed over, of duties forgotten and late.
UNCONFIRMED, NOT_AT_HOME, FORGOTTEN, DUTY_LATE = 0.04, 0.015, 0.02, 0.03
ANSWERED_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class HandDuty:
    """A duty that somebody records by hand, and when he does."""

    duty_id: str
    subject: str
    at: datetime


def hand_duties(plan: Plan, seed: int, on: date) -> list[HandDuty]:
    """Which of the day's duties without any paper are recorded, and when."""
    by_hand = [d.id for d in plan.file.duty if d.fulfilled_by == "hand"]
    found = []
    for row in expected(plan, on).iter_rows(named=True):
        chance = Chance(seed, plan.id, on, row["duty_id"], row["subject"])
        if row["duty_id"] not in by_hand or chance.happens(FORGOTTEN):
            continue
        window = int((row["due_at"] - row["opens_at"]).total_seconds() / 60)
        late = chance.happens(DUTY_LATE)
        minutes = window + chance.between(10, 50) if late else window * chance.between(20, 95) // 100
        found.append(HandDuty(row["duty_id"], row["subject"], row["opens_at"] + timedelta(minutes=minutes)))
    return found


def record_duty(plan: Plan, duty: HandDuty, on: date, at: datetime) -> None:
    """The one in charge says that it was done."""
    with transaction() as session:
        confirm_duty(session, plan.id, duty.duty_id, duty.subject, on, _officer_for(plan, duty.subject), at)


def _officer_for(plan: Plan, subject: str) -> str:
    kind, _, key = subject.partition(":")
    if kind == "store":
        return plan.stores[key].contact
    if kind == "community":
        return plan.communities[key].contact
    if kind == "carrier":
        return plan.carriers[key].contact
    return plan.officers_in([key])[0].officer_id


def confirming(plan: Plan, seed: int, on: date) -> list[tuple[str, time]]:
    """Communities that confirm their parcels on a day, and when."""
    found = []
    for community_id in plan.communities:
        chance = Chance(seed, plan.id, on, community_id, "confirm")
        if not chance.happens(UNCONFIRMED):
            minutes = chance.between(11 * 60, 17 * 60 + 30)
            found.append((community_id, time(minutes // 60, minutes % 60)))
    return found


def confirm_parcels(plan: Plan, seed: int, community_id: str, at: datetime) -> None:
    """Parcels of a community signed for; where nobody was at home, said so."""
    run = Run(plan.id, Process.DELIVER_ORDERS, at.astimezone(plan.zone).date(), at)
    homes = parcels_on(run, community_id)
    chance = Chance(seed, plan.id, run.business_date, community_id, "home")
    absent = [home for home in homes if chance.happens(NOT_AT_HOME)]
    by = plan.communities[community_id].contact
    with working(run) as work:
        if absent:
            confirm(work, absent, Confirmation(by, signed=False, reason="家中无人"))
        confirm(work, [home for home in homes if home not in absent], Confirmation(by, signed=True))


def inspect_waiting(plan: Plan, at: datetime) -> int:
    """The inspector comes to what arrived without a conclusion, and finds it good. How many batches."""
    day = at.astimezone(plan.zone).date()
    waiting = waiting_batches(plan.id, day)
    if waiting:
        with working(Run(plan.id, Process.RECEIVE_GOODS, day, at)) as work:
            for batch in waiting:
                inspect_batch(work, batch.batch_id, Inspection(inspector(plan), passed=True))
    return len(waiting)


def answer_unclear(plan: Plan, cycle: date, at: datetime) -> int:
    """A reviewer says what was meant where only the unit was missing. How many lines were answered."""
    run = Run(plan.id, Process.COLLECT_NEEDS, cycle, at)
    asked = [one for one in unclear_now(run) if one.proposal and one.line.reasons[0]["code"] == "unit_missing"]
    yes = "\n".join(f"{one.line.number}=是" for one in asked)
    if not yes:
        return 0
    by = plan.officers_in(plan.file.needs.reviewer_roles.value)[0].officer_id
    with working(run) as work:
        return record_answers(work, yes, by, "command").taken


def answer_prices(plan: Plan, seed: int, at: datetime) -> int:
    """Stores say of prices that were asked back whether they mean them; then the list goes out as it is. How many."""
    local = at.astimezone(plan.zone)
    with reading() as session:
        waiting = [asked for asked in questions(session, plan.id) if asked.state == "waiting"]
    if waiting:
        meant = counter(plan, seed, local.date(), local.time()).prices
        with working(Run(plan.id, Process.PUBLISH_CATALOG, local.date(), at)) as work:
            for asked in waiting:
                right = meant.get((asked.store_id, asked.item_id)) == asked.price_fen
                by = plan.stores[asked.store_id].contact
                answer_price(work, PriceAnswer(asked.store_id, asked.item_id, by, right))
            published(work)
    return len(waiting)


def answered_at(plan: Plan, on: date, proposed_at: datetime) -> datetime:
    """When the approver answers: half an hour later, and in any case before the buyer leaves."""
    run = of_purchase_day(Run(plan.id, Process.PURCHASE_SUPPLIES, on, proposed_at))
    last = approval_deadline(run) - timedelta(minutes=5)
    return min(proposed_at + ANSWERED_AFTER, max(last, proposed_at + timedelta(minutes=1)))


def answer_proposal(plan: Plan, on: date, at: datetime, number: int) -> None:
    """The approver's answer to the plan's `number`th proposal."""
    run = of_purchase_day(Run(plan.id, Process.PURCHASE_SUPPLIES, on, at))
    changes = _one_pack_less(plan, run) if number % 2 == 0 else ""
    decision = Decision.CHANGE if changes else Decision.APPROVE
    by = plan.officers_in(plan.file.purchase.approver_roles.value)[0].officer_id
    with working(run) as work:
        record_approval(work, Answer(decision, by, "command", changes, say(POLICY)))


def _one_pack_less(plan: Plan, run: Run) -> str:
    """`store/item=packs` for the dearest line of the proposal, one pack smaller."""
    outcome = last_outcome(run)
    assert outcome is not None  # noqa: S101 - only a proposal is answered
    with reading() as session:
        lines = proposal_lines(session, plan, run.business_date, outcome.revision)
    dearest = max(lines, key=lambda x: (x.proposed_packs * x.pack_price_fen, x.store_id, x.item_id))
    return f"{dearest.store_id}/{dearest.item_id}={dearest.proposed_packs - 1}"
