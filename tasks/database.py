"""Our own database: one engine per address, migrated before first use, the few statements that differ by dialect."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import orjson
import polars as pl
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from schemas.text import N_
from tasks.settings import settings
from tasks.words import say

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
#: Rows per statement; SQLite allows 32,766 bound values.
CHUNK = 1000
#: How long a writer waits for another one before it gives up (SQLite) in seconds.
BUSY_SECONDS = 30
#: How long a server may take to answer the door; one that is switched off would else be waited for without end.
CONNECT_SECONDS = 10
AWAY = N_(
    "The database {database} cannot be used ({why}); see whether its server runs and BAOGONG_DATABASE_URL is right"
)
#: The one connection of a dry run, in whose outer transaction all of it happens.
_dry: ContextVar[sa.Connection | None] = ContextVar("dry", default=None)


def _on_connect(connection: Any, _record: object) -> None:
    # WAL lets the document server and the trace command read while a flow writes; FULL survives a power cut.
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _whole_sums(connection: Any, _record: object) -> None:
    # PostgreSQL adds eight-byte integers up to a numeric; every quantity and sum of ours is whole, here and in SQLite.
    from psycopg.types.numeric import IntLoader

    connection.adapters.register_loader("numeric", IntLoader)


def _begin(connection: sa.Connection) -> None:
    # Taking the write lock at BEGIN makes a second writer wait here instead of failing half-way with
    # SQLITE_BUSY_SNAPSHOT; a reader takes none and sees one consistent state.
    reading_only = connection.get_execution_options().get("reading_only", False)
    connection.exec_driver_sql("BEGIN" if reading_only else "BEGIN IMMEDIATE")


@lru_cache(maxsize=8)
def _engine(address: str) -> sa.Engine:
    # A refused statement goes to logs and to Prefect with its error: never with the people in its values.
    url = sa.make_url(address)
    if url.get_backend_name() != "sqlite":
        patience = {"connect_timeout": CONNECT_SECONDS}
        server = url.set(drivername="postgresql+psycopg")
        made = sa.create_engine(server, pool_pre_ping=True, connect_args=patience, hide_parameters=True)
        sa.event.listen(made, "connect", _whole_sums)
        return made
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    made = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None}, hide_parameters=True)
    sa.event.listen(made, "connect", _on_connect)
    sa.event.listen(made, "begin", _begin)
    return made


@lru_cache(maxsize=8)
def _migrated(address: str) -> sa.Engine:
    made = _engine(address)
    migrate(made)
    return made


class DatabaseAway(RuntimeError):
    """Our own database cannot be used; the words say which one and why, without its password."""


def engine() -> sa.Engine:
    """The engine in force, its schema up to date.

    Raises:
        DatabaseAway: it does not answer, or is none of ours.
    """
    address = settings().database
    try:
        sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError) as fault:
        # What cannot be taken apart cannot be told without its password.
        raise DatabaseAway(say(AWAY, database="?", why=type(fault).__name__)) from None
    try:
        return _migrated(address)
    except sa.exc.DatabaseError as fault:
        # The driver's own words, without the statement; it does not repeat the password.
        why = " ".join(str(fault.orig).split())
        raise DatabaseAway(say(AWAY, database=sa.make_url(address).render_as_string(), why=why)) from fault


def _alembic(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate(on: sa.Engine) -> None:
    """Bring the schema to the newest revision; nothing happens where it is there already."""
    current, head = revision_state(on)
    if current == head:
        return
    with on.begin() as connection:
        if on.dialect.name == "postgresql":
            # Two processes may start at once on a new database: the second waits here and then finds nothing to do.
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(20220421)"))
        command.upgrade(_alembic(connection), "head")


def revision_state(on: sa.Engine) -> tuple[str | None, str | None]:
    """(revision of the database, newest revision that the code knows)."""
    with on.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current, _newest_revision()


@lru_cache(maxsize=1)
def _newest_revision() -> str | None:
    return ScriptDirectory.from_config(_alembic()).get_current_head()


@contextmanager
def transaction() -> Iterator[Session]:
    """All of it or nothing of it."""
    with _session(_dry.get() or engine()) as session, session.begin():
        yield session


def _session(bind: sa.Engine | sa.Connection) -> Session:
    return Session(bind, expire_on_commit=False, join_transaction_mode="create_savepoint")


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is seen inside, and is gone afterwards: how a dry run works on the real books.

    Other writers wait until it ends, so that what it saw cannot change under it.
    """
    with engine().connect() as connection:
        outer, mark = connection.begin(), _dry.set(connection)
        try:
            yield
        finally:
            _dry.reset(mark)
            outer.rollback()


