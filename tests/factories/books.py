"""The books as they stand: every business table as text, to be compared before and after, or between two databases.

    before = books(engine); …; assert books(engine) == before

Left out are the audit log, leases, Alembic's own row, the numbers of tries, and times of writing: what two runs that
decided the same may differ in.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from schemas.tables import metadata

LEFT_OUT = frozenset({"audit", "lease", "alembic_version"})
#: table -> columns that tell when or how often something was written, not what was decided.
OF_WRITING = {
    "plan": {"loaded_at"},
    "document": {"made_at"},
    "notice": {"tries"},
    "notice_attempt": {"attempt", "begun_at", "detail"},
}


def books(engine: sa.Engine, *leave_out: str) -> dict[str, list[str]]:
    """Table -> its rows as text, sorted; the same on SQLite and PostgreSQL. `leave_out`: more tables to pass over."""
    tables = [t for t in metadata.sorted_tables if t.name not in LEFT_OUT and t.name not in leave_out]
    with engine.connect() as connection:
        return {table.name: sorted(_row(row) for row in connection.execute(_query(table))) for table in tables}


def _query(table: sa.Table) -> sa.Select[Any]:
    return sa.select(*(c for c in table.columns if c.name not in OF_WRITING.get(table.name, ())))


def _row(row: sa.Row[Any]) -> str:
    return ", ".join(f"{name}={_text(value)}" for name, value in row._mapping.items())


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


def changes(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    """Table -> rows that are in one of the two only, marked - and +; empty where nothing changed."""
    told = {}
    for table, rows in before.items():
        gone, new = set(rows) - set(after[table]), set(after[table]) - set(rows)
        if rows != after[table]:
            told[table] = [f"- {row}" for row in sorted(gone)] + [f"+ {row}" for row in sorted(new)]
    return told


def files(folder: Path) -> dict[str, str]:
    """Path below the folder -> SHA-256, for documents and notices written to files."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(found)}
