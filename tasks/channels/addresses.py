"""Where a channel leads: Apprise addresses from the environment or a Prefect Secret block, never from a plan."""

import os
import re

from tasks.secret_blocks import secret_block


def address(channel_name: str) -> str | None:
    """The Apprise address of a channel, or None when nobody has set one.

    `BAOGONG_CHANNEL_<NAME>` comes first (`wecom-supply` → `BAOGONG_CHANNEL_WECOM_SUPPLY`), then the Secret block
    `baogong-channel-<name>` of the Prefect server that this process is set up for. Never raises.
    """
    return os.environ.get(variable(channel_name), "").strip() or secret_block("channel", channel_name) or None


def variable(channel_name: str) -> str:
    """The environment's name for a channel's address."""
    return "BAOGONG_CHANNEL_" + re.sub(r"\W", "_", channel_name).upper()
