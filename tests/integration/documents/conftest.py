"""Trading towns with a day of business in one database for all tests of documents; what a test writes is undone."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy.orm import Session

from schemas.plan import Plan
from tasks.database import reading, transaction
from tasks.documents import Made
from tests.factories.every_document import every_document
from tests.factories.trading_days import write_days
from tests.factories.trading_town import spelled, town_b, town_c

PLANS = {"B": town_b(), "C": town_c(), "words": spelled(town_b())}


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The rows of all towns. The settings point at this database only while it is written and opened."""
    with ExitStack() as opened:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BAOGONG_DATA", str(tmp_path_factory.mktemp("documents") / "data"))
            patch.delenv("BAOGONG_DATABASE_URL", raising=False)
            with transaction() as session:
                for plan in PLANS.values():
                    write_days(session, plan)
            session = opened.enter_context(reading())
        yield session


@pytest.fixture(scope="session")
def library(shelf: Session) -> dict[str, list[Made]]:
    """Every document of each town, by the town's id."""
    return {plan.id: list(every_document(shelf, plan)) for plan in PLANS.values()}


@pytest.fixture
def books(shelf: Session) -> Iterator[Session]:
    """The towns' rows; undone at the end."""
    yield shelf
    shelf.rollback()


@pytest.fixture(params=["B", "C"])
def plan(request: pytest.FixtureRequest) -> Plan:
    """A town fed from its stores, and one that goes through a station."""
    return PLANS[request.param]


@pytest.fixture
def town_of_stores() -> Plan:
    """The town as plan B."""
    return PLANS["B"]


@pytest.fixture
def town_of_spells() -> Plan:
    """Plan B, every name of which a spreadsheet program would take for a formula, an error or nothing."""
    return PLANS["words"]


@pytest.fixture
def town_of_a_station() -> Plan:
    """The town as plan C."""
    return PLANS["C"]
