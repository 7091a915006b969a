"""What follows when a message was cut off between send and mark, or never answered: it may have been shown or not.

Policy. A receiver that honours our key gets it again under the same key and drops the second one. Elsewhere an urgent
notice is sent once more, marked as perhaps a repetition, since a missed one may cost a life and a doubled one a glance;
anything else is not repeated but told again inside the next digest, marked the same way. A second doubt ends it: the
notice stays uncertain and goes into the next digest.

Drawback: an urgent notice may be read twice; no messenger offers exactly-once.
"""

from typing import Literal

Verdict = Literal["same_key", "marked", "leave"]


def verdict(honours_key: bool, urgent: bool, doubts: int, tries_left: int) -> Verdict:
    """How to go on after a doubtful send.

    Args:
        doubts: doubtful sends of this notice so far, this one included.
        tries_left: retries that the plan still allows.
    """
    if honours_key:
        return "same_key" if tries_left > 0 else "leave"
    return "marked" if urgent and doubts == 1 else "leave"
