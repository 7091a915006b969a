"""Feishu group robots (飞书自定义机器人).

Published limits: 20 KB a request, 100 messages a minute and 5 a second per robot; the whole and the half hour are
crowded and answer 11232. A robot cannot upload files: they are named in the text. Signature: HMAC-SHA256 of nothing
under "<s>\\n<secret>", inside the body.
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

from tasks.channels.outcome import Outcome
from tasks.channels.robot import Robot
from tasks.channels.splitting import json_size, split_text

MESSAGE_BYTES, ENVELOPE_BYTES = 20_000, 1_000
PASTED = re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)", re.IGNORECASE)


class FeishuRobot(Robot):
    """`bgfeishu://KEY` or `bgfeishu://SECRET@KEY`; also `feishu://` and the webhook address as Feishu shows it."""

    service_name = "Feishu group robot"
    secure_protocol = ("bgfeishu", "feishu")
    home = "https://open.feishu.cn"
    windows = ((100, 60.0), (5, 1.0))
    busy_codes = frozenset({9499, 11232, 11233, 99991400})
    never_busy = frozenset({"bad request"})  # 9499 too, but it stays wrong however often it is sent

    def parts(self, text: str) -> list[str]:
        """By the bytes on the wire, with room left for what stands around the text."""
        return split_text(text, MESSAGE_BYTES - ENVELOPE_BYTES, json_size)

    def message(self, text: str, _title: str) -> dict[str, Any]:
        """A text message; the title is its first line."""
        return {"msg_type": "text", "content": {"text": text}}

    def post_message(self, message: Mapping[str, Any]) -> Outcome:
        """To `/open-apis/bot/v2/hook/<key>`, signed when there is a secret."""
        return self.post_json(f"/open-apis/bot/v2/hook/{self.key}", {}, {**self._signature(), **message})

    def code_in(self, answer: Mapping[str, Any]) -> int | None:
        """`code`, or `StatusCode` in the answers of older robots."""
        code = answer.get("code", answer.get("StatusCode"))
        return code if isinstance(code, int) else None

    def _signature(self) -> dict[str, str]:
        if not self.secret:
            return {}
        timestamp = str(round(time.time()))
        digest = hmac.new(f"{timestamp}\n{self.secret}".encode(), b"", hashlib.sha256).digest()
        return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}

    @staticmethod
    def parse_native_url(url: str) -> dict[str, Any] | None:
        """The webhook address as Feishu's settings page shows it (a robot with a secret needs the other form)."""
        found = PASTED.match(url)
        return FeishuRobot.parse_url(f"bgfeishu://{found[1]}") if found else None
