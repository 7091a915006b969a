"""One run of the demo of each plan for all tests that look at what it leaves."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.demo.shown import Demo, shown

RUNS = {
    "matiwan": 3,  # from the lists of Monday to the hand-over of Wednesday, the desk down on that day
    "shengtang": 5,  # the larger plan, from a day with late villages to the declarations of Monday
}
#: The larger one takes a minute on a quiet machine.
SLOW = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="session")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Demo]:
    """The finished `baogong demo` of a plan, to be read and not to be changed."""
    mine = tmp_path_factory.getbasetemp()
    base = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine  # one for all workers of a session
    return lambda plan_id: _shown(base, plan_id)


def _shown(base: Path, plan_id: str) -> Demo:
    return shown(base, plan_id, RUNS[plan_id])


@pytest.fixture(scope="session", params=["matiwan", pytest.param("shengtang", marks=SLOW)])
def demo(request: pytest.FixtureRequest, demos: Callable[[str], Demo]) -> Demo:
    """Each of them."""
    return demos(request.param)
