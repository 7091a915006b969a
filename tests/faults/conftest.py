"""The days played once, each act's state before it kept, and what each act leaves behind when nothing happens to it."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.factories.books import files
from tests.faults.child import Act, Played, disturb, kill, play
from tests.faults.week import DAYS, fill_inbox, write_plans
from tests.integration.channels.loopback import Handler, Request, Service


@dataclass(frozen=True)
class After:
    """A run that came to its end: its books and words, the files that it left, and what was sent outside."""

    act: Act
    played: Played
    left: dict[str, str]
    sent: list[Request]


@dataclass
class Days:
    """Plays acts in order, on request; cases are copies of the state before an act."""

    root: Path
    service: Service
    server: sa.URL | None = None
    whole: dict[Act, After] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def unharmed(self, act: Act) -> After:
        """What the act comes to when it is left alone (played when first asked for, after those before it)."""
        for one in DAYS[: DAYS.index(act) + 1]:
            if one not in self.whole:
                self.whole[one] = self._finish(one, self._copy(self._before(one), self._folder(one)))
        return self.whole[act]

    def again(self, act: Act) -> After:
        """The act a second time, where it was left alone the first time."""
        self.unharmed(act)
        case = self._copy(self._folder(act), self.root / f"again-{DAYS.index(act)}")
        return self._finish(act, case)

    def killed(self, act: Act, boundary: int) -> tuple[str, After]:
        """The act killed at a boundary and then run again to its end; and what the boundary is called."""
        case = self._copy(self._before(act), self._new_case("killed", act, boundary))
        where = kill(act, case, self._environment(case), boundary)
        return where, self._made_good(act, case)

    def disturbed(self, act: Act, fault: str, boundary: int) -> tuple[str, bool, After]:
        """The act without its database from a boundary on, and run again once that is back.

        Returns:
            the boundary's name, whether the first run came to its end all the same, and what the second one left.
        """
        case = self._copy(self._before(act), self._new_case(fault, act, boundary))
        where, ended = disturb(act, case, self._environment(case), fault, boundary)
        if self.server:
            self._order(f'ALTER DATABASE "{self._database(case)}" WITH ALLOW_CONNECTIONS true')
        return where, ended, self._made_good(act, case)

    def _made_good(self, act: Act, case: Path) -> After:
        after = self._finish(act, case)
        shutil.rmtree(case)
        if self.server:
            self._order(f'DROP DATABASE "{self._database(case)}"')
        return after

    def _new_case(self, fault: str, act: Act, boundary: int) -> Path:
        """A folder that no other case has had, since the receiver remembers what each has sent."""
        return self.root / f"{fault}-{DAYS.index(act)}-{boundary}-{next(self.numbers)}"

    def _before(self, act: Act) -> Path:
        number = DAYS.index(act)
        return self._folder(DAYS[number - 1]) if number else self.root / "start"

    def _folder(self, act: Act) -> Path:
        return self.root / f"whole-{DAYS.index(act)}"

    def _copy(self, template: Path, case: Path) -> Path:
        shutil.rmtree(case, ignore_errors=True)
        shutil.copytree(template, case)
        if self.server:
            source = "template1" if template.name == "start" else self._database(template)
            self._order(f'CREATE DATABASE "{self._database(case)}" TEMPLATE "{source}"')
        return case

    def _database(self, case: Path) -> str:
        """The case's database and its place at the receiver: both are shared with other tests."""
        return f"{self.root.name}-{case.name}"

    def _order(self, statement: str) -> None:
        assert self.server is not None
        with sa.create_engine(self.server, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql(statement)

    def _finish(self, act: Act, case: Path) -> After:
        played = play(act, case, self._environment(case))
        left = {n: s for kind in ("documents", "notices") for n, s in files(case / kind).items() if not _half(n)}
        sent = [r for r in list(self.service.requests) if r.path.startswith(f"/{self._database(case)}/")]
        return After(act, played, left, sent)

    def _environment(self, case: Path) -> dict[str, str]:
        here = f"127.0.0.1:{self.service.port}/{self._database(case)}"
        url = (
            self.server.set(database=self._database(case)).render_as_string(hide_password=False) if self.server else ""
        )
        return {
            "BAOGONG_DATA": str(case),
            "BAOGONG_DATABASE_URL": url,
            "BAOGONG_PLANS": str(self.root / "plans"),
            "BAOGONG_SETTLE_SECONDS": "0",
            "BAOGONG_CHANNEL_HOOK": f"json://{here}/notices",
            "BAOGONG_ENDPOINT_LEADING_GROUP_OFFICE": f"http://{here}/report",
        }


def _half(name: str) -> bool:
    """A file that never got its name: what a kill in the middle of writing leaves; nobody is shown it."""
    return Path(name).name.startswith((".", "tmp"))


@pytest.fixture(scope="session")
def receiver() -> Iterator[Service]:
    """What takes notices and reports on loopback, and says so."""
    service = Service(answers=[(200, {"received": True})])
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Receiver", (Handler,), {"service": service}))
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()


def _days(root: Path, receiver: Service, server: str | None = None) -> Days:
    write_plans(root / "plans")
    fill_inbox(root / "start" / "inbox")
    url = sa.make_url(server).set(drivername="postgresql+psycopg") if server else None
    return Days(root, receiver, url)


@pytest.fixture(scope="session")
def days(tmp_path_factory: pytest.TempPathFactory, receiver: Service) -> Days:
    """The days in SQLite files, as they are by default."""
    return _days(tmp_path_factory.mktemp("days"), receiver)


@pytest.fixture(scope="session")
def days_on_postgres(tmp_path_factory: pytest.TempPathFactory, receiver: Service, postgres_server: str) -> Days:
    """The days in a database of its own per case."""
    return _days(tmp_path_factory.mktemp("days_on_postgres"), receiver, postgres_server)
