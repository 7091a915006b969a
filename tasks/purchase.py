"""The purchase of a cycle: a proposal, a person's answer, orders to suppliers. One per cycle, however often it runs."""

from collections.abc import Mapping
from dataclasses import asdict, astuple, replace
from datetime import date, datetime
from typing import Any

import orjson
import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.calendar import last_cycles, last_run_date, moment
from rules.declared_supply import Load, load_of, with_declared
from rules.purchase import Proposal, opening_prices, propose
from schemas.plan import Plan
from schemas.tables import Purchase, PurchaseLine
from schemas.words import Stage, StoreKind
from tasks import supply
from tasks.artifacts import leave, purchase_artifact
from tasks.database import insert, json_columns, reading, upsert
from tasks.declarations import declared_supply, ready_vehicles
from tasks.demand import demand_of
from tasks.documents.purchase import proposal_sheet
from tasks.documents.store import is_saved, path_of, save_all
from tasks.duties import answer
from tasks.notices.outbox import tell
from tasks.runs import Outcome, Run, Work, decide, last_outcome
from tasks.step import step

PURCHASE = "purchase"
NOTHING_CARRIED = Load(0, 0, 0)
#: Once answered, a proposal is not made again: what follows is orders.
ANSWERED = ("approved", "rejected", "ordered", "arrived")


def of_purchase_day(run: Run) -> Run:
    """The run keyed by its purchase day: one by hand between Tuesday and Saturday belongs to Tuesday's (C-05)."""
    if run.plan.file.purchase.trigger.value == "low_cover":
        return run
    return replace(run, business_date=last_run_date(run.plan, run.process, run.business_date))


@step("Work out the purchase proposal")
def make_proposal(work: Work) -> Outcome:
    """Needs since the last cycle + reserve gap - on hand - on order, in packs, in budget (C-04, C-05, B-07, B-10)."""
    run = work.run
    with reading() as session:
        state = purchase_state(session, run)
        cycles = _cycles(session, run)
        found = None if state in ANSWERED else _propose(session, run, cycles)
        proposal, carried = found if found is not None else (None, NOTHING_CARRIED)
    previous = last_outcome(run)
    if proposal is None and previous is not None:
        # Answered before its sheet was made, if the run was cut off in between: the notices name that sheet.
        if not is_saved(run, path_of("proposal", run.plan, run.business_date, previous.revision)):
            _proposal_document(run, previous)
        return previous
    if proposal is None:
        raise RuntimeError(f"purchase {run.plan_id} {run.business_date} is {state} without a proposal")
    result = {"lines": proposal.lines, "cycles": cycles, "carried": list(astuple(carried))}
    outcome = decide(work, result, lambda session, revision: _write(session, run, revision, proposal, cycles, carried))
    _proposal_document(run, outcome)
    return outcome


def purchase_state(session: Session, run: Run) -> str | None:
    """State of the cycle's purchase, None where there is none yet."""
    query = sa.select(col(Purchase.state)).where(
        col(Purchase.plan_id) == run.plan_id, col(Purchase.cycle) == run.business_date
    )
    return session.execute(query).scalar_one_or_none()


def _cycles(session: Session, run: Run) -> list[date]:
    """Need cycles that no earlier purchase has taken; a plan that buys on low cover takes none: stores come first."""
    if run.plan.file.purchase.trigger.value == "low_cover":
        return []
    earlier = sa.select(sa.func.max(Purchase.cycle)).where(
        col(Purchase.plan_id) == run.plan_id,
        col(Purchase.cycle) < run.business_date,
        col(Purchase.state).in_(("ordered", "arrived", "nothing_to_buy")),
    )
    return last_cycles(run.plan, session.execute(earlier).scalar(), run.business_date)


def _propose(session: Session, run: Run, cycles: list[date]) -> tuple[Proposal, Load]:
    """The proposal, with what its sources have declared (B-08) and the vehicles that are ready for it (B-09)."""
    plan = run.plan
    proposal = propose(
        needs=_needs(session, run, cycles),
        on_hand=supply.on_hand(session, plan.id, run.now, run.business_date),
        on_order=supply.on_order(session, plan.id, run.now),
        demand=demand_of(session, plan, run.business_date),
        prices=opening_prices(plan),
        plan=plan,
        budget_fen=plan.file.purchase.budget_fen.value,
    )
    lines, _ = with_declared(proposal.lines, declared_supply(session, run))
    return replace(proposal, lines=lines), load_of(lines, ready_vehicles(session, run), plan)


