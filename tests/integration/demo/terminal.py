"""A terminal of 80 columns, and what a command shows on it."""

import os
import pty
import re
import signal
import subprocess
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress

from tasks.settings import ROOT

COLUMNS = 80
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ENDS = 30.0  # seconds that a command gets to end by itself once nobody waits for it


def on_terminal(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """(exit code, everything that was written), colours and movements taken out; a line redrawn stands as one more."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, COLUMNS))
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    written = b""
    try:
        with suppress(OSError):  # Linux ends a terminal that nobody writes to any more with an error
            while part := os.read(ours, 65536):
                written += part
        code = process.wait(ENDS)
    finally:
        os.close(ours)
        _end(process)
    text = CONTROL.sub("", written.decode())
    return code, "\n".join(line.rstrip() for line in re.split(r"[\r\n]+", text))


def _end(process: subprocess.Popen[bytes]) -> None:
    """What Ctrl-C does, so that it ends its own children; nothing where it has ended."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDS)
        process.kill()
        process.wait()
