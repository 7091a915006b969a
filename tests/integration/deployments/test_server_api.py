"""Prefect's server as it sometimes answers: locked for a moment, or not at all."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from deployments.server_api import ServerApi


@contextmanager
def server(*codes: int) -> Iterator[tuple[str, list[str]]]:
    """A server that answers with these codes, the last one for ever; its address, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code = codes[min(len(asked), len(codes) - 1)]
            asked.append(self.path)
            body = b'"3.8.8"'
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{made.server_address[1]}/api", asked
    finally:
        made.shutdown()
        made.server_close()


def test_a_server_whose_database_was_locked_is_asked_again() -> None:
    with server(503, 503, 200) as (address, asked), ServerApi(address) as api:
        assert api.version() == "3.8.8"
    assert len(asked) == 3


@pytest.mark.parametrize("code", [401, 500])
def test_any_other_refusal_is_told_at_once(code: int) -> None:
    with server(code) as (address, asked), ServerApi(address) as api, pytest.raises(httpx.HTTPStatusError):
        api.version()
    assert len(asked) == 1
