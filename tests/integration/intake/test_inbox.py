"""Which files of an inbox are taken, which wait, and which lead astray."""

import hashlib
import os
import threading
from pathlib import Path

from tests.integration.intake.inbox import DAY, look, put


def test_files_wait_in_name_order_with_sender_and_digest(tmp_path: Path) -> None:
    put(tmp_path, "示例家园_上午.txt", "1. h1 土豆3斤")
    put(tmp_path, "c_sealed_2.csv", "x")
    put(tmp_path, "样本庄.txt", "无需求", dated=False)
    put(tmp_path, "其他.txt", "x", kind="stock")
    for passing in ("~$示例家园.xlsx", ".hidden.txt", "a.part", "b.tmp", "c.txt~"):
        put(tmp_path, passing, "x")
    found = look(tmp_path, senders=["c_sealed", "示例家园", "样本庄"]).arrived
    assert [(f.source_name, f.sender, f.dated) for f in found] == [
        (f"{DAY}/c_sealed_2.csv", "c_sealed", True),
        (f"{DAY}/示例家园_上午.txt", "示例家园", True),
        ("样本庄.txt", "样本庄", False),
    ]
    assert found[2].sha256 == hashlib.sha256("无需求".encode()).hexdigest()


def test_a_file_that_is_still_growing_is_told_and_taken_later(tmp_path: Path) -> None:
    path = put(tmp_path, "示例家园.txt", "1. h1", age=0)
    stop = threading.Event()

    def grow() -> None:
        while not stop.wait(0.02):
            with path.open("ab") as file:
                file.write(b" more")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        waiting = look(tmp_path, settle=0.3)
    finally:
        stop.set()
        writer.join()
    assert (waiting.arrived, waiting.still_growing) == ([], [f"{DAY}/示例家园.txt"])
    assert len(look(tmp_path, settle=0.2).arrived) == 1


def test_a_file_at_rest_costs_no_waiting(tmp_path: Path) -> None:
    """A wait for it would be longer than the limit of any test."""
    put(tmp_path, "示例家园.txt", "1. h1", age=10_000)
    assert len(look(tmp_path, settle=5_000).arrived) == 1


def test_a_link_out_of_the_inbox_and_a_dangling_link_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not ours")
    inbox = tmp_path / "inbox"
    folder = put(inbox, "示例家园.txt", "1. h1").parent
    (folder / "a.txt").symlink_to(secret)
    (folder / "b.txt").symlink_to(folder / "gone.txt")
    waiting = look(inbox)
    assert [f.sender for f in waiting.arrived] == ["示例家园"]
    assert (waiting.outside, waiting.unreadable_now) == ([f"{DAY}/a.txt"], [f"{DAY}/b.txt"])


def test_what_cannot_be_looked_into_is_told_and_the_files_beside_it_are_taken(tmp_path: Path) -> None:
    folder = put(tmp_path, "示例家园.txt", "1. h1").parent
    (folder / "a.txt").symlink_to(folder / "a.txt")
    (folder / "b").symlink_to(tmp_path)
    place = os.open(folder, os.O_DIRECTORY)
    for _ in range(20):  # deeper than any path may be long: nobody, not even root, can list the innermost
        os.mkdir("c" * 250, dir_fd=place)
        place, outer = os.open("c" * 250, os.O_DIRECTORY, dir_fd=place), place
        os.close(outer)
    os.close(place)
    waiting = look(tmp_path)
    assert [f.sender for f in waiting.arrived] == ["示例家园"]
    assert waiting.unreadable_now[:2] == [f"{DAY}/a.txt", f"{DAY}/b"]
    assert [name.strip("c/") for name in waiting.unreadable_now[2:]] == [str(DAY)]


def test_a_file_beyond_the_limit_is_hashed_and_not_held(tmp_path: Path) -> None:
    body = os.urandom(3_000_000)
    put(tmp_path, "示例家园.txt", body)
    (found,) = look(tmp_path, limit_mb=1).arrived
    assert (found.body, found.size, found.sha256) == (None, 3_000_000, hashlib.sha256(body).hexdigest())


def test_a_name_in_gb18030_is_shown_as_it_was_meant(tmp_path: Path) -> None:
    folder = put(tmp_path, "x.txt", "1. h1").parent
    (folder / "x.txt").rename(os.fsdecode(os.fsencode(folder) + b"/" + "示例家园.txt".encode("gb18030")))
    assert [f.sender for f in look(tmp_path).arrived] == ["示例家园"]
