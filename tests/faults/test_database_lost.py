"""The database locked, or gone, from any boundary of a run on: nothing is half written, and the run again completes.

SQLite: another program holds the write lock, so it can begin only where the run itself is not writing. PostgreSQL:
every connection is ended, in the middle of a transaction or between two, and no new one is taken.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.child import Act
from tests.faults.comparing import differences
from tests.faults.conftest import Days
from tests.faults.week import DAYS, STATION, STORES

pytestmark = [
    pytest.mark.faults,
    # A run and its repetition for each boundary: two minutes are not enough where the machine has other work.
    pytest.mark.timeout(900),
]


def _act(plan: str, flow: str) -> Act:
    return next(act for act in DAYS if (act.plan, act.flow) == (plan, flow))


NEEDS, PURCHASE, REPORT = (
    _act(STORES, "collect_needs"),
    _act(STATION, "purchase_supplies"),
    _act(STORES, "submit_report"),
)


def _lose_it_everywhere(days: Days, act: Act, fault: str, numbers: list[int]) -> tuple[list[str], int]:
    """Differences from a run left alone, and how many runs failed the first time."""
    unharmed = days.unharmed(act)

    def case(number: int) -> tuple[list[str], bool]:
        where, ended, after = days.disturbed(act, fault, number)
        assert where == unharmed.played.passed[number]
        return [f"{where}: {difference}" for difference in differences(unharmed, after)], ended

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(case, numbers))
    return [difference for differing, _ in found for difference in differing], sum(not ended for _, ended in found)


@pytest.mark.parametrize("act", [NEEDS, REPORT], ids=str)
def test_a_run_that_finds_the_file_locked_for_too_long_is_completed_by_the_next(days: Days, act: Act) -> None:
    passed = days.unharmed(act).played.passed
    free = [n for n, name in enumerate(passed) if not name.startswith("before the commit")]
    found, failed = _lose_it_everywhere(days, act, "lock", free)
    assert found == []
    assert failed == len(free) - 1  # behind the last boundary there is nothing left to write


@pytest.mark.parametrize("act", [PURCHASE, REPORT], ids=str)
def test_a_run_that_loses_its_server_is_completed_by_the_next(days_on_postgres: Days, act: Act) -> None:
    passed = days_on_postgres.unharmed(act).played.passed
    found, failed = _lose_it_everywhere(days_on_postgres, act, "gone", list(range(len(passed))))
    assert found == []
    assert failed == len(passed) - 1
