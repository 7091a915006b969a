"""One GET or POST of a source: to hosts that the plan names, within its limits, tried again where that may help.

What is refused is refused before a byte of it is sent or kept: a host that the plan does not name (also by redirect or
by a link to the next page), plain HTTP to anything but this machine, a body beyond the limit while it is still coming
in. What may pass (no answer, half an answer, 429, 5xx) is tried again with jitter; `Retry-After` is waited for up to
LONGEST_WAIT. Certificates are checked, always. Drawback: an answer beyond the limit is not kept at all.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

import httpx
import stamina

from schemas.plan.sources import Source
from schemas.text import Text
from tasks.endpoints import PASSING

ATTEMPTS = 3
REDIRECTS = 3
CONNECT_SECONDS = 5.0
#: Whoever asks for more time than this (in seconds) is asked again by the next run.
LONGEST_WAIT = 30.0
_MEGABYTE = 1024 * 1024


class SourceFault(Exception):
    """A source that gave nothing that can be used; `reason` says why, and what to do."""

    def __init__(self, code: str, **args: object) -> None:
        super().__init__(code)
        self.reason = Text(code, args)


_Once = Callable[[], "Answer"]


class _Again(Exception):
    """A failure that may pass; `wait` in seconds where the server said so."""

    def __init__(self, fault: SourceFault, wait: float | None = None) -> None:
        super().__init__(fault.reason.code)
        self.fault, self.wait = fault, wait


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes as they came. `url` is where they came from, redirects followed."""

    url: str
    body: bytes
    content_type: str
    moved_to: str = ""


@dataclass(frozen=True)
class Caller:
    """Asks one source; `authorization` is the header's value, empty where it needs none."""

    source: Source
    authorization: str = ""
    _client: httpx.Client = field(default_factory=lambda: httpx.Client(follow_redirects=False))

    def get(self, url: str) -> Answer:
        """The body behind an address.

        Raises:
            SourceFault: refused, or not answered after the retries.
        """
        return self._tried(lambda: self._followed(url))

    def post(self, url: str, body: bytes, key: str) -> Answer:
        """Hand something in under an idempotency key, which makes it safe to try again. No redirect is followed."""
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        return self._tried(lambda: self._one("POST", url, headers, body))

    def close(self) -> None:
        """End its connections."""
        self._client.close()

    def _tried(self, once: _Once) -> Answer:
        try:
            for attempt in stamina.retry_context(
                on=_whether_again, attempts=ATTEMPTS, timeout=3.0 * self.source.timeout_seconds + LONGEST_WAIT,
                wait_initial=0.1, wait_max=3.0, wait_jitter=0.4,
            ):  # fmt: skip
                with attempt:
                    return once()
        except _Again as failed:
            raise failed.fault from failed
        raise AssertionError("stamina tries at least once")

    def _followed(self, url: str) -> Answer:
        here = url
        for _ in range(REDIRECTS + 1):
            answer = self._one("GET", here, {}, None)
            if not answer.moved_to:
                return answer
            here = answer.moved_to
        raise SourceFault("source_redirects", host=httpx.URL(here).host)

    def _one(self, verb: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        allowed(self.source, url)
        sent = headers | {"Accept": "application/json"}
        if self.authorization:
            sent["Authorization"] = self.authorization
        with self._passing(), self._client.stream(verb, url, headers=sent, content=body, timeout=self._timeout) as got:
            if got.has_redirect_location and verb == "GET":
                target = str(httpx.URL(url).join(got.headers["Location"]))
                allowed(self.source, target, redirected=True)
                return Answer(url, b"", "", target)
            _refuse_status(got)
            return Answer(url, self._body(got), got.headers.get("Content-Type", ""))

    @property
    def _timeout(self) -> httpx.Timeout:
        seconds = float(self.source.timeout_seconds)
        return httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))

    @contextmanager
    def _passing(self) -> Iterator[None]:
        """What httpx finds wrong with the line may pass: no answer, half an answer, too slow."""
        try:
            yield
        except httpx.TimeoutException as fault:
            raise _Again(SourceFault("source_slow", seconds=self.source.timeout_seconds)) from fault
        except httpx.RemoteProtocolError as fault:
            raise _Again(SourceFault("source_half")) from fault
        except httpx.InvalidURL as fault:
            raise SourceFault("source_leads_away", host="?") from fault
        except httpx.HTTPError as fault:
            raise _Again(SourceFault("source_away", what=type(fault).__name__)) from fault

    def _body(self, got: httpx.Response) -> bytes:
        """All of it, counted while it comes in; a server that trickles has no more time than one that is silent."""
        limit, until = self.source.limit_mb * _MEGABYTE, time.monotonic() + self.source.timeout_seconds
        parts, size = [], 0
        for part in got.iter_bytes():
            size += len(part)
            if size > limit:
                raise SourceFault("source_too_large", limit=self.source.limit_mb)
            if time.monotonic() > until:
                raise _Again(SourceFault("source_slow", seconds=self.source.timeout_seconds))
            parts.append(part)
        return b"".join(parts)


def _whether_again(fault: Exception) -> bool | float:
    if not isinstance(fault, _Again):
        return False
    return fault.wait if fault.wait else True


def allowed(source: Source, url: str, redirected: bool = False) -> None:
    """Refuse an address that leaves what the plan names.

    Raises:
        SourceFault: another host, or plain HTTP to anything but this machine.
    """
    try:
        there = httpx.URL(url)
    except httpx.InvalidURL as fault:
        raise SourceFault("source_no_address", name=source.endpoint.upper()) from fault
    if there.host not in source.hosts or there.userinfo:
        raise SourceFault("source_leads_away" if redirected else "source_host", host=there.host or "?")
    if there.scheme != "https" and not (there.scheme == "http" and _this_machine(there.host)):
        raise SourceFault("source_not_safe", host=there.host)


def _this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_status(got: httpx.Response) -> None:
    status = got.status_code
    if status in PASSING:
        wait = _retry_after(got.headers.get("Retry-After", ""))
        fault = SourceFault("source_status", status=status)
        if wait > LONGEST_WAIT:
            raise SourceFault("source_busy", status=status, minutes=round(wait / 60) or 1)
        raise _Again(fault, wait)
    if status in (401, 403):
        raise SourceFault("source_refused", status=status)
    if not got.is_success:
        raise SourceFault("source_status", status=status)


def _retry_after(told: str) -> float:
    """Seconds: a number, or a date by the server's clock; 0 where it says nothing that can be read."""
    if told.strip().isdigit():
        return float(told)
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return 0.0
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
