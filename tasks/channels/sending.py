"""One notice to one channel through Apprise, and what became of it.

Apprise answers True, False or None and swallows the error. Its plugins speak of a failure while the exception is being
handled, so a log handler of ours sees the exception itself there and tells "never reached" from "cut off". Apprise's
own log lines name recipients and, for a malformed address, the key: they end in that handler and are never passed on.
"""

# mypy: disable-error-code="no-untyped-call"
# Apprise is typed in part only: its constructors and managers are not.

import logging
import re
import sys
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from apprise import Apprise, AppriseAsset, AppriseAttachment, NotifyBase, NotifyFormat
from apprise.attachment.file import AttachFile
from apprise.manager_plugins import NotificationManager
from apprise.plugins.custom_form import NotifyForm
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.custom_xml import NotifyXML
from apprise.plugins.email import NotifyEmail
from apprise.url import URLBase

from schemas.text import N_
from tasks.channels.dingtalk import DingTalkRobot
from tasks.channels.faults import outcome_of
from tasks.channels.feishu import FeishuRobot
from tasks.channels.outcome import SENT, Outcome, http_refusal, uncertain, undelivered
from tasks.channels.robot import Robot
from tasks.channels.wecom import WeComRobot
from tasks.words import say

__all__ = ["Outcome", "honours_keys", "send"]

log = logging.getLogger(__name__)

FILE_MISSING = N_("File: {name} (could not be read when this was sent)")
READ_SECONDS, MAIL_SECONDS = 15.0, 30
KEYED = (NotifyJSON, NotifyXML, NotifyForm)  # webhooks: their requests can carry a header of ours


@dataclass
class _Try:
    """What the witness saw during one call; an error that the caller is handling already is not of this call."""

    before: BaseException | None
    seen: list[Outcome] = field(default_factory=list)


_try: ContextVar[_Try | None] = ContextVar("try", default=None)


class _Witness(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        now = _try.get()
        if now is None:
            return
        error = sys.exc_info()[1]
        status = re.search(r"\berror=(\d{3})\b", record.getMessage())
        if error is not None and error is not now.before:
            now.seen.append(outcome_of(error))
        elif status:
            now.seen.append(http_refusal(int(status[1])))


def _set_up() -> None:
    apprise_log = logging.getLogger("apprise")
    apprise_log.setLevel(logging.WARNING)
    apprise_log.propagate = False
    apprise_log.addHandler(_Witness())
    # At DEBUG the transport writes whole request lines, with the robot's key in them.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
    for robot in (WeComRobot, DingTalkRobot, FeishuRobot):
        NotificationManager().add(robot, force=True)


_set_up()


def send(url: str, title: str, body: str, attachments: list[Path], key: str) -> Outcome:
    """Send one notice to one Apprise address (a single one), once: repeating is the dispatcher's business.

    `key` names the notice: webhooks get it as `Idempotency-Key`, percent-encoded, so that a receiver that honours it
    drops a repetition. Nothing is raised: whatever goes wrong is an outcome.
    """
    plugin = _plugin(url)
    if plugin is None:
        return undelivered("bad_address", "the channel's address cannot be read", retryable=False)
    if isinstance(plugin, KEYED):
        plugin.headers["Idempotency-Key"] = quote(key, safe=":-_.")
    outcome = _notify(plugin, title, body, attachments)
    log.info("channel %s: %s %s %s", plugin.service_name, outcome.state, outcome.code, outcome.detail)
    return outcome


def honours_keys(url: str) -> bool:
    """Whether a repetition carries the same key, so that the receiver can drop it (JSON, XML and form webhooks)."""
    return isinstance(_plugin(url), KEYED)


def _plugin(url: str) -> NotifyBase | None:
    # Redirects off: what leaves goes to the host that the address names.
    asset = AppriseAsset(async_mode=False, secure_logging=True, http_redirects=False)
    try:
        plugin = Apprise.instantiate(url, asset=asset)
    except Exception:  # reading an address is each plugin's own code; the words of its error may hold the key
        return None
    if plugin is not None:
        plugin.optional = False  # `?optional=yes` would turn every failure into a success
        plugin.retry = 0  # `?retry=` would repeat a message whose answer was only late
        _be_patient(plugin)
    return plugin


def _be_patient(plugin: NotifyBase) -> None:
    """Apprise waits 4 s unless the address says otherwise (`?rto=`, `?cto=`); giving up early makes it uncertain."""
    if plugin.socket_read_timeout == URLBase.socket_read_timeout:
        plugin.socket_read_timeout = READ_SECONDS
    if isinstance(plugin, NotifyEmail) and plugin.socket_connect_timeout == NotifyEmail.socket_connect_timeout:
        plugin.socket_connect_timeout = MAIL_SECONDS  # of a mail session it is the only timeout there is


def _notify(plugin: NotifyBase, title: str, body: str, attachments: list[Path]) -> Outcome:
    present = [path for path in attachments if path.is_file()]
    missing = [say(FILE_MISSING, name=path.name) for path in attachments if path not in present]
    text = _sendable("\n".join([body, *missing]))
    files = AppriseAttachment([AttachFile(str(path), name=path.name) for path in present]) if present else None
    channel = Apprise(asset=plugin.asset)
    channel.add(plugin)
    this = _Try(before=sys.exc_info()[1])
    token = _try.set(this)
    try:
        # In this thread (async_mode off): the witness sees the errors of this call and of no other.
        done = channel.notify(
            body=text, title=_sendable(" ".join(title.split())), body_format=_format(plugin), attach=files
        )
    except Exception as error:  # a plugin's own fault must not stop the notices behind this one
        log.warning("channel %s failed with %s", plugin.service_name, type(error).__name__)
        return uncertain("plugin_fault", type(error).__name__)
    finally:
        _try.reset(token)
    return _verdict(plugin, done, this.seen)


def _sendable(text: str) -> str:
    """Half a surrogate pair, as a broken phone sends it, has no bytes; it becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def _format(plugin: NotifyBase) -> NotifyFormat:
    """The plugin's own format unless it is HTML: plain text shown as HTML has to be escaped, nothing else converted."""
    html = plugin.notify_format == NotifyFormat.HTML
    return NotifyFormat.TEXT if html else plugin.notify_format


def _verdict(plugin: NotifyBase, done: bool | None, seen: list[Outcome]) -> Outcome:
    if isinstance(plugin, Robot) and plugin.outcome is not None:
        return plugin.outcome
    if done:
        return SENT
    # One cut-off among several failures decides: the notice may have been shown.
    worst = [outcome for outcome in seen if outcome.state == "uncertain"] or seen
    return worst[0] if worst else undelivered("refused", "Apprise could not send it", retryable=True)
