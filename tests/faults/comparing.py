"""A run that something happened to beside one that was left alone: in what they differ, beyond what they may."""

from collections import Counter

from tests.factories.books import changes
from tests.faults.conftest import After
from tests.integration.channels.loopback import Request

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
    settled = told | {"notice_attempt": [row for row in told["notice_attempt"] if CUT_OFF not in row]}
    found = [f"{table}: {row}" for table, rows in changes(unharmed.played.books, settled).items() for row in rows]
    if after.left != unharmed.left:
        found.append(f"files: {sorted(set(after.left.items()) ^ set(unharmed.left.items()))}")
    if after.played.broken != unharmed.played.broken:
        found.append(f"broken: {after.played.broken}")
    if after.played.summary != unharmed.played.summary and after.act.flow != "watch_duties":
        # The watch's summary counts what that run did itself; what was done before the kill is in the books.
        found.append(f"summary: {after.played.summary} instead of {unharmed.played.summary}")
    return found + _sent_differently(unharmed.sent, after.sent)


def _sent_differently(whole: list[Request], cut: list[Request]) -> list[str]:
    before, after = shown(whole), shown(cut)
    found = [f"sent: {key} is {'new' if key in after else 'missing'}" for key in set(before) ^ set(after)]
    for key in set(before) & set(after):
        if set(before[key]) != set(after[key]):
            found.append(f"sent: {key} says something else")
        # One kill cuts off one send at most, and only the one that it cut off may come again.
        if after[key].total() > before[key].total() + 1:
            found.append(f"sent: {key} came {after[key].total()} times")
    if len(cut) > len(whole) + 1:
        found.append(f"sent: {len(cut)} messages instead of {len(whole)}")
    return found
