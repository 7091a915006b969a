"""One `baogong up` and one browser for all tests of the session."""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tasks.settings import ROOT
from tests.e2e.brought_up import BroughtUp
from tests.e2e.ui import Pictures, chromium, new_page

PLAN = "shengtang"


@pytest.fixture(scope="session")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of the township that the README shows, begun last week; every officer's notices go to files."""
    folder = tmp_path_factory.mktemp("plans")
    shutil.copytree(ROOT / "plans" / PLAN, folder / PLAN)
    officers = folder / PLAN / "officers.csv"
    officers.write_text(
        re.sub(r"(?:wecom|mail|dingtalk|feishu|sms)_[\w|]+", "file", officers.read_text("utf-8")), "utf-8"
    )
    document = folder / PLAN / "plan.toml"
    begun = datetime.now(UTC).date() - timedelta(days=7)
    document.write_text(re.sub(r"(?m)^start_date = \S+", f"start_date = {begun}", document.read_text("utf-8")), "utf-8")
    return folder


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, plans: Path) -> Iterator[BroughtUp]:
    """The township, brought up."""
    made = BroughtUp(tmp_path_factory.mktemp("town"), plans)
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as made:
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A coordinator's screen, empty."""
    made = new_page(browser)
    yield made
    made.context.close()


@pytest.fixture
def pictures() -> Pictures:
    """Where the README's pictures go: the folder that BAOGONG_PICTURES names, nowhere without it."""
    folder = os.environ.get("BAOGONG_PICTURES")
    return Pictures(Path(folder).resolve() if folder else None)
