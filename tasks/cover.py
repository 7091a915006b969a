"""Days of cover of stores, communities and township, and who must hear of what runs out (B-05, B-06, D-10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
import polars as pl
from sqlalchemy.orm import Session

from rules.area_cover import area_cover
from rules.cover import alerts, days_of_cover
from rules.demand import of_stores
from rules.estimates import carried_on
from rules.geography import serving_stores
from rules.mending import Key, Way, ways_to_mend
from rules.plausibility import Doubt, twice
from rules.sourcing import Offers
from schemas.plan import Plan
from schemas.tables import AreaCoverLine, CoverLine
from tasks import supply
from tasks.artifacts import leave, stock_artifact
from tasks.cover_notices import tell_alerts, tell_doubts
from tasks.database import insert, json_columns, reading
from tasks.demand import demand_of
from tasks.documents.returned import returned_documents
from tasks.documents.stock import stock_sheet
from tasks.documents.store import save_all
from tasks.doubts import KEYS, doubts_in_force, last_counts
from tasks.duties import answer
from tasks.expected import handed_out
from tasks.intake.store_lists import Lists, write_returned
from tasks.runs import Outcome, Run, Work, decide
from tasks.sourcing import offers_of
from tasks.step import step
from tasks.stock import KIND


@dataclass(frozen=True)
class Position:
    """Where the stores stand: cover of stores and areas, alerts and what mends them, doubts, who has not reported."""

    cover: pl.DataFrame
    areas: pl.DataFrame
    alerts: pl.DataFrame
    ways: dict[Key, list[Way]]
    doubts: list[Doubt]
    silent: list[str]


@step("Reckon the days of cover")
def assess_stock(work: Work, lists: Lists) -> Outcome:
    """Days of cover per store, area, item and category; alerts and how to mend them; one revision."""
    run = work.run
    position = _position(run, lists)
    doubted = [(d.store_id, d.item_id, d.why.as_json()) for d in position.doubts]
    areas = position.areas.select("community_id", "category", "item_id", "cover_coming_days")
    result = {"cover": position.cover, "areas": areas, "doubts": doubted, "silent": position.silent, **lists.result}
    outcome = decide(work, result, lambda session, revision: _write(session, run, revision, position, lists))
    with reading() as session:
        made = [stock_sheet(session, run.plan, run.business_date, outcome.revision)]
        made += returned_documents(session, run.plan, KIND, run.business_date, outcome.revision)
    paths = save_all(run, outcome.revision, made)
    leave(run, "stock", stock_artifact(run, outcome, paths))
    return outcome


def _position(run: Run, lists: Lists) -> Position:
    plan, on = run.plan, run.business_date
    due = [s.store_id for s in serving_stores(plan)]
    accepted = lists.accepted
    silent = sorted(set(due) - set(accepted["store_id"].to_list()))
    with reading() as session:
        asked = demand_of(session, plan, on)
        offers = offers_of(session, run)
        doubts = [
            *doubts_in_force(session, run, set(accepted["submission_id"])),
            *twice(lists.judged.accepted.to_dicts(), plan),
        ]
        demand = of_stores(asked)
        stock = _stock(session, run, due, silent, demand, doubts)
    cover = days_of_cover(stock, demand, _costs(offers, plan), plan, on)
    told = alerts(cover, plan)
    ways = ways_to_mend(cover, offers, plan, on)
    return Position(_with_ways(cover, ways), area_cover(cover, asked, plan, on), told, ways, doubts, silent)


def _costs(offers: Offers, plan: Plan) -> dict[tuple[str, str], float]:
    """Fen per base unit at the best offer, delivered."""
    return {key: best[0].delivered_fen / plan.items[key[1]].unit_base for key, best in offers.items()}


def _stock(
    session: Session, run: Run, due: list[str], silent: list[str], demand: pl.DataFrame, doubts: list[Doubt]
) -> pl.DataFrame:
    """`StockOnHand`: what may be handed out, of silent stores as an estimate, with what is on its way."""
    held = supply.available(session, run.plan_id, run.now, run.business_date).rename({"available_base": "qty_base"})
    guessed = _carried_on(session, run, held, silent, demand) if silent else held.head(0)
    known = pl.concat([held.filter(~pl.col("store_id").is_in(silent)), guessed])
    coming = supply.on_order(session, run.plan_id, run.now).group_by(KEYS).agg(coming_base=pl.col("qty_base").sum())
    both = known.join(coming, on=KEYS, how="full", coalesce=True).filter(pl.col("store_id").is_in(due))
    doubted = {(d.store_id, d.item_id) for d in doubts}
    unsure = pl.Series([bool({(s, i), (s, "")} & doubted) for s, i in both.select(KEYS).iter_rows()], dtype=pl.Boolean)
    return both.with_columns(
        pl.col("qty_base", "coming_base").fill_null(0), estimated=pl.col("store_id").is_in(silent), doubtful=unsure
    )


def _carried_on(
    session: Session, run: Run, held: pl.DataFrame, silent: list[str], demand: pl.DataFrame
) -> pl.DataFrame:
    """What silent stores are thought to have: the books since their last count, less what was wanted beyond them."""
    plan, today = run.plan, run.business_date
    counted = last_counts(session, run.plan_id, today)
    last = dict(counted.select("store_id", "business_date").unique().iter_rows())
    since = {store_id: last.get(store_id, plan.file.plan.start_date) for store_id in silent}
    left = [
        handed_out(session, plan, day + timedelta(days=1), today).filter(
            pl.col("store_id").is_in([s for s in silent if since[s] == day])
        )
        for day in sorted(set(since.values()))
    ]
    days = {store_id: max(0, (today - day).days) for store_id, day in since.items()}
    return carried_on(held, pl.concat(left), demand, days)


def _with_ways(cover: pl.DataFrame, ways: Mapping[Key, list[Way]]) -> pl.DataFrame:
    """The ways out beside the inputs of the number that they are for."""
    why = []
    for store_id, category, item_id, told in cover.select("store_id", "category", "item_id", "why").iter_rows():
        found = ways.get((store_id, category, item_id))
        why.append(_joined(told, found) if found else told)
    return cover.with_columns(why=pl.Series(why, dtype=pl.String))


def _joined(why: str, ways: list[Way]) -> str:
    return orjson.dumps(orjson.loads(why) | {"ways": [way.as_json() for way in ways]}).decode()


def _write(session: Session, run: Run, revision: int, position: Position, lists: Lists) -> Mapping[str, Any]:
    marks = {"plan_id": pl.lit(run.plan_id), "business_date": pl.lit(run.business_date), "revision": pl.lit(revision)}
    insert(session, CoverLine, json_columns(position.cover.with_columns(**marks), "why"))
    insert(session, AreaCoverLine, position.areas.with_columns(**marks))
    write_returned(session, run, revision, lists, KIND)
    reported = {f"store:{store_id}": at for store_id, at in lists.received.items()}
    answer(session, run.plan_id, KIND, reported, run.business_date, f"revision {revision}")
    categories = position.cover.filter((pl.col("item_id") == "") & pl.col("cover_days").is_not_null())
    least = categories["cover_days"].min()
    summary = {
        "stores": sorted(lists.accepted["store_id"].unique().to_list()),
        "estimated": position.silent,
        "doubted": sorted({d.store_id for d in position.doubts}),
        "doubts": [{"store_id": d.store_id, **d.why.as_json()} for d in position.doubts],
        "alerts": position.alerts.height,
        "min_cover_days": None if least is None else round(float(str(least)), 2),
    }
    tell_alerts(session, run, revision, position.alerts, position.ways, summary)
    tell_doubts(session, run, revision, position.doubts)
    return summary
