"""Batches by the names that people call them by."""

from sqlalchemy.orm import Session

from schemas.tables import Batch
from tasks.refused import Refused
from tasks.words import say


def find_batch(session: Session, plan_id: str, words: str) -> Batch:
    """The batch of a plan that somebody means, by its id.

    Raises:
        Refused: there is none.
    """
    batch = session.get(Batch, words.strip())
    if batch is None or batch.plan_id != plan_id:
        raise Refused(say("There is no batch {batch}.", batch=words))
    return batch
