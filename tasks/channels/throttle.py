"""Not faster than a service allows: messages counted per robot on the monotonic clock, over sliding windows.

Counted within one process. Two processes that share a robot can still go over; the service then answers with its own
code, which makes the try an undelivered one that may be repeated.
"""

import time
from collections import deque
from threading import Lock

#: (messages, seconds): no more than so many in any span of so many seconds
Windows = tuple[tuple[int, float], ...]


class Throttle:
    """One robot's allowance."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._gone: deque[float] = deque(maxlen=max(count for count, _ in windows))
        self._lock = Lock()

    def wait(self) -> None:
        """Return when one more message may go; it counts from then."""
        with self._lock:  # held while asleep, so that those who wait go one after another
            pause = self._ready_at() - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            self._gone.append(time.monotonic())

    def _ready_at(self) -> float:
        return max((self._gone[-count] + span for count, span in self._windows if len(self._gone) >= count), default=0)


_throttles: dict[tuple[str, Windows], Throttle] = {}
_registry = Lock()


def throttle_for(robot: str, windows: Windows) -> Throttle:
    """The allowance shared by everything in this process that speaks through one robot."""
    with _registry:
        return _throttles.setdefault((robot, windows), Throttle(windows))
