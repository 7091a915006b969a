"""A JSON server on loopback whose faults can be switched on: what real servers do wrong, done on purpose.

Faults, one per request in the order told (`None`: none), `always` for all of them:
`half` the connection ends in the middle of the body · `cut` the body ends in the middle, as if it were whole ·
`busy` 429 with Retry-After 1 · `busy_long` 429 with an hour · `broken` 500 · `closed` 403 · `hang` no answer ·
`trickle` a byte now and then · `away` redirect to another host · `people` a page of HTML · `plain` JSON that calls
itself text · `huge` a body without end.
"""

import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import orjson

LONGEST = 10_000_000
ELSEWHERE = "http://elsewhere.example/list"
_STATUS = {"busy": (429, "1"), "busy_long": (429, "3600"), "broken": (500, ""), "closed": (403, "")}


@dataclass(frozen=True)
class Request:
    """One request as it came in; `query` has the last value of each name."""

    verb: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes


class JsonServer(AbstractContextManager["JsonServer"]):
    """Serves what `answer` gives, on a free port, until it is left."""

    def __init__(self) -> None:
        self.faults: list[str | None] = []
        self.always: str | None = None
        self.requests: list[Request] = []
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """`http://127.0.0.1:port`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, request: Request) -> tuple[int, Any]:
        """(status, JSON) of a request."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                _serve(server, self, b"")

            def do_POST(self) -> None:
                length = min(int(self.headers.get("Content-Length", "0")), LONGEST)
                _serve(server, self, self.rfile.read(length))

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: the progress bar has the terminal."""

        return Handler


def _serve(server: JsonServer, line: BaseHTTPRequestHandler, body: bytes) -> None:
    parts = urlsplit(line.path)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    request = Request(line.command, parts.path, query, dict(line.headers.items()), body)
    server.requests.append(request)
    fault = server.faults.pop(0) if server.faults else server.always
    try:
        if fault in _STATUS:
            status, wait = _STATUS[fault]
            _send(line, status, b"{}", {"Retry-After": wait} if wait else {})
        elif fault == "hang":
            server.released.wait(60)
        else:
            status, told = server.answer(request)
            _with_fault(server, line, fault, status, orjson.dumps(told))
    except OSError:
        line.close_connection = True  # whoever asked has gone


def _with_fault(server: JsonServer, line: BaseHTTPRequestHandler, fault: str | None, status: int, body: bytes) -> None:
    if fault == "half":
        _send(line, status, body[: len(body) // 2], {"Content-Length": str(len(body))})
        line.close_connection = True
    elif fault == "cut":
        _send(line, status, body[: len(body) // 2])
    elif fault == "away":
        _send(line, 302, b"", {"Location": ELSEWHERE})
    elif fault == "people":
        _send(line, 200, "<html><body>请登录</body></html>".encode(), {"Content-Type": "text/html"})
    elif fault == "plain":
        _send(line, status, body, {"Content-Type": "text/plain"})
    elif fault in ("huge", "trickle"):
        _without_end(server, line, fault)
    else:
        _send(line, status, body)


def _send(line: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
    line.send_response(status)
    told = {"Content-Type": "application/json", "Content-Length": str(len(body))} | dict(headers or {})
    for name, value in told.items():
        line.send_header(name, value)
    line.end_headers()
    line.wfile.write(body)
    line.wfile.flush()


def _without_end(server: JsonServer, line: BaseHTTPRequestHandler, fault: str) -> None:
    line.send_response(200)
    line.send_header("Content-Type", "application/json")
    line.end_headers()
    line.close_connection = True
    piece, pause = (b" " * 65536, 0.0) if fault == "huge" else (b" ", 0.2)
    while not server.released.wait(pause):
        line.wfile.write(piece)
