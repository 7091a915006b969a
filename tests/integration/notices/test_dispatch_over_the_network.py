"""Notices to real receivers on loopback: routes in order, retries, doubt, and a dispatcher killed in the middle."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa

from schemas.words import NoticeState, Stage
from tasks.channels.outcome import Outcome
from tasks.channels.sending import send
from tasks.notices.dispatch import DispatchSummary, dispatch
from tests.factories.notified_town import PLAN, at, only, outbox, say_to, settle_town, tries_of
from tests.integration.channels.loopback import Handler, Postbox, Service

CTO = "cto=2&rto=5"
Settle = Callable[..., None]
URGENT, ORDINARY = Stage.STOCK_OUT_SOON, Stage.COVER_LOW


class Killed(BaseException):
    """Stands for the end of the process, right after a message has gone out."""


def killed_after_sending(url: str, title: str, body: str, files: list[Path], key: str) -> Outcome:
    send(url, title, body, files, key)
    raise Killed


@pytest.fixture
def town(database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settle:
    """Put a town in force in which the leader, his deputy and his superior have the channels named."""

    def settle(leader: str, deputy: str = "file", above: str = "file", **rules: object) -> None:
        officers = {"leader": {"deputy": "supply_1", "escalates_to": "supply_2"}, "supply_2": {"escalates_to": ""}}
        channels = {"leader": leader, "supply_1": deputy, "supply_2": above}
        settle_town(tmp_path, monkeypatch, channels, officers, **({"notices__retry_minutes": [10, 20, 40]} | rules))

    return settle


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    def named(name: str, address: str) -> None:
        monkeypatch.setenv(f"BAOGONG_CHANNEL_{name.upper()}", address)

    return named


def hook(port: int) -> str:
    return f"json://127.0.0.1:{port}/notices?{CTO}"


def mail(postbox: Postbox) -> str:
    return f"mailto://127.0.0.1:{postbox.port}/?from=baogong@town.example&to=officer@town.example&{CTO}"


def words(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@contextmanager
def listening(port: int) -> Iterator[Service]:
    """A JSON receiver that comes up on this port."""
    service = Service(port, answers=[(200, {})])
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Told", (Handler,), {"service": service}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_webhook_gets_an_urgent_notice_once_with_its_own_key(
    town: Settle, channel: Callable[[str, str], None], service: Service
) -> None:
    town("hook")
    channel("hook", hook(service.port))
    service.answers = [(200, {})]
    say_to(["leader"], URGENT, at("07:00"))
    assert dispatch(PLAN, at("07:00")) == DispatchSummary(sent=1)
    assert dispatch(PLAN, at("07:01")) == DispatchSummary()
    (request,) = service.requests
    assert request.json["title"] == "即将断档（4月25日）"
    assert request.headers["Idempotency-Key"] == only("leader", URGENT).notice_id


def test_a_digest_goes_out_by_mail(town: Settle, channel: Callable[[str, str], None], postbox: Postbox) -> None:
    town("mail")
    channel("mail", mail(postbox))
    say_to(["leader"], ORDINARY, at("07:00"))
    dispatch(PLAN, at("08:30"))
    (letter,) = postbox.mails
    assert letter["Subject"] == "保供早报 08:30"
    assert "大米" in words(letter)
    assert only("leader", Stage.ALIVE).sent_to == "leader/mail"


def test_an_answer_200_with_an_error_code_is_undelivered_and_the_next_channel_has_its_turn(
    town: Settle, channel: Callable[[str, str], None], service: Service, postbox: Postbox
) -> None:
    town("robot|mail")
    channel("robot", f"bgwecom://KEY@127.0.0.1:{service.port}/?secure=no&{CTO}")
    channel("mail", mail(postbox))
    service.answers = [(200, {"errcode": 93000, "errmsg": "invalid webhook url"})]
    say_to(["leader"], URGENT, at("07:00"))
    assert dispatch(PLAN, at("07:00")) == DispatchSummary(sent=1)
    found = tries_of(only("leader", URGENT).notice_id)
    assert found == [("leader", "robot", "undelivered"), ("leader", "mail", "sent")]
    assert len(postbox.mails) == 1


def test_after_the_officer_come_his_deputy_and_then_his_superior(
    town: Settle, channel: Callable[[str, str], None], free_port: int, data: Path
) -> None:
    town("hook", deputy="unset")
    channel("hook", hook(free_port))
    say_to(["leader"], URGENT, at("07:00"))
    dispatch(PLAN, at("07:00"))
    notice = only("leader", URGENT)
    assert notice.sent_to == "supply_2/file"
    assert tries_of(notice.notice_id) == [
        ("leader", "hook", "undelivered"),
        ("supply_1", "unset", "undelivered"),
        ("supply_2", "file", "sent"),
    ]


def test_a_receiver_that_is_down_for_an_hour_gets_it_when_it_is_up_again(
    town: Settle, channel: Callable[[str, str], None], free_port: int
) -> None:
    town("hook", deputy="hook", above="hook")
    channel("hook", hook(free_port))
    say_to(["leader"], URGENT, at("07:00"))
    for minute in range(0, 60, 5):
        assert dispatch(PLAN, at("07:00") + timedelta(minutes=minute)) == DispatchSummary()
    waiting = only("leader", URGENT)
    assert (waiting.state, waiting.tries, waiting.due_at) == (NoticeState.QUEUED, 3, at("08:10"))
    with listening(free_port) as service:
        assert dispatch(PLAN, at("08:10")) == DispatchSummary(sent=1)
        assert len(service.requests) == 1


def test_what_could_not_be_delivered_is_told_in_the_next_digest_that_gets_through(
    town: Settle, channel: Callable[[str, str], None], free_port: int
) -> None:
    town("hook", deputy="hook", above="hook", notices__retry_minutes=[10])
    channel("hook", hook(free_port))
    say_to(["leader"], URGENT, at("07:00"))
    dispatch(PLAN, at("07:00"))
    assert dispatch(PLAN, at("07:10")) == DispatchSummary(undelivered=1)
    say_to(["leader"], ORDINARY, at("08:00"))
    dispatch(PLAN, at("08:30"))
    dispatch(PLAN, at("08:40"))
    with listening(free_port) as service:
        dispatch(PLAN, at("11:30"))
        (text,) = [
            r.json["message"] for r in service.requests if "digest-1130:1:leader" in r.headers["Idempotency-Key"]
        ]
    assert "（此前未送达）大米预计4月26日断档" in text
    assert "（此前未送达）大米可保障0.8天" in text


def test_a_digest_that_still_waits_is_taken_into_the_next_one(
    town: Settle, channel: Callable[[str, str], None], free_port: int
) -> None:
    town("hook", deputy="hook", above="hook", notices__retry_minutes=[300])
    channel("hook", hook(free_port))
    say_to(["leader"], ORDINARY, at("08:00"))
    dispatch(PLAN, at("08:30"))
    say_to(["leader"], Stage.BATCH_HELD, at("09:00"))
    with listening(free_port) as service:
        dispatch(PLAN, at("11:30"))
        dispatch(PLAN, at("13:30"))
        texts = [r.json["message"] for r in service.requests if r.headers["Idempotency-Key"].endswith("leader")]
    (text,) = texts
    assert "大米可保障0.8天" in text
    assert "大米暂停发放" in text


def test_nobody_with_an_address_is_undelivered_at_once_and_the_log_says_what_to_set(
    town: Settle, caplog: pytest.LogCaptureFixture
) -> None:
    town("unset", deputy="unset", above="unset")
    say_to(["leader"], URGENT, at("07:00"))
    assert dispatch(PLAN, at("07:00")) == DispatchSummary(undelivered=1)
    assert only("leader", URGENT).state == NoticeState.UNDELIVERED
    assert "BAOGONG_CHANNEL_UNSET" in caplog.text


def test_a_deputy_is_not_flooded_with_the_notices_of_somebody_else(town: Settle, data: Path) -> None:
    town("unset", deputy="file", above="unset", notices__daily_budget=4, notices__role_budgets={"leading_group": 50})
    for number in range(4):
        say_to(["leader"], URGENT, at("07:00"), f"item{number}")
    assert dispatch(PLAN, at("07:00")).sent == 1  # three of the deputy's four are his own digests
    assert len(list((data / "notices" / PLAN / "supply_1").iterdir())) == 1


def test_a_send_cut_off_is_repeated_under_the_same_key_where_the_receiver_honours_it(
    town: Settle, channel: Callable[[str, str], None], service: Service
) -> None:
    town("hook")
    channel("hook", hook(service.port))
    service.answers = [(200, {})]
    say_to(["leader"], URGENT, at("07:00"))
    with pytest.raises(Killed):
        dispatch(PLAN, at("07:00"), killed_after_sending)
    assert only("leader", URGENT).state == NoticeState.SENDING
    assert dispatch(PLAN, at("07:05")) == DispatchSummary(sent=1, uncertain=1)
    assert len(service.requests) == 2
    assert len({r.headers["Idempotency-Key"] for r in service.requests}) == 1
    assert len({r.json["title"] for r in service.requests}) == 1


def test_an_urgent_mail_cut_off_is_sent_once_more_marked_and_then_told_in_the_digest(
    town: Settle, channel: Callable[[str, str], None], postbox: Postbox
) -> None:
    town("mail")
    channel("mail", mail(postbox))
    say_to(["leader"], URGENT, at("07:00"))
    for minute in (0, 5):
        with pytest.raises(Killed):
            dispatch(PLAN, at("07:00") + timedelta(minutes=minute), killed_after_sending)
    assert dispatch(PLAN, at("07:10")) == DispatchSummary(uncertain=1)
    assert [m["Subject"] for m in postbox.mails] == ["即将断档（4月25日）", "「可能重复」即将断档（4月25日）"]
    assert only("leader", URGENT).state == NoticeState.UNCERTAIN
    dispatch(PLAN, at("08:30"))
    assert "（可能重复）大米预计4月26日断档" in words(postbox.mails[-1])


def test_a_digest_cut_off_is_not_repeated_but_told_again_in_the_next_one(
    town: Settle, channel: Callable[[str, str], None], postbox: Postbox
) -> None:
    town("mail")
    channel("mail", mail(postbox))
    say_to(["leader"], ORDINARY, at("07:00"))
    with pytest.raises(Killed):
        dispatch(PLAN, at("08:30"), killed_after_sending)
    dispatch(PLAN, at("08:35"))
    assert len(postbox.mails) == 1
    assert only("leader", Stage.ALIVE).state == NoticeState.UNCERTAIN
    dispatch(PLAN, at("11:30"))
    assert "（可能重复）大米可保障0.8天" in words(postbox.mails[-1])
    dispatch(PLAN, at("17:30"))
    assert len(postbox.mails) == 2


def test_an_answer_that_never_came_is_a_doubt_and_the_rule_for_doubt_holds(
    town: Settle, channel: Callable[[str, str], None], service: Service
) -> None:
    town("robot")
    channel("robot", f"bgwecom://KEY@127.0.0.1:{service.port}/?secure=no&{CTO}")
    service.answers = ["cut", (200, {"errcode": 0})]
    say_to(["leader"], URGENT, at("07:00"))
    assert dispatch(PLAN, at("07:00")) == DispatchSummary(uncertain=1)
    assert dispatch(PLAN, at("07:09")) == DispatchSummary()
    assert dispatch(PLAN, at("07:10")) == DispatchSummary(sent=1)
    assert "「可能重复」" in service.requests[1].json["text"]["content"]


def test_one_notice_that_waits_does_not_hold_up_the_others(
    town: Settle, channel: Callable[[str, str], None], free_port: int, data: Path
) -> None:
    town("hook", deputy="hook", above="hook")
    channel("hook", hook(free_port))
    say_to(["leader", "coordinator"], URGENT, at("07:00"))
    assert dispatch(PLAN, at("07:00")) == DispatchSummary(sent=1)
    assert {n.officer_id: n.state for n in outbox()} == {"leader": "queued", "coordinator": "sent"}


def test_a_dispatcher_killed_while_the_receiver_has_not_answered_is_made_good_by_the_next(
    town: Settle, channel: Callable[[str, str], None], service: Service
) -> None:
    town("hook")
    channel("hook", f"json://127.0.0.1:{service.port}/notices?cto=2&rto=30")
    service.answers = ["hang", (200, {})]
    say_to(["leader"], URGENT, at("07:00"))
    script = (
        "from tests.factories.notified_town import at; from tasks.notices.dispatch import dispatch;"
        f"dispatch({PLAN!r}, at('07:00'))"
    )
    root = Path(__file__).resolve().parents[3]
    process = subprocess.Popen([sys.executable, "-c", script], cwd=root, env=os.environ | {"PYTHONPATH": str(root)})
    deadline = time.monotonic() + 60
    while not service.requests and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert only("leader", URGENT).state == NoticeState.SENDING
    assert dispatch(PLAN, at("07:05")) == DispatchSummary(sent=1, uncertain=1)
    assert len({r.headers["Idempotency-Key"] for r in service.requests}) == 1
