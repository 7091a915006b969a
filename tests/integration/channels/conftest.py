"""Receivers on loopback for every channel: HTTP, mail, and a port where nobody listens."""

import socket
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from tests.integration.channels.loopback import Handler, Postbox, Service


@pytest.fixture
def service() -> Iterator[Service]:
    """An HTTP service on a free port."""
    service = Service()
    handler = type("Told", (Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield service
    service.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def postbox(free_port: int) -> Iterator[Postbox]:
    """An SMTP server on a free port."""
    postbox = Postbox(free_port)
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port)
    controller.start()
    yield postbox
    controller.stop()


@pytest.fixture
def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
