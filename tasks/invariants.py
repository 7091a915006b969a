"""What must be true of the books whatever happened (DESIGN "What is always true"), asked of the database itself.

Every check is a query for the rows that break it: none found means that it holds. Both sides of an equation are added
up with opposite signs, so that what stands on one side only is found as well.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.tables import Purchase, Submission
from tasks.settings import settings
from tasks.summary import newest

#: Rows told per check; more would only hide the first.
TOLD = 20
TAKEN_KINDS = ("needs", "stock", "catalog", "arrivals", "supply", "vehicles", "medicines")

#: name -> queries for the rows that break it; `:plan` is the plan's id.
QUERIES: dict[str, tuple[str, ...]] = {
    # needed = allocated + short + withdrawn, for the revision of the needs that was allocated
    "needs_conserved": (
        """
        SELECT cycle, revision, household_id, item_id, SUM(amount) AS off FROM (
          SELECT n.cycle, a.revision, n.household_id, n.item_id, n.qty_base AS amount FROM need n
          JOIN (SELECT DISTINCT plan_id, cycle, revision, need_revision FROM allocation WHERE plan_id = :plan) a
            ON a.plan_id = n.plan_id AND a.cycle = n.cycle AND a.need_revision = n.revision
          UNION ALL
          SELECT cycle, revision, household_id, item_id, -(allocated_base + short_base + withdrawn_base)
          FROM allocation WHERE plan_id = :plan) AS both_sides
        GROUP BY cycle, revision, household_id, item_id HAVING SUM(amount) <> 0
        """,
    ),
    # allocated = its sources = the stores' order lines; once packed = parcel lines + undelivered
    "orders_conserved": (
        """
        SELECT cycle, revision, household_id, item_id, SUM(amount) AS off FROM (
          SELECT cycle, revision, household_id, item_id, allocated_base AS amount FROM allocation WHERE plan_id = :plan
          UNION ALL
          SELECT cycle, revision, household_id, item_id, -qty_base FROM allocation_source WHERE plan_id = :plan)
          AS both_sides
        GROUP BY cycle, revision, household_id, item_id HAVING SUM(amount) <> 0
        """,
        """
        SELECT cycle, revision, store_id, item_id, SUM(amount) AS off FROM (
          SELECT cycle, revision, store_id, item_id, qty_base AS amount FROM allocation_source WHERE plan_id = :plan
          UNION ALL
          SELECT cycle, revision, store_id, item_id, -qty_base FROM store_order_line WHERE plan_id = :plan)
          AS both_sides
        GROUP BY cycle, revision, store_id, item_id HAVING SUM(amount) <> 0
        """,
        """
        SELECT cycle, household_id, item_id, store_id, SUM(amount) AS off FROM (
          SELECT s.cycle, s.household_id, s.item_id, s.store_id, s.qty_base AS amount FROM allocation_source s
          JOIN store_order o ON o.plan_id = s.plan_id AND o.cycle = s.cycle AND o.revision = s.revision
            AND o.store_id = s.store_id
          WHERE s.plan_id = :plan AND o.state = 'packed'
          UNION ALL
          SELECT cycle, household_id, item_id, store_id, -qty_base FROM parcel_line WHERE plan_id = :plan
          UNION ALL
          SELECT cycle, household_id, item_id, store_id, -qty_base FROM undelivered WHERE plan_id = :plan)
          AS both_sides
        GROUP BY cycle, household_id, item_id, store_id HAVING SUM(amount) <> 0
        """,
    ),
    # what came in of a batch is what the batch says, what is left is never below nothing, what went out is in parcels
    "stock_conserved": (
        """
        SELECT b.batch_id, b.qty_base, COALESCE(SUM(m.qty_base), 0) AS came_in FROM batch b
        LEFT JOIN stock_move m ON m.batch_id = b.batch_id AND m.to_place = 'store:' || b.store_id
          AND m.cause IN ('opening', 'arrival', 'count')
        WHERE b.plan_id = :plan
        GROUP BY b.batch_id, b.qty_base HAVING COALESCE(SUM(m.qty_base), 0) <> b.qty_base
        """,
        """
        SELECT place, batch_id, SUM(amount) AS on_hand FROM (
          SELECT to_place AS place, batch_id, qty_base AS amount FROM stock_move WHERE plan_id = :plan
          UNION ALL
          SELECT from_place, batch_id, -qty_base FROM stock_move WHERE plan_id = :plan) AS both_sides
        WHERE place LIKE 'store:%' OR place LIKE 'household:%'
        GROUP BY place, batch_id HAVING SUM(amount) < 0
        """,
        """
        SELECT batch_id, SUM(amount) AS off FROM (
          SELECT batch_id, qty_base AS amount FROM parcel_line WHERE plan_id = :plan
          UNION ALL
          SELECT batch_id, -qty_base FROM stock_move WHERE plan_id = :plan AND cause = 'delivery') AS both_sides
        GROUP BY batch_id HAVING SUM(amount) <> 0
        """,
    ),
    # nobody is told the same thing twice: neither by two tries of a notice nor by two notices of the same words
    "no_duplicate_notice": (
        """
        SELECT a.notice_id, COUNT(*) AS times FROM notice_attempt a JOIN notice n ON n.notice_id = a.notice_id
        WHERE n.plan_id = :plan AND a.outcome = 'sent' GROUP BY a.notice_id HAVING COUNT(*) > 1
        """,
        """
        SELECT officer_id, stage, business_date, title, COUNT(*) AS times FROM notice
        WHERE plan_id = :plan AND state = 'sent' AND stage <> 'alive'
        GROUP BY officer_id, stage, business_date, title, body HAVING COUNT(*) > 1
        """,
    ),
    # one answer to a purchase, and orders for exactly what was approved
    "one_purchase_per_cycle": (
        "SELECT cycle, COUNT(*) AS answers FROM approval WHERE plan_id = :plan GROUP BY cycle HAVING COUNT(*) > 1",
        """
        SELECT cycle, store_id, item_id, SUM(amount) AS off FROM (
          SELECT l.cycle, l.store_id, l.item_id, l.approved_packs AS amount FROM purchase_line l
          JOIN purchase p ON p.plan_id = l.plan_id AND p.cycle = l.cycle AND p.revision = l.revision
          WHERE l.plan_id = :plan AND p.state IN ('ordered', 'arrived')
          UNION ALL
          SELECT o.cycle, o.store_id, i.item_id, -i.packs FROM purchase_order o
          JOIN purchase_order_line i ON i.order_id = o.order_id WHERE o.plan_id = :plan) AS both_sides
        GROUP BY cycle, store_id, item_id HAVING SUM(amount) <> 0
        """,
    ),
    "no_unchecked_batch": (
        """
        SELECT m.move_id, b.state FROM stock_move m JOIN batch b ON b.batch_id = m.batch_id
        WHERE m.plan_id = :plan AND m.cause = 'delivery' AND (NOT b.released OR b.checked_by IS NULL)
        """,
    ),
    # every line is understood or rejected, once; a rejected one that was understood later is settled. Only the newest
    # revision's needs are what the lines say: what a sum was added to may have been another amount before.
    "lines_conserved": (
        """
        SELECT r.submission_id, r.line_no FROM rejected_line r
        JOIN need_line n ON n.submission_id = r.submission_id AND n.line_no = r.line_no AND NOT n.returned
        WHERE r.plan_id = :plan AND r.state = 'waiting'
        """,
        """
        SELECT n.household_id, n.item_id, n.revision FROM need n
        JOIN need_line l ON l.submission_id = n.submission_id AND l.line_no = n.line_no
        WHERE n.plan_id = :plan AND (l.household_id <> n.household_id OR l.item_id <> n.item_id
          OR l.qty_base <> n.qty_base)
          AND n.revision = (SELECT MAX(r.revision) FROM revision r WHERE r.plan_id = n.plan_id
            AND r.process = 'collect_needs' AND r.business_date = n.cycle)
        """,
    ),
    # every decision left its line in the audit log
    "audit_kept": (
        """
        SELECT process, SUM(amount) AS off FROM (
          SELECT 'flow:' || process AS process, 1 AS amount FROM revision WHERE plan_id = :plan
          UNION ALL
          SELECT actor, -1 FROM audit WHERE plan_id = :plan AND act = 'decided') AS both_sides
        GROUP BY process HAVING SUM(amount) <> 0
        """,
    ),
}


def broken(session: Session, plan_id: str) -> dict[str, list[str]]:
    """Check -> the rows that break it, as text; an empty list where it holds."""
    found = {name: _rows(session, plan_id, queries) for name, queries in QUERIES.items()}
    found["one_purchase_per_cycle"] += _bought_twice(session, plan_id)
    found["lines_conserved"] += _uncounted(session, plan_id)
    found["every_submission_kept"] = _lost(session, plan_id)
    return found


def checks(session: Session, plan_id: str) -> dict[str, bool]:
    """Check -> whether it holds."""
    return {name: not rows for name, rows in broken(session, plan_id).items()}


def _rows(session: Session, plan_id: str, queries: Sequence[str]) -> list[str]:
    rows: list[str] = []
    for query in queries:
        found = session.execute(sa.text(query), {"plan": plan_id}).mappings()
        rows += [", ".join(f"{name}={value}" for name, value in row.items()) for row in found.fetchmany(TOLD)]
    return rows


def _bought_twice(session: Session, plan_id: str) -> list[str]:
    """Cycles of needs that two purchases were made for."""
    query = sa.select(col(Purchase.cycle), col(Purchase.needs_cycles)).where(col(Purchase.plan_id) == plan_id)
    seen: dict[str, str] = {}
    twice = []
    for cycle, taken in session.execute(query.order_by(col(Purchase.cycle))):
        for need in taken:
            if need in seen:
                twice.append(f"needs of {need} bought on {seen[need]} and {cycle}")
            seen[need] = str(cycle)
    return twice


def _uncounted(session: Session, plan_id: str) -> list[str]:
    """Cycles whose newest summary does not add up, or does not count what the tables hold.

    A question about what a post lacks is no line that came in, and is not counted.
    """
    tables = """
        SELECT cycle, state, COUNT(*) AS lines FROM need_line WHERE plan_id = :plan AND NOT returned
        GROUP BY cycle, state
        UNION ALL
        SELECT r.cycle, 'rejected', COUNT(*) FROM rejected_line r
        JOIN submission s ON s.submission_id = r.submission_id
        WHERE r.plan_id = :plan AND s.kind = 'needs' AND r.about = ''
          AND NOT EXISTS (SELECT 1 FROM need_line n WHERE n.submission_id = r.submission_id
            AND n.line_no = r.line_no AND NOT n.returned)
          AND (r.state = 'waiting' OR (r.answered_by IS NOT NULL AND r.answer = '')) GROUP BY r.cycle
    """
    held: dict[str, dict[str, int]] = {}
    for cycle, state, lines in session.execute(sa.text(tables), {"plan": plan_id}):
        held.setdefault(str(cycle), {})[state] = lines
    wrong = []
    for cycle, told in collected(session, plan_id).items():
        parts = {state: int(told[state]) for state in ("accepted", "rejected", "superseded", "withdrawn")}
        there = {state: held.get(cycle, {}).get(state, 0) for state in parts}
        if parts != there or int(told["received"]) != sum(parts.values()):
            wrong.append(f"cycle={cycle}, received={told['received']}, told={parts}, held={there}")
    return wrong


def collected(session: Session, plan_id: str) -> dict[str, Mapping[str, Any]]:
    """Cycle -> summary of its newest collection of needs."""
    return {str(row.business_date): row.summary for row in newest(session, plan_id, "collect_needs")}


def _lost(session: Session, plan_id: str) -> list[str]:
    """Files of the inbox that no submission keeps, and submissions whose bytes are not what they were."""
    query = sa.select(
        col(Submission.kind), col(Submission.sha256), col(Submission.body), col(Submission.kept_at),
        col(Submission.source_name),
    ).where(col(Submission.plan_id) == plan_id)  # fmt: skip
    kept: set[tuple[str, str]] = set()
    lost = []
    for kind, sha256, body, kept_at, name in session.execute(query):
        kept.add((kind, sha256))
        if kept_at is None and hashlib.sha256(body).hexdigest() != sha256:
            lost.append(f"{kind}/{name}: bytes differ from {sha256}")
    for kind in TAKEN_KINDS:
        for path in _files(settings().inbox / plan_id / kind):
            with path.open("rb") as source:
                sha256 = hashlib.file_digest(source, "sha256").hexdigest()
            if (kind, sha256) not in kept:
                lost.append(f"{path.relative_to(settings().inbox)}: not stored")
    return lost


def _files(folder: Path) -> list[Path]:
    """Files that are there to be taken; half-written ones (`.part`, hidden) are the sender's still."""
    return sorted(
        p for p in folder.rglob("*") if p.is_file() and not p.name.startswith((".", "~$")) and p.suffix != ".part"
    )
