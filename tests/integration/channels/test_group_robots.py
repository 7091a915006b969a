"""The robots of WeCom, DingTalk and Feishu: a notice is sent when the service's own code says so, and only then."""

import base64
import hashlib
import hmac
import logging
import time
from pathlib import Path
from typing import Any

import pytest

from tasks.channels.sending import Outcome, honours_keys, send
from tests.integration.channels.loopback import Service

OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success", "media_id": "MEDIA-1"}
ROBOTS = ["bgwecom", "bgdingtalk", "bgfeishu"]
FAST = "secure=no&limit=1000&per=1&cto=2&rto=0.5"


def tell(service: Service, schema: str, body: str = "明日配送", *files: Path, more: str = FAST) -> Outcome:
    """Send through a robot that lives on loopback."""
    return send(f"{schema}://ROBOTKEY@{service.place}/?{more}", "需求汇总", body, list(files), "B:needs:2022-04-01")


def words_in(posted: dict[str, Any]) -> str:
    """The text of a message in any of the three dialects."""
    content = posted.get("text") or posted["content"]
    return str(content.get("content", content.get("text")))


@pytest.mark.parametrize("schema", ROBOTS)
def test_a_confirmed_message_is_sent(service: Service, schema: str) -> None:
    service.answers = [(200, OK)]
    assert tell(service, schema) == Outcome("sent", "0")
    assert words_in(service.requests[0].json) == "需求汇总\n明日配送"


def test_each_robot_is_asked_at_its_own_place(service: Service) -> None:
    service.answers = [(200, OK)]
    for schema in ROBOTS:
        tell(service, schema)
    assert [(request.path, request.query) for request in service.requests] == [
        ("/cgi-bin/webhook/send", {"key": "ROBOTKEY"}),
        ("/robot/send", {"access_token": "ROBOTKEY"}),
        ("/open-apis/bot/v2/hook/ROBOTKEY", {}),
    ]


def test_a_gateway_below_a_path_is_used(service: Service) -> None:
    service.answers = [(200, OK)]
    send(f"bgwecom://K@{service.place}/relay/wecom/?secure=no", "题", "文", [], "k")
    assert service.requests[0].path == "/relay/wecom/cgi-bin/webhook/send"


