"""召回: a batch turns out bad; it is stopped, and everybody who was given some of it is found and told (C-07).

The decision and its notices are one transaction, the lists come after it: a recall that is cut off in between has its
lists made by whoever says it again, and by the next watch.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.claims import as_names, claimed
from rules.inspection import inspectors
from schemas.plan import Plan
from schemas.tables import Batch, BatchDecision
from schemas.text import N_
from schemas.units import sale_quantity
from schemas.words import BatchAct, Stage
from tasks.batch_decisions import Decided, decide_on, last_decision
from tasks.batches import called, find_batch, goods_words, held_words
from tasks.database import reading
from tasks.documents.labels import HANDOVERS, community_label, day_words, word
from tasks.documents.recall import recall_sheets
from tasks.documents.store import all_saved, path_of, save_all
from tasks.inspectors import leaders
from tasks.notices.outbox import tell
from tasks.recipients import Recipient, recipients
from tasks.refused import Refused
from tasks.runs import Run, Work, deciding
from tasks.shortfall import tell_held
from tasks.words import say

NOT_ENTITLED = N_("{by} may not call a batch back. Those who may: {names}")


def recall_batch(work: Work, batch: str, by: str, reason: str = "") -> dict[str, Any]:
    """Stop a batch (its id or code), tell everybody concerned, and list every household that was given some of it.

    Said again, it changes nothing and tells nobody twice; the list is the same.

    Raises:
        Refused: no such batch; nobody of that name may call it back.
    """
    run = work.run
    with deciding(work) as session:
        found = find_batch(session, run.plan_id, batch)
        officer = _entitled(run, found, by)
        changed = found.state != "held" and found.stopped_at is None
        if changed:
            why = reason.strip() or say("called back")
            decide_on(session, run, found, Decided(BatchAct.RECALLED, officer, "command", why))
            tell_stopped(session, run, found)
    return {"changed": changed, **recalled(run, found.batch_id), "documents": make_lists(run, found.batch_id)}


def _entitled(run: Run, batch: Batch, by: str) -> str:
    """Whoever may check it, or release it without a check, may also stop it."""
    entitled = [*inspectors(run.plan, batch.store_id), *leaders(run)]
    officer = claimed(by, entitled)
    if officer is None:
        raise Refused(say(NOT_ENTITLED, by=by, names=as_names(entitled)))
    return officer


def tell_stopped(session: Session, run: Run, batch: Batch) -> None:
    """In the decision's transaction: communities whose households have it, the officers, and who sources it again."""
    decision = last_decision(session, batch.batch_id)
    assert decision is not None  # noqa: S101 - the one that stopped it
    given = Counter(r.community_id for r in _once(recipients(session, batch, decision.decided_at)))
    values = {"reason": held_words(session, run.plan, batch)}
    goods = goods_words(run.plan, batch)
    for community_id, households in sorted(given.items()):
        community = run.plan.communities.get(community_id)
        if community is None or community.contact not in run.plan.officers:
            continue
        mine = values | {"community": community.name, "goods": goods, "households": households}
        path = _path(run, batch, decision, community_id)
        subject = f"{batch.batch_id}:{community_id}"
        tell(session, run, Stage.GOODS_RECALLED, subject, decision.number, mine, [path], to=[community.contact])
    told = {"goods": goods, "households": given.total()} if given else {"held": goods}
    lists = [_path(run, batch, decision)] if given else []
    tell(session, run, Stage.GOODS_RECALLED, batch.batch_id, decision.number, values | told, lists)
    tell_held(session, run, batch)


def tell_lifted(session: Session, run: Run, batch: Batch) -> None:
    """A batch that was stopped passed its check after all: whoever was told to take it back hears so."""
    decision = last_decision(session, batch.batch_id)
    assert decision is not None  # noqa: S101 - the one that lifted it
    communities = {r.community_id for r in recipients(session, batch, decision.decided_at)}
    contacts = [c.contact for c in run.plan.communities.values() if c.community_id in communities]
    roles = run.plan.file.notices.to.value.get(Stage.GOODS_RECALLED, [])
    told = [*contacts, *(o.officer_id for o in run.plan.officers_in(roles))]
    values = {"lifted": goods_words(run.plan, batch)}
    known = [o for o in told if o in run.plan.officers]
    tell(session, run, Stage.GOODS_RECALLED, batch.batch_id, decision.number, values, to=known)


