"""The stores' lists of goods on sale, dated, and what each community's group gets of them (A-02, A-03, C-04).

A revision is made whenever the lists say something else: a store has sent another one, an officer has confirmed a price
that was asked back. What a revision takes off is told where it had been ordered (`tasks/withdrawn_goods.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.catalog import KEYS, OFFERED, Offer, Priced, changes, offers, price
from rules.geography import serving_stores, sold_by
from rules.intake.identify import Directory
from rules.menu import numbered
from rules.prices import PriceAlert, price_alerts
from rules.purchase import opening_prices
from rules.stock_intake import StoreJudged, StoreList, judge_catalog
from schemas.tables import CatalogLine, PriceQuestion, Submission
from schemas.words import Process, Stage
from tasks import supply
from tasks.artifacts import catalog_artifact, leave
from tasks.catalog_lists import known_numbers, list_before, list_of, questions, standing_prices
from tasks.database import insert, reading
from tasks.documents.catalog import catalog_sheet, cutoff
from tasks.documents.goods_list import goods_list
from tasks.documents.group_message import catalog_messages, message_paths
from tasks.documents.made import Made
from tasks.documents.order_form import order_forms
from tasks.documents.returned import returned_documents
from tasks.documents.store import all_saved, path_of, save_all
from tasks.duties import answer
from tasks.intake.inbox import waiting_files
from tasks.intake.store_lists import Lists, judged_lists, write_returned
from tasks.intake.take import take_in
from tasks.notices.outbox import tell
from tasks.price_notices import tell_prices
from tasks.runs import Outcome, Run, Work, decide, last_outcome
from tasks.settings import settings
from tasks.step import step
from tasks.withdrawn_goods import tell_withdrawn

KIND = "catalog"


@dataclass(frozen=True)
class Catalog:
    """What can be ordered today, the list before it, what moved between them, and what the stores sent.

    `lines`: OFFERED and `number`; `before`: OFFERED.
    """

    lines: pl.DataFrame
    before: pl.DataFrame
    changes: pl.DataFrame
    questions: pl.DataFrame
    alerts: list[PriceAlert]
    lists: Lists


@step("Gather the stores' lists")
def gather_lists(work: Work) -> Catalog:
    """A store's own list where it sent one; else what it has on hand (or what its source sells), at its last price."""
    run, plan = work.run, work.run.plan
    lists = judged_lists(work, take_in(work, KIND, [run.business_date]), _judge)
    with reading() as session:
        before = list_before(session, plan.id, run.business_date)
        numbers = numbered(plan.items, known_numbers(session, plan.id, run.business_date))
        priced = _priced(session, run, lists.accepted, before)
    own = priced.offered["store_id"].unique().to_list()
    lines = pl.concat([priced.offered, _on_sale(run).filter(~pl.col("store_id").is_in(own))])
    number = pl.col("item_id").replace_strict(numbers, return_dtype=pl.Int64).alias("number")
    lines = lines.with_columns(number).sort("store_id", "number")
    before = before.select(list(OFFERED))
    moved = changes(lines, before)
    rises = moved.filter(kind="dearer").select(*KEYS, "price_fen", "before_fen")
    return Catalog(lines, before, moved, priced.questions, price_alerts(rises, plan, run.business_date), lists)


def _judge(lists: list[StoreList], directory: Directory) -> StoreJudged:
    return judge_catalog(lists, directory)


def _priced(session: Session, run: Run, sent: pl.DataFrame, before: pl.DataFrame) -> Priced:
    """The stores' own prices, held against those that stand: last published, else what the books say."""
    published = standing_prices(session, run.plan_id, run.business_date)
    books = _prices(session, run).with_columns(unit=pl.lit(""))
    standing = pl.concat([published, books]).unique(KEYS, keep="first", maintain_order=True)
    since: date = before["business_date"].to_list()[0] if before.height else run.business_date
    asked = questions(session, run.plan_id, col(PriceQuestion.state) == "confirmed")
    zone, until = run.plan.zone, run.business_date
    # As of the end of the list's day: a list of a day that is past is not changed by what was confirmed later.
    confirmed = {
        (q.store_id, q.item_id, q.price_fen, q.unit)
        for q in asked
        if q.answered_at and since <= q.business_date <= until and q.answered_at.astimezone(zone).date() <= until
    }
    return price(sent, standing, confirmed, run.plan)


def _prices(session: Session, run: Run) -> pl.DataFrame:
    """Prices that the books know in the morning: a day's stock is reported later than its lists go out."""
    return supply.prices(session, run.plan, run.business_date - timedelta(days=1))


def _on_sale(run: Run) -> pl.DataFrame:
    """OFFERED from stock; a station sells whatever its source does (C-01)."""
    plan = run.plan
    sellers = [(s, item_id) for item_id, stores in sold_by(plan).items() for s in stores]
    sold = pl.DataFrame(sellers, schema=dict.fromkeys(KEYS, pl.String), orient="row")
    with reading() as session:
        stock = supply.available(session, plan.id, run.now, run.business_date)
        prices = _prices(session, run)
    source = opening_prices(plan).group_by("item_id").agg(pl.col("cost_fen").min())
    joined = sold.join(prices, on=KEYS, how="left").join(source, on="item_id", how="left")
    joined = joined.join(stock, on=KEYS, how="left")
    bought = plan.file.allocation.source.value == "station"
    here = pl.lit(True) if bought else pl.col("available_base").fill_null(0) > 0
    cost = pl.coalesce("price_fen", "cost_fen")
    priced = joined.with_columns(price_fen=cost, available=here, unit=pl.lit(""))
    return priced.filter(pl.col("price_fen").is_not_null()).select(list(OFFERED))


