"""Shows the documents that links in the UI and in notices point to: read only, one file per link, no listings.

The files name households, so: only files below the folder (links of the file system are followed only when they stay
inside), only names that do not begin with a dot (half-written files do), nothing is cached, and a browser never guesses
a type. Without a password only a page asked for under this machine's own name is answered: a web site that lets its
name point to 127.0.0.1 (DNS rebinding) gets nothing.
"""

import base64
import binascii
import hmac
import logging
import mimetypes
import os
import shutil
import stat
import sys
import threading
from contextlib import AbstractContextManager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET6
from types import TracebackType
from typing import BinaryIO
from urllib.parse import quote, unquote_to_bytes, urlsplit

from schemas.text import N_
from tasks.words import say

log = logging.getLogger(__name__)

HEALTH = "/.health"
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
#: Shown in the browser; anything else is saved as a file. HTML is never shown: it could carry a script.
SHOWN = frozenset({"application/pdf", "application/json", "text/plain", "image/png"})
TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".md": "text/plain",
    ".txt": "text/plain",
    ".json": "application/json",
    ".csv": "text/csv",
}
SECONDS_PER_REQUEST = 30


def resolve(root: Path, address: str) -> Path | None:
    """The file below `root` that a request's path names; None if there is none or it leads outside."""
    try:
        asked = unquote_to_bytes(urlsplit(address).path).decode("utf-8")
    except (UnicodeDecodeError, ValueError):
        return None
    parts = asked.split("/")[1:]
    if not parts or any(part.startswith(".") or not part.isprintable() or "\\" in part or not part for part in parts):
        return None
    try:
        base = root.resolve(strict=True)
        found = base.joinpath(*parts).resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    return found if found.is_relative_to(base) and found.is_file() else None


def open_regular(path: Path) -> tuple[BinaryIO, int] | None:
    """The file and its size; None if it is gone by now, or something else has been put in its place."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        os.close(handle)
        return None
    return os.fdopen(handle, "rb"), about.st_size


def headers_for(name: str) -> dict[str, str]:
    """What goes with a file of that name; the name itself as RFC 5987 has it, since it is Chinese."""
    suffix = Path(name).suffix.lower()
    kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    manner = "inline" if kind in SHOWN else "attachment"
    return {
        "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "Content-Disposition": f"{manner}; filename=\"document{suffix}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def authorised(header: str | None, auth: str) -> bool:
    """Whether the `Authorization` header carries `user:password`; compared in constant time."""
    scheme, _, given = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        return hmac.compare_digest(base64.b64decode(given.strip(), validate=True), auth.encode())
    except (binascii.Error, ValueError):
        return False


def host_of(header: str | None) -> str | None:
    """The name in a `Host` header, without its port; None where it can be nobody's."""
    try:
        return urlsplit(f"//{header or ''}").hostname
    except ValueError:  # half an IPv6 address
        return None


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    server_version = "baogong"
    sys_version = ""
    timeout = SECONDS_PER_REQUEST

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, with_body: bool) -> None:
        refusal = self._refusal()
        if refusal is not None:
            self._words(*refusal, with_body=with_body)
            return
        path = resolve(self.server.root, self.path)
        opened = open_regular(path) if path else None
        if path is None or opened is None:
            self._words(HTTPStatus.NOT_FOUND, N_("There is no such document"), with_body=with_body)
            return
        source, size = opened
        with source:
            self.send_response(HTTPStatus.OK)
            for name, value in {**headers_for(path.name), "Content-Length": str(size)}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                shutil.copyfileobj(source, self.wfile)

    def _refusal(self) -> tuple[HTTPStatus, str] | None:
        if self.path == HEALTH:
            return HTTPStatus.OK, "ok"
        if self.server.auth:
            right = authorised(self.headers.get("Authorization"), self.server.auth)
            return None if right else (HTTPStatus.UNAUTHORIZED, N_("User name and password are needed"))
        named = host_of(self.headers.get("Host")) in self.server.names
        return None if named else (HTTPStatus.FORBIDDEN, N_("This address is not served"))

    def _words(self, status: HTTPStatus, msgid: str, with_body: bool) -> None:
        body = say(msgid).encode()
        self.send_response(status)
        if status is HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", 'Basic realm="baogong", charset="UTF-8"')
        plain = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
        for name, value in {**plain, "Cache-Control": "no-store", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Nothing: the addresses carry names of villages and dates, and Prefect keeps what was made when."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    root: Path
    auth: str
    names: frozenset[str]

    def handle_error(self, _request: object, _address: object) -> None:
        """Log a fault of ours; a reader who went away is none."""
        error = sys.exception()
        if not isinstance(error, (ConnectionError, TimeoutError)):
            log.error("the document server stumbled", exc_info=error)


class DocumentsServer(AbstractContextManager["DocumentsServer"]):
    """The server, running in a thread for the length of the block.

    Raises:
        OSError: the port is in use, or the host is not ours.
    """

    def __init__(self, root: Path, host: str = "127.0.0.1", port: int = 4280, auth: str = "", public: str = "") -> None:
        root.mkdir(parents=True, exist_ok=True)
        kind = type("_Server6", (_Server,), {"address_family": AF_INET6}) if ":" in host else _Server
        self._server = kind((host, port), _Handler)
        self._server.root, self._server.auth = root, auth
        public_name = urlsplit(public).hostname
        self._server.names = LOOPBACK_NAMES | ({public_name} if public_name else frozenset())
        self._thread = threading.Thread(target=self._server.serve_forever, name="documents", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on (a free one was chosen where 0 was asked for)."""
        return int(self._server.server_address[1])

    def __enter__(self) -> "DocumentsServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def alive(self) -> bool:
        """Whether it still answers."""
        return self._thread.is_alive()
