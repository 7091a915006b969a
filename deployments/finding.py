"""What `baogong doctor` found: one line per check, with what to do where something is not in order."""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.text import N_
from tasks.plans import PlanFaults
from tasks.words import say


@dataclass(frozen=True)
class Finding:
    """`name` never changes (scripts read it); `detail` and `cure` are in the reader's language."""

    name: str
    ok: bool
    detail: str = ""
    cure: str = ""


Check = Callable[[], Finding]


def looked(name: str, check: Callable[[], Finding], cure: str) -> Finding:
    """The finding, also where looking itself fails: a doctor must not fall over the illness."""
    try:
        return check()
    except PlanFaults as faults:
        found = f"{faults.plan}: {len(faults.faults)}"
        return Finding(name, False, found, say(N_("Run baogong check and correct the lines it names")))
    except Exception as error:  # any failure is a finding; only its kind is told, its words may hold an address
        return Finding(name, False, type(error).__name__, cure)