@pytest.mark.parametrize(
    ("schema", "answer", "code", "retryable"),
    [
        ("bgwecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, "93000", False),
        ("bgwecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, "45009", True),
        ("bgdingtalk", {"errcode": 310000, "errmsg": "sign not match"}, "310000", False),
        ("bgdingtalk", {"errcode": 130101, "errmsg": "send too fast"}, "130101", True),
        ("bgdingtalk", {"errcode": 410100, "errmsg": "too fast"}, "410100", True),
        ("bgfeishu", {"code": 19021, "msg": "sign match fail"}, "19021", False),
        ("bgfeishu", {"code": 11232, "msg": "frequency limited"}, "11232", True),
        ("bgfeishu", {"code": 9499, "msg": "too many request"}, "9499", True),
        ("bgfeishu", {"code": 9499, "msg": "Bad Request"}, "9499", False),
        ("bgfeishu", {"StatusCode": 19001, "StatusMessage": "param invalid"}, "19001", False),
        ("wecombot", {"errcode": 93000, "errmsg": "Apprise's own address is ours too"}, "93000", False),
    ],
)
def test_http_200_with_an_error_code_is_undelivered(
    service: Service, schema: str, answer: dict[str, Any], code: str, retryable: bool
) -> None:
    service.answers = [(200, answer)]
    outcome = tell(service, schema)
    assert (outcome.state, outcome.code, outcome.retryable) == ("undelivered", code, retryable)
    assert len(service.requests) == 1


@pytest.mark.parametrize("schema", ROBOTS)
@pytest.mark.parametrize("page", [b"<html>login</html>", b"[]", b"null", b"{}", b'{"errcode": "0", "code": "0"}'])
def test_a_login_page_in_between_is_not_the_service(service: Service, schema: str, page: bytes) -> None:
    service.answers = [(200, page)]
    outcome = tell(service, schema)
    assert (outcome.state, outcome.code) == ("undelivered", "not_the_service")


def test_a_redirect_is_not_followed(service: Service) -> None:
    service.answers = [(302, b"")]
    assert tell(service, "bgwecom").code == "http_302"


@pytest.mark.parametrize("schema", ROBOTS)
def test_an_optional_address_hides_no_failure(service: Service, schema: str) -> None:
    service.answers = [(200, {"errcode": 1, "code": 1})]
    assert tell(service, schema, more=FAST + "&optional=yes&retry=3").state == "undelivered"
    assert len(service.requests) == 1


@pytest.mark.parametrize(("schema", "limit"), [("bgwecom", 2048), ("bgdingtalk", 20_000), ("bgfeishu", 20_000)])
def test_a_long_chinese_text_arrives_whole_in_parts_that_fit(service: Service, schema: str, limit: int) -> None:
    service.answers = [(200, OK)]
    body = "\n".join(f'{number} 幢 "大米" 10 公斤、白菜 5 斤' for number in range(1500))
    assert tell(service, schema, body).state == "sent"
    assert len(service.requests) > 2
    assert "".join(words_in(request.json) for request in service.requests) == "需求汇总\n" + body
    if schema == "bgwecom":
        assert all(len(words_in(request.json).encode()) <= limit for request in service.requests)
    else:
        assert all(len(request.body) <= limit for request in service.requests)


def test_markdown_for_wecom_has_twice_the_room(service: Service) -> None:
    service.answers = [(200, OK)]
    tell(service, "bgwecom", "粮" * 1300, more=FAST + "&format=markdown")
    assert [request.json["msgtype"] for request in service.requests] == ["markdown"]


def test_the_first_refused_part_ends_the_try(service: Service) -> None:
    service.answers = [(200, OK), (200, {"errcode": 45009, "errmsg": "freq"})]
    outcome = tell(service, "bgwecom", "大米\n" * 1000)
    assert (outcome.state, outcome.code, outcome.retryable) == ("undelivered", "45009", True)
    assert outcome.detail.startswith("part 2 of 4")
    assert len(service.requests) == 2


def test_wecom_gets_a_file_uploaded_and_shown(service: Service, tmp_path: Path) -> None:
    service.answers = [(200, OK)]
    sheet = tmp_path / "交接单 3-2.xlsx"
    sheet.write_bytes(b"PK\x03\x04 rows")
    assert tell(service, "bgwecom", "见附件", sheet).state == "sent"
    upload, text, shown = service.requests
    assert (upload.path, upload.query) == ("/cgi-bin/webhook/upload_media", {"key": "ROBOTKEY", "type": "file"})
    assert upload.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    (part,) = upload.files()
    assert part.get_payload(decode=True) == b"PK\x03\x04 rows"
    assert f'name="media"; filename="{sheet.name}"'.encode() in upload.body
    assert words_in(text.json) == "需求汇总\n见附件"
    assert shown.json == {"msgtype": "file", "file": {"media_id": "MEDIA-1"}}


def test_a_failed_upload_shows_nothing_that_would_be_sent_twice(service: Service, tmp_path: Path) -> None:
    service.answers = ["cut"]
    sheet = tmp_path / "单.xlsx"
    sheet.write_bytes(b"123456")
    outcome = tell(service, "bgwecom", "见附件", sheet)
    assert (outcome.state, outcome.retryable) == ("undelivered", True)
    assert [request.path for request in service.requests] == ["/cgi-bin/webhook/upload_media"]


def test_a_file_that_wecom_refuses_is_named_in_the_text(service: Service, tmp_path: Path) -> None:
    service.answers = [(200, {"errcode": 40004, "errmsg": "invalid media type"}), (200, OK)]
    refused, tiny = tmp_path / "大单.xlsx", tmp_path / "空单.txt"
    refused.write_bytes(b"123456")
    tiny.write_bytes(b"1")
    assert tell(service, "bgwecom", "见附件", refused, tiny).state == "sent"
    assert [request.path[-12:] for request in service.requests] == ["upload_media", "webhook/send"]
    assert "大单.xlsx" in words_in(service.requests[1].json)
    assert "空单.txt" in words_in(service.requests[1].json)


@pytest.mark.parametrize("schema", ["bgdingtalk", "bgfeishu"])
def test_where_no_file_can_go_the_text_names_it_with_its_link(
    service: Service, schema: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOGONG_PUBLIC_URL", "https://baogong.example/d")
    sheet = data / "documents" / "shengtang" / "交接单.xlsx"
    sheet.parent.mkdir(parents=True)
    sheet.write_bytes(b"rows")
    service.answers = [(200, OK)]
    assert tell(service, schema, "见附件", sheet).state == "sent"
    words = words_in(service.requests[0].json)
    assert "附件：交接单.xlsx" in words
    assert "https://baogong.example/d/shengtang/%E4%BA%A4%E6%8E%A5%E5%8D%95.xlsx" in words


def test_a_file_gone_since_is_told_and_the_notice_still_goes(service: Service, tmp_path: Path) -> None:
    service.answers = [(200, OK)]
    assert tell(service, "bgwecom", "见附件", tmp_path / "丢失.xlsx").state == "sent"
    assert "丢失.xlsx" in words_in(service.requests[0].json)


def test_dingtalk_is_signed_with_the_secret(service: Service) -> None:
    service.answers = [(200, OK)]
    send(f"bgdingtalk://TOKEN:SEC0@{service.place}/?secure=no", "题", "文", [], "k")
    query = service.requests[0].query
    signed = hmac.new(b"SEC0", f"{query['timestamp']}\nSEC0".encode(), hashlib.sha256).digest()
    assert query["sign"] == base64.b64encode(signed).decode()
    assert abs(int(query["timestamp"]) / 1000 - time.time()) < 60


def test_feishu_is_signed_with_the_secret(service: Service) -> None:
    service.answers = [(200, OK)]
    send(f"bgfeishu://TOKEN:SEC0@{service.place}/?secure=no", "题", "文", [], "k")
    posted = service.requests[0].json
    signed = hmac.new(f"{posted['timestamp']}\nSEC0".encode(), b"", hashlib.sha256).digest()
    assert posted["sign"] == base64.b64encode(signed).decode()


def test_a_robot_waits_for_its_allowance(service: Service) -> None:
    service.answers = [(200, OK)]
    slow = "secure=no&limit=2&per=0.4"
    started = time.monotonic()
    for _ in range(5):
        assert tell(service, "bgwecom", more=slow).state == "sent"
    assert 0.8 <= time.monotonic() - started < 3
    assert len(service.requests) == 5


@pytest.mark.parametrize("schema", ROBOTS)
@pytest.mark.parametrize(("trouble", "code"), [("hang", "no_answer"), ("cut", "cut_off")])
def test_no_answer_after_the_message_went_out_is_uncertain(
    service: Service, schema: str, trouble: str, code: str
) -> None:
    service.answers = [trouble]
    outcome = tell(service, schema)
    assert (outcome.state, outcome.code, outcome.retryable) == ("uncertain", code, True)
    assert len(service.requests) == 1


@pytest.mark.parametrize("schema", ROBOTS)
def test_a_refused_connection_is_undelivered(free_port: int, schema: str) -> None:
    outcome = send(f"{schema}://KEY@127.0.0.1:{free_port}/?secure=no", "题", "文", [], "k")
    assert (outcome.state, outcome.code, outcome.retryable) == ("undelivered", "not_reached", True)


def test_a_host_that_speaks_no_tls_gets_nothing(service: Service) -> None:
    outcome = send(f"bgwecom://KEY@{service.place}/", "题", "文", [], "k")
    assert (outcome.state, outcome.code) == ("undelivered", "tls_refused")
    assert service.requests == []


@pytest.mark.parametrize("schema", ROBOTS)
def test_neither_key_nor_words_nor_people_reach_the_log(
    service: Service, free_port: int, schema: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.answers = [(200, {"errcode": 93000, "code": 93000, "errmsg": "bad key ROBOTKEY"}), "cut"]
    outcomes = [tell(service, schema, "张示例 000-0000-0001") for _ in range(2)]
    outcomes.append(send(f"{schema}://ROBOTKEY@127.0.0.1:{free_port}/?secure=no", "题", "张示例", [], "k"))
    told = caplog.text + repr(outcomes)
    assert "ROBOTKEY" not in told
    assert "张示例" not in told
    assert "undelivered" in caplog.text


def test_an_address_without_a_key_or_with_a_rate_of_nothing_is_no_address() -> None:
    for url in [
        "bgwecom://@gw.example/",
        "bgwecom://K@gw.example/?limit=0&per=60",
        "bgwecom://K?limit=x&per=y",
        "nope",
    ]:
        assert send(url, "题", "文", [], "k").code == "bad_address"


def test_a_robot_drops_no_repetition() -> None:
    assert not honours_keys("bgwecom://KEY")
    assert honours_keys("json://hook.example/notices")