def _once(found: list[Recipient]) -> list[Recipient]:
    """One entry per household, however many parcels it had."""
    return list({r.household_id: r for r in found}.values())


def _path(run: Run, batch: Batch, decision: BatchDecision, community_id: str = "") -> str:
    on = decision.decided_at.astimezone(run.plan.zone).date()
    return path_of("recall", run.plan, on, decision.number, called(batch), community_id)


def _stopping(session: Session, batch: Batch) -> BatchDecision | None:
    """The decision that stopped a batch, where it is stopped."""
    query = sa.select(BatchDecision).where(
        col(BatchDecision.batch_id) == batch.batch_id,
        col(BatchDecision.decided_at) == batch.stopped_at,
        sa.not_(col(BatchDecision.usable)),
    )
    newest = query.order_by(col(BatchDecision.number).desc()).limit(1)
    return session.execute(newest).scalar_one_or_none() if batch.stopped_at else None


def make_lists(run: Run, batch_id: str) -> list[str]:
    """The lists of a batch that was called back, made where they are not there yet; of one that never went out none."""
    with reading() as session:
        batch = find_batch(session, run.plan_id, batch_id)
        decision = _stopping(session, batch)
        if decision is None:
            return []
        why = held_words(session, run.plan, batch)
        made = recall_sheets(session, run.plan, batch, decision.decided_at, decision.number, why)
    on = decision.decided_at.astimezone(run.plan.zone).date()
    return save_all(replace(run, business_date=on), decision.number, made)


def finish_recalls(run: Run) -> int:
    """Make the lists that a cut-off recall left unmade; how many batches that were."""
    with reading() as session:
        query = sa.select(Batch).where(col(Batch.plan_id) == run.plan_id, col(Batch.stopped_at).is_not(None))
        stopped = [(b, _stopping(session, b)) for b in session.execute(query.order_by(col(Batch.batch_id))).scalars()]
    left = [b for b, d in stopped if d is not None and not all_saved(run, d.number, [_path(run, b, d)])]
    for batch in left:
        make_lists(run, batch.batch_id)
    return len(left)


def recalled(run: Run, batch_id: str) -> dict[str, Any]:
    """What is told of a recall: the batch, what is left of it, and every household that was given some."""
    with reading() as session:
        batch = find_batch(session, run.plan_id, batch_id)
        at = batch.stopped_at or run.now
        found = recipients(session, batch, at)
        why = held_words(session, run.plan, batch)
    return {
        "batch": called(batch),
        "batch_id": batch.batch_id,
        "goods": goods_words(run.plan, batch),
        "held": not batch.released or batch.stopped_at is not None,
        "reason": why,
        "households": [_told(run.plan, batch, r) for r in found],
    }


def _told(plan: Plan, batch: Batch, one: Recipient) -> dict[str, Any]:
    item = plan.items.get(batch.item_id)
    return {
        "household": one.household_id,
        "community": community_label(plan, one.community_id),
        "date": one.deliver_on,
        "quantity": f"{sale_quantity(one.qty_base, item.unit_base if item else 1)}{item.unit if item else ''}",
        "qty_base": one.qty_base,
        "handover": one.state,
    }


def recall_text(told: dict[str, Any]) -> str:
    """The recall as lines of a terminal."""
    count = len({row["household"] for row in told["households"]})
    lines = [say("{goods}: {count} households were given some of it.", goods=told["goods"], count=count)]
    for row in told["households"]:
        day, state = day_words(row["date"]), word(HANDOVERS, row["handover"])
        lines.append(say("{community} {household}: {quantity}, {day}, {state}", **(row | {"day": day, "state": state})))
    lines += [say("List: {path}", path=path) for path in told["documents"]]
    return "\n".join(lines)
