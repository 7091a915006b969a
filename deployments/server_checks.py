"""What must be in order while it is up: server, pool, worker, deployments, runs planned, documents."""

import os
from functools import cached_property

import httpx

from deployments.finding import Check, Finding
from deployments.launch import POOL
from deployments.manifest import deployment_names, every_plan
from deployments.server_api import Deployed, ServerApi
from schemas.text import N_
from tasks.settings import settings
from tasks.words import say


class ServerChecks:
    """The checks of one server; what they share is asked once."""

    def __init__(self, api: ServerApi) -> None:
        self._api = api

    @cached_property
    def _there(self) -> list[Deployed]:
        return self._api.deployments()

    def server(self) -> Finding:
        """It answers, and takes our password."""
        cure = say(N_("Run baogong up; if it is up, see whether BAOGONG_AUTH is the same there and here"))
        return Finding("server", self._api.healthy(), self._api.version(), cure)

    def pool(self) -> Finding:
        """The work pool is there, with its limit."""
        limit = self._api.pool_limit(POOL)
        return Finding("pool", limit is not None, f"{POOL}: {limit}", say(N_("Run baogong up again")))

    def worker(self) -> Finding:
        """Somebody takes the runs."""
        workers = self._api.online_workers(POOL)
        return Finding("worker", bool(workers), ", ".join(workers), say(N_("Run baogong up again")))

    def deployments(self) -> Finding:
        """Exactly those that the plans ask for."""
        wanted = deployment_names(every_plan())
        odd = wanted ^ {d.name for d in self._there if d.pool == POOL}
        return Finding(
            "deployments", not odd, ", ".join(sorted(odd)) or str(len(wanted)), say(N_("Run baogong up again"))
        )

    def scheduled_runs(self) -> Finding:
        """Each schedule has its next run; a schedule that somebody paused in the UI is named."""
        silent = [d.name for d in self._there if d.scheduled and (d.paused or d.next_run is None)]
        some = any(d.scheduled for d in self._there)
        cure = say(N_("Resume paused schedules in the UI; otherwise run baogong up again"))
        return Finding("scheduled_runs", some and not silent, ", ".join(silent), cure)

    def all(self) -> dict[str, Check]:
        """By name, in the order in which one depends on another."""
        checks = (self.server, self.pool, self.worker, self.deployments, self.scheduled_runs)
        return {check.__name__: check for check in checks}


def documents_are_served() -> Finding:
    """The address that links carry leads to our document server."""
    address = settings().public_url
    try:
        answer = httpx.get(f"{address}/.health", timeout=5.0, trust_env=False)
        right = answer.status_code == httpx.codes.OK and answer.headers.get("Server") == "baogong"
    except httpx.TransportError:
        right = False
    return Finding("documents", right, address, say(N_("Run baogong up, or set BAOGONG_PUBLIC_URL to where it runs")))


def api_url() -> str:
    """The server in question: the one that this shell points to, or the one that `baogong up` starts."""
    return os.environ.get("PREFECT_API_URL") or "http://127.0.0.1:4200/api"
