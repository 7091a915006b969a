"""`baogong up`: server, pool, limits, deployments, worker and documents, until Ctrl-C or until one of them falls.

Deploys from a file that it writes anew from the plans (`<data>/prefect.yaml`), so that a plan that was edited in a
spreadsheet is in force after the next start, whatever the committed `prefect.yaml` says.
"""

import ipaddress
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from deployments.documents_server import DocumentsServer
from deployments.launch import ChildFailed, Place, Processes, port_taken
from deployments.machine_checks import make_folders
from deployments.manifest import ZONE, every_plan, write
from deployments.server_api import Deployed, ServerApi
from schemas.text import N_
from tasks.database import DatabaseAway, engine
from tasks.plans import PlanFaults
from tasks.settings import Settings, settings
from tasks.words import say

SELF_CHECK_SECONDS = 60.0
POLL_SECONDS = 0.5


class Refused(RuntimeError):
    """It cannot be brought up like this; the message says why and what to do, in the reader's language."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_access(host: str, auth: str) -> None:
    """Refuse to serve people's data to a network without a password.

    Raises:
        Refused: not loopback and no BAOGONG_AUTH, or a BAOGONG_AUTH that is not `user:password`.
    """
    user, _, password = auth.partition(":")
    if auth and not (user and password):
        raise Refused(say(N_("BAOGONG_AUTH must be user:password")))
    if not auth and not is_loopback(host):
        raise Refused(
            say(
                N_("{host} can be reached from other machines: set BAOGONG_AUTH=user:password first, or use 127.0.0.1"),
                host=host,
            )
        )


def check_ports(host: str, *ports: int) -> None:
    """Raises Refused where something listens there already."""
    for port in ports:
        if port_taken(host, port):
            raise Refused(
                say(
                    N_("Port {port} is in use: is baogong up running already? Otherwise choose another port"), port=port
                )
            )


def _pass_on(now: Settings, documents_port: int) -> None:
    # The worker starts in the repository's root: a relative folder would mean another place there.
    os.environ["BAOGONG_DATA"] = str(now.data.resolve())
    os.environ["BAOGONG_PLANS"] = str(now.plans.resolve())
    os.environ.setdefault("BAOGONG_PUBLIC_URL", f"http://127.0.0.1:{documents_port}")


@contextmanager
def _stop_on_signals() -> Iterator[None]:
    # Explicitly for SIGINT too: a shell that starts us in the background hands it down as ignored.
    stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.default_int_handler) for number in stops}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def without_runs(api: ServerApi, seconds: float = SELF_CHECK_SECONDS) -> tuple[list[Deployed], list[Deployed]]:
    """(all deployments, those that have a schedule but no run planned), after at most so many seconds."""
    until = time.monotonic() + seconds
    while True:
        there = api.deployments()
        missing = [d for d in there if d.scheduled and not d.paused and d.next_run is None]
        if not missing or time.monotonic() > until:
            return there, missing
        time.sleep(1)


def _schedule(there: list[Deployed]) -> Table:
    table = Table(title=say(N_("What happens when ({zone})"), zone=ZONE))
    table.add_column(say(N_("Deployment")))
    table.add_column(say(N_("Next run")))
    zone = ZoneInfo(ZONE)
    far = datetime.max.replace(tzinfo=zone)
    for deployment in sorted(there, key=lambda d: (d.next_run or far, d.name)):
        when = f"{deployment.next_run.astimezone(zone):%m-%d %H:%M}" if deployment.next_run else say(N_("by hand"))
        table.add_row(deployment.name, when)
    return table


class _Town:
    """One bringing up, step by step, each told on the console."""

    def __init__(self, place: Place, documents_port: int, console: Console) -> None:
        self.place, self.documents_port, self.console = place, documents_port, console
        self.now = settings()
        self.file = self.now.data / "prefect.yaml"

    def tell(self, msgid: str, style: str | None = None, **args: object) -> None:
        """One line in the reader's language; its values are shown as they are."""
        self.console.print(say(msgid, **args), style=style, markup=False, highlight=False)

    def prepare(self) -> None:
        """Plans read and checked, the database reachable and migrated, the deployments written down."""
        plans = every_plan()
        if not plans:  # a mistyped BAOGONG_PLANS would take every deployment off the server
            raise Refused(
                say(N_("There is no plan in {folder}; copy the template there"), folder=self.now.plans.resolve())
            )
        write(plans, self.file)
        make_folders([plan.id for plan in plans])
        try:
            engine()
        except DatabaseAway as error:
            raise Refused(str(error)) from error

    def start(self, stack: ExitStack) -> tuple[Processes, DocumentsServer]:
        """Everything that runs; leaving the stack ends it."""
        host, auth = self.place.host, self.place.auth
        documents = stack.enter_context(
            DocumentsServer(self.now.documents, host, self.documents_port, auth, self.now.public_url)
        )
        processes = stack.enter_context(Processes(self.place))
        self.tell(N_("Starting the server …"))
        processes.start_server()
        self.tell(N_("Deploying every plan …"))
        for name in processes.deploy(self.file):
            self.tell(N_("Taken away, since no plan has it any more: {name}"), name=name)
        processes.start_worker()
        return processes, documents

    def check(self) -> bool:
        """The self-check: whether everything with a schedule has a run planned."""
        with self.place.api() as api:
            there, missing = without_runs(api)
        self.console.print(_schedule(there))
        for deployment in missing:
            self.tell(N_("No run is planned for {name}: see {log}"), "red", name=deployment.name, log=self.place.home)
        return not missing and any(d.scheduled for d in there)

    def watch(self, processes: Processes, documents: DocumentsServer) -> int:
        """Until somebody interrupts, or a child falls."""
        while (fallen := processes.fallen()) is None and documents.alive():
            time.sleep(POLL_SECONDS)
        name = fallen.name if fallen else "documents"
        self.tell(N_("{name} has ended by itself; everything is stopped"), "red", name=name)
        if fallen:
            self.console.print(fallen.last_words(), markup=False, highlight=False)
        return 1

    def run(self) -> int:
        """All of it."""
        with ExitStack() as stack:
            try:
                self.prepare()
                processes, documents = self.start(stack)
                if not self.check():
                    self.tell(N_("The self-check failed; everything is stopped"), "red")
                    return 1
                self.tell(N_("Up: {ui} (documents: {documents}); Ctrl-C ends all of it"), **self._addresses())
                return self.watch(processes, documents)
            except KeyboardInterrupt:
                self.tell(N_("Stopping …"))
                return 0

    def _addresses(self) -> dict[str, str]:
        return {"ui": self.place.near, "documents": settings().public_url}


def up(host: str = "127.0.0.1", port: int = 4200, documents_port: int = 4280, console: Console | None = None) -> int:
    """Bring it up and keep it up. Returns the exit code: 0 after Ctrl-C, 1 where something fell or was refused."""
    console = console or Console()
    now = settings()
    place = Place(now.data / "prefect", host, port, now.auth)
    with _stop_on_signals():
        try:
            check_access(host, now.auth)
            check_ports(host, port, documents_port)
            _pass_on(now, documents_port)
            return _Town(place, documents_port, console).run()
        except PlanFaults as error:
            console.print(say(N_("Plan {plan} is not in order:"), plan=error.plan), style="red", markup=False)
            console.print(str(error), markup=False, highlight=False)
            return 1
        except (Refused, ChildFailed, OSError) as error:
            console.print(str(error), style="red", markup=False, highlight=False)
            return 1
