"""Prefect's server and worker as children of this process, and everything in between that makes them ours.

Used by `up` (all of it), by the demo (the server alone, on a free port) and by the browser tests. Each child leads a
session of its own, so that Ctrl-C reaches only us and we stop them in order: the worker first, so that it can still
tell the server what became of its runs.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import yaml

from deployments.server_api import ServerApi
from tasks.settings import ROOT

POOL = "baogong"
#: Flow runs at once: each is a Python of about 300 MB, and a township's server has two cores.
POOL_LIMIT = 3
SERVER_SECONDS = 120
#: What a child gets to end by itself. A flow run that is cut off here is run again: see DESIGN 2.
STOP_SECONDS = 8.0
LOG_TAIL = 2000

#: Why each is set: docs/ARCHITECTURE.md, "Prefect".
PREFECT_SETTINGS = {
    "PREFECT_SERVER_UI_V2_ENABLED": "false",  # the new one calls out to the internet
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",  # fewer write locks on SQLite
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_WORKER_QUERY_SECONDS": "5",
}


class ChildFailed(RuntimeError):
    """A child did not start, or ended by itself; the message carries the end of its log."""


def free_port() -> int:
    """A TCP port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_taken(host: str, port: int) -> bool:
    """Whether a server could not listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


@dataclass(frozen=True)
class Place:
    """Where the server listens, who may ask it, and where it keeps its own files (`home`: nothing of ours)."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 4200
    auth: str = ""

    @property
    def near(self) -> str:
        """The server's address as this machine sees it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"

    @property
    def api_url(self) -> str:
        """The interface that clients and the worker use."""
        return f"{self.near}/api"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to be this server, or a client of it; set it before Prefect is imported."""
        own = {
            **PREFECT_SETTINGS,
            "PREFECT_HOME": str(self.home.resolve()),
            "PREFECT_API_URL": self.api_url,
            "PREFECT_UI_URL": self.near,
            # The browser asks whatever host it found the page on, also from another machine.
            "PREFECT_SERVER_UI_API_URL": "/api",
            # No page of another site may talk to the server through a coordinator's browser.
            "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": self.near,
        }
        if self.auth:
            own |= {"PREFECT_SERVER_API_AUTH_STRING": self.auth, "PREFECT_API_AUTH_STRING": self.auth}
        return own

    def api(self) -> ServerApi:
        """A connection to it."""
        return ServerApi(self.api_url, self.auth)


@dataclass
class Child:
    """A running process and where its words go."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:]

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask it to end, then end it and whatever it started."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):  # the group is killed below
                self.process.wait(seconds)
        with suppress(ProcessLookupError):  # nobody of its group is left
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Processes(AbstractContextManager["Processes"]):
    """The children of one place; leaving the block ends all of them, the last one started first."""

    place: Place
    children: list[Child] = field(default_factory=list)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _undisturbed():
            for child in reversed(self.children):
                child.stop()

    @property
    def _environment(self) -> dict[str, str]:
        return {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")} | self.place.environment

    def _prefect(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "prefect", "--no-prompt", *words]

    def _start(self, name: str, *words: str) -> Child:
        self.place.home.mkdir(parents=True, exist_ok=True)
        log = self.place.home / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - fixed words, no shell
                self._prefect(*words),
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child = Child(name, process, log)
        self.children.append(child)
        return child

    def start_server(self, seconds: float = SERVER_SECONDS) -> None:
        """Start the server and wait until it answers.

        Raises:
            ChildFailed: it ended, or did not answer in time.
        """
        child = self._start("server", "server", "start", "--host", self.place.host, "--port", str(self.place.port))
        until = time.monotonic() + seconds
        with self.place.api() as api:
            while not api.healthy():
                if child.process.poll() is not None or time.monotonic() > until:
                    raise ChildFailed(f"server: {child.last_words()}")
                time.sleep(0.2)

    def _do(self, *words: str) -> None:
        done = subprocess.run(  # noqa: S603 - fixed words, no shell
            self._prefect(*words), cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ChildFailed(f"prefect {' '.join(words)}: {(done.stdout + done.stderr)[-LOG_TAIL:]}")

    def deploy(self, prefect_file: Path) -> list[str]:
        """Pool, limits, every deployment of the file; those of plans that are no more are taken away.

        Returns:
            Names of the deployments that were taken away.

        Raises:
            ChildFailed: Prefect refused; its words are in the message.
        """
        self._do("work-pool", "create", POOL, "--type", "process", "--overwrite")
        self._do("deploy", "--all", "--prefect-file", str(prefect_file))
        entries = yaml.safe_load(prefect_file.read_text(encoding="utf-8"))["deployments"]
        wanted = {entry["name"]: entry["schedules"] for entry in entries}
        with self.place.api() as api:
            api.set_pool_limit(POOL, POOL_LIMIT)
            there = api.deployments(POOL)
            gone = [d for d in there if d.name not in wanted]
            api.delete_deployments(gone)
            # `schedules: []` leaves an earlier schedule running on the server.
            for deployment in there:
                if deployment.scheduled and wanted.get(deployment.name) == []:
                    api.drop_schedules(deployment)
        return [d.name for d in gone]

    def start_worker(self) -> None:
        """Start the worker that runs what is scheduled; it keeps trying while the server is busy."""
        self._start("worker", "worker", "start", "--pool", POOL, "--type", "process")

    def fallen(self) -> Child | None:
        """The first child that has ended by itself, None while all are well."""
        return next((c for c in self.children if c.process.poll() is not None), None)


@contextmanager
def _undisturbed() -> Iterator[None]:
    # A second, impatient Ctrl-C must not leave a server behind that holds the port.
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread alone
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