def is_undone() -> bool:
    """Whether what is written now will be undone; true for the thread of a dry run alone."""
    return _dry.get() is not None


@contextmanager
def reading() -> Iterator[Session]:
    """One consistent view, no lock held against writers."""
    dry = _dry.get()
    if dry is not None:
        with _session(dry) as session:
            yield session
        return
    with Session(engine().execution_options(reading_only=True)) as session:
        yield session


def _insert(session: Session, table: sa.Table) -> Any:
    maker = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return maker(table)


def table_of(model: type[SQLModel]) -> sa.Table:
    """The table behind a model."""
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel does not declare what SQLAlchemy adds
    assert isinstance(table, sa.Table)  # noqa: S101 - tells the type checker what SQLModel does not
    return table


def rows_of(rows: pl.DataFrame | Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Dictionaries from a frame or a sequence of mappings."""
    return rows.to_dicts() if isinstance(rows, pl.DataFrame) else [dict(row) for row in rows]


def json_columns(rows: pl.DataFrame, *names: str) -> list[dict[str, Any]]:
    """Rows whose named columns hold JSON text, with that text read: what a JSON column of a table takes."""
    return [row | {name: orjson.loads(row[name]) for name in names} for row in rows.to_dicts()]


def _defaults(model: type[SQLModel], row: dict[str, Any]) -> dict[str, Any]:
    missing = {n: f for n, f in model.model_fields.items() if n not in row and not f.is_required()}
    filled = {n: f.get_default(call_default_factory=True) for n, f in missing.items()}
    return filled | row


def insert(session: Session, model: type[SQLModel], rows: pl.DataFrame | Sequence[Mapping[str, Any]]) -> int:
    """Insert rows whose key is not there yet; a row that is there stays as it is. Returns how many were new."""
    listed = [_defaults(model, row) for row in rows_of(rows)]
    table, new = table_of(model), 0
    # RETURNING counts what was new on both servers; psycopg's own row count of a bulk insert does not.
    statement = _insert(session, table).on_conflict_do_nothing().returning(*table.primary_key)
    for start in range(0, len(listed), CHUNK):
        new += len(session.execute(statement, listed[start : start + CHUNK]).all())
    return new


def upsert(session: Session, model: type[SQLModel], rows: pl.DataFrame | Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or bring the row with the same primary key up to these values."""
    listed = [_defaults(model, row) for row in rows_of(rows)]
    if not listed:
        return
    table = table_of(model)
    keys = [c.name for c in table.primary_key]
    statement = _insert(session, table)
    values = {c.name: statement.excluded[c.name] for c in table.columns if c.name in listed[0] and c.name not in keys}
    statement = statement.on_conflict_do_update(index_elements=keys, set_=values)
    for start in range(0, len(listed), CHUNK):
        session.execute(statement, listed[start : start + CHUNK])


def changed_rows(session: Session, change: sa.Update) -> int:
    """Execute an UPDATE; how many rows it changed."""
    return cast(sa.CursorResult[Any], session.execute(change)).rowcount


def frame(session: Session, query: sa.Select[Any], schema: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """The query's rows as a frame; `schema` gives the column types that an empty result would lose."""
    result = session.execute(query)
    names = list(result.keys())
    rows = [tuple(row) for row in result]
    return pl.DataFrame(rows, schema=dict(schema) if schema else names, orient="row", infer_schema_length=None)