def _needs(session: Session, run: Run, cycles: list[date]) -> pl.DataFrame:
    """store_id, item_id, qty_base: what is asked for and not yet out of stock: placed orders, and cycles to buy for."""
    parts = [supply.reserved(session, run.plan_id, run.now)]
    station = next((s.store_id for s in run.plan.stores.values() if s.kind is StoreKind.STATION), "")
    for cycle in cycles:
        asked = supply.latest_needs(session, run.plan_id, cycle)[1]
        asked = asked.select(pl.lit(station).alias("store_id"), "item_id", pl.col("needed_base").alias("qty_base"))
        if not supply.allocated_by(session, run.plan_id, cycle, run.now):
            parts.append(asked)
    return pl.concat(parts).group_by("store_id", "item_id").agg(pl.col("qty_base").sum()).sort("store_id", "item_id")


def _write(
    session: Session, run: Run, revision: int, proposal: Proposal, cycles: list[date], carried: Load
) -> Mapping[str, Any]:
    plan, key = run.plan, {"plan_id": run.plan_id, "cycle": run.business_date}
    wanted = proposal.lines.filter(pl.col("proposed_packs") > 0)
    head = {
        "revision": revision,
        "state": "proposed" if wanted.height else "nothing_to_buy",
        "amount_fen": proposal.amount_fen,
        "budget_fen": plan.file.purchase.budget_fen.value,
        "needs_cycles": [c.isoformat() for c in cycles],
    }
    upsert(session, Purchase, [key | head])
    marks = [pl.lit(value).alias(name) for name, value in (key | {"revision": revision}).items()]
    insert(session, PurchaseLine, json_columns(proposal.lines.with_columns(*marks), "why"))
    unsourced = sorted(proposal.unsourced["item_id"].unique().to_list())
    summary = {
        "state": head["state"],
        "amount_fen": proposal.amount_fen,
        "lines": wanted.height,
        "cut_fen": proposal.cut_fen,
        "unsourced": [plan.items[item_id].name for item_id in unsourced],
        **_declared(run.plan, proposal, carried),
    }
    if wanted.height:
        _ask(session, run, revision, summary)
    else:
        answer_duty(session, run, "nothing to buy")
    return summary


def _declared(plan: Plan, proposal: Proposal, carried: Load) -> dict[str, Any]:
    """What the notice and the sheet say of declarations; nothing of vehicles where the plan names no carrier."""
    over = sorted(row["item_id"] for row in proposal.lines.iter_rows(named=True) if _over(row["why"]))
    told: dict[str, Any] = {"over_declared": [plan.items[item_id].name for item_id in dict.fromkeys(over)]}
    return told | (asdict(carried) if plan.carriers else {})


def _over(why: str) -> bool:
    declared = orjson.loads(why).get("declared")
    return bool(declared and declared["over_base"])


def approval_deadline(run: Run) -> datetime:
    """Until when somebody may answer: the buyer's departure."""
    return moment(run.plan, run.business_date, run.plan.file.purchase.approval_until.value)


def approval_seconds(run: Run) -> int:
    """How long a run waits for the form: until the deadline, and never less than an hour for one that comes late."""
    return max(3600, int((approval_deadline(run) - run.now).total_seconds()))


def _ask(session: Session, run: Run, revision: int, summary: Mapping[str, Any]) -> None:
    plan = run.plan
    path = path_of("proposal", plan, run.business_date, revision)
    values = {**summary, "budget_fen": plan.file.purchase.budget_fen.value, "until": approval_deadline(run)}
    values["vehicles"] = summary.get("vehicles") or None
    tell(session, run, Stage.PURCHASE_PROPOSED, "all", revision, values, [path])
    approvers = [o.officer_id for o in plan.officers_in(plan.file.purchase.approver_roles.value)]
    tell(session, run, Stage.APPROVAL_WANTED, "all", revision, values, [path], to=approvers)


def answer_duty(session: Session, run: Run, words: str) -> None:
    """The purchase that was due is dealt with, for every role that had to."""
    subjects = {f"role:{role}": run.now for role in run.plan.file.roles}
    answer(session, run.plan_id, PURCHASE, subjects, run.business_date, words)


def _proposal_document(run: Run, outcome: Outcome) -> None:
    with reading() as session:
        made = proposal_sheet(session, run.plan, run.business_date, outcome.revision)
    paths = save_all(run, outcome.revision, [made])
    leave(run, "purchase", purchase_artifact(run, outcome, paths))


def write_answer(run: Run) -> None:
    """The proposal's sheet made again, with what was approved, by whom and when, in the place of the one that asked."""
    with reading() as session:
        purchase = session.get(Purchase, (run.plan_id, run.business_date))
        assert purchase is not None  # noqa: S101 - answered in an earlier transaction
        made = proposal_sheet(session, run.plan, run.business_date, purchase.revision)
    save_all(run, purchase.revision, [made])