@step("Publish the lists")
def publish_lists(work: Work, catalog: Catalog) -> Outcome:
    """One revision of the day's lists; every community's person gets the message, the order form and the picture."""
    result = {
        "lines": catalog.lines,
        "changes": catalog.changes,
        "questions": catalog.questions,
        **catalog.lists.result,
    }
    outcome = decide(work, result, lambda session, revision: _write(session, work.run, revision, catalog))
    _documents(work.run, outcome)
    return outcome


def published(work: Work) -> Outcome:
    """Both steps: for the flow, and for whoever has answered a question or found another list in the inbox."""
    return publish_lists(work, gather_lists(work))


def list_waits(run: Run) -> bool:
    """Whether a store's file has come in since the day's lists were published, and no run has taken it yet."""
    if last_outcome(replace(run, process=Process.PUBLISH_CATALOG)) is None:
        return False
    place, limit = settings().inbox / run.plan_id, run.plan.file.needs.file_limit_mb.value
    found = waiting_files(place, KIND, run.business_date, settings().settle_seconds, limit).arrived
    query = sa.select(col(Submission.source_name), col(Submission.sha256)).where(
        col(Submission.plan_id) == run.plan_id, col(Submission.kind) == KIND
    )
    with reading() as session:
        taken = {(row[0], row[1]) for row in session.execute(query)} if found else set()
    return any((one.source_name, one.sha256) not in taken for one in found)


def _write(session: Session, run: Run, revision: int, catalog: Catalog) -> Mapping[str, Any]:
    plan, day = run.plan, run.business_date
    marks = {"plan_id": pl.lit(plan.id), "business_date": pl.lit(day), "revision": pl.lit(revision)}
    insert(session, CatalogLine, catalog.lines.with_columns(**marks))
    asked = catalog.questions.with_columns(plan_id=pl.lit(plan.id), business_date=pl.lit(day), asked_at=pl.lit(run.now))
    insert(session, PriceQuestion, asked)
    returned = write_returned(session, run, revision, catalog.lists, KIND)
    summary = _summary(run, catalog) | {"returned": returned}
    subjects = {f"store:{s.store_id}": run.now for s in serving_stores(plan)}
    subjects |= {f"role:{r}": run.now for r in plan.file.roles}
    answer(session, plan.id, KIND, subjects, day, f"revision {revision}")
    _tell_communities(session, run, revision, offers(catalog.lines, catalog.before, plan))
    tell_prices(session, run, catalog.questions, catalog.alerts)
    summary["withdrawn_from"] = tell_withdrawn(session, run)
    return summary


def _summary(run: Run, catalog: Catalog) -> dict[str, Any]:
    on_sale = catalog.lines.filter("available")
    kinds = dict(catalog.changes["kind"].value_counts().iter_rows())
    return {
        "stores": sorted(on_sale["store_id"].unique().to_list()),
        "items": on_sale["item_id"].n_unique(),
        "communities": len(run.plan.communities),
        **{kind: kinds.get(kind, 0) for kind in ("new", "gone", "dearer", "cheaper")},
        "questioned": catalog.questions.height,
        "price_alerts": len(catalog.alerts),
    }


def _tell_communities(session: Session, run: Run, revision: int, offered: Sequence[Offer]) -> None:
    plan, day = run.plan, run.business_date
    picture = path_of("goods_list", plan, day, revision)
    for community in plan.communities.values():
        about = community.community_id
        texts = [f"{plan.id}/{path}" for path in message_paths(plan, day, revision, offered, community)]
        files = [*texts, path_of("order_form", plan, day, revision, about), picture]
        values = {"community": community.name, "items": len(offered), "cutoff": cutoff(plan, day)}
        values |= {"revision": revision} if revision > 1 else {}
        tell(session, run, Stage.CATALOG_PUBLISHED, about, revision, values, files, to=[community.contact])


def _documents(run: Run, outcome: Outcome) -> None:
    """Made from the rows, where this revision's are not all there already."""
    plan, revision = run.plan, outcome.revision
    with reading() as session:
        lines, before = (
            list_of(session, plan.id, run.business_date, revision),
            list_before(session, plan.id, run.business_date),
        )
        offered = offers(lines, before, plan)
        paths = _paths(run, revision, lines, offered)
        missing = not all_saved(run, revision, paths)
        made = list(_made(session, run, revision, lines, offered)) if missing else []
        returned = returned_documents(session, plan, KIND, run.business_date, revision)
    kept = save_all(run, revision, made) if missing else paths
    kept = [*kept, *save_all(run, revision, returned)]
    leave(run, "catalog", catalog_artifact(run, outcome, kept))


def _paths(run: Run, revision: int, lines: pl.DataFrame, offered: Sequence[Offer]) -> list[str]:
    plan, day = run.plan, run.business_date
    paths = [path_of("catalog", plan, day, revision, s) for s in lines["store_id"].unique(maintain_order=True)]
    paths.append(path_of("goods_list", plan, day, revision))
    for community in plan.communities.values():
        paths += [f"{plan.id}/{path}" for path in message_paths(plan, day, revision, offered, community)]
        paths.append(path_of("order_form", plan, day, revision, community.community_id))
    return paths


def _made(session: Session, run: Run, revision: int, lines: pl.DataFrame, offered: Sequence[Offer]) -> list[Made]:
    plan, day = run.plan, run.business_date
    communities = list(plan.communities.values())
    made = [catalog_sheet(session, plan, day, revision, s) for s in lines["store_id"].unique(maintain_order=True)]
    made.append(goods_list(plan, day, revision, offered))
    made += [one for c in communities for one in catalog_messages(plan, day, revision, offered, c)]
    return made + order_forms(plan, day, revision, offered, communities)
