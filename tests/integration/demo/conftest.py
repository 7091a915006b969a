"""One run of the demo for all tests that look at what it leaves."""

import os

import pytest

from tests.integration.demo.shown import DAYS, Demo, shown

RUNS = [
    ("matiwan", DAYS),  # from the lists of Monday to the hand-over of Wednesday, the desk down on that day
    pytest.param(("shengtang", 1), marks=pytest.mark.slow),  # the larger plan, on a day with late villages
]


@pytest.fixture(scope="session", params=RUNS, ids=["matiwan", "shengtang"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A finished `baogong demo`, to be read and not to be changed."""
    mine = tmp_path_factory.getbasetemp()
    base = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine  # one for all workers of a session
    return shown(base, *request.param)
