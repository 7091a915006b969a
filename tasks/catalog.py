"""The stores' lists of goods on sale, dated, and one message for each community's group (A-02, A-03, C-04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from rules.geography import serving_stores, sold_by
from rules.intake.identify import Directory
from rules.purchase import opening_prices
from rules.stock_intake import StoreJudged, StoreList, judge_catalog
from schemas.tables import CatalogLine
from schemas.words import Stage
from tasks import supply
from tasks.artifacts import leave, text_artifact
from tasks.database import insert, reading
from tasks.documents.catalog import catalog_lines, catalog_sheet, cutoff
from tasks.documents.group_message import catalog_message
from tasks.documents.returned import returned_documents
from tasks.documents.store import path_of, save_all
from tasks.duties import answer
from tasks.intake.store_lists import Lists, judged_lists, write_returned
from tasks.intake.take import take_in
from tasks.notices.outbox import tell
from tasks.runs import Outcome, Run, Work, decide
from tasks.step import step
from tasks.words import say

KIND = "catalog"


@dataclass(frozen=True)
class Catalog:
    """store_id, item_id, number, price_fen, available: what can be ordered today, and the lists it was read from."""

    lines: pl.DataFrame
    lists: Lists


@step("Gather the stores' lists")
def gather_lists(work: Work) -> Catalog:
    """A store's own list where it sent one; else what it has on hand (or what its source sells), at its last price."""
    run = work.run
    lists = judged_lists(work, take_in(work, KIND, [run.business_date]), _judge)
    sent = lists.accepted.select("store_id", "item_id", "price_fen", "available")
    held = _on_sale(run).filter(~pl.col("store_id").is_in(sent["store_id"].unique().to_list()))
    numbers = {item_id: n for n, item_id in enumerate(run.plan.items, start=1)}
    number = pl.col("item_id").replace_strict(numbers, return_dtype=pl.Int64).alias("number")
    return Catalog(pl.concat([sent, held]).with_columns(number).sort("store_id", "number"), lists)


def _judge(lists: list[StoreList], directory: Directory) -> StoreJudged:
    return judge_catalog(lists, directory)


def _on_sale(run: Run) -> pl.DataFrame:
    """store_id, item_id, price_fen, available from stock; a station sells whatever its source does (C-01)."""
    plan = run.plan
    sellers = [(s, item_id) for item_id, stores in sold_by(plan).items() for s in stores]
    schema = {"store_id": pl.String, "item_id": pl.String}
    sold = pl.DataFrame(sellers, schema=schema, orient="row")
    with reading() as session:
        stock, prices = (
            supply.available(session, plan.id, run.now, run.business_date),
            supply.prices(session, plan, run.business_date),
        )
    source = opening_prices(plan).group_by("item_id").agg(pl.col("cost_fen").min())
    joined = sold.join(prices, on=["store_id", "item_id"], how="left").join(source, on="item_id", how="left")
    joined = joined.join(stock, on=["store_id", "item_id"], how="left")
    bought = plan.file.allocation.source.value == "station"
    here = pl.lit(True) if bought else pl.col("available_base").fill_null(0) > 0
    priced = joined.with_columns(price_fen=pl.coalesce("price_fen", "cost_fen"), available=here)
    return priced.filter(pl.col("price_fen").is_not_null()).select("store_id", "item_id", "price_fen", "available")


@step("Publish the lists")
def publish_lists(work: Work, catalog: Catalog) -> Outcome:
    """One revision of the day's lists; every community's person gets the message for the group."""
    result = {"lines": catalog.lines, **catalog.lists.result}
    outcome = decide(work, result, lambda session, revision: _write(session, work.run, revision, catalog))
    run = work.run
    with reading() as session:
        lines = catalog_lines(session, run.plan, run.business_date, outcome.revision)
        stores = list(dict.fromkeys(line.store_id for line in lines))
        made = [catalog_sheet(session, run.plan, run.business_date, outcome.revision, s) for s in stores]
        made += [
            catalog_message(run.plan, run.business_date, outcome.revision, lines, c)
            for c in run.plan.communities.values()
        ]
        made += returned_documents(session, run.plan, KIND, run.business_date, outcome.revision)
    paths = save_all(run, outcome.revision, made)
    leave(run, "catalog", text_artifact(run, say("Goods on sale"), outcome, paths=paths))
    return outcome


def _write(session: Session, run: Run, revision: int, catalog: Catalog) -> Mapping[str, Any]:
    plan, day = run.plan, run.business_date
    marks = {"plan_id": pl.lit(plan.id), "business_date": pl.lit(day), "revision": pl.lit(revision)}
    insert(session, CatalogLine, catalog.lines.with_columns(**marks))
    returned = write_returned(session, run, revision, catalog.lists, KIND)
    stores = [s.store_id for s in serving_stores(plan)]
    listed = catalog.lines.filter("available")["store_id"].unique().to_list()
    summary = {
        "stores": sorted(listed),
        "items": catalog.lines.filter("available")["item_id"].n_unique(),
        "communities": len(plan.communities),
        "returned": returned,
    }
    subjects = {f"store:{s}": run.now for s in stores} | {f"role:{r}": run.now for r in plan.file.roles}
    answer(session, plan.id, KIND, subjects, day, f"revision {revision}")
    for community in plan.communities.values():
        path = path_of("message", plan, day, revision, community.community_id)
        values = {"community": community.name, "items": summary["items"], "cutoff": cutoff(plan, day)}
        who, about = [community.contact], community.community_id
        tell(session, run, Stage.CATALOG_PUBLISHED, about, revision, values, [path], to=who)
    return summary
