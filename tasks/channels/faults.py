"""Told from an exception: was the message never handed over, or may it have arrived?

Only the kind of an error goes into an outcome, never its words: those hold the address, and with it the robot's key.
Whatever is not known to have happened before the message left counts as uncertain, since the other mistake, calling a
message lost that was shown, sends it twice.
"""

import socket
import ssl
import traceback
from collections.abc import Iterator

import requests
import urllib3.exceptions as transport

from tasks.channels.outcome import Outcome, uncertain, undelivered

NEVER_LEFT = (
    ConnectionRefusedError,
    socket.gaierror,
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    transport.NewConnectionError,
    transport.ConnectTimeoutError,
)
CANNOT_BE_SENT = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
)
#: A mail server's reply codes (RFC 5321): from the first on it refuses, from the second on for good.
SMTP_REFUSED, SMTP_REFUSED_FOR_GOOD = 400, 500


def outcome_of(error: BaseException) -> Outcome:
    """The outcome that an exception of `requests` or of a mail session stands for."""
    if _is_mail(error):
        return _mail_outcome(error)
    chain = list(_causes(error))
    kind = type(chain[-1]).__name__
    if any(isinstance(cause, CANNOT_BE_SENT) for cause in chain):
        return undelivered("bad_address", kind, retryable=False)
    if any(isinstance(cause, requests.exceptions.SSLError | ssl.SSLError) for cause in chain):
        return undelivered("tls_refused", kind, retryable=False)
    if any(isinstance(cause, NEVER_LEFT) for cause in chain):
        return undelivered("not_reached", kind, retryable=True)
    if any(isinstance(cause, requests.Timeout | transport.TimeoutError | TimeoutError) for cause in chain):
        return uncertain("no_answer", kind)
    return uncertain("cut_off", kind)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps: `requests` and `urllib3` carry it as an argument or as `reason`, Python as cause."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        wrapped = [*current.args, getattr(current, "reason", None), current.__cause__, current.__context__]
        waiting += [one for one in wrapped if isinstance(one, BaseException)]


def _is_mail(error: BaseException) -> bool:
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return any(frame.f_globals.get("__name__") == "smtplib" for frame in frames)


def _mail_outcome(error: BaseException) -> Outcome:
    """A mail server's own code decides; without one, a mail is uncertain only once its text was being handed over."""
    kind = type(error).__name__
    code = _reply_code(error)
    if code is not None:
        return undelivered(f"smtp_{code}", kind, retryable=SMTP_REFUSED <= code < SMTP_REFUSED_FOR_GOOD)
    steps = {frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)}
    if "data" in steps:
        return uncertain("no_answer" if isinstance(error, TimeoutError) else "cut_off", kind)
    return undelivered("not_reached", kind, retryable=True)


def _reply_code(error: BaseException) -> int | None:
    refused = getattr(error, "recipients", None)
    if isinstance(refused, dict) and refused:
        return int(next(iter(refused.values()))[0])
    code = getattr(error, "smtp_code", None)
    return code if isinstance(code, int) and code >= SMTP_REFUSED else None
