"""Services of messengers, webhooks and mail on loopback: real sockets that answer as a test tells them to."""

import json
import threading
from asyncio import Transport
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Request:
    """One request as it came in."""

    path: str
    query: dict[str, str]
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)

    def files(self) -> Sequence[Message]:
        """The parts of a multipart body."""
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        return list(message_from_bytes(head + self.body, policy=policy.HTTP).walk())[1:]


@dataclass
class Service:
    """Answers in the order told, the last one for ever: `(status, body)`, `"hang"` or `"cut"`."""

    port: int = 0
    answers: list[tuple[int, Any] | str] = field(default_factory=lambda: [(200, {"errcode": 0, "errmsg": "ok"})])
    requests: list[Request] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def place(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def next_answer(self) -> tuple[int, Any] | str:
        """The answer to the request that just came in."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Handler(BaseHTTPRequestHandler):
    service: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.service.requests.append(Request(parts.path, query, self.headers, body))
        answer = self.service.next_answer()
        if answer == "hang":
            self.service.released.wait(20)
        if isinstance(answer, str):
            self.close_connection = True
            return
        status, content = answer
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Silent."""


@dataclass
class Postbox:
    """A mail server's spool; `refusal` answers the text of every mail, `cut` ends the line instead of an answer."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refusal: str = ""
    cut: bool = False

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by the server when the text of a mail is in."""
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if self.cut:
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        return self.refusal or "250 OK"
