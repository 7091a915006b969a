"""`baogong up` as somebody starts it: a process of its own, on free ports, with its own data and plans."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from deployments.launch import free_port
from tasks.settings import ROOT
from tasks.words import say

#: Two cores that others use too: what takes twenty seconds alone may take some minutes.
PATIENCE = 420.0
#: How the command says that it is up, up to the first address.
UP = say("Up: {ui} (documents: {documents}); Ctrl-C ends all of it", ui="\0", documents="").split("\0")[0]


@dataclass
class BroughtUp:
    """One `baogong up`. Every process of it, and of its runs, carries its data folder in the environment."""

    data: Path
    plans: Path
    auth: str = ""
    port: int = field(default_factory=free_port)
    documents_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def ui(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def documents(self) -> str:
        return f"http://127.0.0.1:{self.documents_port}"

    @property
    def environment(self) -> dict[str, str]:
        """A shell that is set up for this place, as a coordinator's would be."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("BAOGONG_", "PREFECT_"))}
        ours = {"DATA": self.data, "PLANS": self.plans, "SETTLE_SECONDS": 0, "AUTH": self.auth}
        links = {"BAOGONG_PUBLIC_URL": self.documents, "PREFECT_API_URL": f"{self.ui}/api"}
        return kept | {f"BAOGONG_{name}": str(value) for name, value in ours.items()} | links

    def command(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`baogong …` in that shell."""
        line = [sys.executable, "-m", "deployments.command", *words]
        shell = self.environment | environment
        return subprocess.run(line, cwd=ROOT, env=shell, capture_output=True, text=True, check=False, timeout=PATIENCE)

    def doctor(self, **environment: str) -> tuple[int, dict[str, bool]]:
        """Exit code and what is in order, by name."""
        done = self.command("doctor", "--json", **environment)
        return done.returncode, {check["name"]: check["ok"] for check in json.loads(done.stdout)["checks"]}

    def start(self) -> "BroughtUp":
        """Start it and return when it says that it is up."""
        self.data.mkdir(parents=True, exist_ok=True)
        words = ["up", "--port", str(self.port), "--documents-port", str(self.documents_port)]
        line = [sys.executable, "-m", "deployments.command", *words]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                line, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + PATIENCE
        while UP not in self.told():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(self.told())
            time.sleep(0.5)
        return self

    @property
    def _log(self) -> Path:
        return self.data / "up.log"

    def told(self) -> str:
        """What it has printed."""
        return self._log.read_text(encoding="utf-8")

    def signalled(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send it a signal, as Ctrl-C does; its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def ended(self) -> int:
        """Its exit code, once it has ended by itself."""
        assert self.process is not None
        return self.process.wait(PATIENCE)

    def processes(self) -> list[tuple[int, str]]:
        """(id, command line) of everything that runs for this place now."""
        mark = f"BAOGONG_DATA={self.data}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found.append((int(folder.name), line))
            except OSError:  # it has ended meanwhile
                continue
        return found

    def stop(self) -> None:
        """End it, whatever state the test left it in."""
        if self.process is not None and self.process.poll() is None:
            self.signalled()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One question to Prefect's interface; where its SQLite is locked (503) it is asked again, as clients do."""
        auth = httpx.BasicAuth(*self.auth.split(":", 1)) if self.auth else None
        for wait in (1, 2, 4, 0):
            answer = httpx.request(method, f"{self.ui}/api{path}", json=body, auth=auth, timeout=30, trust_env=False)
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            time.sleep(wait)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deployment(self, name: str) -> dict[str, Any]:
        """The deployment of that name."""
        rows = self.ask("POST", "/deployments/filter", {"deployments": {"name": {"any_": [name]}}})
        return dict(rows[0])

    def run(self, deployment: str, scheduled: datetime | None = None, **parameters: Any) -> str:
        """Start a run of a deployment as the button in the UI does, or as the schedule did at that time; its id."""
        when = {} if scheduled is None else {"state_details": {"scheduled_time": scheduled.isoformat()}}
        body = {"parameters": parameters, "state": {"type": "SCHEDULED", **when}}
        made = self.ask("POST", f"/deployments/{self.deployment(deployment)['id']}/create_flow_run", body)
        return str(made["id"])

    def flow_run(self, run_id: str) -> dict[str, Any]:
        """A flow run as the server knows it."""
        return dict(self.ask("GET", f"/flow_runs/{run_id}"))

    def reached(self, run_id: str, *states: str) -> dict[str, Any]:
        """The run, once it is in one of these states; anything final that is not among them is a failure."""
        until = time.monotonic() + PATIENCE
        while True:
            run = self.flow_run(run_id)
            if run["state_name"] in states:
                return run
            if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") or time.monotonic() > until:
                raise AssertionError((run["name"], run["state"], self.logs(run_id)))
            time.sleep(1)

    def reached_anew(self, run_id: str, former: str, *states: str) -> dict[str, Any]:
        """The run, once it has left its former state (by id) and reached one of these."""
        until = time.monotonic() + PATIENCE
        while self.flow_run(run_id)["state_id"] == former and time.monotonic() < until:
            time.sleep(0.5)
        return self.reached(run_id, *states)

    def logs(self, run_id: str) -> list[str]:
        """Every line that the run wrote to Prefect."""
        body = {"logs": {"flow_run_id": {"any_": [run_id]}}, "sort": "TIMESTAMP_ASC"}
        return [str(row["message"]) for row in self.ask("POST", "/logs/filter", body)]

    def artifacts(self, run_id: str) -> list[dict[str, Any]]:
        """What the run left to be read."""
        body = {"artifacts": {"flow_run_id": {"any_": [run_id]}}}
        return sorted(self.ask("POST", "/artifacts/filter", body), key=lambda row: str(row["created"]))
