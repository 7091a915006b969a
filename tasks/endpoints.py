"""Addresses and keys that the environment gives and the plan names; and the report, handed in over HTTP."""

import os
from collections.abc import Mapping
from typing import Any

import httpx
import orjson
import stamina

from tasks.secret_blocks import secret_block

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
ATTEMPTS = 3
#: Answers after which the same request may well succeed.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
LONGEST_RECEIPT = 10_000


class NotTaken(RuntimeError):
    """The desk did not take the report; the words say what it answered."""


class _Again(RuntimeError):
    """A failure that may pass."""


def endpoint(name: str) -> str | None:
    """The address behind a plan's name for it: `BAOGONG_ENDPOINT_<NAME>`; None where none is set."""
    return os.environ.get(f"BAOGONG_ENDPOINT_{name.upper()}") or None


def token(name: str) -> str:
    """The key behind a plan's name for it: `BAOGONG_TOKEN_<NAME>`, or the Secret block `baogong-token-<name>`."""
    return os.environ.get(f"BAOGONG_TOKEN_{name.upper()}", "").strip() or secret_block("token", name)


def hand_in(address: str, key: str, body: Mapping[str, Any]) -> tuple[int, str]:
    """POST the report; (status, receipt as answered).

    The key goes along as `Idempotency-Key`: a desk that honours it takes a repeated hand-in for the same report.
    Redirects are not followed: the report goes to the host that was named and to no other.

    Raises:
        NotTaken: refused, or not answered after the retries.
    """
    try:
        for attempt in stamina.retry_context(
            on=_Again, attempts=ATTEMPTS, timeout=30.0, wait_initial=0.2, wait_max=3.0
        ):
            with attempt:
                return _post(address, key, body)
    except _Again as fault:
        raise NotTaken(str(fault)) from fault
    raise NotTaken("no attempt was made")


def _post(address: str, key: str, body: Mapping[str, Any]) -> tuple[int, str]:
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    try:
        answer = httpx.post(address, content=orjson.dumps(body), headers=headers, timeout=TIMEOUT)
    except httpx.TransportError as fault:
        raise _Again(f"{type(fault).__name__}") from fault
    if answer.status_code in PASSING:
        raise _Again(f"HTTP {answer.status_code}")
    if not answer.is_success:
        raise NotTaken(f"HTTP {answer.status_code}")
    return answer.status_code, answer.text[:LONGEST_RECEIPT]
