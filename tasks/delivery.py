"""Goods to the door: parcels from the placed orders, batches first-expired-first-out, hand-over until confirmed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import pick, usable
from schemas.plan import Plan
from schemas.tables import (
    Allocation,
    AllocationSource,
    Handover,
    HouseholdRow,
    Parcel,
    ParcelLine,
    StoreOrder,
    Undelivered,
)
from schemas.units import amount_fen
from schemas.words import Stage
from tasks import supply
from tasks.artifacts import delivery_artifact, leave
from tasks.database import frame, insert, reading
from tasks.documents.delivery import day_sheets
from tasks.documents.store import path_of, save_all
from tasks.handover import DELIVERY, nothing_to_confirm
from tasks.ledger import book, move
from tasks.notices.outbox import tell
from tasks.runs import Outcome, Run, Work, decide, last_outcome
from tasks.step import step

PARCEL_KEY = ("plan_id", "cycle", "household_id")


@dataclass(frozen=True)
class Load:
    """What goes out on a day: a line per household, item, store and batch; what no batch covers is undelivered."""

    lines: pl.DataFrame


@step("Make up the parcels")
def make_parcels(work: Work) -> Load:
    """Lines of every order that is due and not yet packed, filled from released batches only (C-07)."""
    run = work.run
    with reading() as session:
        wanted = _wanted(session, run)
        held = usable(supply.batches(session, run.plan_id, run.now), run.business_date)
        prices = supply.prices(session, run.plan, run.business_date)
    return Load(_fill(wanted, held).join(prices, on=["store_id", "item_id"], how="left"))


def _wanted(session: Session, run: Run) -> pl.DataFrame:
    """Lines in the order in which they are packed: should the shelf hold less than was shared, tiers hold here, too."""
    special = sa.case((col(HouseholdRow.special_group) == "", 1), else_=0)
    query = (
        sa.select(
            col(AllocationSource.cycle),
            col(AllocationSource.revision),
            col(AllocationSource.household_id),
            col(HouseholdRow.community_id),
            col(AllocationSource.item_id),
            col(AllocationSource.store_id),
            col(AllocationSource.qty_base),
        )
        .join(StoreOrder, _same(AllocationSource, StoreOrder, "plan_id", "cycle", "revision", "store_id"))
        .join(HouseholdRow, _same(AllocationSource, HouseholdRow, "plan_id", "household_id"))
        .join(
            Allocation, _same(AllocationSource, Allocation, "plan_id", "cycle", "revision", "household_id", "item_id")
        )
        .where(
            col(StoreOrder.plan_id) == run.plan_id,
            col(StoreOrder.state) == "placed",
            col(StoreOrder.deliver_on) <= run.business_date,
        )
        .order_by(
            col(AllocationSource.store_id),
            col(AllocationSource.item_id),
            col(AllocationSource.cycle),
            col(Allocation.tier),
            *([special] if run.plan.file.allocation.special_groups_first.value else []),
            col(HouseholdRow.persons).desc(),
            col(AllocationSource.household_id),
        )
    )
    schema = {
        "cycle": pl.Date,
        "revision": pl.Int64,
        "household_id": pl.String,
        "community_id": pl.String,
        "item_id": pl.String,
        "store_id": pl.String,
        "qty_base": pl.Int64,
    }
    return frame(session, query, schema)


def _same(left: type[Any], right: type[Any], *names: str) -> sa.ColumnElement[bool]:
    return sa.and_(*(getattr(left, name) == getattr(right, name) for name in names))


def _fill(wanted: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Walk each store's shelf of an item in the order of expiry, household by household; no batch: undelivered."""
    asked = wanted.group_by("store_id", "item_id").agg(pl.col("qty_base").sum())
    shelves: dict[tuple[str, str], list[list[Any]]] = {}
    for store_id, item_id, batch_id, qty_base in pick(held, asked).iter_rows():
        shelves.setdefault((store_id, item_id), []).append([batch_id, qty_base])
    rows: list[dict[str, Any]] = []
    for (store_id, item_id), part in wanted.group_by(["store_id", "item_id"], maintain_order=True):
        rows += _fill_one(part, shelves.get((str(store_id), str(item_id)), []))
    return pl.DataFrame(rows, schema=wanted.schema | {"batch_id": pl.String()})


def _fill_one(wanted: pl.DataFrame, shelf: list[list[Any]]) -> list[dict[str, Any]]:
    rows = []
    for want in wanted.iter_rows(named=True):
        missing = want["qty_base"]
        while missing:
            batch_id, left = shelf[0] if shelf else (None, missing)
            take = min(missing, left)
            rows.append(want | {"batch_id": batch_id, "qty_base": take})
            missing -= take
            if shelf:
                shelf[0][1] -= take
                shelf = [entry for entry in shelf if entry[1]]
    return rows


@step("Send the goods out")
def send_out(work: Work, load: Load) -> Outcome:
    """One transaction: parcels, what is in them, the ledger, the hand-over still to be confirmed, and the notices."""
    previous = last_outcome(work.run)
    if load.lines.is_empty() and previous is not None:
        outcome = previous
    else:
        outcome = decide(
            work, {"lines": load.lines}, lambda session, revision: _write(session, work.run, revision, load)
        )
    _documents(work.run, outcome)
    return outcome


