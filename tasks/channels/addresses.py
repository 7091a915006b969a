"""Where a channel leads: Apprise addresses from the environment or a Prefect Secret block, never from a plan."""

import logging
import os
import re
import sys

log = logging.getLogger(__name__)


def address(channel_name: str) -> str | None:
    """The Apprise address of a channel, or None when nobody has set one.

    `BAOGONG_CHANNEL_<NAME>` comes first (`wecom-supply` → `BAOGONG_CHANNEL_WECOM_SUPPLY`), then the Secret block
    `baogong-channel-<name>` of the Prefect server that this process is set up for. Never raises.
    """
    return os.environ.get(variable(channel_name), "").strip() or _from_prefect(channel_name) or None


def variable(channel_name: str) -> str:
    """The environment's name for a channel's address."""
    return "BAOGONG_CHANNEL_" + re.sub(r"\W", "_", channel_name).upper()


def _from_prefect(channel_name: str) -> str:
    if not _prefect_is_set_up():
        return ""
    from prefect.blocks.system import Secret

    block = "baogong-channel-" + re.sub(r"[^a-z0-9]+", "-", channel_name.lower()).strip("-")
    try:
        return str(Secret.load(block, _sync=True).get()).strip()  # type: ignore[call-arg, union-attr]  # Prefect's types know no _sync
    except Exception as error:  # a messenger's address must not stop a run; the error's words may hold the server's
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
