"""A channel's address comes from the environment or from a Secret block, and its absence stops nothing."""

import time

import pytest
from prefect.blocks.system import Secret
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.testing.utilities import prefect_test_harness
from pydantic import SecretStr

from tasks.channels.addresses import address


def test_the_environment_names_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOGONG_CHANNEL_WECOM_SUPPLY", " bgwecom://KEY ")
    assert address("wecom-supply") == "bgwecom://KEY"
    assert address("wecom_supply") == "bgwecom://KEY"


def test_without_environment_and_server_there_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with temporary_settings({PREFECT_API_URL: None}):
        assert address("mail-li") is None


def test_a_server_that_is_down_means_no_address_soon(free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port}/api")
    started = time.monotonic()
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{free_port}/api"}):
        assert address("mail-li") is None
    assert time.monotonic() - started < 10


def test_a_secret_block_holds_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    with prefect_test_harness(server_startup_timeout=120):
        Secret(value=SecretStr("bgfeishu://KEY")).save("baogong-channel-feishu-duty", overwrite=True)
        assert address("feishu_duty") == "bgfeishu://KEY"
        assert address("nobody") is None
