"""An officer's word on a price that was asked back: confirmed, and the list is published with it; or refused."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.claims import as_names, claimed
from rules.intake.identify import directory_of
from schemas.plan import Item, Plan
from schemas.tables import PriceQuestion
from schemas.text import N_
from schemas.words import Stage
from tasks.approval import NotAccepted
from tasks.catalog_lists import questions
from tasks.runs import Work, audit, deciding
from tasks.words import say

NOBODY = N_("{by} may not confirm prices of {store}. Those who may: {names}")
NOT_ASKED = N_("No price of {item} at {store} waits for a word")
NO_STORE = N_("No store called “{words}” in this plan")


@dataclass(frozen=True)
class PriceAnswer:
    """What somebody says of a price. `store`, `item`: id or name; `by`: a claimed name or id, checked."""

    store: str
    item: str
    by: str
    confirmed: bool = True


def answer_price(work: Work, said: PriceAnswer) -> dict[str, Any]:
    """Record the word on the newest question about a store's price of an item; which price it is, and its state now.

    Raises:
        NotAccepted: nobody of that name may say so, or no such price waits.
    """
    plan = work.run.plan
    store_id, item_id = _which(plan, said)
    officer = _officer(plan, store_id, said.by)
    mine = (col(PriceQuestion.store_id) == store_id, col(PriceQuestion.item_id) == item_id)
    with deciding(work) as session:
        waiting = questions(session, plan.id, *mine, col(PriceQuestion.state) == "waiting")
        if not waiting:
            raise NotAccepted(say(NOT_ASKED, item=plan.items[item_id].name, store=plan.stores[store_id].name))
        asked = waiting[0]
        state = "confirmed" if said.confirmed else "refused"
        _record(session, work, asked, state, officer)
    return {"store": store_id, "item": item_id, "price_fen": asked.price_fen, "state": state}


def _record(session: Session, work: Work, asked: PriceQuestion, state: str, officer: str) -> None:
    run = work.run
    key = {
        name: getattr(asked, name) for name in ("plan_id", "business_date", "store_id", "item_id", "price_fen", "unit")
    }
    this = [col(getattr(PriceQuestion, name)) == value for name, value in key.items()]
    change = sa.update(PriceQuestion).where(*this).values(state=state, answered_by=officer, answered_at=run.now)
    session.execute(change)
    audit(
        session, run.plan_id, run.now, f"officer:{officer}", f"price_{state}", {**key, "before_fen": asked.before_fen}
    )


def _which(plan: Plan, said: PriceAnswer) -> tuple[str, str]:
    directory = directory_of(plan)
    store_id, item = directory.store(said.store), directory.item(said.item)
    if store_id is None:
        raise NotAccepted(say(NO_STORE, words=said.store))
    if not isinstance(item, Item):
        raise NotAccepted(say(NOT_ASKED, item=said.item, store=plan.stores[store_id].name))
    return store_id, item.item_id


def _officer(plan: Plan, store_id: str, by: str) -> str:
    """The store's own person, its liaison, and those who watch prices may confirm them."""
    store = plan.stores[store_id]
    watching = plan.officers_in(plan.file.notices.to.value.get(Stage.PRICE_QUESTIONED, []))
    entitled = [plan.officers[store.contact], plan.officers[store.liaison], *watching]
    officer_id = claimed(by, entitled)
    if officer_id is None:
        raise NotAccepted(say(NOBODY, by=by, store=store.name, names=as_names(entitled)))
    return officer_id
