"""Documents on disk: written whole or not at all, told apart by their digest, linked by an address people can open."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import Document
from tasks.database import reading, transaction, upsert
from tasks.documents.catalog import catalog_path
from tasks.documents.delivery import delivery_path
from tasks.documents.goods_list import goods_list_path
from tasks.documents.group_message import message_path
from tasks.documents.made import Made, kept_at
from tasks.documents.medicine_orders import medicine_order_path
from tasks.documents.order_form import order_form_path
from tasks.documents.orders import order_path
from tasks.documents.purchase import proposal_path, purchase_order_path
from tasks.documents.report import report_path
from tasks.documents.returned import returned_path
from tasks.documents.returned_file import returned_file_path
from tasks.documents.stock import stock_path
from tasks.runs import Run
from tasks.settings import settings

PATHS: dict[str, Callable[..., str]] = {
    "orders": order_path,
    "medicine_order": medicine_order_path,
    "delivery": delivery_path,
    "catalog": catalog_path,
    "message": message_path,
    "order_form": order_form_path,
    "goods_list": goods_list_path,
    "proposal": proposal_path,
    "purchase_order": purchase_order_path,
    "report": report_path,
    "returned": returned_path,
    "returned_file": returned_file_path,
    "stock": stock_path,
}


def path_of(kind: str, plan: Plan, *key: Any) -> str:
    """Where a document will be, relative to the folder of documents: known before it is made, for a notice to name.

    `kind` is a key of PATHS; `key` is what its path function takes after the plan.
    """
    return f"{plan.id}/{PATHS[kind](plan, *key)}"


def save(session: Session, run: Run, revision: int, made: Made) -> str:
    """Write a document and its row; nothing happens where both are there already. Returns `<plan>/<path>`."""
    path = kept_at(f"{run.plan_id}/{made.path}", run.dry_run)
    target, sha256 = settings().documents / path, made.sha256
    if not target.is_file() or target.read_bytes() != made.content:
        _write(target, made.content, run.process)
    row = session.get(Document, (run.plan_id, path))
    if row is None or (row.sha256, row.revision) != (sha256, revision):
        values = {"plan_id": run.plan_id, "path": path, "process": str(run.process), "revision": revision}
        values |= {"business_date": run.business_date, "title": made.title, "sha256": sha256, "made_at": run.now}
        upsert(session, Document, [values])
    return path


def save_all(run: Run, revision: int, made: Iterable[Made]) -> list[str]:
    """`save` for each, in one transaction; paths in the order given."""
    with transaction() as session:
        return [save(session, run, revision, one) for one in made]


def all_saved(run: Run, revision: int, paths: Sequence[str]) -> bool:
    """Whether documents of a revision were made, their rows written, and the files are still there."""
    kept = [kept_at(path, run.dry_run) for path in paths]
    with reading() as session:
        found = [session.get(Document, (run.plan_id, path)) for path in kept]
    there = all((settings().documents / path).is_file() for path in kept)
    return there and all(row is not None and row.revision == revision for row in found)


def is_saved(run: Run, path: str) -> bool:
    """Whether a document was made and its row written."""
    with reading() as session:
        return session.get(Document, (run.plan_id, path)) is not None


def _write(target: Path, content: bytes, process: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Its name is that of the document and the process, so that the run after a killed one finishes this file and leaves
    # none behind; the run's lease keeps a second writer of the process off it.
    half = target.with_name(f".{target.name}.{process}.part")
    try:
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # The new name appears only once the bytes are on the disk, so nobody ever opens half a document.
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)


def links(paths: Sequence[str]) -> str:
    """A markdown list of documents, each named by its file."""
    return "\n".join(f"- [{_markdown(Path(path).name)}]({settings().link(path)})" for path in paths)


def _markdown(text: str) -> str:
    # `_` inside a word is no markup, and the UI would show the backslash before it.
    return "".join(f"\\{c}" if c in "\\`*[]<>" else c for c in text)