def _write(session: Session, run: Run, revision: int, load: Load) -> Mapping[str, Any]:
    plan, lines = run.plan, load.lines.with_columns(plan_id=pl.lit(run.plan_id))
    out, missing = lines.filter(pl.col("batch_id").is_not_null()), lines.filter(pl.col("batch_id").is_null())
    insert(session, Parcel, _parcels(run, lines))
    insert(session, ParcelLine, out.select(*PARCEL_KEY, "item_id", "store_id", "batch_id", "qty_base"))
    not_out = missing.select(*PARCEL_KEY, "item_id", "store_id", "qty_base").with_columns(reason=pl.lit("not_on_shelf"))
    insert(session, Undelivered, not_out)
    insert(session, Handover, [parcel | {"handed_at": run.now} for parcel in _keys(lines)])
    book(session, [_goods_out(row, run.now) for row in out.iter_rows(named=True)])
    _packed(session, run)
    nothing_to_confirm(session, run)
    short = _short(session, run, lines, missing)
    _notices(session, run, revision, plan, lines, short)
    return _summary(lines, missing, short)


def _keys(lines: pl.DataFrame) -> list[dict[str, Any]]:
    return lines.select(PARCEL_KEY).unique(maintain_order=True).to_dicts()


def _parcels(run: Run, lines: pl.DataFrame) -> list[dict[str, Any]]:
    bases = {item.item_id: item.unit_base for item in run.plan.items.values()}
    parcels: dict[tuple[date, str], dict[str, Any]] = {}
    for row in lines.iter_rows(named=True):
        mode = run.plan.mode(row["community_id"])
        head = {name: row[name] for name in (*PARCEL_KEY, "revision", "community_id")}
        fresh = head | {"deliver_on": run.business_date, "mode": mode.value, "amount_fen": 0}
        parcel = parcels.setdefault((row["cycle"], row["household_id"]), fresh)
        if row["batch_id"] is not None:
            parcel["amount_fen"] += amount_fen(row["qty_base"], row["price_fen"], bases[row["item_id"]])
    return list(parcels.values())


def _goods_out(row: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    key = f"{row['cycle']}:{row['household_id']}:{row['item_id']}"
    places = supply.store_place(row["store_id"]), f"household:{row['household_id']}"
    return move({"batch_id": row["batch_id"], "plan_id": row["plan_id"]}, *places, row["qty_base"], DELIVERY, at, key)


def _packed(session: Session, run: Run) -> None:
    due = sa.update(StoreOrder).where(
        col(StoreOrder.plan_id) == run.plan_id,
        col(StoreOrder.state) == "placed",
        col(StoreOrder.deliver_on) <= run.business_date,
    )
    session.execute(due.values(state="packed", closed_at=run.now))


def _short(session: Session, run: Run, lines: pl.DataFrame, missing: pl.DataFrame) -> Counter[str]:
    """Lines per community that are not served in full: short when shared, or not on the shelf when packed.

    A community that gets nothing at all is among them: it must be told so, too.
    """
    short = Counter(missing["community_id"].to_list())
    for cycle, revision in lines.select("cycle", "revision").unique().iter_rows():
        query = (
            sa.select(col(HouseholdRow.community_id), sa.func.count())
            .join(Allocation, _same(Allocation, HouseholdRow, "plan_id", "household_id"))
            .where(
                col(Allocation.plan_id) == run.plan_id,
                col(Allocation.cycle) == cycle,
                col(Allocation.revision) == revision,
                col(Allocation.short_base) > 0,
            )
        )
        for community_id, count in session.execute(query.group_by(col(HouseholdRow.community_id))):
            short[community_id] += count
    return short


def _summary(lines: pl.DataFrame, missing: pl.DataFrame, short: Counter[str]) -> dict[str, Any]:
    return {
        "parcels": lines.select(PARCEL_KEY).n_unique(),
        "lines": lines.height,
        "undelivered": missing.height,
        "communities": sorted({*lines["community_id"].to_list(), *short}),
    }


def _notices(session: Session, run: Run, revision: int, plan: Plan, lines: pl.DataFrame, short: Counter[str]) -> None:
    for community_id in sorted({*lines["community_id"].to_list(), *short}):
        community = plan.communities[community_id]
        values = {
            "date": run.business_date,
            "community": community.name,
            "point": community.delivery_point,
            "parcels": lines.filter(pl.col("community_id") == community_id)["household_id"].n_unique(),
            "short": short[community_id],
        }
        path = path_of("delivery", plan, run.business_date, revision, community.community_id)
        tell(session, run, Stage.GOODS_OUT, community.community_id, revision, values, [path], to=[community.contact])
    if lines.is_empty():
        return  # nothing went out, so nothing is to be confirmed
    totals = {"date": run.business_date, "parcels": lines.select(PARCEL_KEY).n_unique(), "short": short.total()}
    tell(session, run, Stage.DELIVERED, "all", revision, totals | {"communities": lines["community_id"].n_unique()})


def _documents(run: Run, outcome: Outcome) -> None:
    with reading() as session:
        made = day_sheets(session, run.plan, run.business_date, outcome.revision)
    paths = save_all(run, outcome.revision, made)
    leave(run, "delivery", delivery_artifact(run, outcome, paths))
