"""DingTalk group robots (钉钉自定义机器人).

Published limits: 20 000 bytes a message, 20 messages a minute per robot (past that it is silent for ten minutes). A
robot cannot upload files: they are named in the text. Signature: HMAC-SHA256 of "<ms>\\n<secret>" under the secret.
"""

# mypy: disable-error-code="no-untyped-call"
# Apprise is typed in part only: its constructors and managers are not.

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from typing import Any

from apprise import NotifyFormat

from tasks.channels.outcome import Outcome
from tasks.channels.robot import Robot
from tasks.channels.splitting import json_size, split_text

MESSAGE_BYTES, ENVELOPE_BYTES = 20_000, 1_000
PASTED = re.compile(r"https://oapi\.dingtalk\.com/robot/send/?\?access_token=(\w+)", re.IGNORECASE)


class DingTalkRobot(Robot):
    """`bgdingtalk://KEY` or `bgdingtalk://SECRET@KEY`; also `dingtalk://` and the address that DingTalk shows."""

    service_name = "DingTalk group robot"
    secure_protocol = ("bgdingtalk", "dingtalk")
    home = "https://oapi.dingtalk.com"
    windows = ((20, 60.0),)
    busy_codes = frozenset({-1, 130101, 410100, 660026})  # system busy; sent too fast, in its three generations

    def parts(self, text: str) -> list[str]:
        """By the bytes on the wire, with room left for what stands around the text."""
        return split_text(text, MESSAGE_BYTES - ENVELOPE_BYTES, json_size)

    def message(self, text: str, title: str) -> dict[str, Any]:
        """A text or a markdown message; the title is its first line, and what the phone's alert shows of markdown."""
        if self.notify_format == NotifyFormat.MARKDOWN:
            return {"msgtype": "markdown", "markdown": {"title": title[:60] or text[:60], "text": text}}
        return {"msgtype": "text", "text": {"content": text}}

    def post_message(self, message: Mapping[str, Any]) -> Outcome:
        """To `/robot/send`, signed when there is a secret."""
        return self.post_json("/robot/send", {"access_token": self.key, **self._signature()}, message)

    def _signature(self) -> dict[str, str]:
        if not self.secret:
            return {}
        timestamp = str(round(time.time() * 1000))
        digest = hmac.new(self.secret.encode(), f"{timestamp}\n{self.secret}".encode(), hashlib.sha256).digest()
        return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}

    @staticmethod
    def parse_native_url(url: str) -> dict[str, Any] | None:
        """The webhook address as DingTalk's settings page shows it (a robot with a secret needs the other form)."""
        found = PASTED.match(url)
        return DingTalkRobot.parse_url(f"bgdingtalk://{found[1]}") if found else None
