"""`kill -9` at every boundary of every flow, then the flow again: the books are those of a run left in peace.

The boundaries are found by watching a run (`boundaries`): before and after each step, each commit, each message sent
and each report handed in, and before each file gets its name. What may differ is stated here, and nothing else may:
a try that was cut off between send and mark stays on record as uncertain, and a receiver that honours our key may have
been given the same message twice under the same key.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from schemas.words import BUILT
from tests.factories.books import changes
from tests.faults.child import BRING_UP, Act, Unfinished
from tests.faults.comparing import differences
from tests.faults.conftest import After, Days
from tests.faults.week import DAYS

pytestmark = [
    pytest.mark.faults,
    # Up to seventy kills with a whole run after each: two minutes are not enough where the machine has other work.
    pytest.mark.timeout(900),
]
ACTS = [pytest.param(act, id=str(act).replace(" ", "-")) for act in DAYS]


def _case(days: Days, act: Act, number: int, name: str, unharmed: After) -> list[str]:
    try:
        where, after = days.killed(act, number)
    except Unfinished as fault:
        return [f"boundary {number}, {name}: {fault}"]
    found = differences(unharmed, after) if where == name else [f"reached {where!r} there"]
    return [f"boundary {number}, {name}: {difference}" for difference in found]


def _kill_everywhere(days: Days, act: Act) -> list[str]:
    unharmed = days.unharmed(act)
    names = unharmed.played.passed
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda n: _case(days, act, n, names[n], unharmed), range(len(names)))
        return [difference for case in found for difference in case]


@pytest.mark.parametrize("act", ACTS)
def test_a_run_killed_at_any_boundary_and_run_again_leaves_the_books_of_a_run_left_alone(days: Days, act: Act) -> None:
    assert _kill_everywhere(days, act) == []


def test_a_purchase_killed_at_any_boundary_on_postgresql_is_made_once_all_the_same(days_on_postgres: Days) -> None:
    purchase = next(act for act in DAYS if act.flow == "purchase_supplies")
    assert _kill_everywhere(days_on_postgres, purchase) == []


def test_a_notice_cut_off_between_send_and_mark_goes_out_again_under_the_same_key_and_once_only(days: Days) -> None:
    act = next(act for act in DAYS if act.flow == "purchase_supplies")
    unharmed = days.unharmed(act)
    (key,) = {r.headers["Idempotency-Key"] for r in unharmed.sent}
    where, after = days.killed(act, unharmed.played.passed.index("after a notice is sent"))
    assert where == "after a notice is sent"
    assert [r.headers["Idempotency-Key"] for r in after.sent] == [key, key]
    tries = [row for row in after.played.books["notice_attempt"] if f"notice_id={key}," in row]
    assert [row.rpartition("outcome=")[2] for row in tries] == ["sent", "uncertain"]


def test_a_report_cut_off_between_desk_and_receipt_is_handed_in_again_under_the_same_key(days: Days) -> None:
    act = next(act for act in DAYS if act.flow == "submit_report")
    where, after = days.killed(act, days.unharmed(act).played.passed.index("after the report is handed in"))
    handed_in = [r.headers["Idempotency-Key"] for r in after.sent if r.path.endswith("/report")]
    assert where == "after the report is handed in"
    assert handed_in == [f"{act.plan}:{act.on}:1"] * 2
    (receipt,) = after.played.books["receipt"]
    assert f"idempotency_key={act.plan}:{act.on}:1," in receipt


@pytest.mark.parametrize("act", ACTS)
def test_a_run_repeated_changes_no_row_and_no_file_and_sends_nothing(days: Days, act: Act) -> None:
    unharmed, again = days.unharmed(act), days.again(act)
    assert changes(unharmed.played.books, again.played.books) == {}
    assert again.left == unharmed.left
    assert again.sent == []


def test_left_alone_the_days_keep_every_invariant(days: Days) -> None:
    # What lies in the inbox for a later hour is not stored yet; the last run of each plan has taken all of it.
    assert {name for act in DAYS for name in days.unharmed(act).played.broken} <= {"every_submission_kept"}
    last = {act.plan: act for act in DAYS}
    assert [days.unharmed(act).played.broken for act in last.values()] == [{}, {}]


def test_every_kind_of_boundary_is_among_those_at_which_runs_are_killed(days: Days) -> None:
    passed = {act.flow: " | ".join(days.unharmed(act).played.passed) for act in DAYS}
    assert "before creating household" in passed.pop(BRING_UP)
    assert set(passed) == {process.value for process in BUILT}
    for text in passed.values():
        assert "before the commit of lease" in text
        assert "after the commit of lease" in text
    assert "before the step 'Order from the suppliers'" in passed["purchase_supplies"]
    assert "notice_attempt" in passed["purchase_supplies"]
    assert "after a notice is sent" in passed["purchase_supplies"]
    assert "before the name of notices/" in passed["purchase_supplies"]
    assert "before the name of documents/" in passed["deliver_orders"]
    assert "before the report is handed in" in passed["submit_report"]
