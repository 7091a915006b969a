"""The leading group's office as a receiver: takes reports over real HTTP on loopback, and is down when told to be."""

import threading
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import orjson

LONGEST = 10_000_000


class Desk(AbstractContextManager["Desk"]):
    """Takes a POST per `Idempotency-Key`; a key that it knows gets its first receipt again."""

    def __init__(self) -> None:
        self.down = False
        self.taken: dict[str, bytes] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """Where reports are handed in."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/reports"

    def __enter__(self) -> "Desk":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, key: str, body: bytes) -> tuple[int, bytes]:
        """(status, answer) to a report."""
        if self.down:
            return 503, b"{}"
        self.taken.setdefault(key, body)
        number = list(self.taken).index(key) + 1
        return 201, orjson.dumps({"receipt": f"BG-{number:04d}", "key": key})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = min(int(self.headers.get("Content-Length", "0")), LONGEST)
                status, answer = desk.take(self.headers.get("Idempotency-Key", ""), self.rfile.read(length))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: the progress bar has the terminal."""

        return Handler
