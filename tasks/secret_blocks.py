"""Prefect Secret blocks: where an address or a key may stand that the environment does not have."""

import logging
import os
import re
import sys

log = logging.getLogger(__name__)


def secret_block(kind: str, name: str) -> str:
    """The value of the block `baogong-<kind>-<name>`, empty where there is none. Never raises."""
    if not _prefect_is_set_up():
        return ""
    from prefect.blocks.system import Secret

    block = f"baogong-{kind}-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    try:
        return str(Secret.load(block, _sync=True).get()).strip()  # type: ignore[call-arg, union-attr]  # Prefect's types know no _sync
    except Exception as error:  # a missing secret must not stop a run; the error's words may hold the server's
        log.warning("Secret block %s cannot be read: %s", block, type(error).__name__)
        return ""


def _prefect_is_set_up() -> bool:
    """Whether a server is named: without one Prefect would start its own, which takes seconds and knows no blocks."""
    if os.environ.get("PREFECT_API_URL"):
        return True
    if "prefect" not in sys.modules:
        return False
    from prefect.settings import PREFECT_API_URL

    return bool(PREFECT_API_URL.value())
