"""What became of one try at one channel."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

#: Refusals that say to come again later; whatever is the server's own fault (5xx) may pass as well.
LATER = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


@dataclass(frozen=True)
class Outcome:
    """The end of one try; `code` and `detail` hold no key, no address and no word of the notice.

    `sent`: the service's own answer said so. `undelivered`: it refused, or was never reached. `uncertain`: the request
    went out and no answer came back, so it may or may not have been shown. `retryable`: the same try may succeed later.
    """

    state: Literal["sent", "undelivered", "uncertain"]
    code: str
    detail: str = ""
    retryable: bool = False


SENT = Outcome("sent", "0")


def undelivered(code: str, detail: str = "", *, retryable: bool) -> Outcome:
    """The service refused it, or was never reached."""
    return Outcome("undelivered", code, detail, retryable)


def uncertain(code: str, detail: str = "") -> Outcome:
    """It went out and no answer came back; whether it is sent again is the dispatcher's rule, not the channel's."""
    return Outcome("uncertain", code, detail, retryable=True)


def http_refusal(status: int) -> Outcome:
    """An HTTP answer other than success: a gateway that gave up waiting (504) cannot say what happened behind it."""
    if status == HTTPStatus.GATEWAY_TIMEOUT:
        return uncertain("http_504", "a gateway gave up waiting")
    may_pass = status in LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return undelivered(f"http_{status}", f"HTTP {status}", retryable=may_pass)
