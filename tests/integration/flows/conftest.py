"""Two small towns at work on a real database: one that is fed from its stores, one through a station."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.factories.plan_folder import write_plan, write_station_plan
from tests.factories.working_town import Town
from tests.integration.channels.conftest import service  # noqa: F401 - a fixture, used by name


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of plans in force; no desk for the report but the one that a test opens."""
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path / "plans"))
    monkeypatch.delenv("BAOGONG_DRY_RUN", raising=False)
    monkeypatch.delenv("BAOGONG_ENDPOINT_LEADING_GROUP_OFFICE", raising=False)
    return tmp_path / "plans"


@pytest.fixture
def bare_town(database: sa.Engine, data: Path, plans: Path) -> Town:
    """The town as plan B; nobody looks at its books at the end."""
    write_plan(plans / "demo")
    return Town("demo", data)


@pytest.fixture
def town(bare_town: Town) -> Iterator[Town]:
    """The town as plan B; whatever happened in the test, every invariant holds at its end."""
    yield bare_town
    assert bare_town.broken() == {}


@pytest.fixture
def station_town(database: sa.Engine, data: Path, plans: Path) -> Iterator[Town]:
    """The town as plan C; every invariant holds at the end."""
    write_station_plan(plans / "station_demo")
    made = Town("station_demo", data)
    yield made
    assert made.broken() == {}
