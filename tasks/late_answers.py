"""An answer that comes after the purchase was decided or the buyer has left: on record and told, and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.words import Stage
from tasks.approval_request import buyers
from tasks.notices.outbox import tell
from tasks.runs import Work, audit, deciding, digest


@dataclass(frozen=True)
class Late:
    """Why it is too late, in words; when the purchase was decided, None where it still waits for the plan's rule."""

    words: str
    revision: int
    decided_at: datetime | None


def tell_late(work: Work, by: str, answer: Any, late: Late) -> None:
    """The one who answered and the buyer are told, once for the same answer; the audit log keeps every try."""
    run = work.run
    said = {"decision": answer.decision.value, "changes": answer.changes.strip(), "reason": answer.reason.strip()}
    told = {"late": answer.decision.value, "approver": by, "decided_at": late.decided_at}
    to = [o for o in dict.fromkeys([by, *buyers(run.plan)]) if o in run.plan.officers]
    with deciding(work) as session:
        about = f"late:{digest(said | {'by': by})[:12]}"
        tell(session, run, Stage.PURCHASE_DECIDED, about, late.revision, told, to=to)
        detail = said | {"cycle": run.business_date, "via": answer.via, "why": late.words}
        audit(session, run.plan_id, run.now, by, "answered_too_late", detail)
