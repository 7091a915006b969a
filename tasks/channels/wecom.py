"""WeCom group robots (企业微信群机器人).

Published limits: text 2048 bytes, markdown 4096 bytes, 20 messages a minute per robot; a file is uploaded first
(6 bytes to 20 MB) and shown by its media id, which lives three days.
"""

# mypy: disable-error-code="no-untyped-call"
# Apprise is typed in part only: its constructors and managers are not.

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from apprise import NotifyFormat

from tasks.channels.outcome import Outcome
from tasks.channels.robot import Robot
from tasks.channels.splitting import split_text

TEXT_BYTES, MARKDOWN_BYTES = 2048, 4096
FILE_BYTES = range(6, 20 * 1024 * 1024 + 1)
PASTED = re.compile(r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send/?\?key=([\w-]+)", re.IGNORECASE)


class WeComRobot(Robot):
    """`bgwecom://KEY`; also `wecombot://KEY` and the webhook address as WeCom shows it."""

    service_name = "WeCom group robot"
    secure_protocol = ("bgwecom", "wecombot")
    home = "https://qyapi.weixin.qq.com"
    windows = ((20, 60.0),)
    busy_codes = frozenset({-1, 45009, 45033})  # system busy; called too often; too many at once

    def parts(self, text: str) -> list[str]:
        """By the bytes of the text itself: that is what WeCom counts."""
        return split_text(text, MARKDOWN_BYTES if self._is_markdown else TEXT_BYTES)

    def message(self, text: str, _title: str) -> dict[str, Any]:
        """A text or a markdown message; the title is its first line."""
        kind = "markdown" if self._is_markdown else "text"
        return {"msgtype": kind, kind: {"content": text}}

    def post_message(self, message: Mapping[str, Any]) -> Outcome:
        """To `/cgi-bin/webhook/send`."""
        return self.post_json("/cgi-bin/webhook/send", {"key": self.key}, message)

    def prepared_files(self, paths: Sequence[Path]) -> tuple[list[dict[str, Any]], list[Path]] | Outcome:
        """Uploads; a file that WeCom will never take is named in the text, a busy service ends the try."""
        messages: list[dict[str, Any]] = []
        named: list[Path] = []
        for path in paths:
            if path.stat().st_size not in FILE_BYTES:
                named.append(path)
                continue
            outcome, media_id = self._upload(path)
            if media_id:
                messages.append({"msgtype": "file", "file": {"media_id": media_id}})
            elif outcome.retryable:
                # Nothing has been shown yet: even an upload without an answer leaves the notice plainly undelivered.
                return Outcome("undelivered", outcome.code, f"upload: {outcome.detail}", retryable=True)
            else:
                named.append(path)
        return messages, named

    def _upload(self, path: Path) -> tuple[Outcome, str]:
        params = {"key": self.key, "type": "file"}
        with path.open("rb") as file:
            files = {"media": (path.name, file, "application/octet-stream")}
            outcome, answer = self.exchange("/cgi-bin/webhook/upload_media", params, files=files)
        return outcome, str(answer.get("media_id") or "") if outcome.state == "sent" else ""

    @property
    def _is_markdown(self) -> bool:
        return bool(self.notify_format == NotifyFormat.MARKDOWN)

    @staticmethod
    def parse_native_url(url: str) -> dict[str, Any] | None:
        """The webhook address as WeCom's settings page shows it."""
        found = PASTED.match(url)
        return WeComRobot.parse_url(f"bgwecom://{found[1]}") if found else None
