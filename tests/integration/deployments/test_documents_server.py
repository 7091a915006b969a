"""The document server shows one file per link, to those who may, and nothing else of the machine."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from deployments.documents_server import DocumentsServer

SHEET = "demo/2022-04-21/交接单_示例家园_v1.xlsx"
AUTH = ("coordinator", "秘密:with colon")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of documents, and a file beside it that is nobody's business."""
    folder = tmp_path / "documents"
    for name, body in (
        (SHEET, b"PK\x03\x04sheet"),
        ("demo/通知.txt", "大米".encode()),
        ("demo/page.html", b"<script>"),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    (folder / "demo" / ".half.part").write_bytes(b"half")
    (tmp_path / "baogong.db").write_bytes(b"households")
    return folder


@pytest.fixture
def client(root: Path) -> Iterator[httpx.Client]:
    """A reader on this machine."""
    with (
        DocumentsServer(root, port=0) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as made,
    ):
        yield made


@pytest.fixture
def guarded(root: Path) -> Iterator[httpx.Client]:
    """A reader of a server that asks for a password."""
    with (
        DocumentsServer(root, port=0, auth=":".join(AUTH)) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as made,
    ):
        yield made


def test_a_link_opens_its_document_under_its_chinese_name(client: httpx.Client) -> None:
    answer = client.get(f"/{quote(SHEET)}")
    assert answer.status_code == 200
    assert answer.content == b"PK\x03\x04sheet"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert quote("交接单_示例家园_v1.xlsx") in answer.headers["content-disposition"]
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")


def test_text_is_shown_and_html_is_only_saved(client: httpx.Client) -> None:
    text, page = client.get(f"/{quote('demo/通知.txt')}"), client.get("/demo/page.html")
    assert text.text == "大米"
    assert text.headers["content-disposition"].startswith("inline")
    assert page.headers["content-disposition"].startswith("attachment")
    for answer in (text, page):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/demo",
        "/demo/",
        "/demo/2022-04-21",
        "/../baogong.db",
        "/demo/../../baogong.db",
        "/%2e%2e/baogong.db",
        "/demo/%2e%2e%2f%2e%2e%2fbaogong.db",
        "/demo/..%5c..%5cbaogong.db",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/demo/.half.part",
        "/demo/%00.txt",
        "/demo/%ff.txt",
        "/demo/nothing.xlsx",
    ],
)
def test_there_are_no_listings_and_no_way_out_of_the_folder(client: httpx.Client, address: str) -> None:
    port = client.base_url.port
    # As bytes on the wire: a client that is polite would tidy the address first.
    answer = _raw(port or 0, address)
    assert answer.startswith(b"HTTP/1.0 404 ")
    assert b"households" not in answer


def _raw(port: int, address: str) -> bytes:
    import socket

    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"GET {address} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
        parts = []
        while part := line.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_a_link_of_the_file_system_that_leads_outside_is_not_followed(root: Path, client: httpx.Client) -> None:
    (root / "demo" / "out.db").symlink_to(root.parent / "baogong.db")
    (root / "demo" / "again.txt").symlink_to(root / "demo" / "通知.txt")
    os.mkfifo(root / "demo" / "pipe.txt")
    assert client.get("/demo/out.db").status_code == 404
    assert client.get("/demo/pipe.txt").status_code == 404
    assert client.get("/demo/again.txt").text == "大米"


def test_with_a_password_nothing_is_shown_without_it(guarded: httpx.Client) -> None:
    address = f"/{quote(SHEET)}"
    for wrong in (None, httpx.BasicAuth("coordinator", "wrong"), httpx.BasicAuth("", "")):
        answer = guarded.get(address, auth=wrong)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
    assert guarded.get("/no/such/file", auth=None).status_code == 401
    assert guarded.get(address, headers={"Authorization": "Basic ***"}).status_code == 401
    assert guarded.get(address, auth=httpx.BasicAuth(*AUTH)).status_code == 200


def test_a_site_that_lets_its_name_point_here_gets_nothing(client: httpx.Client) -> None:
    answer = client.get(f"/{quote(SHEET)}", headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert client.get(f"/{quote(SHEET)}", headers={"Host": "localhost:4280"}).status_code == 200


@pytest.mark.parametrize("host", ["[::1", "[", "127.0.0.1.evil.example", ""])
def test_a_host_that_can_be_nobodys_is_refused_in_words(client: httpx.Client, host: str) -> None:
    assert client.get(f"/{quote(SHEET)}", headers={"Host": host}).status_code == 403


def test_the_public_name_of_the_machine_is_answered(root: Path) -> None:
    with DocumentsServer(root, port=0, public="http://docs.example:4280") as server:
        address = f"http://127.0.0.1:{server.port}/{quote(SHEET)}"
        named = httpx.get(address, headers={"Host": "docs.example"}, trust_env=False)
    assert named.status_code == 200


def test_nothing_can_be_changed_through_it(client: httpx.Client, root: Path) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, f"/{quote(SHEET)}", content=b"x").status_code == 501
    assert (root / SHEET).read_bytes() == b"PK\x03\x04sheet"


def test_a_look_at_its_health_needs_no_password_and_tells_nothing(guarded: httpx.Client) -> None:
    answer = guarded.head("/.health")
    assert answer.status_code == 200
    assert answer.headers["server"] == "baogong"
    assert guarded.get("/.health").text == "ok"


def test_it_ends_with_its_block(root: Path) -> None:
    with DocumentsServer(root, port=0) as server:
        assert server.alive()
    assert not server.alive()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{server.port}/.health", trust_env=False)
