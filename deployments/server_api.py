"""The few questions that set-up, self-check and doctor ask Prefect's server, over its REST interface.

httpx rather than Prefect's client: importing that costs three seconds, and `doctor` must also answer when the
environment is broken.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import httpx
import stamina

PAGE = 200


def _locked(error: Exception) -> bool:
    """The server's SQLite was locked for longer than it waits; it answers again soon."""
    return isinstance(error, httpx.HTTPStatusError) and error.response.status_code == httpx.codes.SERVICE_UNAVAILABLE


@dataclass(frozen=True)
class Deployed:
    """A deployment on the server. `next_run` is aware; None where nothing is scheduled."""

    id: str
    name: str
    pool: str | None
    scheduled: bool
    paused: bool
    next_run: datetime | None = None


class ServerApi(AbstractContextManager["ServerApi"]):
    """One connection to one server; `auth` is `user:password` or empty."""

    def __init__(self, api_url: str, auth: str = "", timeout: float = 10.0) -> None:
        user, _, password = auth.partition(":")
        basic = httpx.BasicAuth(user, password) if auth else None
        # The server is on this machine or on one that was chosen by hand: no proxy of the environment in between.
        self._client = httpx.Client(base_url=api_url, auth=basic, timeout=timeout, trust_env=False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        for attempt in stamina.retry_context(on=_locked, attempts=5, timeout=20, wait_initial=0.5):
            with attempt:
                answer = self._client.request(method, path, json=body)
                answer.raise_for_status()
        return answer.json() if answer.content else None

    def healthy(self) -> bool:
        """Whether the server answers at all; this address needs no password."""
        try:
            return self._client.get("/health").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def version(self) -> str:
        """The server's own version; also proves that the password is right."""
        return str(self._ask("GET", "/admin/version"))

    def _all(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = self._ask("POST", path, {"limit": PAGE, "offset": len(found)})
            found += page
            if len(page) < PAGE:
                return found

    def deployments(self, pool: str | None = None) -> list[Deployed]:
        """Deployments by name, of one pool where it is named, with the start of their next run."""
        rows = [r for r in self._all("/deployments/filter") if pool in (None, r["work_pool_name"])]
        return sorted((self._deployed(row) for row in rows), key=lambda d: d.name)

    def _deployed(self, row: dict[str, Any]) -> Deployed:
        active = [s for s in row["schedules"] if s["active"]]
        upcoming = self._next_run(row["id"]) if active else None
        return Deployed(row["id"], row["name"], row["work_pool_name"], bool(active), row["paused"], upcoming)

    def _next_run(self, deployment_id: str) -> datetime | None:
        body = {
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": 1,
            "flow_runs": {
                "deployment_id": {"any_": [deployment_id]},
                "state": {"type": {"any_": ["SCHEDULED"]}},
                "expected_start_time": {"after_": datetime.now(UTC).isoformat()},
            },
        }
        found = self._ask("POST", "/flow_runs/filter", body)
        return datetime.fromisoformat(found[0]["expected_start_time"]) if found else None

    def delete_deployments(self, gone: Iterable[Deployed]) -> None:
        """Take deployments off the server, and their future runs with them."""
        for deployment in gone:
            self._ask("DELETE", f"/deployments/{deployment.id}")

    def drop_schedules(self, deployment: Deployed) -> None:
        """Take a deployment's schedules away, and the runs that they had planned."""
        for schedule in self._ask("GET", f"/deployments/{deployment.id}/schedules"):
            self._ask("DELETE", f"/deployments/{deployment.id}/schedules/{schedule['id']}")

    def set_pool_limit(self, pool: str, limit: int) -> None:
        """At most so many flow runs of the pool at once."""
        self._ask("PATCH", f"/work_pools/{pool}", {"concurrency_limit": limit})

    def pool_limit(self, pool: str) -> int | None:
        """The pool's limit, None where it has none.

        Raises:
            httpx.HTTPStatusError: 404, no such pool.
        """
        found = self._ask("GET", f"/work_pools/{pool}")["concurrency_limit"]
        return None if found is None else int(found)

    def online_workers(self, pool: str) -> list[str]:
        """Names of the pool's workers whose heartbeat is fresh."""
        rows = self._ask("POST", f"/work_pools/{pool}/workers/filter", {"limit": PAGE})
        return [str(r["name"]) for r in rows if r.get("status") == "ONLINE"]
