"""Addresses and keys that the environment gives and the plan names; and the report, handed in over HTTP."""

import asyncio
import logging
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import orjson
import stamina

from tasks.secret_blocks import secret_block

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
ATTEMPTS = 3
#: Answers after which the same request may well succeed.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
#: Seconds that one try may take, from the name's look-up to the last byte of the answer.
WHOLE_SECONDS = 30.0
#: Characters of an answer that are kept, and bytes after which no more of it is read.
LONGEST_RECEIPT, LONGEST_ANSWER = 10_000, 40_000
#: How a page for people begins, which is no receipt whatever its status.
PAGE = ("<!doctype html", "<html")

# At INFO httpx writes every address whole, with a token in its query.
logging.getLogger("httpx").setLevel(logging.WARNING)


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
    # A thread of its own, so that a loop of asyncio can be run whoever calls.
    with ThreadPoolExecutor(1) as own:
        status, words = own.submit(asyncio.run, _in_time(address, key, body)).result()
    if status in PASSING:
        raise _Again(f"HTTP {status}")
    if not httpx.codes.is_success(status):
        raise NotTaken(f"HTTP {status}")
    if words.lstrip("\ufeff \t\r\n").lower().startswith(PAGE):
        # A gateway's page for logging in answers 200, too: nobody has taken anything.
        raise NotTaken(f"HTTP {status}, HTML")
    return status, words


async def _in_time(address: str, key: str, body: Mapping[str, Any]) -> tuple[int, str]:
    """Status and words; httpx limits each single read only, and a desk may send a byte at a time for days."""
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            return await _exchange(address, key, body)
    # An error's own words may hold the address, and with it a token: never more than its kind.
    except (httpx.RequestError, TimeoutError) as fault:
        raise _Again(type(fault).__name__) from fault
    except (httpx.InvalidURL, UnicodeError) as fault:
        raise NotTaken(type(fault).__name__) from None


async def _exchange(address: str, key: str, body: Mapping[str, Any]) -> tuple[int, str]:
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    async with (
        httpx.AsyncClient(timeout=TIMEOUT) as client,
        client.stream("POST", address, content=orjson.dumps(body), headers=headers) as answer,
    ):
        received = bytearray()
        async for part in answer.aiter_bytes():
            received += part
            if len(received) >= LONGEST_ANSWER:
                break
        return answer.status_code, _words(bytes(received), answer.charset_encoding)


def _words(received: bytes, charset: str | None) -> str:
    """The answer as text that the database can hold: PostgreSQL knows no NUL."""
    try:
        text = received.decode(charset or "utf-8", "replace")
    except (LookupError, UnicodeError):
        text = received.decode("utf-8", "replace")
    return text.replace("\0", "\ufffd")[:LONGEST_RECEIPT]
