"""`kill -9` at every boundary of every flow, then the flow again: the books are those of a run left in peace.

The boundaries are found by watching a run (`boundaries`): before and after each step, each commit, each message sent
and each report handed in, and before each file gets its name. What may differ is stated here, and nothing else may:
a try that was cut off between send and mark stays on record as uncertain, and a receiver that honours our key may have
been given the same message twice under the same key.
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.factories.books import changes
from tests.faults.child import BRING_UP, Act, Unfinished
from tests.faults.conftest import After, Days
from tests.faults.week import DAYS
from tests.integration.channels.loopback import Request

pytestmark = [
    pytest.mark.faults,
    # Up to seventy kills with a whole run after each: two minutes are not enough where the machine has other work.
    pytest.mark.timeout(900),
]
ACTS = [pytest.param(act, id=str(act).replace(" ", "-")) for act in DAYS]
CUT_OFF = "outcome=uncertain"


def shown(sent: list[Request]) -> dict[str, Counter[str]]:
    """Key -> bodies, as a receiver that honours keys takes them: only their number differs with a repetition."""
    found: dict[str, Counter[str]] = {}
    for request in sent:
        # The case's own folder is in the address only, so equal messages have equal bodies.
        found.setdefault(request.headers["Idempotency-Key"], Counter())[request.body.decode()] += 1
    return found


def differences(unharmed: After, after: After) -> list[str]:
    """In what a run that was killed and run again differs from one that was not, beyond what it may."""
    told = after.played.books
    in_doubt = [row for row in told["notice_attempt"] if CUT_OFF in row]
    settled = told | {"notice_attempt": [row for row in told["notice_attempt"] if CUT_OFF not in row]}
    found = [f"{table}: {row}" for table, rows in changes(unharmed.played.books, settled).items() for row in rows]
    if after.left != unharmed.left:
        found.append(f"files: {sorted(set(after.left.items()) ^ set(unharmed.left.items()))}")
    if after.played.broken != unharmed.played.broken:
        found.append(f"broken: {after.played.broken}")
    if after.played.summary != unharmed.played.summary:
        found.append(f"summary: {after.played.summary} instead of {unharmed.played.summary}")
    return found + _sent_differently(unharmed.sent, after.sent, len(in_doubt))


def _sent_differently(whole: list[Request], cut: list[Request], in_doubt: int) -> list[str]:
    before, after = shown(whole), shown(cut)
    found = [f"sent: {key} is {'new' if key in after else 'missing'}" for key in set(before) ^ set(after)]
    for key in set(before) & set(after):
        if set(before[key]) != set(after[key]):
            found.append(f"sent: {key} says something else")
        # One kill cuts off one send at most, and only the one that it cut off may come again.
        if after[key].total() > before[key].total() + 1:
            found.append(f"sent: {key} came {after[key].total()} times")
    if len(cut) > len(whole) + 1:
        found.append(f"sent: {len(cut)} messages instead of {len(whole)}, with {in_doubt} tries in doubt")
    return found


def _case(days: Days, act: Act, number: int, name: str, unharmed: After) -> list[str]:
    try:
        where, after = days.killed(act, number)
    except Unfinished as fault:
        return [f"boundary {number}, {name}: {fault}"]
    found = differences(unharmed, after) if where == name else [f"reached {where!r} there"]
    return [f"boundary {number}, {name}: {difference}" for difference in found]


@pytest.mark.parametrize("act", ACTS)
def test_a_run_killed_at_any_boundary_and_run_again_leaves_the_books_of_a_run_left_alone(
    days: Days, act: Act, record_property: Callable[[str, object], None]
) -> None:
    unharmed = days.unharmed(act)
    names = unharmed.played.passed
    record_property("boundaries", len(names))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda n: _case(days, act, n, names[n], unharmed), range(len(names))))
    assert [difference for case in found for difference in case] == []


@pytest.mark.parametrize("act", ACTS)
def test_a_run_repeated_changes_no_row_and_no_file_and_sends_nothing(days: Days, act: Act) -> None:
    unharmed, again = days.unharmed(act), days.again(act)
    assert changes(unharmed.played.books, again.played.books) == {}
    assert again.left == unharmed.left
    assert again.sent == []


def test_every_kind_of_boundary_is_among_those_at_which_runs_are_killed(days: Days) -> None:
    passed = {act.flow: " | ".join(days.unharmed(act).played.passed) for act in DAYS}
    for flow, text in passed.items():
        if flow == BRING_UP:
            assert "before creating household" in text
            continue
        assert "before the commit of lease" in text
        assert "after the commit of lease" in text
        assert "notice_attempt" in text, flow
    assert "before the report is handed in" in passed["submit_report"]
    assert "after a notice is sent" in passed["purchase_supplies"]
    assert "before the step 'Order from the suppliers'" in passed["purchase_supplies"]
    assert "before the name of documents/" in passed["deliver_orders"]
