"""The days played once, each act's state before it kept, and what each act leaves behind when nothing happens to it."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.factories.books import files
from tests.faults.child import Act, Played, kill, play
from tests.faults.week import DAYS, fill_inbox, write_plans
from tests.integration.channels.loopback import Handler, Request, Service


@dataclass(frozen=True)
class After:
    """A run that came to its end: its books and words, the files that it left, and what was sent outside."""

    played: Played
    left: dict[str, str]
    sent: list[Request]


@dataclass
class Days:
    """Plays acts in order, on request; cases are copies of the state before an act."""

    root: Path
    service: Service
    whole: dict[Act, After] = field(default_factory=dict)

    def unharmed(self, act: Act) -> After:
        """What the act comes to when it is left alone (played when first asked for, after those before it)."""
        before = self.root / "start"
        for one in DAYS[: DAYS.index(act) + 1]:
            if one not in self.whole:
                self.whole[one] = self._finish(one, self._copy(before, self._folder(one)))
            before = self._folder(one)
        return self.whole[act]

    def again(self, act: Act) -> After:
        """The act a second time, where it was left alone the first time."""
        self.unharmed(act)
        case = self._copy(self._folder(act), self.root / f"again-{DAYS.index(act)}")
        return self._finish(act, case)

    def killed(self, act: Act, boundary: int) -> tuple[str, After]:
        """The act killed at a boundary and then run again to its end; and what the boundary is called."""
        number = DAYS.index(act)
        before = self._folder(DAYS[number - 1]) if number else self.root / "start"
        case = self._copy(before, self.root / f"killed-{number}-{boundary}")
        where = kill(act, case, self._environment(case), boundary)
        after = self._finish(act, case)
        shutil.rmtree(case)
        return where, after

    def _folder(self, act: Act) -> Path:
        return self.root / f"whole-{DAYS.index(act)}"

    def _copy(self, template: Path, case: Path) -> Path:
        shutil.rmtree(case, ignore_errors=True)
        shutil.copytree(template, case)
        return case

    def _finish(self, act: Act, case: Path) -> After:
        played = play(act, case, self._environment(case))
        left = {n: s for kind in ("documents", "notices") for n, s in files(case / kind).items() if not _half(n)}
        return After(played, left, [r for r in list(self.service.requests) if r.path.startswith(f"/{case.name}/")])

    def _environment(self, case: Path) -> dict[str, str]:
        here = f"127.0.0.1:{self.service.port}/{case.name}"
        return {
            "BAOGONG_DATA": str(case),
            "BAOGONG_PLANS": str(self.root / "plans"),
            "BAOGONG_SETTLE_SECONDS": "0",
            "BAOGONG_CHANNEL_HOOK": f"json://{here}/notices",
            "BAOGONG_ENDPOINT_LEADING_GROUP_OFFICE": f"http://{here}/report",
        }


def _half(name: str) -> bool:
    """A file that never got its name: what a kill in the middle of writing leaves; nobody is shown it."""
    return Path(name).name.startswith((".", "tmp"))


@pytest.fixture(scope="session")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    """The two small plans, with a receiver on loopback for what goes out."""
    root = tmp_path_factory.mktemp("days")
    write_plans(root / "plans")
    fill_inbox(root / "start" / "inbox")
    service = Service(answers=[(200, {"received": True})])
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Receiver", (Handler,), {"service": service}))
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Days(root, service)
    server.shutdown()
    server.server_close()
    thread.join()
