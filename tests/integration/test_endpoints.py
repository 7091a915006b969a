"""The desk that takes reports, as badly as it can answer: real sockets, and an answer is a receipt or it is none."""

import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from tasks.endpoints import LONGEST_RECEIPT, NotTaken, hand_in

Answer = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def desk(answer: Answer) -> Iterator[str]:
    """The address, with a token in it, of a desk that answers every request so."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=attend, args=(door.accept()[0],), daemon=True).start()

        def attend(line: socket.socket) -> None:
            with line, suppress(OSError):
                hear(line)
                answer(line)

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://desk:s3cret@127.0.0.1:{door.getsockname()[1]}/reports?token=T0KEN"
        finally:
            door.shutdown(socket.SHUT_RDWR)


def hear(line: socket.socket) -> None:
    """The whole request: a line that is closed with words unread is cut, and the answer may be lost with it."""
    told = b""
    while b"\r\n\r\n" not in told:
        told += line.recv(65_536)
    head, _, body = told.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)content-length: *([0-9]+)", head)
    while found and len(body) < int(found[1]):
        body += line.recv(65_536)


def says(head: bytes, body: bytes) -> Answer:
    return lambda line: line.sendall(HEAD + head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def drips(head: bytes) -> Answer:
    """A byte now and then, well inside the time that one read may take, without end."""

    def answer(line: socket.socket) -> None:
        line.sendall(head)
        while True:
            line.sendall(b"x")
            time.sleep(0.05)

    return answer


def floods(line: socket.socket) -> None:
    line.sendall(HEAD + b"\r\n")
    while True:
        line.sendall(b"x" * 65_536)


def test_an_answer_without_end_is_read_no_further_than_it_is_kept() -> None:
    with desk(floods) as address:
        assert hand_in(address, "k", {}) == (200, "x" * LONGEST_RECEIPT)


@pytest.mark.parametrize("head", [HEAD, HEAD + b"Content-Length: 100000\r\n\r\n"], ids=["head", "body"])
def test_a_desk_that_answers_a_byte_at_a_time_is_given_up(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.endpoints.WHOLE_SECONDS", 0.3)
    with desk(drips(head)) as address, pytest.raises(NotTaken, match=r"^TimeoutError$"):
        hand_in(address, "k", {})


ODD = {
    "a NUL": (b"", b"taken\0 7", "taken\ufffd 7"),
    "an unknown encoding": (b"Content-Type: text/plain; charset=klingon\r\n", b"taken 7", "taken 7"),
    "UTF-16 without its mark": (b"Content-Type: text/plain; charset=utf-16\r\n", b"\x00\xd8x", "\ufffd"),
}


@pytest.mark.parametrize("case", ODD)
def test_a_receipt_in_odd_bytes_is_kept_as_text_that_every_database_holds(case: str) -> None:
    head, body, kept = ODD[case]
    with desk(says(head, body)) as address:
        assert hand_in(address, "k", {}) == (200, kept)


BAD = {
    "a page for logging in": (says(b"Content-Type: text/html\r\n", b"\n<!DOCTYPE html><form>"), "HTTP 200, HTML"),
    "what does not unpack": (says(b"Content-Encoding: gzip\r\n", b"no gzip"), "DecodingError"),
    "a line cut in the middle": (lambda line: line.sendall(HEAD + b"Content-Length: 9\r\n\r\nhalf"), "ProtocolError"),
    "no HTTP": (lambda line: line.sendall(b"\x00\x01\r\n\r\n"), "ProtocolError"),
    "later, in a year": (lambda line: line.sendall(b"HTTP/1.1 429 X\r\nRetry-After: 31536000\r\n\r\n"), "HTTP 429"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_receipt_was_not_taken(case: str) -> None:
    answer, words = BAD[case]
    with desk(answer) as address, pytest.raises(NotTaken, match=f"{words}$"):
        hand_in(address, "k", {})


@pytest.mark.parametrize(
    "address", ["http://desk:s3cret@127.0.0.1:T0KEN/", "http://[::1/?T0KEN", "http://\ud800/T0KEN"]
)
def test_an_address_that_cannot_be_read_is_told_without_its_words(address: str) -> None:
    with pytest.raises(NotTaken) as told:
        hand_in(address, "k", {})
    assert "T0KEN" not in str(told.value)


def test_no_log_holds_the_desks_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with desk(says(b"", b"taken")) as address, desk(BAD["no HTTP"][0]) as broken:
        hand_in(address, "k", {})
        with pytest.raises(NotTaken):
            hand_in(broken, "k", {})
    assert "T0KEN" not in caplog.text
    assert "s3cret" not in caplog.text
