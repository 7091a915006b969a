"""JSON webhooks and mail, sent by Apprise itself to receivers on loopback."""

import logging
from pathlib import Path

import pytest

from tasks.channels.sending import Outcome, send
from tests.integration.channels.loopback import Postbox, Service

KEY = "shengtang:needs_collected:2022-04-01:一村:1:officer 3"
FAST = "cto=2&rto=0.5"


def hook(service: Service, *files: Path) -> Outcome:
    """Post a notice to a webhook."""
    return send(f"json://{service.place}/notices?{FAST}", "需求汇总", "明日配送", list(files), KEY)


def mail(port: int, *files: Path, more: str = "cto=2") -> Outcome:
    """Mail a notice without TLS, which only loopback deserves."""
    url = f"mailto://127.0.0.1:{port}/?from=baogong@town.example&to=officer@town.example&{more}"
    return send(url, "需求汇总", "各村需求已汇总:\n大米 <10 公斤>", list(files), KEY)


def test_a_webhook_gets_the_notice_its_files_and_its_key(service: Service, tmp_path: Path) -> None:
    sheet = tmp_path / "汇总 50%?.csv"
    sheet.write_text("大米,10", encoding="utf-8")
    service.answers = [(200, {})]
    assert hook(service, sheet).state == "sent"
    (request,) = service.requests
    assert (request.json["title"], request.json["message"]) == ("需求汇总", "明日配送")
    assert [file["filename"] for file in request.json["attachments"]] == [sheet.name]
    assert request.headers["Idempotency-Key"].startswith("shengtang:needs_collected:2022-04-01:%E4%B8%80")
    assert request.headers["Idempotency-Key"].isascii()


def test_the_same_notice_has_the_same_key(service: Service) -> None:
    service.answers = [(200, {})]
    hook(service)
    hook(service)
    assert len({request.headers["Idempotency-Key"] for request in service.requests}) == 1


@pytest.mark.parametrize(
    ("status", "state", "retryable"),
    [
        (302, "undelivered", False),
        (403, "undelivered", False),
        (429, "undelivered", True),
        (503, "undelivered", True),
        (504, "uncertain", True),
    ],
)
def test_a_webhook_that_refuses_says_with_what(service: Service, status: int, state: str, retryable: bool) -> None:
    service.answers = [(status, {})]
    outcome = hook(service)
    assert (outcome.state, outcome.code, outcome.retryable) == (state, f"http_{status}", retryable)


@pytest.mark.parametrize(("trouble", "code"), [("hang", "no_answer"), ("cut", "cut_off")])
def test_a_webhook_that_never_answers_is_uncertain(service: Service, trouble: str, code: str) -> None:
    service.answers = [trouble]
    outcome = hook(service)
    assert (outcome.state, outcome.code) == ("uncertain", code)


def test_an_error_that_the_caller_is_handling_is_not_the_channels(service: Service) -> None:
    service.answers = [(503, {})]
    try:
        raise TimeoutError
    except TimeoutError:
        assert hook(service).code == "http_503"


def test_a_webhook_that_is_not_there_is_undelivered(free_port: int) -> None:
    outcome = send(f"json://127.0.0.1:{free_port}/", "题", "文", [], KEY)
    assert (outcome.state, outcome.code, outcome.retryable) == ("undelivered", "not_reached", True)


def test_mail_brings_chinese_and_the_file(postbox: Postbox, tmp_path: Path) -> None:
    sheet = tmp_path / "交接单.xlsx"
    sheet.write_bytes(b"PK\x03\x04")
    assert mail(postbox.port, sheet) == Outcome("sent", "0")
    (received,) = postbox.mails
    assert received["Subject"] == "需求汇总"
    plain = received.get_body(("plain",))
    shown = received.get_body(("html",))
    assert plain is not None and plain.get_content().split() == ["各村需求已汇总:", "大米", "<10", "公斤>"]
    assert shown is not None and "&lt;10" in shown.get_content()
    (attached,) = received.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("交接单.xlsx", b"PK\x03\x04")


def test_a_title_of_two_lines_and_half_a_character_does_not_stop_a_mail(postbox: Postbox) -> None:
    url = f"mailto://127.0.0.1:{postbox.port}/?from=a@town.example&to=b@town.example"
    assert send(url, "需求\nBcc: x@town.example", "白菜\ud83d", [], KEY).state == "sent"
    assert postbox.mails[0]["Subject"] == "需求 Bcc: x@town.example"
    assert postbox.mails[0]["Bcc"] is None


@pytest.mark.parametrize(
    ("refusal", "code", "retryable"), [("554 no", "smtp_554", False), ("451 later", "smtp_451", True)]
)
def test_a_mail_server_that_refuses_says_with_what(postbox: Postbox, refusal: str, code: str, retryable: bool) -> None:
    postbox.refusal = refusal
    outcome = mail(postbox.port)
    assert (outcome.state, outcome.code, outcome.retryable) == ("undelivered", code, retryable)


def test_a_mail_cut_off_while_its_text_is_taken_is_uncertain(postbox: Postbox) -> None:
    postbox.cut = True
    outcome = mail(postbox.port)
    assert (outcome.state, outcome.code) == ("uncertain", "cut_off")
    assert len(postbox.mails) == 1


def test_a_mail_server_that_is_not_there_is_undelivered(free_port: int) -> None:
    outcome = mail(free_port)
    assert (outcome.state, outcome.code, outcome.retryable) == ("undelivered", "not_reached", True)


def test_the_log_names_no_recipient_and_no_password(
    service: Service, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.answers = [(500, {})]
    send(f"json://user:PASSWORD@{service.place}/PATH", "题", "张示例", [], KEY)
    send(f"mailto://127.0.0.1:{free_port}/?from=a@town.example&to=zhang@town.example", "题", "张示例", [], KEY)
    for told in ("PASSWORD", "zhang@", "张示例"):
        assert told not in caplog.text
